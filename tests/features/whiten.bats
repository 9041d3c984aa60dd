# Whitened vectors: tables and vectors by their definition, shards, order, what can't be whitened.
load ../helper

# vectors COUNT: columns that depend on each other, large and tiny ones, integers, one far from 0, mostly 0, of many sizes.
vectors() {
    awk -v n="$1" 'BEGIN {
        srand(11)
        for (i = 1; i <= n; i++) {
            a = rand() - 0.5; b = rand() + rand() - 1
            printf "{\"id\":%d,\"features\":[%.17g,%.17g,%.17g,%.17g,%d,%.17g,%s,%.17g]}\n", i, a, a * 0.9 + b, (b - a * 0.3 + rand()) * 3e3,
                rand() * 1e-3, rand() * 9 - 4, 100 + 20 * rand() + 3 * b, i % 5 ? 0 : 1 - 2 * rand(), (rand() - 0.4) * exp(-60 * rand())
        }
    }'
}

rows() {
    jq -r '.features | map(tostring) | join(" ")' "$1"
}

words() { # of a table, for whiten.pl
    jq -r '. as $table | (["sums", "products", "shift", "variances", "scale"][] | . as $name | [$name] + ($table[$name] | map(tostring))),
        (.directions[] | ["direction"] + map(tostring)) | join(" ")' "$1"
}

# judged BITS CENTER STRENGTH: the table and the vectors "made" of the file "in"
judged() {
    rows in >rows
    words table >words
    rows made >made-rows
    perl "$ROOT/tests/features/whiten.pl" "$1" "$2" "$3" rows made-rows <words
}

@test "tables and whitened vectors are those of their definition" {
    vectors 90 >in
    while read -r center strength dims double; do
        how=(--center "$center" --strength "$strength" --dims "$dims" ${double:+--double})
        quern fit whiten "${how[@]}" in >table
        quern features --table table $double in >made
        judged "$([[ -n $double ]] && echo 64 || echo 32)" "$center" "$strength" || { echo "${how[@]}"; return 1; }
        [ "$(jq -r '.variances | length' table)" = "$((dims == 0 ? 8 : dims))" ]
    done <<'END'
1 1 0
1 1 0 --double
0 0 3
1 0 0 --double
0.25 0.5 5 --double
0.3 0.75 1
END
    # The judge sees what is wrong.
    quern fit whiten --double in >good
    quern features --table good --double in >made
    while read -r change; do
        jq -c "$change" good >table
        if judged 64 1 1 >/dev/null; then echo "not seen: $change"; return 1; fi
    done <<'END'
.sums[3] = .sums[2]
.products[5] = .products[6]
.directions[2] |= map(-.)
.directions[0][1] += 1e-12
.directions[1] |= map(. * 1.0000000000001)
.variances[0] *= 1.0000000000001
.directions |= (.[2:4] | reverse) + .[0:2] + .[4:]
.scale[7] *= 1.00000000000001
.shift[5] += 1e-12
END
    cp good table
    jq -c '.features[3] *= 1.0000000000000005' made >changed
    mv changed made
    if judged 64 1 1 >/dev/null; then return 1; fi
}

@test "the numbers of numpy and scikit-learn" {
    # whitening.py made the file. A line has the options, the vectors, the variances and what becomes of the vectors.
    while read -r line; do
        jq -c '.in[] | {features: .}' <<<"$line" >in
        jq -c '.vectors' <<<"$line" >expected
        jq -c '.variances' <<<"$line" >>expected
        mapfile -t words < <(jq -r '.options[]' <<<"$line")
        for double in "" --double; do
            within=$([[ -n $double ]] && echo 1e-12 || echo 3e-7)
            quern fit whiten "${words[@]}" $double in >table
            { quern features --table table $double in | jq -s -c 'map(.features)'; jq -c .variances table; } >got
            jq -s -e --argjson within "$within" '
                def flat: [.. | numbers];
                (.[:2] | flat) as $a | (.[2:] | flat) as $b | ($a | length) == ($b | length) and ($a | length) > 0 and
                all(range($a | length); ($a[.] - $b[.]) as $d | ($d | fabs) <= $within * (1 + ($a[.] | fabs)))' expected got ||
                { echo "${words[@]}" $double; return 1; }
        done
    done <"$ROOT/tests/features/whitening.jsonl"
}

@test "the covariance of whitened vectors is 1, at a condition of 10^6" {
    # Columns from 1 to 10^-3, mixed by rotations of each two neighbours.
    awk 'function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) }
    BEGIN { srand(5); d = 24
        for (i = 0; i < 3000; i++) {
            for (j = 0; j < d; j++) x[j] = normal() * exp(-6.907755278982137 * j / (d - 1))
            for (s = 0; s < 3; s++) for (j = 0; j < d; j++) {
                k = (j + 1 + 5 * s) % d; c = cos(j + s); t = sin(j + s); a = x[j]; b = x[k]; x[j] = c * a + t * b; x[k] = c * b - t * a
            }
            line = ""
            for (j = 0; j < d; j++) line = line (j ? "," : "") sprintf("%.17g", x[j] + j)
            print "{\"features\":[" line "]}"
        } }' >in
    for double in "" --double; do
        quern fit whiten $double in >table
        jq -e '.variances[0] / .variances[-1] | . > 5e5 and . < 2e6' table
        quern features $double --table table in | jq -r '.features | map(tostring) | join(" ")' >made
        within=$([[ -n $double ]] && echo 1e-9 || echo 2e-7)
        awk -v within="$within" '{ for (i = 1; i <= NF; i++) { m[i] += $i; for (j = i; j <= NF; j++) c[i, j] += $i * $j } }
            END { if (NF != 24 || NR != 3000) exit 1
                for (i = 1; i <= NF; i++) for (j = i; j <= NF; j++) {
                    off = c[i, j] / NR - m[i] * m[j] / NR / NR - (i == j)
                    if (off > within || off < -within) { print i, j, off; exit 1 }
                } }' made
    done
}

@test "shards, order, threads: the same bytes" {
    vectors 1700 >in
    for how in "" "--double" "--dims 3 --strength 0.5 --center 0.5"; do
        quern fit whiten $how in >whole
        quern fit whiten $how -j 8 in | cmp - whole
        tac in | quern fit whiten $how | cmp - whole
        shuf --random-source=in in | quern fit whiten $how -j 2 | cmp - whole
        for parts in 1 3 7; do
            for partial in "" --partial; do
                rm -f part.* table.*
                split -n r/$parts in part.
                for part in part.*; do quern fit whiten $how $partial "$part" >"table.$part"; done
                quern fit merge table.* | cmp - whole
                cat table.* | tac | quern fit merge -j 4 | cmp - whole
            done
        done
        quern fit merge --partial table.part.aa table.part.ab >first
        quern fit whiten $how </dev/null >empty
        quern fit merge empty first table.part.a[c-g] empty | cmp - whole
        quern fit merge empty empty | cmp - empty
        wide=""
        [[ $how != *--double ]] || wide=--double
        quern features --table whole $wide in >vectors
        quern features --table whole $wide -j 8 in | cmp - vectors
        quern run "cat | features --table whole $wide | cat" in | cmp - vectors
        [ "$(wc -l <vectors)" = 1700 ]
        jq -e -s --arg how "$how" '.[0].features | length == (if $how | startswith("--dims") then 3 else 8 end)' vectors
    done
    # Parts of one vector, which could not be whitened by themselves.
    head -n 12 in >few
    quern fit whiten few >whole
    split -l 1 few one.
    for part in one.*; do quern fit whiten --partial "$part"; done | shuf --random-source=in | quern fit merge | cmp - whole
}

@test "the rank" {
    vectors 500 >in
    says() { # DIRECTIONS WANTED HOW
        sh "quern fit whiten $3 in2"
        [ "$status" = 3 ]
        is out ""
        is err "quern-fit: the vectors vary in $1 only (the rank of their covariance), but $2 are wanted: give --dims"
    }
    # A constant column, one that is the sum of two, one of them twice.
    jq -c '.features |= .[0:2] + [7] + .[4:6]' in >in2
    says "4 directions" 5 ""
    says "4 directions" 5 "--double"
    says "4 directions" 5 "--strength 0"
    quern fit whiten --dims 4 in2 | jq -e '.variances | length == 4'
    jq -c '.features |= [.[0], .[1], .[0] + .[1], .[1], 3]' in >in2
    says "2 directions" 5 "--double"
    quern fit whiten --double --dims 2 in2 | jq -e '.directions | length == 2'
    # As many vectors as columns have one direction less.
    jq -nc 'range(8) as $i | {id: $i, features: [range(8) | if . == $i then 1 + $i / 4 else 0 end]}' >in2
    says "7 directions" 8 ""
    head -n 2 in >in2
    says "1 direction" 8 ""
    says "1 direction" 2 "--dims 2"
    quern fit whiten --dims 1 in2 >table
    quern features --table table in2 | jq -s -c 'map(.features)' >out
    is out '[[-1],[1]]' || is out '[[1],[-1]]'
    head -n 1 in >in2
    for how in "" "--dims 1"; do
        sh "quern fit whiten $how in2"
        [ "$status" = 3 ]
        grep -q '^quern-fit: the vectors vary in 0 directions only .*: there is nothing to whiten$' err
    done
    gives "quern fit whiten --dims 9 in" 3 "" "quern-fit: dims: 9 directions are wanted, but the vectors have 8 numbers only"
    # Columns of very different sizes that are not beyond what floats can tell apart.
    awk 'BEGIN { srand(2); for (i = 0; i < 300; i++) printf "{\"features\":[%.9g,%.9g,%.9g]}\n", rand() * 1e-6, rand() * 10, rand() * 1e-3 }' >in
    quern fit whiten in >table
    jq -c '.directions | map(map(. > 0.9))' table >out
    is out '[[false,true,false],[false,false,true],[true,false,false]]'
    quern features --table table in >made
    judged 32 1 1
}

@test "signs: the largest component is positive, of equal ones the first" {
    printf '{"features":%s}\n' '[1,1]' '[-1,-1]' '[2,-2]' '[-2,2]' >in
    quern fit whiten in | jq -c '[.variances, .directions] | walk(if type == "number" then . * 1e14 | round / 1e14 else . end)' >out
    is out '[[4,1],[[0.70710678118655,-0.70710678118655],[0.70710678118655,0.70710678118655]]]'
    printf '{"features":%s}\n' '[0,-3,0]' '[0,3,0]' '[-1,0,0]' '[1,0,0]' '[0,0,2]' '[0,0,-2]' >in
    quern fit whiten --strength 0 in | jq -c '[.directions, .scale]' >out
    is out '[[[0,1,0],[0,0,1],[1,0,0]],[1,1,1]]'
}

@test "what can not be whitened" {
    gives "echo '{\"sparse\":{\"indices\":[1],\"values\":[2]}}' | quern fit whiten" 3 "" \
        'quern-fit: stdin:1: sparse: whitening would fill the vectors up; it needs features'
    printf '{"features":%s}\n' '[1,2]' '[1,2,3]' >in
    for j in 1 8; do
        gives "quern fit whiten -j $j in" 3 "" 'quern-fit: in:2: features: 3 numbers, but 2 at in:1: all vectors must have one length'
    done
    printf '{"features":[%s,%s]}\n' 1764500000 1 1764500060 2 1764500001 7 >in
    sh "quern fit whiten in"
    [ "$status" = 3 ]
    grep -q '^quern-fit: column 0: .* scale it, or --double$' err
    quern fit whiten --partial in >part
    sh "quern fit merge part"
    [ "$status" = 3 ]
    quern fit whiten --double in >table
    gives "quern features --table table in" 2 "" 'quern-features: table was made with --double: apply it with --double, too'
    quern features --double --table table in >made
    gives "printf '{\"features\":[%s]}\n' 1e200 -1e200 | quern fit whiten --double" 3 "" \
        'quern-fit: variance 0 is too large for a 64-bit float: scale the vectors (quern fit scale)'
    gives "printf '{\"features\":[%s]}\n' 1e-200 -1e-200 | quern fit whiten --double" 3 "" \
        'quern-fit: variance 0 is too small for a 64-bit float: scale the vectors (quern fit scale)'
    sh "printf '{\"features\":[%s]}\n' 1e39 1 | quern fit whiten"
    [ "$status" = 3 ]
    is err 'quern-fit: stdin:1: features[0]: too large for a 32-bit float (--double keeps it)'
    printf '{"id":%s,"features":[%s],"split":"%s"}\n' 1 1 train 2 3 train 3 9 test >in
    sh "quern fit whiten in"
    [ "$status" = 3 ]
    quern fit whiten --within split=train in | jq -c '[.split, .records, .shift]' >out
    is out '["train",2,[2]]'
    gives "quern fit whiten --within split=none in | jq .records" 0 0 'quern-fit: no record has split=none (--within), so the table is empty'
}

@test "other vectors than those of the table" {
    printf '{"features":%s}\n' '[1,2]' '[2,5]' '[0,1]' >in
    quern fit whiten in >two
    gives "echo '{\"features\":[1]}' | quern features --table two" 3 "" \
        'quern-features: stdin:1: features: expected 2 numbers, as the table has columns, found 1'
    gives "echo '{\"sparse\":{\"indices\":[1],\"values\":[2]}}' | quern features --table two" 3 "" \
        'quern-features: stdin:1: sparse: expected features, which the table is of'
    gives "echo '{\"features\":[1,null]}' | quern features --table two" 3 "" 'quern-features: stdin:1: features[1]: expected a number, found null'
    gives "quern features --double --table two in" 2 "" \
        'quern-features: --double: two was made without --double, so its numbers are not exact enough'
    quern fit whiten </dev/null >none
    gives "quern features --table none </dev/null" 0 ""
    gives "quern features --table none in" 3 "" "quern-features: in:1: none is of no vectors, so it can't whiten any"
    quern fit whiten --partial in >part
    gives "quern features --table part in" 1 "" 'quern-features: part: a partial table, which "quern fit merge" completes'
    quern fit scale --to mean in >scale
    gives "quern fit merge two scale" 3 "" "quern-fit: scale:1: kind: tables of different kinds can't be added up"
    quern fit whiten --dims 1 in >one
    gives "quern fit merge two one" 3 "" \
        'quern-fit: one:1: options: the table was made with {"dims":1,"center":1,"strength":1}, the first one with {"center":1,"strength":1}'
    gives "quern fit merge --min-df 2 two" 2 "" 'quern-fit: two:1: --min-df, --max-df and --max-features have no effect on a table of columns'
}

@test "tables that are not whole" {
    printf '{"features":%s}\n' '[1,2]' '[2,5]' '[0,1]' >in
    quern fit whiten in >good
    while IFS=$'\t' read -r change message; do
        jq -c "$change" good >table
        gives "quern features --table table </dev/null" 1 "" "quern-features: table: $message"
    done <<'END'
.directions = [[1,0]]	directions: expected as many as scale has numbers, 2, found 1
.directions[1] = [1]	directions[1]: expected 2 numbers, as shift has, found 1
.directions[1] = [1,null]	directions[1]: expected 2 numbers, as shift has
.directions[0] = 7	directions[0]: expected an array of numbers
.scale[1] = 0	scale[1]: expected a number above 0
.options.center = 2	options: center: expected a number from 0 to 1
del(.options.strength)	options: strength: expected a number from 0 to 1
.options.dims = 0	options: dims: expected an integer of 1 or more
del(.directions)	directions: expected an array: the table is not whole
END
    while IFS=$'\t' read -r change message; do
        jq -c "$change" good >table
        gives "quern fit merge good table" 3 "" "quern-fit: table:1: $message"
    done <<'END'
.products = ["0x1p+0"]	products: expected one for each pair of the 2 columns, 3, found 1: the table is not whole
.products[1] = "seven"	products[1]: not a sum that "quern fit" has written
.sums = ["0x1p+0"]	sums: expected as many items as min has, 2, found 1: the table is not whole
.min = [1,2,3]	products: expected one for each pair of the 3 columns, 6, found 3: the table is not whole
.records = -1	records: -1 does not fit the rest of the table
END
    # Sums that no numbers can have are found when all are there.
    jq -c '.products[0] = "-0x1p+9"' good >table
    gives "quern fit merge table" 3 "" 'quern-fit: products of columns 0 and 0: they do not fit min, max and sums'
    jq -c '.products[1] = "0x1p+90"' good >table
    gives "quern fit merge table" 3 "" 'quern-fit: products of columns 0 and 1: they do not fit min, max and sums'
    # A skipped one leaves no trace.
    jq -c '.products[2] = ""' good >table
    sh "quern fit merge --on-error skip table good"
    is out "$(cat good)"
}
