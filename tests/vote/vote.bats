# Votes: against published figures and a judge, in any order, in files beyond the memory, of several input files.
load ../helper

# labels FILE: records of a table "ITEM LABELS-OF-1 LABELS-OF-2 …", a dot for no label.
labels() {
    perl -ne 'next if /^#/; my ($item, @of) = split;
        for my $k (0 .. $#of) { $_ ne "." and print "{\"id\":$item,\"annotator\":\"o", $k + 1, "\",\"label\":$_}\n"
            for split //, $of[$k] }' "$1"
}

@test "Dawid and Skene's own data: their shares of the classes, and what their equations say" {
    labels "$BATS_TEST_DIRNAME/anaesthetists.txt" >in
    [ "$(grep -c . in)" = 315 ]
    quern vote --method dawid-skene --classes 1,2,3,4 in >got
    # The paper, table 2: 0.40, 0.42, 0.11, 0.07.
    jq -s -e '[.[].probs] | transpose | map(add / length * 100 | round) == [40, 42, 11, 7]' got
    jq -s -e 'map(.votes) | unique == [7]' got
    [ "$(head -n 1 got | jq -c keys_unsorted)" = '["id","label","probs","votes"]' ]
    perl "$BATS_TEST_DIRNAME/skene.pl" 4 in got
    # The same without names, with a class 0 that does not occur.
    quern vote --method dawid-skene in | jq -c '.probs |= .[1:]' >other
    jq -c . got | cmp - other
}

@test "thousands of votes for an item do not underflow" {
    perl -e 'for my $i (1 .. 3) {
            for my $k (1 .. 5000) {
                my $label = $i == 3 && $k > 2500 ? 1 : $i == 2 && $k % 7 == 2 ? 2 : $k % 50 == $i ? 1 : 0;
                print "{\"id\":$i,\"annotator\":\"a$k\",\"label\":$label}\n";
            }
        }' >in
    quern vote --method dawid-skene in | jq -s -e 'map(.votes) == [5000, 5000, 5000] and
        all(.[].probs; (add - 1 | fabs) < 1e-12) and .[2].label == 1' >/dev/null
}

@test "an order of the input, a number of threads or a bound on memory changes no byte" {
    labels "$BATS_TEST_DIRNAME/anaesthetists.txt" >in
    perl -e 'my $x = 5; sub draw { $x = ($x * 1103515245 + 12345) % 2147483648; int($x / 65536) % $_[0] }
        for my $i (1 .. 3000) {
            my @n = map { draw(90) + 1 } 1 .. 3;
            my $sum = $n[0] + $n[1] + $n[2];
            my $id = draw(700);
            print "{\"id\":\"", $i % 3 ? "v$i" : "r$id\",\"parent\":\"g$id", "\",\"key\":$id,\"label\":\"l", draw(4), "\",\"weight\":",
                draw(50) / 7 + 0.1, $i % 5 ? ",\"probs\":[" . join(",", map { sprintf "%.17g", $_ / $sum } @n) . "]}\n"
                : ",\"logits\":[" . join(",", map { $_ / 9 } @n) . "]}\n";
        }' >mixed
    # same FILE MEMBERS METHOD OPTION...: these members are the same, whichever record of a group came first
    same() {
        local options="--method $3" order
        for order in cat tac "shuf --random-source=mixed"; do
            $order "$1" | quern vote $options "${@:4}" | jq -c "[$2]" | sort >"now-$order"
            cmp "now-$order" now-cat
        done
        quern vote $options "${@:4}" "$1" >want
        for jobs in 2 4; do quern vote $options "${@:4}" -j $jobs "$1" | cmp - want; done
        for memory in 0 10K; do quern vote $options "${@:4}" --max-memory $memory "$1" | cmp - want; done
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern vote $options "${@:4}" "$1" | cmp - want
        quern run "cat | vote $options ${*:4}" "$1" | cmp - want
        [ "$(grep -c . want)" -gt 40 ]
        quern vote $options "${@:4}" "$1" | awk '!seen[$0]++' | cmp - want
    }
    same mixed .key,.probs,.predicted,.votes mean --by key
    same mixed .key,.probs,.predicted,.votes weighted --by key --classes a,b,c
    same mixed '.key,.votes,.["label"],.agreement,.tie' majority --by key
    same in . dawid-skene
    for order in cat tac; do
        $order in | quern vote agreement --json --on-error skip 2>/dev/null >$order
        [ "$(jq .labels $order)" = 225 ]
    done
    awk '!seen[substr($0, 1, 28)]++' in >once
    quern vote agreement --json once >want
    tac once | quern vote agreement --json | cmp - want
    quern vote agreement --json --max-memory 0 -j 3 once | cmp - want
    shuf --random-source=mixed once | quern vote agreement --json | cmp - want
}

@test "means and majorities, by a judge" {
    perl -e 'my $x = 11; sub draw { $x = ($x * 1103515245 + 12345) % 2147483648; int($x / 65536) % $_[0] }
        for my $i (1 .. 2000) {
            my @n = map { draw(90) + 1 } 1 .. 4;
            my $sum = 0;
            $sum += $_ for @n;
            print "{\"id\":", draw(300), ",\"label\":", draw(5) + 8, ",\"weight\":", draw(50) / 7, ",\"probs\":[",
                join(",", map { sprintf "%.17g", $_ / $sum } @n), "]}\n";
        }' >in
    for method in mean weighted majority; do
        quern vote --method $method in >got
        perl -MJSON::PP -e 'my ($method, %of, @order) = shift;
            open my $in, "<", "in" or die;
            while (<$in>) {
                my $r = decode_json($_);
                push @order, $r->{id} unless $of{$r->{id}};
                push @{$of{$r->{id}}}, $r;
            }
            open my $got, "<", "got" or die;
            for my $id (@order) {
                my $g = decode_json(scalar <$got>);
                my @votes = @{$of{$id}};
                die "order\n" unless $g->{id} == $id && $g->{votes} == @votes;
                if ($method eq "majority") {
                    my %n;
                    $n{$_->{label}}++ for @votes;
                    my @best = sort { $n{$b} <=> $n{$a} || $a <=> $b } keys %n;
                    my $tie = @best > 1 && $n{$best[0]} == $n{$best[1]};
                    die "majority of $id\n" unless $g->{label} == $best[0] && !!$g->{tie} == !!$tie
                        && abs($g->{agreement} - $n{$best[0]} / @votes) < 1e-15;
                    next;
                }
                my ($total, $best) = (0, 0);
                $total += $method eq "mean" ? 1 : $_->{weight} for @votes;
                for my $c (0 .. 3) {
                    my $sum = 0;
                    $sum += ($method eq "mean" ? 1 : $_->{weight}) * $_->{probs}[$c] for @votes;
                    die "$method of $id: $c\n" unless abs($g->{probs}[$c] / ($sum / $total) - 1) < 1e-13;
                    $best = $c if $g->{probs}[$c] > $g->{probs}[$best];
                }
                die "predicted of $id\n" unless $g->{predicted} == $best;
                die "weight of $id\n" unless exists $g->{weight} == ($method eq "mean");
            }
            die "too many\n" if <$got>;' $method
    done
}

@test "several files, and their weights" {
    printf '{"id":%s,"probs":%s}\n' 1 '[1,0]' 2 '[0.5,0.5]' >a
    printf '{"id":%s,"probs":%s,"weight":9}\n' 2 '[0,1]' 1 '[0,1]' 3 '[0.25,0.75]' >b
    gives "quern vote --method weighted --weights a=3,b=1 a b" 0 '{"id":1,"probs":[0.75,0.25],"predicted":0,"votes":2}
{"id":2,"probs":[0.375,0.625],"predicted":1,"votes":2}
{"id":3,"probs":[0.25,0.75],"weight":9,"predicted":1,"votes":1}'
    gives "quern vote --method weighted --weights a=3 --weights b=1 a b | sed -n 1p" 0 \
        '{"id":1,"probs":[0.75,0.25],"predicted":0,"votes":2}'
    gives "quern run 'cat | vote --method weighted --weights a=3,b=1' a b | sed -n 1p" 0 \
        '{"id":1,"probs":[0.75,0.25],"predicted":0,"votes":2}'
    for wrong in 'a=3:the input file b has no weight' 'a=3,b=1,c=1:c is no input file' 'a=3,b=1,a=2:a is given twice' \
        'a=3,b=-1:b: expected a number that is 0 or more, found "-1"' 'a=3,b=x:b: expected a number that is 0 or more, found "x"' \
        'a=3,b:expected FILE=W, found "b"' 'a=3,b=:b: expected a number that is 0 or more, found ""' \
        'a=1e999,b=1:a: expected a number that is 0 or more, found "1e999"'; do
        gives "quern vote --method weighted --weights '${wrong%%:*}' a b" 2 "" "quern-vote: --weights: ${wrong#*:}"
    done
    gives "quern vote --method mean --weights a=1,b=1 a b" 2 "" 'quern-vote: --weights goes only with --method weighted
Try "quern-vote --help".'
    gives "quern vote --method weighted --weights a=1 <a" 2 "" "quern-vote: --weights: a is no input file"
}

@test "counters, and groups of few votes" {
    printf '{"id":%s,"label":"%s"}\n' 1 a 1 b 2 a 3 a 3 a 3 b >in
    gives "quern vote --method majority --min-votes 2 --stats stats in" 0 \
        '{"id":1,"label":"a","votes":2,"agreement":0.5,"tie":true}
{"id":3,"label":"a","votes":3,"agreement":0.6666666666666666,"tie":false}' \
        'quern-vote: 1 of 3 groups had fewer than 2 votes and was left out'
    [ "$(jq -c '.filters[0] | [.groups, .few, .ties, .alone]' stats)" = '[3,1,1,0]' ]
}

@test "published coefficients" {
    # Ten items, 14 raters each, five classes: how often each was chosen (the example of Fleiss' kappa in textbooks, 0.210).
    perl -e 'my $i = 0;
        for (split /;/, "0 0 0 0 14;0 2 6 4 2;0 0 3 5 6;0 3 9 2 0;2 2 8 1 1;7 7 0 0 0;3 2 6 3 0;2 5 3 2 2;6 5 2 1 0;0 2 2 3 7") {
            my ($k, $r) = (0, 0);
            for my $n (split) { printf "{\"id\":$i,\"annotator\":%d,\"label\":$k}\n", $r++ for 1 .. $n; $k++ }
            $i++;
        }' >fleiss
    quern vote agreement --json fleiss | jq -e '(.fleiss_kappa * 1000 | round) == 210 and .items == 10 and .labels == 140'
    # Krippendorff 2011, section C: four observers, twelve units, labels are missing; alpha 0.743.
    printf '%s\n' '1 1 1 . 1' '2 2 2 3 2' '3 3 3 3 3' '4 3 3 3 3' '5 2 2 2 2' '6 1 2 3 4' '7 4 4 4 4' '8 1 1 2 1' \
        '9 2 2 2 2' '10 . 5 5 5' '11 . . 1 1' '12 . 3 . .' >table
    labels table | quern vote agreement --json | jq -e '(.krippendorff_alpha * 1000 | round) == 743'
    # Cohen: 20, 5, 10, 15.
    perl -e 'my $i = 0;
        for ([20, "yes", "yes"], [5, "yes", "no"], [10, "no", "yes"], [15, "no", "no"]) {
            my ($n, @labels) = @$_;
            for (1 .. $n) {
                $i++;
                print "{\"id\":$i,\"annotator\":\"ann\",\"label\":\"$labels[0]\"}\n";
                print "{\"id\":$i,\"annotator\":\"bob\",\"label\":\"$labels[1]\"}\n";
            }
        }' >cohen
    [ "$(quern vote agreement --json cohen | jq -c '[.pairs, .annotators]')" = \
        '[{"ann bob":{"items":50,"kappa":0.4}},{"ann":{"labels":50,"agreement":0.7},"bob":{"labels":50,"agreement":0.7}}]' ]
    gives "quern vote agreement cohen" 0 "            items  labels  Fleiss' kappa  Krippendorff's alpha
all            50     100         0.3939                0.4000

annotator   labels  agreement
ann             50     0.7000
bob             50     0.7000

pair        items  Cohen's kappa
ann bob        50         0.4000"
}

@test "agreement, by a judge" {
    perl -e 'my $x = 23; sub draw { $x = ($x * 1103515245 + 12345) % 2147483648; int($x / 65536) % $_[0] }
        for my $i (1 .. 200) {
            my $true = draw(3);
            for my $k (1 .. 5) {
                print "{\"id\":$i,\"annotator\":\"k$k\",\"label\":", draw(10) < 5 ? $true : draw(4), "}\n" if draw(10) < 6;
            }
        }' >in
    quern vote agreement --json in >got
    perl "$BATS_TEST_DIRNAME/agreement.pl" in got
}

@test "variants come home through a pipe" {
    printf '{"id":"%s","text":"the mill grinds"}\n' a b >in
    quern augment --ops rd --num 2 in >variants
    jq -c '.probs = if .parent then [0.25, 0.75] else [0.5, 0.5] end' variants >predicted
    quern vote --by parent --method list predicted >got
    jq -s -e 'map(.id) == ["a", "b"] and all(.[].aug_probs[]; . == [0.25, 0.75])' got
    # KL of (1/2, 1/2) from (1/4, 3/4): ln 2 - ln 3 / 2
    quern confidence got >one
    quern run 'vote --by parent --method list | confidence' predicted >two
    cmp one two
    jq -s -e 'length == 2 and all(.[]; (.kl - 0.14384103622589045 | fabs) < 1e-12)' one
}
