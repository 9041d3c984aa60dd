# report.jq - of lines "set model size subset arm right tests variants", a record for each set, model, size and arm:
# mean accuracy in percent; the mean difference from copies of the same records, in points, and its standard error; and
# how many variants came of a record.
def mean: add / length;
def error: mean as $mean
    | if length < 2 then null else (map(. - $mean | . * .) | add / (length - 1) / length | sqrt) end;
def decimals: if . == null then null else (. * 100 | round) / 100 end;

[inputs | split(" ") | {
    set: .[0], model: .[1], size: (.[2] | tonumber), subset: .[3], arm: .[4],
    accuracy: (100 * (.[5] | tonumber) / (.[6] | tonumber)), variants: (.[7] | tonumber)
}]
| group_by([.set, .model, .size])
| map(
    (map(select(.arm == "copies") | {(.subset): .accuracy}) | add) as $copies
    | group_by(.arm)[]
    | map(. + {against: (.accuracy - $copies[.subset])})
    | {
        set: .[0].set, model: .[0].model, size: .[0].size, arm: .[0].arm, subsets: length,
        accuracy: (map(.accuracy) | mean | decimals),
        against_copies: (map(.against) | mean | decimals),
        error: (map(.against) | error | decimals),
        variants: (map(.variants / .size) | mean | decimals)
      })
