# balance-report.jq - of lines "set split arm prior macro_f1 balanced_accuracy calibration_error records cost", a record
# for each set, arm and prior: means in percent; and of each measure the mean difference from the plain model on the
# same split, in points, with its standard error.
def mean: add / length;
def error: mean as $mean
    | if length < 2 then null else (map(. - $mean | . * .) | add / (length - 1) / length | sqrt) end;
def decimals: if . == null then null else (. * 100 | round) / 100 end;
def measures: ["macro_f1", "balanced_accuracy", "calibration_error"];

[inputs | split(" ") | {
    set: .[0], split: .[1], arm: .[2], prior: .[3], macro_f1: (.[4] | tonumber), balanced_accuracy: (.[5] | tonumber),
    calibration_error: (.[6] | tonumber), records: (.[7] | tonumber), cost: (.[8] | tonumber)
}]
| group_by(.set)
| map(
    (map(select(.arm == "plain" and .prior == "as-trained") | {(.split): .}) | add) as $plain
    | group_by([.arm, .prior])[]
    | . as $rows
    | {set: .[0].set, arm: .[0].arm, prior: .[0].prior, splits: length, records: (map(.records) | mean | round)}
    + (measures | map(. as $m | {
        ($m): ($rows | map(.[$m]) | mean | decimals),
        ($m + "_against_plain"): ($rows | map(.[$m] - $plain[.split][$m])
            | {points: (mean | decimals), error: (error | decimals)})
      }) | add)
    + {costs: ($rows | map(.cost) | sort)})
