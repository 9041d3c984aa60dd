# fit linear and predict: against scikit-learn and the definition of the minimum; folds; order, threads, processors.
load ../helper

# points COUNT CLASSES: dense vectors of five numbers, with labels that follow from them, roots and a group.
points() {
    perl -e 'my ($n, $k) = @ARGV; my $s = 7; sub u { $s = ($s * 1103515245 + 12345) % 2147483648; $s / 2147483648 }
        for my $i (1 .. $n) {
            my @x = map { sprintf "%.4g", 4 * u() - 2 } 1 .. 5;
            my $y = int(($x[0] + $x[1] + u() + 5) / 10 * $k) % $k;
            printf "{\"id\":%d,\"root\":%d,\"author\":\"a%d\",\"features\":[%s],\"label\":\"c%d\"}\n",
                $i, $i / 3, $i % 17, join(",", @x), $y
        }' "$1" "$2"
}

# sparse COUNT CLASSES: the same with 12 of 300 columns each.
sparse() {
    perl -e 'my ($n, $k) = @ARGV; my $s = 11; sub u { $s = ($s * 1103515245 + 12345) % 2147483648; $s / 2147483648 }
        for my $i (1 .. $n) {
            my $y = $i % $k;
            my %at;
            $at{int(300 * u() ** 2) * 7 + ($_ < 3 ? $y : 0)} = 1 for 1 .. 12;
            my @at = sort { $a <=> $b } keys %at;
            printf "{\"id\":%d,\"sparse\":{\"indices\":[%s],\"values\":[%s]},\"label\":%d}\n", $i, join(",", @at),
                join(",", map { sprintf "%.4g", u() } @at), $y
        }' "$1" "$2"
}

# close WITHIN <pairs: each line has the two numbers
close() {
    awk -v within="$1" '{ d = $1 - $2; if ($2 !~ /^-?[0-9]/ || (d < 0 ? -d : d) > within) { print "line " NR ": " $0; bad = 1 } }
        END { exit NR == 0 || bad }'
}

# agrees MODEL: with the line of scikit-learn in `line` and the records in `records`
agrees() {
    jq -r '[.objective, input.objective] | "\(.[0] / .[1]) 1"' line "$1" | close 1e-6 &&
        quern predict --model "$1" records >predicted &&
        paste -d ' ' <(jq '.probs[]' predicted) <(jq '.probs[][]' line) | close 2e-4
}

@test "probabilities and objective are those of scikit-learn" {
    while read -r line; do
        echo "$line" >line
        jq -c '.records[]' line >records
        mapfile -t words < <(jq -r '.options[]' line)
        quern fit linear "${words[@]}" records >model
        [ "$(jq -c .classes model)" = "$(jq -c .classes line)" ]
        [ "$(jq .converged model)" = true ]
        agrees model || { echo "${words[*]}"; return 1; }
    done <"$ROOT/tests/predict/scikit.jsonl"
    # The comparison sees what is wrong.
    for mutant in '.bias[0] += 0.01' '.weights[1][2] *= 1.1' '.objective *= 1.00001' '.bias |= reverse'; do
        jq -c "$mutant" model >changed
        if agrees changed >/dev/null; then echo "not seen: $mutant"; return 1; fi
    done
}

@test "the model is the minimum" {
    while read -r line; do
        echo "$line" >line
        jq -c '.records[]' line >records
        mapfile -t words < <(jq -r '.options[]' line)
        weight=none
        [[ ${words[*]} != *importance* ]] || weight=importance
        quern fit linear "${words[@]}" records >model
        perl "$ROOT/tests/predict/linear.pl" "${words[1]}" $weight model 100 <records >judged
        read -r objective gradient bias growth <judged
        echo "$objective $(jq .objective model)" | awk '{ print $1 / $2, 1 }' | close 1e-12
        awk -v g="$gradient" -v b="$bias" -v d="$growth" 'BEGIN { exit !(g <= 1.01e-6 && b < 1e-12 && b > -1e-12 && d > 0) }' ||
            { echo "${words[*]}"; cat judged; return 1; }
        [ "$(jq '.gradient <= 1e-6' model)" = true ]
    done <"$ROOT/tests/predict/scikit.jsonl"
}

@test "a class is found again" {
    points 300 3 >in
    quern fit linear --C 100 in >model
    quern predict --model model in >out
    [ "$(jq -c .classes model)" = '["c0","c1","c2"]' ]
    [ "$(jq 'select(.label == .predicted) | 1' out | wc -l)" -gt 250 ]
    # predicted is the first of the largest; the sum is 1
    jq -ec '(.probs | add) as $sum | (.probs | index(max)) as $best | $sum > 1 - 1e-12 and $sum < 1 + 1e-12 and .predicted == "c\($best)"' out |
        sort -u >all
    is all true
    echo '{"features":[0,0,0,0,0]}' >zero
    jq -c '.bias |= [2,3,3] | .weights |= map(map(0))' model >tied
    [ "$(quern predict --model tied zero | jq -r .predicted)" = c1 ]
}

@test "logits are what the weights say, and softmax makes probabilities of them" {
    sparse 200 6 >in
    quern fit linear --C 3 in >model
    quern predict --model model --emit logits in >logits
    quern predict --model model in >probs
    jq -n --slurpfile model model --slurpfile in in '$model[0] as $m | $in[] |
        [.sparse.indices, .sparse.values] | transpose | map(.[0] as $i | [($m.indices | index($i)), .[1]]) as $x |
        range(6) as $c | reduce $x[] as $one ($m.bias[$c]; . + $m.weights[$c][$one[0]] * $one[1])' >expected
    paste -d ' ' <(jq '.logits[]' logits) expected | close 1e-12
    jq -c '.logits | map(exp) | (add) as $sum | .[] / $sum' logits >expected
    paste -d ' ' <(jq '.probs[]' probs) expected | close 1e-12
    [ "$(jq -c '[has("probs"), has("logits")]' logits | sort -u)" = '[false,true]' ]
    # and what was there before goes
    [ "$(quern predict --model model logits | jq -c '[has("probs"), has("logits")]' | sort -u)" = '[true,false]' ]
    quern predict --model model logits | jq -cS . | cmp - <(jq -cS . probs)
}

@test "columns that no record of training had weigh nothing, near and far" {
    sparse 100 3 >in
    quern fit linear --C 1 in >model
    one=$(head -n 1 in | jq -c '.sparse.indices += [5000,2147483647] | .sparse.values += [7,9]')
    [ "$(quern predict --model model <<<"$one" | jq -c .probs)" = "$(head -n 1 in | quern predict --model model | jq -c .probs)" ]
    none='{"sparse":{"indices":[],"values":[]}}'
    [ "$(quern predict --model model --emit logits <<<"$none" | jq -c .logits)" = "$(jq -c .bias model)" ]
    # few columns far apart are looked up otherwise
    spread() { jq -c '.sparse.indices |= map(. * 1000000)'; }
    spread <in | quern fit linear --C 1 >spread
    spread <in | quern predict --model spread | jq -c .probs >got
    paste -d ' ' <(quern predict --model model in | jq '.probs[]') <(jq '.[]' got) | close 1e-9
}

@test "classes: of labels in their order, of --classes as given, positions of targets" {
    printf '{"features":[%s],"label":%s}\n' 1 '"10"' 2 10 3 9 4 '"9"' 5 -1 >in
    [ "$(quern fit linear --C 1 in | jq -c .classes)" = '[-1,9,10,"10","9"]' ]
    points 60 3 >in
    quern fit linear --C 1 in >sorted
    quern fit linear --C 1 --classes c2,c0,c1 in >given
    [ "$(jq -c .classes given)" = '["c2","c0","c1"]' ]
    paste -d ' ' <(jq '.bias[0,1,2]' sorted) <(jq '.bias[1,2,0]' given) | close 1e-7
    jq -c '.target = (if .label == "c0" then [1,0,0] elif .label == "c1" then [0,1,0] else [0,0,1] end) | del(.label)' in >soft
    quern fit linear --C 1 soft >hard
    [ "$(jq -c .classes hard)" = '[0,1,2]' ]
    paste -d ' ' <(jq '.weights[][]' sorted) <(jq '.weights[][]' hard) | close 1e-12
    # a target counts, not the label beside it; a record without one has a label
    { head -n 30 soft | jq -c '.label = 0'; tail -n 30 in | jq -c '.label |= (.[1:] | tonumber)'; } |
        quern fit linear --C 1 | jq -c .weights >mixed
    paste -d ' ' <(jq '.weights[][]' hard) <(jq '.[][]' mixed) | close 1e-7
    # as an object, by name
    jq -c '.target = {"c1":0.25,"c2":0.25,"c0":0.5}' in | quern fit linear --C 1 --classes c0,c1,c2 >named
    jq -c '.target = [0.5,0.25,0.25]' in | quern fit linear --C 1 --classes c0,c1,c2 | cmp - named
}

@test "weights: 0 is passed over, 2 is twice the same record, all of them are C" {
    points 80 3 >in
    jq -c '.w = (.id % 3)' in >weighted
    quern fit linear --C 1 --weight w --stats stats weighted >got
    grep -q '"weightless":26' stats
    [ "$(jq .records got)" = "$(jq 'select(.w > 0) | 1' weighted | wc -l)" ]
    jq -c 'range(.w) as $i | .' weighted | quern fit linear --C 1 >expected
    paste -d ' ' <(jq '.weights[][]' got) <(jq '.weights[][]' expected) | close 1e-6
    jq -c '.w = 4' in | quern fit linear --C 0.5 --weight w >got
    quern fit linear --C 2 in >expected
    paste -d ' ' <(jq '.weights[][]' got) <(jq '.weights[][]' expected) | close 1e-9
    # nothing but the weight is looked at
    { cat weighted; echo '{"w":0,"features":"x"}'; } | quern fit linear --C 1 --weight w | jq -c .weights >more
    quern fit linear --C 1 --weight w weighted | jq -c .weights | cmp - more
}

@test "out of fold: the model that has not seen the record" {
    points 90 3 >in
    quern fit linear --C 1 --folds 4 --seed 3 --salt x in >model
    quern predict --model model in | jq -c .probs >seen
    quern predict --model model --out-of-fold in >unseen
    if cmp -s <(jq -c .probs unseen) seen; then return 1; fi
    quern fit linear --C 1 in >whole
    quern predict --model whole in | jq -c .probs | cmp - seen
    # Which fold a record is in shows in what is predicted; a model of the other folds alone must say the same.
    for fold in 0 1 2 3; do
        jq -c '.bias = .folds['$fold'].bias | .weights = .folds['$fold'].weights | del(.folds)' model |
            quern predict --model /dev/stdin in | jq -c .probs >of$fold
    done
    paste of0 of1 of2 of3 <(jq -c .probs unseen) | awk -F '\t' '{ for (f = 1; f < 5; f++) if ($f == $5) break; print f - 1 }' >folds
    [ "$(sort -u folds)" = $'0\n1\n2\n3' ]
    for fold in 0 1 2 3; do
        paste -d '\t' folds in | awk -F '\t' -v fold=$fold '$1 != fold { print $2 }' | quern fit linear --C 1 >without
        [ "$(jq .records without)" = "$(jq .folds[$fold].records model)" ]
        paste -d ' ' <(jq '.weights[][]' without) <(jq ".folds[$fold].weights[][]" model) | close 1e-12
    done
    # A root is in one fold, and the fold does not depend on what else there is.
    paste -d '\t' <(jq .root in) folds | sort -u | cut -f1 | uniq -d >twice
    is twice ''
    tail -n 20 in | quern predict --model model --out-of-fold | cmp - <(tail -n 20 unseen)
}

@test "folds by group, about equally large" {
    points 3000 2 >in
    quern fit linear --C 0.01 --folds 5 --group author in >model
    [ "$(jq -c '.options | [.folds, .group, .seed, .salt]' model)" = '[5,"author",0,""]' ]
    quern predict --model model --out-of-fold in | jq -r '[.author, .features[0:0]] | .[0]' | sort -u | wc -l >authors
    is authors 17
    jq -c '.features = [0.5,1,0,0,0]' in | quern predict --model model --out-of-fold | jq -c '[.author, .probs]' | sort -u | wc -l >pairs
    is pairs 17
    # 5 folds of 1000 roots: a share of 1/5 each, within 5.2 deviations (p < 1e-6 for all of three seeds)
    for seed in 1 2 3; do
        quern fit linear --C 0.01 --tolerance 0.1 --folds 5 --seed $seed in | jq '.folds[].records' |
            awk '{ gone = (3000 - $1) / 3; d = gone - 200; if (d * d > 5.2 ^ 2 * 1000 * 0.2 * 0.8) { print; bad = 1 } } END { exit bad || NR != 5 }'
    done
}

@test "all records in one fold: a note" {
    printf '{"id":%s,"root":1,"features":[%s],"label":"%s"}\n' 1 0 a 2 1 b >in
    gives "quern fit linear --C 1 --folds 2 in | jq -c '[.records, (.folds | map(.records) | sort)]'" 0 '[2,[0,2]]' \
        'quern-fit: all records are in one fold, so its model has learned nothing: with --out-of-fold all classes are equally probable'
}

@test "the same bytes in any order, for any number of threads, and on any processor" {
    for kind in "points 3000 3" "sparse 2500 7" "sparse 2000 20"; do
        $kind >in
        quern fit linear --C 1 --folds 2 -j1 in >expected
        perl -e 'my $s = 5; print map { $_->[1] } sort { $a->[0] <=> $b->[0] } map { [($s = ($s * 1103515245 + 12345) % 2147483648), $_] } <>' in >shuffled
        for j in 1 2 4; do
            quern fit linear --C 1 --folds 2 -j$j shuffled | cmp - expected
        done
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern fit linear --C 1 --folds 2 shuffled | cmp - expected
        quern predict --model expected in >predicted
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern predict -j4 --model expected in | cmp - predicted
    done
    # identifiers and spelling do not matter either
    jq -c '.id += 7 | .sparse.values |= map(. + 0)' in | quern fit linear --C 1 >other
    quern fit linear --C 1 in | cmp - other
}

@test "a chain of one process and a pipeline of the shell" {
    printf '{"id":%s,"text":"%s","label":"%s"}\n' 1 'free prize now' spam 2 'see you there' ham 3 'free call' spam 4 'you call me' ham >in
    quern fit tfidf --unit space in >table
    quern features --table table in | quern fit linear --C 1 --table table >model
    quern run "features --table table | fit linear --C 1 --table table" in | cmp - model
    quern features --table table in | quern predict --model model --table table >expected
    quern run "features --table table | predict --model model --table table" in | cmp - expected
    quern features --double --table table in | quern predict --model model --table table >expected
    quern run "features --double --table table | predict --model model --table table" in | cmp - expected
}

@test "many classes, few classes, one column, wide and odd numbers of them" {
    for k in 2 3 5 8 9 16 17 18 33; do
        sparse $((2 * k + 20)) $k >in
        quern fit linear --C 1 in >model
        [ "$(jq -c '[.converged, (.bias | length), (.weights | length)]' model)" = "[true,$k,$k]" ]
        perl "$ROOT/tests/predict/linear.pl" 1 none model 3 <in >judged
        read -r objective gradient _ growth <judged
        awk -v g="$gradient" -v d="$growth" 'BEGIN { exit !(g <= 1.01e-6 && d > 0) }' || { cat judged; return 1; }
        quern predict --model model in | jq '.probs | add | . > 1 - 1e-12 and . < 1 + 1e-12' | sort -u >sums
        is sums true
    done
}

@test "numbers that are hard: large C, separable, constant and huge columns, equal records" {
    printf '{"features":[%s,1],"label":%s}\n' 1 0 1 0 2 1 2 1 >in
    for c in 1e-9 1 1e6 1e12; do
        quern fit linear --C $c in >model
        [ "$(jq .converged model)" = true ]
        quern predict --model model in | jq -e '.probs | map(isnormal or . == 0) | all' >/dev/null
    done
    printf '{"features":[%s],"label":%s}\n' 1e150 0 -1e150 1 | quern fit linear --C 1 >model
    [ "$(jq '.bias | map(isnormal or . == 0) | all' model)" = true ]
    # the features say nothing: what is left is how frequent the classes are
    printf '{"features":[0],"label":%s}\n' 0 0 0 1 | quern fit linear --C 1 >model
    echo '{"features":[0]}' | quern predict --model model | jq '.probs[0] * 1e6 | round' >out
    is out 750000
    printf '{"sparse":{"indices":[],"values":[]},"label":%s}\n' 0 1 1 1 | quern fit linear --C 1 >model
    echo '{"sparse":{"indices":[3],"values":[1]}}' | quern predict --model model | jq '.probs[0] * 1e6 | round' >out
    is out 250000
    # no class can be less frequent than not at all
    printf '{"features":[%s],"label":"%s"}\n' 0 a 1 b | quern fit linear --C 1 --classes a,b,c >model
    echo '{"features":[0]}' | quern predict --model model | jq -e '.probs[2] < 1e-4' >/dev/null
}

@test "a model that did not converge says so" {
    points 300 3 >in
    sh "quern fit linear --C 10 --max-iterations 2 --folds 2 in"
    [ "$status" = 0 ]
    grep -q '^quern-fit: 3 models did not converge: the gradient is still 0\.[0-9]* times as long as at the start; ' err
    [ "$(jq -c '[.iterations, .converged, .folds[0].converged]' out)" = '[2,false,false]' ]
    quern fit linear --C 10 --tolerance 0.1 in >rough
    quern fit linear --C 10 --tolerance 1e-12 in >fine
    [ "$(jq '.gradient > 1e-6' rough)" = true ]
    [ "$(jq '.gradient <= 1e-12' fine)" = true ]
}

@test "memory is a few times that of the vectors" {
    sanitized && skip
    sparse 20000 2 >in
    (ulimit -v 400000 && quern fit linear --C 1 -j1 in >/dev/null)
}
