# Scaled vectors: against decimals of 60 digits, shards, order, forms, what floats do not keep.
load ../helper

# vectors COUNT: columns that are ordinary, large, tiny, constant, integers, far from 0, mostly 0.
vectors() {
    awk -v n="$1" 'BEGIN {
        srand(7)
        for (i = 1; i <= n; i++)
            printf "{\"id\":%d,\"features\":[%.17g,%.17g,%.9ge-21,-2.5,%d,%.17g,%s,%s]}\n", i, rand() - 0.4, (rand() - 0.5) * 3e7,
                rand() - 0.7, rand() * 7 - 3, 1000 + rand() * 30, i % 9 ? 0 : 1 - 2 * rand(), i % 2 ? "0" : "-0"
    }'
}

rows() {
    jq -r '.features | map(tostring) | join(" ")' "$1"
}

# far from 0 in its last digits only: an absolute bound for what is near 0
close() { # WITHIN EXPECTED GOT
    paste -d '|' "$2" "$3" | awk -F '|' -v within="$1" '{
        n = split($1, a, /[ :]/)
        if (n != split($2, b, /[ :]/)) { print "line " NR ": " $0; bad = 1; exit }
        for (i = 3; i <= n; i += 2) {
            d = a[i] - b[i]
            if (a[i - 1] != b[i - 1] || b[i] !~ /^-?[0-9]/ || (d < 0 ? -d : d) > within * (a[i] < 0 ? 1 - a[i] : 1 + a[i])) {
                print "line " NR ", column " a[i - 1] ": expected " a[i] ", found " b[i]; bad = 1; exit
            }
        }
    }
    END { exit NR == 0 || bad }'
}

dense() {
    jq -r '.features | to_entries | map(" \(.key):\(.value)") | "vector" + join("")'
}

@test "scaled vectors are those of their definition" {
    vectors 120 >in
    rows in >rows
    for to in minmax mean standard maxabs no-center; do
        words=(--to "$to")
        [[ $to != no-center ]] || words=(--to standard --no-center)
        perl "$ROOT/tests/features/scale.pl" $to 64 <rows >expected
        quern fit scale "${words[@]}" --double in >table
        quern features --table table --double in | dense >got
        close 1e-12 expected got || { echo "$to"; return 1; }
        perl "$ROOT/tests/features/scale.pl" $to 32 <rows >expected
        quern fit scale "${words[@]}" in >table
        quern features --table table in | dense >got
        close 1.2e-7 expected got || { echo "$to"; return 1; }
        if grep -q -e ':-0\b[^.]' got; then return 1; fi
    done
    # The comparison sees what is wrong.
    for mutant in 's/ 1:[^ ]*/ 1:0.5/' 's/ 3:0/ 3:1/' '7s/ 0:(-?)0\.(..)/ 0:\10.0\2/' 's/ 4:[^ ]*/ 4:null/'; do
        sed -E "$mutant" got >changed
        if close 1.2e-7 expected changed >/dev/null; then echo "not seen: $mutant"; return 1; fi
    done
}

@test "the numbers of scikit-learn" {
    # scikit.py made the file. A line has the options, the vectors, and what becomes of them.
    while read -r line; do
        jq -c '.in[] | {features: .}' <<<"$line" >in
        jq -c '.vectors[] | {features: .}' <<<"$line" | dense >expected
        mapfile -t words < <(jq -r '.options[]' <<<"$line")
        quern fit scale "${words[@]}" --double in >table
        quern features --table table --double -q in | dense >got
        close 1e-12 expected got
        quern fit scale "${words[@]}" in >table
        quern features --table table -q in | dense >got
        close 3e-7 expected got
    done < <(grep '"in": \[' "$ROOT/tests/features/scikit.jsonl")
}

@test "shards, order, threads: the same bytes" {
    vectors 3000 >in
    jq -c '.features |= map(. * 1e3)' in | jq -c '{id, sparse: ([.features | to_entries[] | select(.value != 0 and .key != 5)] |
        {indices: map(.key * 1000), values: map(.value)})}' >sparse
    for how in "in --to minmax" "in --to mean" "in --to standard" "in --to maxabs" "in --to standard --double" \
        "sparse --to maxabs" "sparse --to standard --no-center" "sparse --to standard --no-center --double"; do
        input=${how%% *}
        how=${how#* }
        quern fit scale $how "$input" >whole
        quern fit scale $how -j 8 "$input" | cmp - whole
        tac "$input" | quern fit scale $how | cmp - whole
        shuf --random-source=in "$input" | quern fit scale $how -j 2 | cmp - whole
        for parts in 1 3 7; do
            for partial in "" --partial; do
                rm -f part.* table.*
                split -n r/$parts "$input" part.
                for part in part.*; do quern fit scale $how $partial "$part" >"table.$part"; done
                quern fit merge table.* | cmp - whole
                cat table.* | tac | quern fit merge -j 4 | cmp - whole
            done
        done
        quern fit merge --partial table.part.aa table.part.ab >first
        quern fit scale $how </dev/null >empty
        quern fit merge empty first table.part.a[c-g] empty | cmp - whole
        quern fit merge empty empty | cmp - empty
        wide=""
        [[ $how != *--double ]] || wide=--double
        quern features --table whole $wide "$input" >vectors
        quern features --table whole $wide -j 8 "$input" | cmp - vectors
        quern run "cat | features --table whole $wide | cat" "$input" | cmp - vectors
        [ "$(wc -l <vectors)" = 3000 ]
    done
}

@test "sums are exact: numbers that cancel, of any size" {
    printf '{"features":[%s]}\n' 1e30 1 -1e30 1e-30 3 >in
    for seed in 1 2 3 4; do
        shuf --random-source=<(yes $seed) in | quern fit scale --to mean --double | jq -c '[.shift, .sums]'
    done | sort -u >got
    is got '[[0.8],["0x20000000000000000000000000a2425ff75e15p-147"]]' # as rationals have it
}

@test "sparse vectors are scaled as dense ones with zeros" {
    awk 'BEGIN { srand(3); for (i = 0; i < 200; i++) { printf "{\"id\":%d,\"features\":[", i
        for (j = 0; j < 12; j++) printf "%s%s", j ? "," : "", j == 7 ? 3 : rand() < 0.7 ? 0 : j < 3 ? rand() : rand() * 4 - 2
        print "]}" } }' >dense
    jq -c '{id, sparse: ([.features | to_entries[] | select(.value != 0)] | {indices: map(.key), values: map(.value)})}' dense >sparse
    for words in "--to maxabs" "--to standard --no-center"; do
        quern fit scale $words dense >table
        quern features --table table dense | jq -c '[.features | to_entries[] | select(.value != 0) | [.key, .value]]' >expected
        quern fit scale $words sparse >table
        quern features --table table sparse | jq -c '.sparse | [.indices, .values] | transpose' | cmp - expected
    done
    # 7 is constant: its deviation is 0, its magnitude is not
    if grep -q '\[7,' expected; then return 1; fi
    echo '{"sparse":{"indices":[1,7,99],"values":[1,2,3]}}' >others
    quern features --table table others --stats stats >got 2>err
    jq -e '.sparse.indices == [1]' got
    jq -e '.filters[0].unknown_columns == 1' stats
    is err 'quern-features: 1 number was left out: the table lacks the columns'
    for to in minmax mean standard; do
        sh "quern fit scale --to $to sparse"
        [ "$status" = 3 ]
        is err "quern-fit: sparse:1: id 0: sparse: --to $to would fill the vectors up; they can be scaled by --to maxabs, or --to standard --no-center"
    done
}

@test "columns that 32-bit floats do not keep" {
    # Of time stamps nothing is left, and of some not even that they differ.
    for last in 1764500000.25 1764500060 1764800000; do
        printf '{"features":[%s,1764500000]}\n' 1764500000 $last >in
        sh "quern fit scale --to minmax in"
        [ "$status" = 3 ]
        grep -q '^quern-fit: column 0: .* scale it, or --double$' err
        quern fit scale --to minmax --partial in >first
        printf '{"features":[%s,1764500000]}\n' 0 | quern fit scale --to minmax --partial >second
        sh "quern fit merge first"
        [ "$status" = 3 ]
        quern fit merge first second >table # the spread is large enough now
        quern fit scale --to minmax --double in >table
        gives "quern features --double -q --table table in" 0 $'{"features":[0,0]}\n{"features":[1,0]}'
        gives "quern features --table table in" 2 "" \
            'quern-features: table was made with --double: apply it with --double, too'
    done
    # The bound is 2^-12 of the largest magnitude.
    printf '{"features":[%s]}\n' 4096 4095 | quern fit scale --to minmax >table
    gives "printf '{\"features\":[%s]}\n' 4096 4095 | quern features --double --table table" 2 "" \
        'quern-features: --double: table was made without --double, so its numbers are not exact enough'
    sh "printf '{\"features\":[%s]}\n' 4097 4096 | quern fit scale --to minmax"
    [ "$status" = 3 ]
    sh "printf '{\"features\":[%s]}\n' -4097 -4096 | quern fit scale --to maxabs"
    [ "$status" = 3 ]
}

@test "forms and lengths" {
    printf '%s\n' '{"id":1,"features":[1,2]}' '{"id":2,"features":[1,2,3]}' '{"id":"x","features":[]}' '{"features":[3,4]}' >in
    for j in 1 8; do
        gives "quern fit scale --to minmax -j $j in" 3 "" \
            'quern-fit: in:1: id 1: features: 2 numbers, but 0 at in:3: id "x": all vectors must have one length'
        gives "quern fit scale --to minmax --on-error skip -j $j in" 3 "" \
            'quern-fit: in:1: id 1: features: 2 numbers, but 0 at in:3: id "x": all vectors must have one length'
    done
    printf '%s\n' '{"id":1,"features":[1,2]}' '{"id":2,"sparse":{"indices":[],"values":[]}}' >in
    gives "quern fit scale --to maxabs in" 3 "" \
        'quern-fit: in:2: id 2: sparse: expected features, as at in:1: id 1: all vectors must have one form'
    printf '%s\n' '{"features":[1,2]}' '{"features":[1,3]}' | quern fit scale --to maxabs >two
    printf '%s\n' '{"features":[1,2,3]}' | quern fit scale --to maxabs >three
    printf '%s\n' '{"sparse":{"indices":[1],"values":[2]}}' | quern fit scale --to maxabs >sparse
    gives "quern fit merge two three" 3 "" 'quern-fit: three:1: min: expected 2 columns, as the tables before have, found 3'
    gives "quern fit merge two sparse" 3 "" \
        'quern-fit: sparse:1: options: form: the table is of sparse, those before of features: all vectors must have one form'
    gives "echo '{\"features\":[1]}' | quern features --table two" 3 "" \
        'quern-features: stdin:1: features: expected 2 numbers, as the table has columns, found 1'
    gives "echo '{\"features\":[1]}' | quern features --table sparse" 3 "" \
        'quern-features: stdin:1: features: expected sparse, which the table is of'
    quern fit scale --to maxabs </dev/null >none
    gives "echo '{\"features\":[1]}' | quern features --table none" 3 "" \
        'quern-features: stdin:1: none is of no vectors, so it can'\''t scale any'
    gives "quern features --table none </dev/null" 0 ""
}

@test "length 1" {
    printf '{"features":%s}\n' '[3,4]' '[0,0]' '[-1e-30,0]' '[]' '[3e38,3e38]' '[1e-45,0]' >in
    gives "quern features --norm l2 -q in" 0 '{"features":[0.6,0.8]}
{"features":[0,0]}
{"features":[-1,0]}
{"features":[]}
{"features":[0.70710677,0.70710677]}
{"features":[1,0]}'
    gives "printf '{\"features\":%s}\n' '[3e-300,4e-300]' '[1e308,1e308]' '[5e-324]' '[1,-3]' | quern features --norm l1 --double" 0 \
        '{"features":[0.4285714285714286,0.5714285714285714]}
{"features":[0.5,0.5]}
{"features":[1]}
{"features":[0.25,-0.75]}'
    gives "echo '{\"sparse\":{\"indices\":[5,9],\"values\":[3,-4]}}' | quern features --norm l2" 0 '{"sparse":{"indices":[5,9],"values":[0.6,-0.8]}}'
    # Sums are added in the order of the indices: 1 + 2^-53 + 2^-53 is 1, 2^-53 + 2^-53 + 1 is not.
    gives "printf '{\"features\":%s}\n' '[1,1.1102230246251565e-16,1.1102230246251565e-16]' '[1.1102230246251565e-16,1.1102230246251565e-16,1]' |
        quern features --norm l1 --double | jq -c '.features | max'" 0 $'1\n0.9999999999999998'
}
