# count, plan, apply: over parts of a data set, what one run over all of it gives.
load ../helper

records() { # COUNT
    awk -v count="$1" 'BEGIN {
        for (i = 1; i <= count; i++)
            print "{\"id\":" (i % 3 ? i : "\"r" i "\"") ",\"label\":" (i % 10 < 6 ? "\"a\"" : i % 10 < 9 ? 7 : "\"7\"") \
                ",\"split\":\"" (i % 5 ? "train" : "test") "\"}"
    }'
}

# in_parts PARTS COUNT-OPTIONS PLAN-OPTIONS APPLY-OPTIONS: to standard output
in_parts() {
    local part
    rm -f part.*
    split -n "l/$1" -d in part.
    for part in part.??; do quern resample count $2 "$part" >"$part.counts"; done
    quern resample plan $3 part.*.counts >plan
    for part in part.??; do quern resample apply --plan plan $4 "$part"; done
}

@test "the bytes of one run" {
    records 5000 >in
    for parts in 1 3 7; do
        for both in "under" "under --within split=train --seed 5" "over" "over --salt x --epoch 3 --emit synthetic" "easyensemble --subsets 3" \
            "easyensemble --subsets 3 --subset 1" "under --ratio 0.3" "over --power 0.5" "random --power 0.3 --total 999" \
            "random --target a=3000,\"7\"=3,7=1500" "over --target 7=1500"; do
            [[ $both == *within* ]] || both+=" --label label"
            count=$(sed -E 's/ --(ratio|power|total|target|emit|subset) [^ ]*//g' <<<"$both")
            plan=$(grep -oE -e ' --(ratio|power|total|target) [^ ]*' <<<"$both" | tr -d '\n') || true
            apply=$(grep -oE -e ' --(emit|subset) [^ ]*' <<<"$both" | tr -d '\n') || true
            jq -c 'del(.split)' in >plain
            [[ $both == *within* ]] || mv plain in
            quern resample --method $both in >expected
            in_parts $parts "--method $count" "$plan" "$apply" >got
            cmp got expected || { echo "$parts parts: $both"; return 1; }
            [[ $both == *within* ]] || records 5000 >in
        done
    done
}

@test "counts, plan and what a plan does, for any number of threads and any order of the parts" {
    records 20000 | jq -c 'del(.split)' >in
    in_parts 4 "--method under" "" "" >expected
    cp plan expected.plan
    quern resample count --method under in >counts
    for j in 2 8; do
        quern resample count --method under -j $j in | cmp - counts
        tac in | quern resample count --method under -j $j | cmp - counts
        quern resample apply --plan plan -j $j in | cmp - expected
        quern run "cat | resample apply --plan plan" -j $j in | cmp - expected
        quern resample plan -j $j $(ls -r part.*.counts) | cmp - expected.plan
    done
    quern resample plan counts | cmp - expected.plan
    cat part.*.counts | quern resample plan | cmp - expected.plan
    quern resample apply --plan plan --stats stats in >/dev/null
    jq -e '.filters[0] | .kept == 6000 and .removed == 14000 and .copies == 0' stats
}

@test "parts without records, and nothing at all" {
    records 100 | jq -c 'del(.split)' >in
    for counts in one none; do quern resample count --method under /dev/null >$counts; done
    quern resample count --method under in | quern resample plan one - none >plan
    quern resample apply --plan plan in | cmp - <(quern resample --method under in)
    gives "quern resample apply --plan plan </dev/null" 0 ""
    quern resample plan one none >empty
    gives "quern resample apply --plan empty </dev/null" 0 ""
    gives "quern resample apply --plan empty in" 3 "" \
        'quern-resample: in:1: id 1: label: no record of this class, "a", was counted'
    gives "quern resample plan </dev/null" 0 ""
    gives "quern resample apply --plan /dev/null in" 2 "" 'quern-resample: /dev/null: there is no plan in it'
}

@test "--keep: at most so many are chosen, of each part too" {
    records 3000 | jq -c 'del(.split)' >in
    # the lowest draws of a class are all in the first part
    quern resample --method under --target a=400 in >low
    { cat low; grep -vxFf low in; } >sorted
    mv sorted in
    for target in 1 99 100; do
        in_parts 2 "--method under --keep 100" "--target a=$target,7=$target,\"7\"=$target" "" >got
        quern resample --method under --target "a=$target,7=$target,\"7\"=$target" in | cmp - got
    done
    for target in 101 150 200 300; do
        sh "quern resample plan --target a=$target part.*.counts"
        [ "$status" = 3 ]
        is err "quern-resample: label \"a\": $target are chosen, but the counts have only the 100 lowest draws of each part (--keep)"
    done
    # a class that stays whole needs no draws
    quern resample count --method under --keep 300 in | quern resample plan >plan
    quern resample apply --plan plan in | cmp - <(quern resample --method under in)
    # it bounds what is written
    quern resample count --method under in | wc -c >all
    quern resample count --method under --keep 10 in | wc -c >few
    (($(<few) * 30 < $(<all)))
    is <(quern resample count --method under --keep 10 in | jq -r '.rows // empty | length / 32') $'11\n11\n11'
    # of records that are equal to the byte, too
    { yes '{"id":1,"label":"a"}' | head -n 500; printf '{"id":%d,"label":"b"}\n' {1..50}; } >in
    quern resample count --method under --keep 50 in | quern resample plan >plan
    quern resample apply --plan plan -j 4 in | cmp - <(quern resample --method under in)
    for keep in 10 49; do
        sh "quern resample count --method under --keep $keep in | quern resample plan"
        [ "$status" = 3 ]
    done
}

@test "parts that were counted with other settings" {
    records 100 | jq -c 'del(.split)' >in
    quern resample count --method under in >counts
    jq -c '.label2 = (.label | tostring)' in >both
    for other in "over" "under --seed 1" "under --salt x" "under --epoch 0" "under --field title" "under --label label2" \
        "under --keep 9" "under --within label2=a" "easyensemble" "easyensemble --subsets 3"; do
        quern resample count --method $other both >more
        gives "quern resample plan counts more" 3 "" \
            "quern-resample: more:1: other settings than before: all parts need the same --method, --label, --field, --within, --seed, --salt, --epoch, --subsets and --keep"
    done
}

@test "parts of different splits" {
    printf '{"id":%d,"label":"%s","split":"train"}\n' 1 a 2 a 3 b | tee train | quern resample count --method under >1
    printf '{"id":%d,"label":"%s","split":"test"}\n' 4 a 5 b | tee test | quern resample count --method under >2
    printf '{"id":%d,"label":"%s"}\n' 4 a 5 b | quern resample count --method under >3
    quern resample count --method under /dev/null >none
    message='--within split=train says which ones are sampled'
    gives "quern resample plan 1 2" 3 "" "quern-resample: split: there are records with different values, such as \"train\" and \"test\"; $message"
    gives "quern resample plan 1 3" 3 "" "quern-resample: split: there are records with different values, such as \"train\" and none; $message"
    sh "quern resample plan 1 none 1 && quern resample plan 3 none"
    [ "$status" = 0 ]
    for part in train test; do quern resample count --method under --within split=train $part >$part.counts; done
    quern resample plan *.counts >plan
    for part in train test; do quern resample apply --plan plan $part; done |
        cmp - <(quern resample --method under --within split=train train test)
}

@test "counts that are cut, or are none" {
    records 5000 | jq -c 'del(.split)' >in
    quern resample count --method under in >counts
    lines=$(wc -l <counts)
    for ((n = 1; n < lines; n++)); do
        gives "head -n $n counts | quern resample plan" 3 "" \
            'quern-resample: the last line is missing, which says how many there are: write it anew'
        [[ $n == 1 ]] || gives "sed ${n}d counts | quern resample plan" 3 "" \
            "quern-resample: stdin:$((lines - 1)): lines: expected $((lines - 2)) since the settings, found $((lines - 3)): some are missing; write them anew"
    done
    gives "{ head -n 3 counts; cat counts; } | quern resample plan" 3 "" \
        'quern-resample: stdin:4: what is before this line has lost its end: write it anew'
    sh "tail -n +2 counts | quern resample plan"
    [ "$status" = 3 ]
    grep -q 'stdin:1: expected what "quern resample count" writes, which begins with its format' err
    sh "head -c -20 counts | quern resample plan"
    [ "$status" = 3 ]
    for wrong in 's/"rows":"../"rows":"/' 's/"rows":"./"rows":"x/' 's/"count":[0-9]*/"count":-1/' 's/"count":[0-9]*/"count":"x"/' \
        's/quern-resample-1/quern-resample-2/' 's/"method":"under"/"method":"bootstrap"/' 's/"seed":0/"seed":"x"/' 's/"subsets":0/"subsets":-1/'; do
        sed "$wrong" counts >bad
        sh "quern resample plan bad"
        [ "$status" = 3 ]
        is out ""
        grep -q '^quern-resample: bad:[0-9]*: ' err || { cat err; echo "$wrong"; return 1; }
    done
    # with skip a bad line is one that is missing
    sed 's/"rows":"../"rows":"/' counts >bad
    sh "quern resample plan --on-error skip bad"
    [ "$status" = 3 ]
}

@test "plans that are cut, or are none" {
    records 500 | jq -c 'del(.split)' >in
    for method in under over "easyensemble --subsets 3"; do
        quern resample count --method $method in | quern resample plan >plan
        lines=$(wc -l <plan)
        for ((n = 2; n < lines; n++)); do
            head -n $n plan >bad
            gives "quern resample apply --plan bad in" 3 "" \
                'quern-resample: bad: the last line is missing, which says how many there are: write it anew'
            sed ${n}d plan >bad
            sh "quern resample apply --plan bad in"
            [ "$status" = 3 ]
            grep -q "bad:$((lines - 1)): lines: expected $((lines - 2)) since the settings, found $((lines - 3))" err
        done
        { cat plan; sed -n 2p plan; } >bad
        sh "quern resample apply --plan bad in"
        [ "$status" = 3 ]
        for wrong in 's/"count":[0-9]*/"count":0/' 's/"target":[0-9]*/"target":-1/' 's/"last":"./"last":"x/' \
            's/"last":"../"last":"/' 's/"equal":1/"equal":-1/' 's/"equal":1,//' 's/"label":[^,]*,"c/"c/' 's/quern-resample-1/1/'; do
            sed "$wrong" plan >bad
            cmp -s plan bad && continue
            sh "quern resample apply --plan bad in"
            [ "$status" = 3 ]
            is out ""
            grep -q '^quern-resample: bad:[0-9]*: ' err || { cat err; echo "$wrong"; return 1; }
        done
    done
    # counts are no plan
    quern resample count --method under in >counts
    sh "quern resample apply --plan counts in"
    [ "$status" = 3 ]
}

@test "options that do nothing for a plan; one class" {
    printf '{"id":%d,"label":"%s"}\n' 1 a 2 a 3 b >in
    quern resample count --method under in | quern resample plan >plan
    gives "quern resample apply --plan plan --emit synthetic in" 2 "" \
        'quern-resample: --emit has no effect with this plan, which makes no copies'
    gives "quern resample apply --plan plan --subset 0 in" 2 "" \
        'quern-resample: --subset 0: the plan is not of easyensemble and has no subsets'
    quern resample count --method easyensemble --subsets 2 in | quern resample plan >plan
    gives "quern resample apply --plan plan --subset 2 in" 2 "" 'quern-resample: --subset 2: there are subsets 0 to 1'
    gives "quern resample count --method over in | quern resample plan --total 3 --power 0.5" 2 "" \
        'quern-resample: --total needs --method random: it makes some classes grow and others shrink'
    gives "quern resample count --method over in | quern resample plan --target b=0" 2 "" \
        "quern-resample: --target: \"b\" has 1 record and can't grow to 0"
    gives "head -n 2 in | quern resample count --method over | quern resample plan | wc -l" 3 0 \
        'quern-resample: all records have the label "a", so there is nothing to balance'
    sh "quern resample count --method under --subsets 3 in"
    [ "$status" = 2 ]
    sh "quern resample count --method bootstrap in"
    [ "$status" = 2 ]
}
