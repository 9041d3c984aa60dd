# What stream must write, without --pair: jq -c --slurp --argjson o OPTIONS -f reference.jq DOCUMENTS
#
# A token is {t: its id, d: the number of its document, i: its number there, or null for a marker}.
def marks($t): if $t then [{t: $t, i: null}] else [] end;

def sources($docs):
    reduce (.[] | select(.i != null)) as $token ([];
        if length > 0 and .[-1].d == $token.d and .[-1].e == $token.i and .[-1].by != -1 then .[-1].e += 1 | .[-1].by = 1
        elif length > 0 and .[-1].d == $token.d and .[-1].s == $token.i + 1 and .[-1].by != 1
        then .[-1].s -= 1 | .[-1].by = -1
        else . + [{d: $token.d, s: $token.i, e: ($token.i + 1), by: 0}] end)
    | map({id: $docs[.d].id, tokens: [.s, .e]});

. as $docs
| [range(length) as $d
   | $docs[$d] as $doc | ($doc.sentence_tokens | length) as $n
   | [range($n) as $k | ([range($doc.sentence_tokens[$k][0]; $doc.sentence_tokens[$k][1]) | {t: $doc.input_ids[.], d: $d, i: .}]
      + marks($o.after_sentence))[]] + marks($o.after_document) | .[]]
| ($o.rows / (if $o.backward_half then 2 else 1 end)) as $rows
| (length / $rows | floor) as $n
| [range($rows) as $r | .[$r * $n:($r + 1) * $n]]
| if $o.backward_half then . + map(reverse) else . end
| . as $all
| [range(0; $n; $o.length - $o.reuse) | select(. == 0 or . + $o.reuse < $n) | select(($o.drop_last | not) or . + $o.length <= $n)]
| to_entries[] as {key: $step, value: $at} | range($o.rows) as $row
| $all[$row][$at:$at + $o.length]
| sources($docs) as $sources
| {id: "\($sources[0].id)@\($sources[0].tokens[0])-\($sources[-1].id)@\($sources[-1].tokens[1])", input_ids: map(.t),
   mems_row: $row, mems_step: $step}
  + (if $o.backward_half then {backward: (if $row < $rows then 0 else 1 end)} else {} end) + {sources: $sources}
