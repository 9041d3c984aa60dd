# curves.jq --arg base ARM - of lines "set split arm x accuracy macro_f1 [name=number]...", a record for each set, arm and
# x: means in percent; the mean difference from the arm `base` on the same split, in points, and its standard error; and
# the means of what else is in the lines, in percent.
def mean: add / length;
def error: mean as $mean
    | if length < 2 then null else (map(. - $mean | . * .) | add / (length - 1) / length | sqrt) end;
def percent: if . == null then null else (. * 10000 | round) / 100 end;

[inputs | split(" ") | {
    set: .[0], split: .[1], arm: .[2], x: (.[3] | tonumber), accuracy: (.[4] | tonumber), macro_f1: (.[5] | tonumber),
    more: (.[6:] | map(split("=") | {(.[0]): (.[1] | tonumber)}) | add // {})
}]
| group_by([.set, .x])
| map(
    (map(select(.arm == $base) | {(.split): .}) | add) as $base
    | group_by(.arm)[]
    | . as $rows
    | {set: .[0].set, arm: .[0].arm, x: .[0].x, splits: length}
    + (["accuracy", "macro_f1"] | map(. as $m | ($rows | map(.[$m] - $base[.split][$m])) as $off | {
        ($m): ($rows | map(.[$m]) | mean | percent),
        ($m + "_against"): ($off | mean | percent),
        ($m + "_error"): ($off | error | percent)
      }) | add)
    + {more: ($rows | map(.more | to_entries[]) | group_by(.key) | map({(.[0].key): (map(.value) | mean | percent)}) | add // {})})
