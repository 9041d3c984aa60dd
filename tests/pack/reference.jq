# What pack must write, told token by token: jq -n --argjson o OPTIONS -f reference.jq DOCUMENTS
#
# A token is {t: its id, d: the number of its document, i: its number there, or null for a marker}. Only for documents
# with input_ids, word_ids, sentence_tokens and word_tokens.

# Pairs [start, end) of the sentences: each begins at its first token, not before the end of the one before.
def sentences:
    (.input_ids | length) as $n
    | reduce .sentence_tokens[] as [$s, $e] ({starts: [], behind: 0};
          ([$s, .behind] | max) as $start
          | if $start < $e then .starts += [$start] | .behind = $e else . end)
    | (if .starts == [] then [0] else .starts end) | .[0] = 0
    | . as $starts | [range(length) | [$starts[.], $starts[. + 1] // $n]];

def mark($t; $d): if $t == null then [] else [{t: $t, d: $d, i: null}] end;

# The pieces of a document, markers with them.
def pieces($o; $d):
    . as $doc | sentences as $all
    | [$all | to_entries[]
       | mark(if .key == 0 then $o.before_document else null end; $d)
         + [range(.value[0]; .value[1]) | {t: $doc.input_ids[.], d: $d, i: .}]
         + mark($o.after_sentence; $d)
         + mark(if .key == ($all | length) - 1 then $o.after_document else null end; $d)]
    | if $o.mode == "best" then [add] else . end;

def is_text: .i != null;

# Cut into parts of the room; a last part of markers alone takes tokens until it has one of the text.
def parts($room):
    if length <= $room then [.]
    else . as $piece
        | [range(0; length; $room)] | .[-1] as $last
        | ([range($last + 1) | select($piece[.:] | any(is_text))] | max) as $cut
        | (.[-1] = $cut) + [$piece | length]
        | [range(length - 1) as $k | $piece[.[$k]:.[$k + 1]]]
    end;

def fitting($o; $room):
    if $o.overflow == "drop" then map(select(length <= $room)) else map(parts($room)[]) end;

def full($room):
    reduce .[] as $piece ({done: [], open: []};
        if (.open | length) + ($piece | length) > $room then .done += [.open] | .open = [] else . end
        | .open += $piece)
    | .done + [.open] | map(select(length > 0));

def best($room):
    reduce (to_entries | sort_by([-(.value | length), .key])[]) as {$key, $value} ([];
        ([to_entries[] | select((.value | map(.value | length) | add) + ($value | length) <= $room)]
         | max_by([(.value | map(.value | length) | add), -.key])) as $at
        | if $at == null then . + [[{$key, $value}]] else .[$at.key] += [{$key, $value}] end)
    | map(sort_by(.key)) | sort_by(.[0].key) | map(map(.value));

def stream($o; $room):
    add as $all | ($all | length) as $n
    | [range(0; $n; $room - $o.stride) | select(. == 0 or . + $o.stride < $n) | $all[.:. + $room]
       | select(any(is_text)) | select(($o.drop_last | not) or length == $room)];

# Each item of doc_ids, as pieces follow one another.
def numbered($by_piece):
    [foreach (to_entries[] | .key as $p | .value[] | if $by_piece then [., $p] else [., .d] end) as [$token, $group]
         ({n: 0, last: null}; if $group != .last then .n += 1 | .last = $group else . end; $token + {n})];

def runs:
    reduce to_entries[] as {$key, $value: $value} ([];
        if $value.i == null then .
        elif length > 0 and .[-1].end == $key and .[-1].d == $value.d and .[-1].to == $value.i and .[-1].n == $value.n
        then .[-1].end += 1 | .[-1].to += 1
        else . + [{start: $key, end: ($key + 1), d: $value.d, from: $value.i, to: ($value.i + 1), n: $value.n}] end);

def moved($docs; $name):
    [runs[] as $r | $docs[$r.d][$name][]
     | [([.[0], $r.from] | max), ([.[1], $r.to] | min)] | select(.[0] < .[1])
     | map(. - $r.from + $r.start)];

def word_ids($docs):
    [foreach .[] as $token ({n: -1, last: null};
        if $token.i == null then .last = null
        else [$token.n, $token.d, $docs[$token.d].word_ids[$token.i]] as $word
            | if $word != .last then .n += 1 | .last = $word else . end
        end;
        if $token.i == null then -1 else .n end)];

def sources($docs):
    reduce runs[] as $r ([];
        if length > 0 and .[-1].d == $r.d and .[-1].n == $r.n and .[-1].to == $r.from then .[-1].to = $r.to else . + [$r] end)
    | map({id: $docs[.d].id, tokens: [.from, .to]});

def record($docs; $o):
    numbered($o.mode == "best")
    | (if $o.begin then [.[0] + {t: $o.begin, i: null}] else [] end) + .
      + (if $o.end then [.[-1] + {t: $o.end, i: null}] else [] end)
    | sources($docs) as $sources
    | {id: "\($sources[0].id)@\($sources[0].tokens[0])-\($sources[-1].id)@\($sources[-1].tokens[1])",
       input_ids: map(.t), word_ids: word_ids($docs), sentence_tokens: moved($docs; "sentence_tokens"),
       word_tokens: moved($docs; "word_tokens"), doc_ids: map(.n), sources: $sources};

[inputs | select(.input_ids != [])] as $docs
| ($o.length - ([$o.begin, $o.end] | map(select(.)) | length)) as $room
| [range($docs | length) as $d | $docs[$d] | pieces($o; $d)]
| if $o.mode == "none" then [add | stream($o; $room)[] | [.]]
  elif $o.mode == "sentence" then [.[] | fitting($o; $room)[] | [.]]
  elif $o.mode == "doc" then [.[] | fitting($o; $room) | full($room)[] | [.]]
  elif $o.mode == "full" then [[.[] | fitting($o; $room)[]] | full($room)[] | [.]]
  else [range(0; length; $o.buffer) as $from | .[$from:$from + $o.buffer] | [.[] | fitting($o; $room)[]] | best($room)[]]
  end
| .[] | record($docs; $o)
