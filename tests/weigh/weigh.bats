# Weights by class: the schemes against their formulas and reference values, what labels mean, bad input.
load ../helper

# labels COUNT LABEL...: so many records with the label, a JSON value; then the next pair.
labels() {
    while [[ $# -gt 0 ]]; do
        yes "{\"label\":$2}" | head -n "$1"
        shift 2
    done
}

# weights OPTION...: "LABEL WEIGHT" of each class of in, which is counted.
weights() {
    quern stats --json in >counts
    quern weigh --counts counts "$@" in | jq -r '[.label, .weight] | @tsv' | uniq
}

@test "a record passes in place, with one member more" {
    printf '%s\n' '{ "id" : 1 , "label": "a", "x": 1e2 }' '{"label":"\u0062","id":2.0}' '{"label":"b"}' >in
    quern stats --json in >counts
    gives "quern weigh --counts counts in" 0 '{ "id" : 1 , "label": "a", "x": 1e2,"weight":1.5 }
{"label":"\u0062","id":2.0,"weight":0.75}
{"label":"b","weight":0.75}'
    gives "quern weigh --counts counts /dev/null" 0 ""
}

@test "balanced is scikit-learn's, to the bit" {
    [ -d "$SHARED/data/imbalance" ] || skip "no ../shared/data"
    count=0
    for expected in "$SHARED"/data/imbalance/*.expect.json; do
        jq -e .class_weight_balanced "$expected" >/dev/null || continue
        quern fields --keep label "${expected%.expect.json}.jsonl" >in
        weights >/dev/null
        quern weigh --counts counts in | jq -s --slurpfile expected "$expected" -e '
            ($expected[0].class_weight_balanced | with_entries(.key |= "c" + .)) as $weights |
            all(.[]; .weight == $weights[.label]) and ([.[].label] | unique == ($weights | keys))' >/dev/null
        count=$((count + 1))
    done
    [ "$count" -ge 8 ]
}

@test "every scheme gives the reference weights" {
    [ -e "$SHARED/data/uda/class_weights.json" ] || skip "no ../shared/data"
    labels 900 '"a"' 90 '"b"' 10 '"c"' >in
    # near MEMBER DISTANCE OPTION...: the rounding of the reference itself grows towards B = 1.
    near() {
        weights "${@:3}" | jq -Rs --slurpfile expected "$SHARED/data/uda/class_weights.json" --arg member "$1" \
            --argjson most "$2" -e '[split("\n")[:-1][] | split("\t")] | length == 3 and all(.[];
                ($expected[0][$member][.[0]] / (.[1] | tonumber) - 1) | fabs <= $most)' >/dev/null
    }
    near balanced_n_over_kc 0
    near inverse_freq_mean1 0 --scheme power --power 1
    near inverse_sqrt_mean1 4e-16 --scheme power --power 0.5
    near effective_number_beta0.9_sum_to_K 1e-15 --scheme effective --beta 0.9
    near effective_number_beta0.99_sum_to_K 1e-14 --scheme effective --beta 0.99
    near effective_number_beta0.999_sum_to_K 2e-14 --scheme effective --beta 0.999
    near effective_number_beta0.9999_sum_to_K 2e-13 --scheme effective --beta 0.9999
    ! near effective_number_beta0.9999_sum_to_K 1e-13 --scheme effective --beta 0.999
}

@test "the formulas, and what the weights are scaled to" {
    labels 1 '"one"' 7 3 300 '"b"' 5000 '"a"' 12 -4 >in
    # check EXPRESSION SUM OPTION...: the weights are proportional to the expression of n, and SUM is what is scaled.
    check() {
        weights "${@:3}" >got
        perl -e 'my %n = (one => 1, 3 => 7, b => 300, a => 5000, -4 => 12);
            my ($formula, $scaled) = splice @ARGV, 0, 2;
            my ($first, $mean, $sum, $kinds);
            while (<>) {
                my ($label, $weight) = split;
                my $n = $n{$label};
                my $factor = $weight / eval $formula;
                $first //= $factor;
                die "$label: $weight\n" unless abs($factor / $first - 1) < 1e-9;
                $mean += $n * $weight / 5320;
                $sum += $weight / 5;
                $kinds++;
            }
            die "$mean $sum\n" unless abs(($scaled eq "mean" ? $mean : $sum) - 1) < 1e-14 && $kinds == 5' "$1" "$2" got
    }
    check '1 / $n' mean
    check '$n ** -0.3' mean --scheme power --power 0.3
    check '$n ** -2.5' mean --scheme power --power 2.5
    check '1' mean --scheme power --power 0
    check '1 / (1 - 0.75 ** $n)' sum --scheme effective --beta 0.75
    check '1' sum --scheme effective --beta 0
    check '1 / $n' sum --scheme effective --beta 0.999999999999999
    weights >balanced
    weights --scheme power --power 1.00 | cmp - balanced
    [ "$(weights --scheme power --power 0 | cut -f2 | sort -u)" = 1 ]
    [ "$(weights --scheme effective --beta 0 | cut -f2 | sort -u)" = 1 ]
}

@test "effective has all its digits where B^n is near 1" {
    # (1 - B^2) / (1 - B) = 1 + B, but the float B^2 less 1 has only nine digits.
    labels 1 '"a"' 2 '"b"' >in
    for beta in 0.9999999 0.999999 0.9999997; do
        weights --scheme effective --beta $beta | jq -Rs --argjson b $beta -e '[split("\n")[:-1][] | split("\t")[1] |
            tonumber] | (.[0] / .[1] / (1 + $b) - 1) | fabs < 1e-15' >/dev/null
    done
}

@test "the order of the records and of the classes in the file does not matter, nor do shards" {
    labels 3 '"b"' 5 '"a"' 1 10 2 9 4 '"é"' >in
    for options in "" "--scheme power --power 0.7" "--scheme effective --beta 0.9"; do
        weights $options | sort >expected
        quern stats --json in | jq -c '.labels |= (to_entries | reverse | map(.value |= (to_entries | reverse | from_entries)) |
            from_entries)' >turned
        ! cmp -s counts turned
        tac in | quern weigh --counts turned $options | jq -r '[.label, .weight] | @tsv' | uniq | sort | cmp - expected
        head -n 4 in | quern stats --json >one
        tail -n +5 in | quern stats --json >two
        quern stats merge --json two one >merged
        cmp merged counts
    done
}

@test "strings and integers are different classes; options name both" {
    labels 1 '"1"' 2 1 1 '"a,b"' 1 '"x=y"' 1 '"\""' 1 -7 1 '""' >in
    gives "quern stats --json in >counts; quern weigh --counts counts --scheme given --weights '\"1\"=1,1=2' \
        --weights '\"a,b\"=3,x=y=4.5e0,\"\\\"\"=0,-7=1e-7,=7' in | jq -c '[.label, .weight]'" 0 '["1",1]
[1,2]
[1,2]
["a,b",3]
["x=y",4.5]
["\"",0]
[-7,1e-07]
["",7]'
    labels 1 '"1"' 1 '"2"' >in
    gives "quern stats --json in >counts; quern weigh --counts counts --scheme given --weights 1=5,2=6 in" 0 \
        $'{"label":"1","weight":5}\n{"label":"2","weight":6}'
}

@test "--label, of both programs" {
    printf '{"topic":"%s","label":"x"}\n' a a a b >in
    quern stats --json --label topic in >counts
    gives "quern weigh --counts counts --label topic in | tail -n 1" 0 '{"topic":"b","label":"x","weight":2}'
    gives "quern weigh --counts counts in" 3 "" \
        "quern-weigh: counts:1: counts the member topic, not label (--label NAME of both says which member has the class)"
}

@test "--multiply: records with and without a weight" {
    printf '%s\n' '{"weight":0.5,"label":1}' '{"label":2,"weight":1e1}' '{"label":2}' '{"label":1,"weight":"1"}' \
        '{"label":1,"weight":null}' '{"label":1,"weight":1.7e308}' >in
    head -n 3 in | quern stats --json >counts
    gives "head -n 3 in | quern weigh --counts counts --multiply --stats stats" 0 '{"weight":0.75,"label":1}
{"label":2,"weight":7.5}
{"label":2,"weight":0.75}'
    [ "$(jq .filters[0].multiplied stats)" = 2 ]
    gives "quern weigh --counts counts --multiply --on-error skip in | tail -n 1" 0 '{"label":2,"weight":0.75}' \
        'quern-weigh: in:4: weight: expected a number, found a string
quern-weigh: in:5: weight: expected a number, found null
quern-weigh: in:6: weight: not a finite number
quern-weigh: 3 of 6 records were bad and were skipped'
}

@test "bad records" {
    labels 1 '"a"' 2 1 >in
    quern stats --json in >counts
    printf '%s\n' '{"id":1}' '{"id":2,"label":null}' '{"id":3,"label":["a"]}' '{"id":4,"label":1.5}' \
        '{"id":5,"label":true}' '{"id":6,"label":"1"}' '{"id":7,"label":2}' '{"id":8,"label":"a","weight":1}' >bad
    gives "quern weigh --counts counts --on-error skip bad in" 0 '{"label":"a","weight":1.5}
{"label":1,"weight":0.75}
{"label":1,"weight":0.75}' 'quern-weigh: bad:1: id 1: label: missing ("quern import" writes it); the record has id
quern-weigh: bad:2: id 2: label: null ("quern import" writes it); the record has id, label
quern-weigh: bad:3: id 3: label: expected a string or an integer, the class of the record, found an array
quern-weigh: bad:4: id 4: label: not a 64-bit integer
quern-weigh: bad:5: id 5: label: expected a string or an integer, the class of the record, found a boolean
quern-weigh: bad:6: id 6: label: counts has no class "1"; it has 1 and "a"
quern-weigh: bad:7: id 7: label: counts has no class 2; it has 1 and "a"
quern-weigh: bad:8: id 8: weight: the record already has one (--multiply multiplies it)
quern-weigh: 8 of 11 records were bad and were skipped'
}

@test "counts that are none" {
    labels 3 '"a"' >in
    # counts_give TEXT MESSAGE: of the file counts.
    counts_give() {
        printf '%s' "$1" >counts
        gives "quern weigh --counts counts in" "${3-3}" "" "quern-weigh: $2"
    }
    counts_give '{"records":3}' \
        'counts:1: labels: missing; expected what "quern stats --json" writes of records with labels'
    counts_give '' 'counts: counts no labels' 2
    counts_give '{"labels":{"strings":{"a":0}}}' 'counts: counts no labels' 2
    counts_give '{"labels":{"strings":{"a":3,"b":0}}}' 'counts: has one class only: there is nothing to balance' 2
    counts_give '{"labels":{"strings":{"a":3},"strings":{"a":2}}}' 'counts: has a class twice' 2
    counts_give '{"labels":{"strings":{"a":1.5}}}' 'counts:1: labels: expected a count, found 1.5'
    counts_give '{"labels":{"strings":{"a":-1}}}' 'counts:1: labels: expected a count, found -1'
    counts_give '{"labels":{"strings":{"a":9223372036854775807,"b":1}}}' 'counts:1: labels: expected a count, found 1'
    counts_give '{"labels":{"integers":{"1.0":1}}}' 'counts:1: labels: expected an integer, found "1.0"'
    counts_give '{"labels":{"integers":[1]}}' 'counts:1: labels: expected an object of counts, found an array'
    counts_give '{"labels":{"strings":{"a":3,"b":1}}}
{"labels":{"strings":{"a":3,"b":1}}}' 'counts:2: expected one summary ("quern stats merge --json" adds several up)'
    gives "quern weigh --counts nowhere in" 1 "" "quern-weigh: nowhere: No such file or directory"
}

@test "usage errors" {
    labels 3 '"a"' 1 '"b"' >in
    quern stats --json in >counts
    # usage OPTIONS MESSAGE
    usage() {
        gives "quern weigh --counts counts $1 in" 2 "" "quern-weigh: $2"
    }
    usage "--scheme power" "--power A is missing: --scheme power needs it"
    usage "--scheme effective" "--beta B is missing: --scheme effective needs it"
    usage "--scheme given" "--weights LABEL=W,... is missing: --scheme given needs it"
    for option in "--power 1" "--beta 0.9" "--weights a=1"; do
        sh "quern weigh --counts counts $option in"
        [ "$status" = 2 ]
        grep -q "^quern-weigh: ${option% *} goes only with --scheme " err
    done
    for beta in 1 1.0 0.999999999999999999; do
        usage "--scheme effective --beta $beta" \
            "--beta: expected a number below 1 (towards 1 the weights become those of --scheme balanced, up to a factor)"
    done
    usage "--scheme given --weights a=1" '--weights: the class "b" has no weight; each class of counts needs one'
    usage "--scheme given --weights a=1,b=1,c=1" '--weights: counts has no class "c"; it has "a" and "b"'
    usage "--scheme given --weights a=1,b" '--weights: expected LABEL=W, found "b"'
    usage "--scheme given --weights a=1,b=1,a=2" '--weights: a is given twice'
    for weight in -1 x "" 1e999 01 "1 "; do
        usage "--scheme given --weights 'a=$weight'" "--weights: a: expected a number that is 0 or more, found \"$weight\""
    done
    sh "quern weigh in"
    [ "$status" = 2 ]
}

@test "many classes are listed up to some" {
    for i in $(seq 1 2000); do echo "{\"label\":$i}"; done >in
    quern stats --json in >counts
    gives "quern weigh --counts counts in | jq -s 'length, (map(.weight) | unique)' -c" 0 $'2000\n[1]'
    gives "echo '{\"label\":0}' | quern weigh --counts counts" 3 "" \
        "quern-weigh: stdin:1: label: counts has no class 0; it has 1, 2, 3, 4, 5, 6, 7, 8 and 1992 more"
}
