# Evaluations: against figures of scikit-learn, by hand, in parts, of bad records.
load ../helper

CLASSES=ham,spam,eggs,toast

# near NAME FILTER: the measures of $1 in reference.json are those that jq's filter finds in the evaluation `got`.
# reference.json: scikit-learn 1.9.1, imbalanced-learn 0.14.2 (G-mean), and for ECE numpy.
near() {
    jq -s --slurpfile all "$BATS_TEST_DIRNAME/reference.json" -e '
        def close($x; $y; $most): ($x - $y) | fabs <= $most;
        (.[0] | '"$2"') as $got | $all[0].'"$1"' as $want |
        all(("accuracy", "balanced_accuracy", "macro_f1", "g_mean", "mcc") as $m | close($got[$m]; $want[$m]; 1e-15); .) and
        all(("log_loss", "brier", "ece") as $m | close($got[$m]; $want[$m]; 1.3e-10); .) and
        $got.confusion == $want.confusion and
        all(range(4) as $c | ("precision", "recall", "f1", "support") as $m |
            close($got.per_class[$c][$m]; $want.per_class[$c][$m]; 1e-15); .)' got >/dev/null
}

@test "the figures are scikit-learn's" {
    quern evaluate -q --classes $CLASSES --by part --json "$BATS_TEST_DIRNAME/records.jsonl" >got
    near all .
    near a '.groups[0]'
    near b '.groups[1]'
    [ "$(jq -c '[.classes, .records, .scored, .floored, .unlabelled, (.groups | map(.value)),
        (.per_class | map(.class, .predicted))]' got)" = \
        '[["ham","spam","eggs","toast"],40,40,1,0,["a","b"],["ham",11,"spam",18,"eggs",8,"toast",3]]' ]
    quern evaluate -q --classes $CLASSES --json "$BATS_TEST_DIRNAME/records.jsonl" >got
    near all .
    ! near a .
}

@test "logits and maps are the same as probabilities" {
    perl -MList::Util=sum -e 'my @rows = ([2, -1, 0.5], [0, 0.25, -3], [-7, 1, 1.5]);
        for my $i (0 .. 2) {
            my @e = map { exp } @{$rows[$i]};
            my $sum = sum @e;
            print STDOUT "{\"label\":\"", qw(a b c)[$i], "\",\"logits\":[", join(",", @{$rows[$i]}), "]}\n";
            print STDERR "{\"label\":\"", qw(a b c)[$i], "\",\"probs\":{", join(",", map { sprintf("\"%s\":%.17g",
                qw(a b c)[$_], $e[$_] / $sum) } 2, 0, 1), "}}\n";
        }' >logits 2>probs
    quern evaluate --classes a,b,c --json logits >one
    quern evaluate --classes a,b,c --json probs >two
    cmp one two
}

@test "measures that are extreme" {
    # measures RECORD...: accuracy, balanced_accuracy, macro_f1, g_mean, mcc
    measures() {
        printf '%s\n' "$@" | quern evaluate --json | jq -c '[.accuracy, .balanced_accuracy, .macro_f1, .g_mean, .mcc]'
    }
    # no error; all wrong; one class only; one prediction only
    [ "$(measures '{"label":0,"probs":[1,0,0]}' '{"label":1,"probs":[0,1,0]}' '{"label":2,"probs":[0,0,1]}')" = '[1,1,1,1,1]' ]
    [ "$(measures '{"label":1,"probs":[0.9,0.1]}' '{"label":0,"probs":[0,1]}')" = '[0,0,0,0,-1]' ]
    [ "$(measures '{"label":1,"probs":[0.1,0.9]}')" = '[1,1,1,1,0]' ]
    [ "$(measures '{"label":1,"probs":[0.1,0.9]}' '{"label":0,"probs":[0.4,0.6]}')" = '[0.5,0.5,0.3333333333333333,0,0]' ]
}

@test "log loss: the floor is for probabilities alone, and is counted" {
    loss() {
        printf '%s\n' "$1" | quern evaluate --json "${@:2}" 2>err | jq -c '[.log_loss, .floored]'
    }
    [ "$(loss '{"label":1,"probs":[1,0]}')" = '[27.63102111592889,1]' ]
    is err 'quern-evaluate: 1 label had a probability below the floor (--floor), which bounds the log loss'
    [ "$(loss '{"label":1,"probs":[1,0]}' --floor 0.5)" = '[0.6931471806019545,1]' ]
    [ "$(loss '{"label":0,"probs":[0.5,0.5]}' --floor 0.5)" = '[0.6931471806019545,0]' ]
    is err ""
    [ "$(loss '{"label":1,"logits":[700,-700]}')" = '[1400,0]' ]
    [ "$(loss '{"label":1,"logits":[1e300,-1e300]}')" = '[1073741824,0]' ]
    [ "$(loss '{"label":0,"logits":[1e300,-1e300]}')" = '[0,0]' ]
    [ "$(loss '{"label":0,"probs":[1,0]}')" = '[0,0]' ]
    # one that is off by the rounding of a sum: divided by it
    [ "$(loss '{"label":0,"probs":[0.5005,0.5005]}')" = '[0.6931471806019545,0]' ]
}

@test "losses are rounded to 2^-32, half-way to even" {
    # The Brier score of p = 2^-17 3 for the other class is 2 p^2 = 9 2^-33, half-way between 4 and 5 units; 5^2: 12 and 13.
    brier() {
        perl -e 'printf qq({"label":0,"probs":[%.17g,%.17g]}\n), 1 - $ARGV[0] / 131072, $ARGV[0] / 131072' "$1" |
            quern evaluate --json | jq .sums.brier
    }
    [ "$(brier 1)" = 0 ]
    [ "$(brier 3)" = 4 ]
    [ "$(brier 5)" = 12 ]
    [ "$(brier 7)" = 24 ]
    [ "$(brier 4)" = 8 ]
}

@test "bins: a border belongs to the lower one, with the dust of a division" {
    # bin P: the bin of the confidence P of two classes, or of three
    bin() {
        echo '{"label":0,"probs":'"$1"'}' | quern evaluate --json -q | jq -c '[.bins[].records] | index(1)'
    }
    [ "$(bin '[0.6,0.4]')" = 8 ]
    [ "$(bin '[0.6000001,0.3999999]')" = 9 ]
    [ "$(bin '[0.5999999,0.4000001]')" = 8 ]
    [ "$(bin '[0.4,0.4,0.1,0.1]')" = 5 ]
    [ "$(bin '[0.40000000000000008,0.3,0.3]')" = 5 ]
    [ "$(bin '[1,0]')" = 14 ]
    [ "$(bin '[0.0,1]')" = 14 ]
    [ "$(bin '[0.5,0.5]')" = 7 ]
    [ "$(bin '[0.2,0.2,0.2,0.2,0.2]')" = 2 ]
    # two bins: |1 - 0.9| / 2 + |0 - 0.7| / 2; one bin: |1 - 0.9 - 0.88| / 2
    printf '%s\n' '{"label":0,"probs":[0.9,0.1]}' '{"label":1,"probs":[0.7,0.3]}' |
        quern evaluate --json | jq -e '(.ece - 0.4) | fabs < 1e-9'
    printf '%s\n' '{"label":0,"probs":[0.9,0.1]}' '{"label":1,"probs":[0.88,0.12]}' |
        quern evaluate --json | jq -e '(.ece - 0.39) | fabs < 1e-9'
}

@test "ties are for the first class, as given" {
    printf '%s\n' '{"label":1,"probs":[0.4,0.4,0.2]}' '{"label":0,"logits":[-1,3,3]}' |
        gives "quern evaluate --json | jq -c .confusion" 0 '[[0,1,0],[1,0,0],[0,0,0]]'
}

@test "predictions without probabilities, beside some with" {
    printf '%s\n' '{"label":"a","predicted":"a"}' '{"label":"b","predicted":"a","probs":null}' \
        '{"label":"b","probs":[0.1,0.9],"predicted":"a"}' >in
    gives "quern evaluate --classes a,b --json in | jq -c '[.records, .scored, .confusion, .log_loss]'" 0 \
        '[3,1,[[1,0],[1,1]],0.10536051564849913]' \
        'quern-evaluate: 2 of 3 records have no probabilities: log loss, Brier and ECE are of the others'
    gives "head -n 2 in | quern evaluate --classes a,b --json | jq -c '[has(\"log_loss\", \"brier\", \"ece\")]'" 0 \
        '[false,false,false]'
    gives "echo '{\"label\":1,\"predicted\":1}' | quern evaluate" 3 "" "quern-evaluate: stdin:1: predicted: without \
--classes nothing says how many classes there are, since the record has neither probs nor logits"
}

@test "records without a label are passed over" {
    printf '%s\n' '{"label":0,"probs":[1,0]}' '{"probs":[1]}' '{"label":null}' >in
    gives "quern evaluate --json --stats stats in | jq -c '[.records, .unlabelled]'" 0 '[1,2]' \
        'quern-evaluate: 2 of 3 records have no label and were passed over'
    [ "$(jq -c '.filters[0] | [.unlabelled, .unscored, .floored]' stats)" = '[2,0,0]' ]
    gives "quern evaluate --label gold in" 3 "" 'quern-evaluate: no record has the member gold (--label names another)'
    gives "quern evaluate --label gold --json in | jq .unlabelled" 0 3 \
        'quern-evaluate: 3 of 3 records have no gold and were passed over'
}

@test "bad records" {
    printf '%s\n' '{"label":0,"probs":[0.5,0.5]}' '{"label":0}' '{"label":2,"probs":[0.5,0.5]}' \
        '{"label":"a","probs":[0.5,0.5]}' '{"label":[0],"probs":[0.5,0.5]}' '{"label":0,"probs":[0.5,0.6]}' \
        '{"label":0,"probs":[1]}' '{"label":0,"probs":[0,1],"logits":[0,1]}' '{"label":-1,"probs":[0,1]}' \
        '{"label":0,"probs":{"a":1}}' '{"label":0,"logits":[]}' '{"label":0,"logits":[1e999,0]}' >in
    sh "quern evaluate --json --on-error skip in"
    [ "$status" = 0 ]
    [ "$(jq .records out)" = 1 ]
    [ "$(grep -c '^quern-evaluate: in:' err)" = 10 ] # further ones are not shown
    grep -q 'quern-evaluate: 11 of 12 records were bad' err
    grep -qF 'in:3: label: expected the position of a class, from 0 to 1, found 2' err
    gives "echo '{\"label\":0,\"probs\":[1]}' | quern evaluate --by x" 3 "" \
        'quern-evaluate: stdin:1: x: missing; the record has label, probs'
    gives "echo '{\"label\":0,\"probs\":[1],\"x\":{}}' | quern evaluate --by x" 3 "" \
        'quern-evaluate: stdin:1: x: expected a string, a number or a boolean, found an object'
}

@test "bad options" {
    gives "quern evaluate --floor 2 </dev/null" 2 "" "quern-evaluate: --floor: expected a probability, at most 1"
    seq 4097 >many
    gives "quern evaluate --classes many </dev/null" 2 "" \
        "quern-evaluate: --classes: expected at most 4096 classes, found 4097"
    perl -e 'print "{\"label\":0,\"logits\":[0", ",0" x 4096, "]}\n"' >wide
    gives "quern evaluate wide" 3 "" "quern-evaluate: wide:1: expected at most 4096 classes, found 4097"
}

# Records of several groups: with and without labels, with ties, zeros, logits, predictions alone.
draw() {
    perl -e 'my $x = 7; sub draw { $x = ($x * 1103515245 + 12345) % 2147483648; int($x / 65536) % $_[0] }
        for my $i (1 .. 500) {
            my @n = map { draw(9) } 1 .. 3;
            my $sum = $n[0] + $n[1] + $n[2];
            my $probs = $i % 7 == 0 || !$sum ? "\"logits\":[" . join(",", map { $_ / 4 - 1 } @n) . "]"
                : $i % 11 == 0 ? "\"predicted\":" . draw(3)
                : "\"probs\":[" . join(",", map { sprintf "%.17g", $_ / $sum } @n) . "]";
            my $label = $i % 13 == 0 ? "" : "\"label\":" . draw(3) . ",";
            my @parts = ("\"\\u0061b\"", "\"ab\"", 10, 9, "true");
            print "{\"id\":$i,$label$probs,\"part\":$parts[draw(5)]}\n";
        }'
}

@test "any order, any number of threads, any parts give the same bytes" {
    draw >in
    for options in "--classes 0,1,2 --by part" "--by part" "--classes 0,1,2"; do
        quern evaluate -q --json $options in >want
        quern evaluate -q $options in >table
        tac in | quern evaluate -q --json $options | cmp - want
        for jobs in 1 2 4; do quern evaluate -q --json $options -j $jobs in | cmp - want; done
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern evaluate -q --json $options in | cmp - want
        rm -f part.*
        split -l 77 in part.
        for part in part.*; do quern evaluate -q --json $options $part >$part.json; done
        quern evaluate merge --json part.*.json | cmp - want
        ls -r part.*.json | xargs quern evaluate merge | cmp - table
        quern evaluate merge --json part.aa.json part.ab.json >some
        quern evaluate merge --json some part.a[c-z].json | cmp - want
        jq -c . want | quern evaluate merge --json | cmp - want
    done
    [ "$(quern evaluate -q --json --by part in | jq -c '[.groups[].value]')" = '[9,10,"ab",true]' ]
    # a part without records, and one without labels
    quern evaluate --json --by part </dev/null >none
    quern evaluate -q --json --by part in >want
    quern evaluate merge --json none want | cmp - want
    quern evaluate merge --json want none | cmp - want
    quern run -q "cat | evaluate --by part --json" in | cmp - want
}

@test "the tables add up as the judge finds" {
    draw >in
    quern evaluate -q --by part --json in >got
    perl -MJSON::PP -e 'my (%n, %loss, %all);
        open my $in, "<", "in" or die;
        while (<$in>) {
            my $r = decode_json($_);
            next unless defined $r->{label};
            my @p = $r->{logits} ? map { exp } @{$r->{logits}} : @{$r->{probs} // []};
            my $sum = 0;
            $sum += $_ for @p;
            my $best = 0;
            for (1 .. $#p) { $best = $_ if $p[$_] > $p[$best] }
            $best = $r->{predicted} unless @p;
            $n{$r->{part}}[$r->{label}][$best]++;
            next unless @p;
            my $q = $p[$r->{label}] / $sum;
            $loss{$r->{part}} += -log($q > 1e-12 ? $q : 1e-12);
            $all{$r->{part}}++;
        }
        my $got = decode_json(do { local (@ARGV, $/) = "got"; <> });
        die "groups\n" unless @{$got->{groups}} == 4;
        for my $g (@{$got->{groups}}) {
            my $v = $g->{value};
            for my $l (0 .. 2) { for my $p (0 .. 2) {
                die "$v $l $p\n" unless $g->{confusion}[$l][$p] == ($n{$v}[$l][$p] // 0);
            } }
            die "$v loss\n" unless abs($g->{log_loss} - $loss{$v} / $all{$v}) < 1e-9;
        }' 
}

@test "merge: what is no evaluation, and what does not fit" {
    echo '{"label":0,"probs":[0.9,0.1],"s":1}' >in
    quern evaluate --json in >one
    not() {
        jq -c "$1" one >other
        sh "quern evaluate merge --json one other"
        [ "$status" = 3 ]
        grep -qF "$2" err || { cat err; return 1; }
    }
    not '.format = "x"' 'not an evaluation'
    not '{label: 0}' 'not an evaluation'
    not 'del(.bins)' 'bins: expected an array'
    not '.bins[0].records = 1' 'bins: expected as many records as "scored" says'
    not '.bins[13].correct = 2' 'no more correct records than there are'
    not '.bins[13].confidence = 4294967297' 'confidence: expected an integer that fits'
    not '.bins += [.bins[0]]' 'bins: expected an object for each of the 15 bins'
    not '.confusion[0][1] = 1' 'confusion: expected as many records as "records" says'
    not '.confusion[0] = []' 'confusion: expected a count for each two classes'
    not '.confusion[1][0] = -1' 'confusion: expected a count for each two classes'
    not '.confusion += [[0,0]]' 'confusion: expected a row for each class'
    not '.records = 1.5' 'records: expected an integer that fits'
    not '.scored = 2' 'scored: expected at most as many as "records" says'
    not '.floored = 2' 'scored: expected at most as many as "records" says'
    not '.sums.log_loss = "1"' 'log_loss: expected an integer that fits'
    not '.sums.brier = 8589934593' 'brier: expected an integer that fits'
    not '.options.label = "gold"' 'other:1: label: label in one evaluation, gold in another'
    not '.options.by = "s" | .groups = []' 'by: missing in one evaluation, s in another'
    not '.options.floor = 0.1' 'floor: one number in one evaluation'
    not '.classes = ["a","b"]' 'classes: [0,1] in one evaluation, ["a","b"] in another'
    not '.records = 9007199254740992 | .confusion[1][0] = 9007199254740991' 'records: the sum is more than'
    quern evaluate --json --by s in >one
    not '.groups += .groups' 'groups: expected each value once'
    gives "quern evaluate merge </dev/null" 0 ""
    gives "quern evaluate merge --on-error skip one in --json | cmp - one" 0 "" \
        'quern-evaluate: in:1: not an evaluation: expected a line that "quern evaluate --json" has written
quern-evaluate: 1 of 2 records were bad and were skipped'
}

@test "many classes: the most frequent confusions" {
    perl -e 'for my $i (0 .. 39) { my @z = map { $_ == ($i * 7 + 1) % 40 || $_ == $i && $i > 37 ? 1 : 0 } 0 .. 39;
        print "{\"label\":$i,\"logits\":[" . join(",", @z) . "]}\n" for 1 .. ($i == 5 ? 3 : 1) }' >in
    quern evaluate in >got
    [ "$(grep -A 3 '^label  *predicted  *records' got | tr -s ' ')" = 'label predicted records
5 36 3
0 1 1
1 8 1' ]
    grep -q '^([0-9]* more)$' got
    [ "$(grep -c . got)" = 65 ]
}

@test "names from records can't control the terminal" {
    printf '{"label":"a\\u001b[1m","probs":[1,0],"s":"\\u0007"}\n' >in
    quern evaluate --classes '"a\u001b[1m",b' --by s in >got
    grep -qF 'a\u001b[1m' got
    ! grep -q $'[\e\a]' got
}
