# Methods that look at neighbours: hard input, what is said about it, and what a made record has.
load ../helper

# row ID LABEL NUMBERS [MEMBERS]: a record.
row() {
    printf '{"id":%s,"label":"%s","features":[%s]%s}\n' "$1" "$2" "$3" "${4-}"
}

# Two of the class a, four of b; the arguments are members that all of them have.
few() {
    local i=0 x
    for x in 1,2 3,1; do row $((++i)) a $x "$@"; done
    for x in 0,0 1,1 2,2 5,5; do row $((++i)) b $x "$@"; done
}

MADE="tomek enn renn allknn ncr cnn oss nearmiss1 nearmiss2 nearmiss3 smote borderline1 borderline2 adasyn rose smoteenn smotetomek"
CUT="quern-resample: --k was cut down for 1 class, which has too few records"

@test "what a made record has, and in which order" {
    few ',"group":"g","split":"train","weight":0.5,"epoch":3,"root":"R","text":"t"' >in
    sh "quern resample --method smote --group group --emit synthetic in"
    [ "$status" = 0 ]
    gap=$(head -n 1 out | jq .gap)
    jq -c --argjson gap "$gap" 'select(.gap == $gap)' out >first
    is <(sed -E 's/"gap":[^,]*/"gap":G/; s/"features":.*/"features":F}/' first) \
        '{"id":"1#sm1","label":"a","split":"train","group":"g","epoch":3,"weight":0.5,"parent":1,"root":"R","parents":[1,2],"synthetic":true,"method":"smote","gap":G,"features":F}'
    # the label and the group by any name, ids as in the input
    printf '{"id":%s,"class":"x","features":[%d],"lang":7}\n' '"a\u0062"' 1 1.50 2 >in
    printf '{"id":%d,"class":3,"features":[%d],"lang":7}\n' 5 1 6 2 7 3 >>in
    quern resample --method smote -k 1 --label class --group lang --emit recipe in >out
    is <(sed -E 's/,"gap.*//' out) '{"id":"1.50#sm1","class":"x","lang":7,"parent":1.50,"root":1.50,"parents":[1.50,"a\u0062"],"synthetic":true,"method":"smote"'
    quern resample --method rose --label class --emit synthetic in >out
    is <(sed -E 's/,"features.*//' out) '{"id":"1.50#rs1","class":"x","parent":1.50,"root":1.50,"parents":[1.50],"synthetic":true,"method":"rose"'
}

@test "records pass byte for byte, in the order of the input" {
    { few | sed 's/"features":\[\([0-9]\),/"features" : [ \1.0e0 , /'; } | tac >in
    for method in $MADE; do
        quern resample -q --method $method in | awk '!/"synthetic"/' >got
        awk 'NR == FNR { stays[$0]; next } $0 in stays' got in | cmp - got
    done
    quern resample -q --method smote in | head -n 6 | cmp - in
}

# ---- ids ----

@test "an id that stands twice: both lines are named, and nothing is written" {
    few >in
    row 4 b 9,9 >more
    said='quern-resample: more:1: id 4 is also that of in:4: each record needs one of its own'
    for method in $MADE; do
        gives "quern resample --method $method in more" 3 "" "$said"
        gives "quern resample --method $method --on-error skip -j 2 in more" 3 "" "$said"
    done
    { row '"ab"' a 1,1; row '"a\u0062"' b 1,2; } >>in
    gives "quern resample --method tomek in" 3 "" 'quern-resample: in:8: id "a\u0062" is also that of in:7: each record needs one of its own'
    # 1, 1.0, "1" and 1e0 are four
    { row 1.0 a 5,6; row '"1"' a 1,7; row 1e0 b 9,1; few; } >in
    gives "quern resample -q --method smote --emit recipe in | jq -c .parents | sort -u | wc -l" 0 1
}

@test "17 and \"17\": what is made of them has ids of its own" {
    { row '"17"' a 1,1; row 17 a 2,1; row -1.5e0 a 3,3; row '"-1.5e0"' a 4,4; row '"17.x"' a 5,5; } >in
    for i in {1..16}; do row $i b $i,$((i % 3)); done >>in
    for method in smote rose adasyn; do
        quern resample -q --method $method --emit synthetic in | jq -r .id | sort >ids
        [ "$(wc -l <ids)" = 11 ]
        sort -u ids | cmp - ids
        tac in | quern resample -q --method $method --emit synthetic | jq -r .id | sort | cmp - ids
    done
    # the number comes first
    quern resample -q --method smote --emit synthetic in | jq -r 'select(.parent == 17).id' | grep -q '^17#sm1$'
}

@test "an id that a record from an earlier run has already" {
    { few; row '"1#sm1"' b 4,4; } >in
    gives "quern resample --method smote in" 3 "" \
        'quern-resample: there is a record with the id "1#sm1" already, which a new one would get: give what an earlier run made ids of its own'
    # others do no harm
    sed -i 's/1#sm1/1#sm7/' in
    sh "quern resample --method smote in"
    [ "$status" = 0 ]
    # the second run makes records of what the first one has made
    few >in
    quern resample -q --method smote in | quern resample -q --method smote --target a=9 --emit recipe 2>err >out || true
    grep -q 'already' err || jq -e -s 'map(.id) | length == (unique | length)' out
}

@test "ids that are missing, or no ids" {
    for method in tomek smote; do
        gives "quern resample --method $method <<<'{\"label\":\"a\",\"features\":[1]}'" 3 "" \
            'quern-resample: stdin:1: id: missing, and new records take their ids from it ("quern import" writes it); the record has label, features'
    done
    for id in '[1]' true '{}'; do
        sh "quern resample --method smote <<<'{\"id\":$id,\"label\":\"a\",\"features\":[1]}'"
        [ "$status" = 3 ]
        grep -q ': id: expected a string or a number, found a' err
    done
}

# ---- vectors ----

# bad FEATURES MESSAGE: of a record with these features between good ones.
bad() {
    { few; row 7 b "$1"; } >in
    gives "quern resample --method ${3:-smote} ${4-} in" 3 "" "quern-resample: in:7: id 7: $2"
}

@test "vectors that are none: file, line, id, member and item are named, and nothing is written" {
    bad null "features[0]: expected a number, found null"
    bad '1,"2"' "features[1]: expected a number, found a string"
    bad '1,[2]' "features[1]: expected a number, found an array" tomek
    bad '1,1e400' "features[1]: too large for a 64-bit float" smote --double
    bad '1,1e39' "features[1]: too large for a 32-bit float"
    bad 1 "features: expected 2 numbers, as in in:1, found 1"
    bad 1,2,3 "features: expected 2 numbers, as in in:1, found 3" nearmiss2
    bad "" "features: expected 2 numbers, as in in:1, found 0" enn
    { few; row 7 b 1,2 | sed 's/"features":.*/"features":"x"}/'; } >in
    gives "quern resample --method smote in" 3 "" \
        "quern-resample: in:7: id 7: features: expected an array of numbers or an object with indices and values, found a string"
    { few; echo '{"id":7,"label":"b","sparse":{"indices":[0],"values":[2]}}'; } >in
    gives "quern resample --method smote in" 3 "" "quern-resample: in:7: id 7: sparse: vectors have one form, and in:1 has features"
    { few; row 7 b 1,2 ',"sparse":{"indices":[0],"values":[2]}'; } >in
    gives "quern resample --method smote in" 3 "" \
        'quern-resample: in:7: id 7: sparse: the record has features too, and vectors have one form; "quern fields" drops one'
}

@test "a record without features: skipped, kept in the quarantine, and no parent" {
    { few; echo '{"id":7,"label":"a"}'; } >in
    missing='in:7: id 7: features: missing, and so is sparse ("quern features" writes it); the record has id, label'
    gives "quern resample --method tomek in" 3 "" "quern-resample: $missing"
    for method in $MADE; do
        quern resample -q --method $method <(few) >expected
        quern resample --method $method --on-error skip in >got 2>err
        cmp got expected
        grep -q "^quern-resample: $missing$" err
        quern resample -q --method $method --on-error quarantine=bad in | cmp - expected
        jq -e '.line == 7' bad
    done
}

@test "a column that 32-bit floats would not hold is named; --double takes it, and so does a constant one" {
    for i in {1..8}; do row $i $((i % 3 ? 1 : 2)) "$i,17000000$i"; done >in
    said="quern-resample: features[1]: its numbers, from 170000001 to 170000008, differ too little for their size to be 32-bit floats; scale it (quern fit scale), or --double"
    for method in $MADE; do
        gives "quern resample --method $method -j 2 in" 3 "" "$said"
        sh "quern resample -q --method $method --double in"
        [ "$status" = 0 ]
    done
    sed -i 's/,17000000./,170000001/' in
    sh "quern resample --method smote -k 1 in"
    [ "$status" = 0 ]
    # 2^-12 of the largest is enough
    { row 1 a 4096; row 2 b 4095; row 3 b 4096; } >in
    gives "quern resample --method tomek in | wc -l" 0 2
    { row 1 a 4096; row 2 b 4095.5; row 3 b 4096; } >in
    sh "quern resample --method tomek in"
    [ "$status" = 3 ]
    { row 1 a -4096; row 2 b -4095.5; row 3 b -4096; } >in
    sh "quern resample --method tomek in"
    [ "$status" = 3 ]
    grep -q 'from -4096 to -4095.5' err
}

@test "the ends of floats: 1e38, denormals, -0, vectors of length 0, no dimension" {
    { row 1 a 1e38,3e38; row 2 a -3e38,3e38; row 3 b 0,0; row 4 b 1,1; row 5 b 2,2; } >in
    for method in $MADE; do
        sh "quern resample -q --method $method in"
        [[ $method == rose || $status == 0 ]] || { echo $method; return 1; }
        ! grep -qiE 'inf|nan' out
    done
    gives "quern resample --method rose --shrinkage 10 in" 3 "" \
        "quern-resample: in:1: id 1: features[0]: too large: a record made of it would not have a finite number there; scale it (quern fit scale)"
    { row 1 a 1e308; row 2 a -1e308; row 3 b 0; row 4 b 1; row 5 b 2; } >in
    gives "quern resample --method smote --double in" 3 "" \
        "quern-resample: in:1: id 1: features[0]: too large: a record made of it would not have a finite number there; scale it (quern fit scale)"
    { row 1 a 1e-40,3e-45; row 2 a -3e-39,1e-50; row 3 b 0,-0; row 4 b -0.0,1; row 5 b 2,2; } >in
    for method in $MADE; do
        sh "quern resample -q --method $method in"
        [ "$status" = 0 ]
    done
    quern resample -q --method smote -k 1 --emit synthetic in |
        jq -e '.gap as $g | .features[0] / 1e-39 - (0.1 + $g * -3.1) | fabs < 1e-4'
    for numbers in "" 0 0,0,0; do
        { row 1 a "$numbers"; row 2 a "$numbers"; row 3 b "$numbers"; row 4 b "$numbers"; row 5 b "$numbers"; } >in
        for method in $MADE; do
            for metric in "" "--metric cosine"; do
                [[ $method != rose || -z $metric ]] || continue
                sh "quern resample -q --method $method $metric in"
                [ "$status" = 0 ]
            done
        done
        gives "quern resample -q --method smote --emit synthetic in | jq -c .features" 0 "[$numbers]"
    done
}

@test "two columns, one of them constant; all records identical; one vector in both classes" {
    for i in {1..12}; do row $i $((i % 4 ? 1 : 2)) "$i,5"; done >in
    quern resample -q --method rose --emit synthetic in | jq -e '.features[1] == 5 and .features[0] != (.parent | tonumber)' >/dev/null
    quern resample -q --method smote --emit synthetic in | jq -e -s 'length == 6 and all(.[]; .features[1] == 5)' >/dev/null
    for i in {1..12}; do row $i $((i % 4 ? 1 : 2)) 7,5; done >in
    for method in $MADE; do
        sh "quern resample -q --method $method in"
        [ "$status" = 0 ]
        jq -e -s 'all(.[]; .features == [7, 5])' out >/dev/null
    done
    # the nearest of all are the first ones: 1 and 2 are each other's, 3 has 1
    gives "quern resample -q --method smote -k 1 --emit recipe in | jq -c .parents | sort -u" 0 '[12,4]
[4,8]
[8,4]'
}

# ---- classes ----

@test "one class only is an error, no record is none" {
    { row 1 a 1; row 2 a 2; } >in
    for method in $MADE; do
        gives "quern resample --method $method in" 3 "" 'quern-resample: all records have the label "a", so there is nothing to balance'
        gives "quern resample --method $method </dev/null" 0 ""
    done
}

@test "a class of one record: copies, nothing or an error (--small); neighbours that are fewer than --k" {
    { row 1 a 1.25,-7e1; for i in 2 3 4; do row $i b $i,$i; done; } >in
    for method in smote adasyn; do
        # the copies have the bytes of the vector
        gives "quern resample --method $method in" 0 "$(cat in)
{\"id\":\"1#sm1\",\"label\":\"a\",\"parent\":1,\"root\":1,\"parents\":[1],\"synthetic\":true,\"method\":\"$method\",\"features\":[1.25,-7e1]}
{\"id\":\"1#sm2\",\"label\":\"a\",\"parent\":1,\"root\":1,\"parents\":[1],\"synthetic\":true,\"method\":\"$method\",\"features\":[1.25,-7e1]}" \
            "quern-resample: 2 of the new records are copies, since the parent has no neighbour of its class (--small)"
        gives "quern resample --method $method --small skip --stats stats in" 0 "$(cat in)" \
            "quern-resample: 2 records were not made, since the parent has no neighbour of its class (--small skip)"
        jq -e '.filters[0] | .made == 0 and .skipped == 2 and .kept == 4' stats
        gives "quern resample --method $method --small error in" 3 "" \
            "quern-resample: in:1: id 1: it has no neighbour of its class to make a record with; --small copy or --small skip says what to do"
        quern resample -q --method $method --emit recipe in >recipe
        quern resample rebuild --recipe recipe in | cmp - <(quern resample -q --method $method --emit synthetic in)
        for order in tac "cat"; do $order in | quern resample -q --method $method --emit synthetic | cmp - <(quern resample rebuild --recipe recipe in); done
    done
    gives "quern resample -q --method smotetomek --emit synthetic in | grep -o '\[1.25.*'" 0 "[1.25,-7e1]}
[1.25,-7e1]}"
    # k neighbours need k + 1 records
    for count in 5 6; do
        { for ((i = 1; i <= count; i++)); do row $i a $i; done; for i in {10..25}; do row $i b $i; done; } >in
        sh "quern resample --method smote --stats stats in"
        if [ $count = 5 ]; then said=$CUT; else said=; fi
        is err "$said"
        jq -e --argjson cut $((6 - count)) '.filters[0] | .cut == $cut and .made == 16 - (5 + 1 - $cut)' stats
    done
    gives "quern resample --method smote -k 1000000 in | wc -l" 0 32 "$CUT"
    # nobody in danger, nobody with neighbours of another class
    { for i in 1 2 3 4 5 6; do row $i a $i; done; for i in {10..25}; do row $i b $((i * 10)); done; } >in
    gives "quern resample --method borderline1 --m 3 --stats stats in" 0 "$(cat in)" \
        "quern-resample: no record of 1 class is in danger (--m), so nothing was made for it"
    jq -e '.filters[0].skipped == 10' stats
    quern resample --method adasyn -k 3 --emit recipe in 2>err | sed 's/adasyn/smote/' | cmp - <(quern resample --method smote -k 3 --emit recipe in)
    is err "quern-resample: no record of 1 class has a neighbour of another one, so the parents were shared as for smote"
    { row 1 a 0; row 2 a 1; for i in 3 4 5 6 7; do row $i b 5; done; } >in
    gives "quern resample --method nearmiss3 -k 1 in | wc -l" 0 3 "quern-resample: 1 record fewer than asked is left: there were no more candidates"
}

@test "labels and numbers that can't be" {
    few >in
    for method in $MADE; do
        gives "quern resample --method $method --strategy zz in" 2 "" 'quern-resample: --strategy: the data has no class "zz"; it has "a" and "b"'
    done
    gives "quern resample --method smote --target zz=3 in" 2 "" 'quern-resample: --target: the data has no class "zz"; it has "a" and "b"'
    gives "quern resample --method smote --target b=1 in" 2 "" 'quern-resample: --target: "b" has 4 records and can'"'"'t grow to 1'
    gives "quern resample --method nearmiss1 --target b=9 in" 2 "" 'quern-resample: --target: "b" has 4 records and can'"'"'t shrink to 9'
    gives "quern resample -q --method smote --target a=4,b=5 --emit recipe in | jq -r .label | uniq -c | tr -s ' '" 0 " 2 a
 1 b"
    gives "quern resample -q --method nearmiss1 --ratio 0.7 in | jq -r .label | uniq -c | tr -s ' '" 0 " 2 a
 3 b"
}

@test "nearmiss: distances are added smallest first, which decides between sums that are nearly equal" {
    { row 1 a 7,1; row 2 a 7,7; row 3 a 5,7; row 4 b 8,8; row 5 b 4,4; row 6 b 40,40; row 7 b 41,40; } >in # else 5
    { row 1 a 9,11; row 2 a 2,4; row 3 a 0,2; row 4 b 4,6; row 5 b 0,2; row 6 b 40,40; row 7 b 41,40; } >more # else 4
    for version in 1 2; do
        gives "quern resample --method nearmiss$version --target b=1 in | tail -n 1 | jq .id" 0 4
        gives "quern resample --method nearmiss$version --target b=1 more | tail -n 1 | jq .id" 0 5
    done
}

# ---- members ----

@test "weights are interpolated; one that is missing, or null, is an error for what makes records" {
    { row 1 a 0 ',"weight":1'; row 2 a 4 ',"weight":3'; row 3 b 2 ',"weight":1'; row 4 b 9 ',"weight":1'; row 5 b 7 ',"weight":1'; } >in
    quern resample -q --method smote --emit synthetic in | jq -e '.weight == 1 + .gap * 2 or .weight == 3 - .gap * 2'
    quern resample -q --method rose --emit synthetic in | jq -e '.weight == ({"1": 1, "2": 3}[.parent | tostring])'
    { row 1 a 0 ',"weight":2'; for i in 3 4 5; do row $i b 2 ',"weight":1'; done; } | quern resample -q --method smote --emit synthetic |
        jq -e -s 'length == 2 and all(.[]; .weight == 2)'
    for other in '' ',"weight":null'; do
        row 9 a 1 "$other" | cat in - >some
        for method in smote borderline2 adasyn rose smoteenn; do
            gives "quern resample --method $method some" 3 "" "quern-resample: some:6: id 9: weight: missing, but some:5 has one"
        done
        sh "quern resample --method tomek some"
        [ "$status" = 0 ]
    done
}

@test "records of several epochs: no parents of one record; what removes looks at each by itself" {
    { row 1 a 0 ',"epoch":1'; row 2 a 4 ',"epoch":2'; row 3 b 2 ',"epoch":1'; row 4 b 9 ',"epoch":1'; } >in
    gives "quern resample --method smote in" 3 "" \
        "quern-resample: in:2: id 2: epoch: expected 1, as in in:1, found 2: records of different rounds are not mixed"
    gives "quern resample --method tomek in | wc -l" 0 3
    gives "quern resample --method smote --epoch 1 in" 3 "" "quern-resample: in:2: id 2: epoch: the record has epoch 2, not 1 (--epoch)"
    # the epoch of the records is that of the draws
    for i in {1..40}; do row $i $((i % 10 < 7 ? 1 : 2)) "$i,$((i * i % 7))"; done >in
    sed 's/}$/,"epoch":1}/' in >later
    for options in "smote" "smote --draw iid" "adasyn" "rose --draw iid" "borderline1 --draw iid"; do
        quern resample -q --method $options --emit synthetic later | jq -c 'del(.epoch)' >got
        quern resample -q --method $options --emit synthetic --epoch 1 in | jq -c . | cmp - got
        ! quern resample -q --method $options --emit synthetic in | jq -c . | cmp -s - got
        for other in "--seed 1" "--salt x"; do
            ! quern resample -q --method $options --emit synthetic --epoch 1 $other in | jq -c . | cmp -s - got
        done
    done
}

@test "several splits are refused, unless --within says which; the others pass, and are never a parent or neighbour" {
    for i in {1..30}; do row $i $((i % 5 ? 1 : 2)) "$i,$((i * i % 11))" ",\"split\":\"$([ $((i % 3)) = 0 ] && echo test || echo train)\""; done >in
    grep train in >train
    for method in $MADE; do
        gives "quern resample --method $method in" 3 "" \
            'quern-resample: split: there are records with different values, such as "train" and "test"; --within split=train says which ones are sampled' ||
            gives "quern resample --method $method in" 3 "" \
                'quern-resample: split: there are records with different values, such as "test" and "train"; --within split=train says which ones are sampled'
        quern resample -q --method $method --within split=train in >got
        grep -F '"split":"test"' in | cmp - <(grep -F '"split":"test"' got)
        quern resample -q --method $method train | cmp - <(grep -F '"split":"train"' got)
        gives "quern resample --method $method --within split=dev in" 0 "$(cat in)" \
            "quern-resample: no record has split=dev (--within), so all have passed as they are"
    done
    # those that pass need no id, no vector and no label
    { cat in; echo '{"split":"test","features":"x"}'; } | quern resample -q --method smote --within split=train |
        cmp - <(quern resample -q --method smote --within split=train <(cat in; echo '{"split":"test","features":"x"}'))
}

@test "--group: neighbours of the same value, which the record gets; 1 and \"1\" are two" {
    for i in {1..24}; do row $i $((i % 4 ? 1 : 2)) "$i" ",\"g\":$([ $((i % 3)) = 0 ] && echo '"1"' || echo 1)"; done >in
    quern resample -q --method smote --group g --emit synthetic in >got
    jq -e -s --slurpfile in in '($in | map({(.id | tostring): .g}) | add) as $g |
        all(.[]; .g == $g[.parents[0] | tostring] and .g == $g[.parents[1] | tostring])' got
    gives "quern resample --method smote --group h in" 3 "" "quern-resample: in:1: id 1: h: missing (--group names it); the record has id, label, features, g"
    sed 's/"g":1/"g":1.5/' in >other
    gives "quern resample --method smote --group g other" 3 "" "quern-resample: other:1: id 1: g: expected a string or an integer, found a number"
    # each group by itself
    for g in 1 '"1"'; do grep -F "\"g\":$g" in | quern resample -q --method tomek --strategy all; done | sort >parts
    quern resample -q --method tomek --strategy all --group g in | sort | cmp - parts
}

# ---- options ----

@test "an option without an effect is an error" {
    few >in
    for options in "tomek -k 3" "tomek --seed 1" "nearmiss1 --salt x" "enn --epoch 2" "tomek --ratio 0.5" "tomek --target b=1" \
        "ncr --power 0.5" "tomek --draw iid" "enn --emit synthetic" "ncr --kind mode" "smote --kind mode" "smote --m 4" \
        "adasyn --m 4" "smote --round rint" "smote --shrinkage 2" "rose -k 3" "rose --metric cosine" "rose --small copy" \
        "rose --group g" "rose --emit recipe" "adasyn --draw iid" "cnn -k 3" "nearmiss1 --group g" "cnn --group g" "under --double" \
        "smote --total 9" "smote --subsets 3" "smote --field x" "tomek --field x" "smote --percent 3" "under --metric cosine"; do
        sh "quern resample --method $options in"
        [ "$status" = 2 ] || { echo "$options"; return 1; }
        is out ""
        grep -qE "^quern-resample: (${options#* }|--?[a-z]+|--emit recipe) (goes only with|has no effect|does not go)" err || { cat err; return 1; }
    done
}

# ---- the way of running ----

@test "a file that changes between the passes, a full device, a closed pipe, a spool that is too small" {
    for i in {1..3000}; do row $i $((i % 10 < 7 ? 1 : 2)) "$i,$((i * i % 97)),$((i * 7 % 101))"; done >in
    for method in tomek smote; do
        sh "quern resample -q --method $method in >/dev/full"
        [ "$status" = 1 ]
        grep -q 'No space left' err
        gives "quern resample -q --method $method in | head -n 1" 141 "$(head -n 1 in)" || is out "$(head -n 1 in)"
        sh "cat in | quern resample -q --method $method --max-spool 1K"
        [ "$status" = 1 ]
        is out ""
        grep -q 'max-spool 1024 bytes' err
    done
    [[ -e /proc/self/fd ]] || skip "no /proc"
    # The message about line 3 waits for room in the pipe, until the file has become longer.
    sed -i '3s/.*/x/' in
    mkfifo pipe
    exec 7<>pipe
    head -c 65536 /dev/zero >&7
    quern resample --method smote --on-error skip in >out 2>pipe &
    pid=$!
    for _ in {1..3000}; do ls -l /proc/$pid/fd 2>/dev/null | grep -q '/in$' && break; sleep 0.01; done
    row 9999 1 1,2,3 >>in
    (cat pipe | tr -d '\0' >err) 7>&- &
    reader=$!
    exec 7>&-
    status=0
    wait $pid || status=$?
    wait $reader
    [ "$status" = 1 ]
    is out ""
    is <(tail -1 err) "quern-resample: in: the file has changed between the two passes over it"
}
