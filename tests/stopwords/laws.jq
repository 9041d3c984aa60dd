# What stopwords may do, by another way of saying it. Reads arrays of four records: before (with words and sentences),
# marked, removed, masked with "_"; prints the names of the laws that they break. $list: the words, as keys of an object.

def key: gsub("’"; "'") | ascii_downcase;
def space: test("^[\\s\\x{85}\\x{2028}\\x{2029}]$");
def bare: gsub("[\\s\\x{85}\\x{2028}\\x{2029}]"; "");
def counts: test("[\\p{L}\\p{N}]");
def at($text; $span): $text[$span[0]:$span[1]];
def entities: .text as $t | [.entities[]? | . as $e | del(.start, .end) + {surface: at($t; [$e.start, $e.end])}];

# The characters that go with the stop words, one after the other: true for each.
def gone($chars; $stops; $closed):
    def free($i): ($chars[$i] | space) and ($closed[$i] | not);
    reduce $stops[] as [$s, $e] ([range($chars | length) | false];
        . as $gone
        | ([$s - 1 | while(. >= 0 and ($gone[.] | not) and free(.); . - 1)] | length) as $before
        | (if $before > 0 then $e else [$e | while(. < ($chars | length) and free(.); . + 1)] | $e + length end) as $until
        | reduce range($s - $before; $until) as $i (.; .[$i] = true));

. as [$in, $marked, $removed, $masked]
| $in.text as $t
| ($in.entities // []) as $entities
| [$in.words[] | . as [$s, $e] | {at: ., surface: at($t; .),
    stop: ($list[at($t; .) | key] != null and all($entities[]; .start >= $e or .end <= $s))}] as $words
| [$words[] | select(.stop).at] as $stops
| [$words[] | select(.stop | not).surface] as $kept
| ($kept != [] and any($kept[]; counts)) as $left
| [$t | explode[] | [.] | implode] as $chars
| ([range($chars | length) as $i | any($entities[]; .start <= $i and $i < .end)]) as $closed
| gone($chars; $stops; $closed) as $gone
| [
    (if $marked.stopwords != $stops or ($marked | del(.stopwords)) != $in then "mark" else empty end),
    (if $stops == [] or ($left | not) then
        (if $removed != $in then "stays" else empty end)
     else
        (if $removed.text != ([range($chars | length) as $i | select($gone[$i] | not) | $chars[$i]] | add) then "text" else empty end),
        (if [$removed.words[] as $w | at($removed.text; $w)] != $kept then "words" else empty end),
        (if ($removed.text | bare) != ($kept | add) then "characters" else empty end),
        (if ([$removed.text | scan(" ")] | length) > ([$t | scan(" ")] | length) then "spaces" else empty end),
        (if ($removed | entities) != ($in | entities) then "entities" else empty end),
        (if [$removed.sentences[] as $s | at($removed.text; $s) | bare] !=
            [$in.sentences[] as [$s, $e] | [$words[] | select((.stop | not) and .at[0] >= $s and .at[1] <= $e).surface] |
                select(. != []) | add] then "sentences" else empty end),
        (if any($removed.sentences[]; . as [$s, $e] | any($removed.text[$s:$s + 1], $removed.text[$e - 1:$e]; space)) then "ends" else empty end)
     end),
    (if [$masked.words[] as $w | at($masked.text; $w)] != [$words[] | if .stop then "_" else .surface end] then "masked words" else empty end),
    (if ($masked.text | bare) != ([$words[] | if .stop then "_" else .surface end] | add // "") or
        ([$masked.text | scan("\\s")] | length) != ([$t | scan("\\s")] | length) then "masked" else empty end),
    (if ($masked | entities) != ($in | entities) then "masked entities" else empty end)
  ] | select(. != []) | "\($in.id): \(join(", "))"
