# The methods that look at neighbours, against an oracle that shares no code with them.
load ../helper

@test "random records with heavy ties, mixed ids and labels, groups and angles: what an oracle in integers finds" {
    perl "$BATS_TEST_DIRNAME/neighbors.pl" 1 30 >out || { cat out; return 1; }
    grep -qE '^[6-9][0-9]{2} runs, 0 differences$' out
}

# points COUNT DIMS RANGE [RAISED]: records of three classes with few different numbers, ids in an order that is not
# theirs. The classes overlap.
points() {
    awk -v count="$1" -v dims="$2" -v range="$3" 'BEGIN {
        srand(7)
        for (i = 0; i < count; i++) {
            n = (i * 37 + 11) % count
            label = i % 20 < 13 ? "a" : i % 20 < 17 ? "b" : "c"
            line = "{\"id\":" (i % 3 ? n : "\"r" n "\"") ",\"label\":\"" label "\",\"group\":" i % 2 ",\"features\":["
            for (d = 0; d < dims; d++)
                line = line (d ? "," : "") (int(rand() * range) + (d == 0 && label != "a")) / 4
            print line "]}"
        }
    }'
}

# Every method with options of its own, a line each.
every_method() {
    cat <<'END'
tomek
tomek --strategy all --metric cosine --group group
enn --kind mode
renn -k 5 --strategy all
allknn --kind mode
ncr
cnn
oss --seed 3
nearmiss1
nearmiss2 --metric cosine
nearmiss3 -k 2
smote
smote --draw iid --emit synthetic --group group
borderline1 -k 3 --m 8
borderline2 --target a=500,b=240,c=333
adasyn --metric cosine
adasyn --round rint --double
rose --shrinkage 0.5
smoteenn
smotetomek -k 2 --emit synthetic
END
}

@test "one output for file, pipe, threads, fused and shell; one set of records for any order of the input" {
    points 700 6 5 >in
    tac in >reversed
    sort -R in >shuffled
    zstd -q in
    while read -r options; do
        quern resample -q --method $options -j 1 in >expected
        [ -s expected ]
        quern resample -q --method $options -j 8 in | cmp - expected || { echo "$options: -j 8"; return 1; }
        cat in | quern resample -q --method $options -j 2 | cmp - expected || { echo "$options: pipe"; return 1; }
        quern resample -q --method $options -j 3 in.zst | cmp - expected || { echo "$options: zstd"; return 1; }
        quern run -q "cat | resample --method $options | cat" in | cmp - expected || { echo "$options: fused"; return 1; }
        sort expected >sorted
        for order in reversed shuffled; do
            quern resample -q --method $options $order | sort | cmp - sorted || { echo "$options: $order"; return 1; }
        done
        # What is made comes in one order, however the input is.
        [[ $options != *synthetic* ]] || quern resample -q --method $options shuffled | cmp - expected
    done < <(every_method)
}

@test "one output for every processor" {
    points 700 6 5 >in
    for options in "smote --metric cosine" "adasyn" "rose --double" "renn -k 5" "nearmiss2 --metric cosine" "borderline2"; do
        quern resample -q --method $options in >expected
        for less in -AVX512F,-AVX512VL,-AVX512DQ,-AVX512BW -AVX2,-FMA,-AVX512F -AVX,-AVX2,-FMA,-FMA4,-AVX512F; do
            GLIBC_TUNABLES=glibc.cpu.hwcaps=$less quern resample -q --method $options in | cmp - expected ||
                { echo "$options $less"; return 1; }
        done
    done
}

# In float64 rows are ranked directly; in float32 products propose them. Of numbers that both hold the result is one,
# also if the products overflow, or lose all digits.
@test "--double: the same rows as without, of numbers that 32-bit floats hold" {
    points 900 8 8 >near
    points 900 8 200 >wide
    jq -c '.features |= map(. * 1e30)' wide >huge # their squares are no 32-bit floats
    jq -c '.features |= (map(. + 2048) + [0, 2048, -2048, 0])' near >far # products of 2^26 differ by 1/16
    for data in near wide huge far; do
        # numbers that are exactly those of 32-bit floats
        quern resample --method rose --shrinkage 0 --emit synthetic -q --target a=910,b=360,c=270 "$data" |
            jq -c '{id, "label": .label, features}' >both
        [ "$(wc -l <both)" -gt 300 ]
        for options in tomek "enn --strategy all" cnn "nearmiss3 -k 5" "smote --emit recipe" "borderline1 --emit recipe" "tomek --metric cosine"; do
            quern resample -q --method $options both >single
            quern resample -q --method $options --double both | cmp - single || { echo "$data: $options"; return 1; }
        done
    done
}

@test "sparse vectors: the same rows as of dense ones" {
    points 500 6 3 >in
    for times in 1 700001; do
        jq -c --argjson times $times '[.features | to_entries[] | select(.value != 0)] as $f | del(.features) |
            .sparse = {indices: [$f[].key * $times], values: [$f[].value]}' in >sparse
        while read -r options; do
            [[ $options != rose* ]] || continue
            quern resample -q --method $options in >dense.out
            quern resample -q --method $options -j 2 sparse >sparse.out
            jq -c --argjson times $times 'if has("features") then
                [.features | to_entries[] | select(.value != 0)] as $f | del(.features) |
                .sparse = {indices: [$f[].key * $times], values: [$f[].value]} else . end' dense.out |
                cmp - <(jq -c . sparse.out) || { echo "$options"; return 1; }
        done < <(every_method)
    done
    gives "quern resample --method rose sparse" 3 "" \
        "quern-resample: sparse: expected features, which --method rose needs"
}

@test "a recipe gives the rows again, of the same vectors or of another view, in any order of these" {
    points 300 4 9 >in
    jq -c '.features |= (map(. * 3 + 1) | .[:3])' in >view
    for options in smote borderline2 "adasyn --metric cosine" "smoteenn" "smotetomek -k 2" "smote --double --draw iid" "smote --target a=300,b=100,c=61"; do
        wide=
        [[ $options != *double* ]] || wide=--double
        quern resample -q --method $options --emit synthetic in >expected
        quern resample -q --method $options --emit recipe in >recipe
        [ -s recipe ]
        ! grep -q features recipe
        jq -c 'del(.features)' expected | cmp - <(jq -c . recipe)
        for order in cat tac "sort -R"; do
            $order in | quern resample rebuild --recipe recipe $wide -j 2 | cmp - expected || { echo "$options: $order"; return 1; }
        done
        quern resample rebuild --recipe recipe $wide view >got
        jq -c 'del(.features)' got | cmp - <(jq -c . recipe)
        jq -e -s --slurpfile view view '($view | map({(.id | tojson): .features}) | add) as $x |
            all(.[]; . as $r | [$x[.parents[] | tojson]] as $p |
                .features == .features and (.features | length) == 3 and
                all(range(3); ($p[0][.] + $r.gap * ($p[1][.] - $p[0][.]) - $r.features[.]) | fabs < 1e-5))' got >/dev/null
    done
    parent=$(head -n 1 recipe | jq -c '.parents[0]')
    grep -vF "\"id\":$parent," in >fewer
    sh "quern resample rebuild --recipe recipe fewer"
    [ "$status" = 3 ]
    cat err
    grep -q 'recipe:[0-9]*: parents: no record with the id .* has a vector$' err
    { cat in; grep -F "\"id\":$parent," in; } >twice
    sh "quern resample rebuild --recipe recipe twice"
    [ "$status" = 3 ]
    cat err
    grep -q ': id: it stands twice: each record needs one of its own$' err
    sh "quern resample rebuild --recipe in in"
    [ "$status" = 3 ]
    grep -q 'parents: missing' err
}
