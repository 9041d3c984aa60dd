# What the experiments on predictions report, on numbers that were worked out by hand.
load ../helper

@test "the report compares on the same splits, at the same place" {
    printf '%s\n' 's 1 base 5 0.5 0.4' 's 2 base 5 0.6 0.4' 's 2 other 5 0.69 0.41 kept=0.5' 's 1 other 5 0.55 0.41 kept=0.25' \
        's 1 base 10 0.9 0.9' 's 1 other 10 0.8 0.9' >rows
    jq -R -n --arg base base -f "$ROOT/experiments/curves.jq" rows >report
    is <(jq -c '.[] | [.arm, .x, .splits, .accuracy, .accuracy_against, .accuracy_error, .macro_f1_against, .more]' report) \
        '["base",5,2,55,0,0,0,{}]
["other",5,2,62,7,2,1,{"kept":37.5}]
["base",10,1,90,0,null,0,{}]
["other",10,1,80,-10,null,0,{}]'
}

@test "the table and the picture" {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed"
    mkdir -p made/rows
    printf '%s\n' 's 1 base 5 0.5 0.4' 's 2 base 5 0.6 0.4' 's 2 other 5 0.69 0.41' 's 1 other 5 0.55 0.41' >made/rows/s.1
    "$ROOT/experiments/curves" made base labels "a title" >out
    grep -qE '^s +base +5 +2 +55\.0 +40\.0 *$' out
    grep -qE '^s +other +5 +2 +62\.0 +41\.0 +\+7\.00 \(2\.00\) +\+1\.00 \(0\.00\)$' out
    grep -q '<svg' made/report.svg
}
