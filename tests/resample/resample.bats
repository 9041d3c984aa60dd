# What becomes of the records: methods, draws, copies, splits, order.
load ../helper

# records COUNT: classes of 60, 30 and 10 %, several blocks.
records() {
    awk -v count="$1" 'BEGIN {
        pad = sprintf("%90s", "")
        gsub(/ /, "x", pad)
        for (i = 1; i <= count; i++)
            print "{\"id\":" (i % 3 ? i : "\"r" i "\"") ",\"label\":" (i % 10 < 6 ? "\"a\"" : i % 10 < 9 ? 7 : "\"7\"") \
                ",\"text\":\"" pad "\"}"
    }'
}

# draws WORD...: "ID DRAW" of each record of `in`, as resample count lists them for classes of one record.
draws() {
    jq -c '.label = (.id | tojson)' in | quern resample count --method under "$@" |
        jq -r 'select(.rows) | "\(.label) \(.rows[:16])"'
}

# part_of PART WHOLE: every line of the part is in the whole, as often and in that order.
part_of() {
    diff "$2" "$1" | grep -c '^>' | grep -qx 0
}

tally() {
    grep -o '"label":[^,}]*' | cut -d : -f 2 | sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 } END { if (NR) print "" }'
}
export -f tally

# ---- which ----

@test "under: the lowest draws of each class stay, byte for byte and in order" {
    records 2000 >in
    quern resample --method under in >got
    part_of got in
    is <(tally <got) '200 "7", 200 "a", 200 7'
    draws | sort >of
    for label in '"a"' 7 '"7"'; do
        jq -r --argjson l "$label" 'select(.label == $l) | .id | tojson' in | sort | join - of | sort -k 2 | head -n 200 |
            cut -d ' ' -f 1 | sort >expected
        jq -r --argjson l "$label" 'select(.label == $l) | .id | tojson' got | sort | cmp - expected
    done
    # fewer of a class are among more of it
    quern resample --method under --target a=50 in | grep '"a"' >few
    part_of few got
}

@test "over: each record q or q + 1 times, once more those with the lowest draws" {
    records 2000 >in
    quern resample --method over --target '"7"=730' in >got # 200 records: three times each, 130 of them once more
    is <(tally <got) '730 "7", 1200 "a", 600 7'
    grep -v '#os' got | cmp - in
    draws | sort >of
    jq -r 'select(.label == "7") | .parent // .id | tojson' got | sort | uniq -c | awk '{ print $2, $1 }' >uses
    join uses of | sort -k 3 | awk '{ print $2 }' | uniq -c | tr -s ' \n' ' ' >runs
    is <(cat runs; echo) ' 130 4 70 3 '
}

@test "a copy comes right after its record, with what it needs to be told from it" {
    in='{"id":1,"label":"a" , "x":[1.50]}
{"id":"s","label":"b","parent":"q","root":"r"}
{"id":3,"label":"a","epoch":4}
{"text":"t","label":"c"}
{"id":4,"label":"a"}'
    printf '%s\n' "$in" >in
    gives "quern resample --method over in" 0 '{"id":1,"label":"a" , "x":[1.50]}
{"id":"s","label":"b","parent":"q","root":"r"}
{"id":"s#os1","label":"b","parent":"s","root":"r","parents":["s"],"synthetic":true,"method":"over"}
{"id":"s#os2","label":"b","parent":"s","root":"r","parents":["s"],"synthetic":true,"method":"over"}
{"id":3,"label":"a","epoch":4}
{"text":"t","label":"c"}
{"text":"t","label":"c","synthetic":true,"method":"over"}
{"text":"t","label":"c","synthetic":true,"method":"over"}
{"id":4,"label":"a"}'
    quern resample --method over in | grep synthetic >expected
    quern resample --method over --emit synthetic in | cmp - expected
    gives "quern resample --method random --target a=4,b=0,c=1 in | jq -c '[.method, .parents]' | grep random" 0 \
        "$(quern resample --method over --target a=4 in | jq -c '[.method, .parents] | select(.[0]) | .[0] = "random"')"
    gives "quern resample --method random --target a=4,b=0,c=1 --emit synthetic --stats stats in | wc -l" 0 1
    jq -e '.filters[0] | .kept == 4 and .removed == 1 and .copies == 1 and .others == 0' stats
}

@test "--draw iid: every record once, and copies with replacement, as often as are missing" {
    records 2000 >in
    quern resample --method over --draw iid in >got
    is <(tally <got) '1200 "7", 1200 "a", 1200 7'
    grep -v '#os' got | cmp - in
    jq -r 'select(.label == "7") | .parent // .id' got | sort | uniq -c | awk '{ print $1 }' | sort -n >uses
    [ "$(head -n 1 uses)" = 1 ] # with 1000 of 200, 0.7 % of the records are not drawn
    (($(tail -n 1 uses) >= 9))
    # the number counts from 1 for each record
    jq -r 'select(.parent == "r9").id' got | awk -F '#os' '{ if ($2 != NR) exit 1 }'
}

@test "easyensemble: subsets, each as large as it should be, and each alone byte for byte" {
    records 2000 >in
    quern resample --method easyensemble --subsets 6 in >got
    for t in 0 1 5; do
        quern resample --method easyensemble --subsets 6 --subset $t in >one
        is <(tally <one) '200 "7", 200 "a", 200 7'
        part_of one in
        jq -c --argjson t $t 'select(.subsets | index($t)) | .id' got | cmp - <(jq -c .id one)
        # a subset does not depend on how many there are
        quern resample --method easyensemble --subsets $((t + 1)) --subset $t in | cmp - one
    done
    jq -c .subsets got | sort -u >kinds
    ! grep -qx '\[\]' kinds
    jq -e -s 'all(.[].subsets; . == (. | sort | unique))' got >/dev/null
    is <(jq -c 'select(.label == "7") | .subsets' got | sort -u) '[0,1,2,3,4,5]'
    jq -c 'del(.subsets)' got | part_of /dev/stdin <(jq -c . in)
}

@test "bootstrap: bags of as many records as there are, each alone, and what is in none" {
    records 500 >in
    quern resample --method bootstrap --bags 4 in >got
    jq -c 'del(.bags)' got | cmp - <(jq -c . in)
    is <(jq -s -c '[.[].bags] | transpose | map(add)' got) '[500,500,500,500]'
    for t in 0 3; do
        quern resample --method bootstrap --bags 4 --bag $t in >bag
        [ "$(wc -l <bag)" = 500 ]
        jq -r '.parent // .id' bag | uniq -c | awk '{ print $2, $1 }' |
            cmp - <(jq -r --argjson t $t 'select(.bags[$t] > 0) | "\(.id) \(.bags[$t])"' got)
        grep -v '#bs' bag >originals
        part_of originals in
        quern resample --method bootstrap --bags 4 --out-of-bag $t in >outside
        sort originals outside | cmp - <(sort in)
        part_of outside in
        # a bag does not depend on how many there are
        quern resample --method bootstrap --bags $((t + 1)) --bag $t in | cmp - bag
    done
    grep -m 1 '#bs' bag | jq -e '.id == "\(.parent)#bs1" and .parents == [.parent] and .root == .parent
        and .synthetic and .method == "bootstrap"'
    quern resample --method bootstrap --bag 1 in >one
    ! quern resample --method bootstrap --bag 1 --seed 1 in | cmp -s - one
    ! quern resample --method bootstrap --bag 1 --epoch 1 in | cmp -s - one
    # labels are not looked at
    gives "printf '{\"id\":%d}\n' 1 2 3 | quern resample --method bootstrap --bag 0 | wc -l" 0 3
}

@test "bootstrap needs ids, each once; both lines are named, and nothing is written" {
    printf '{"text":"a"}\n' >in
    gives "quern resample --method bootstrap in" 3 "" \
        'quern-resample: in:1: id: missing, and copies take their ids from it ("quern import" writes it); the record has text'
    printf '{"id":%s}\n' 1 2 '"1"' 3 >in
    printf '{"id":%s}\n' 5 2 >more
    gives "quern resample --method bootstrap in more" 3 "" \
        'quern-resample: more:2: id 2: the id is also that of in:2, and copies take their ids from it: each record needs one of its own'
    gives "quern resample --method bootstrap --on-error skip in more" 3 "" \
        "quern-resample: more:2: id 2: the id is also that of in:2, and copies take their ids from it: each record needs one of its own
quern-resample: 1 of 6 records were bad and were skipped
quern-resample: records have the same id, so nothing was written"
    # in two rounds they are two
    printf '{"id":2,"epoch":%d}\n' 0 1 2 >in
    gives "quern resample --method bootstrap --bags 1 --bag 0 in | wc -l" 0 3
}

# ---- ties ----

@test "records without id, or with one id: of equal draws the hash of the bytes decides, of equal bytes the number" {
    for i in {1..40}; do
        printf '{"text":"same","label":"a","n":%d}\n' "$i"
        printf '{"id":"same","label":"b","n":%d}\n' "$((i / 2))"
        ((i % 8)) || printf '{"id":%d,"label":"c"}\n' "$i"
    done >in
    for method in under over "random --target a=7,b=7,c=7" "random --target a=47,b=93,c=5 --draw iid" easyensemble; do
        quern resample --method $method in >got
        sort got >expected
        for order in tac sort "sort -R" "sort -R"; do
            $order in | quern resample --method $method -j 2 | sort | cmp - expected
        done
        case $method in
        under) is <(tally <got) '5 "a", 5 "b", 5 "c"' ;;
        over) is <(tally <got) '40 "a", 40 "b", 40 "c"' ;;
        *target*draw*) is <(tally <got) '47 "a", 93 "b", 5 "c"' ;;
        *target*) is <(tally <got) '7 "a", 7 "b", 7 "c"' ;;
        esac
    done
    # of records that are equal to the byte the first ones
    yes '{"id":1,"label":"a"}' | head -n 1000 >in
    printf '{"id":%d,"label":"b"}\n' {1..100} >>in
    gives "quern resample --method under in | tally" 0 '100 "a", 100 "b"'
    gives "quern resample --method under --target a=999 in | tally" 0 '999 "a", 100 "b"'
    gives "quern resample --method over --target b=1050 in | tally" 0 '1000 "a", 1050 "b"'
    gives "quern resample --method over --target a=1001 in | tally" 0 '1001 "a", 100 "b"'
}

@test "another seed, salt or epoch: another choice; of records without epoch that of epoch 0" {
    records 2000 >in
    quern resample --method under in >got
    for other in "--seed 1" "--salt x" "--epoch 1"; do
        quern resample --method under $other in >again
        is <(tally <again) '200 "7", 200 "a", 200 7'
        part_of again in
        [ "$(grep -cFxf got again)" -lt 400 ] # 200 of the smallest class, and some 33 and 67 of the others
    done
    quern resample --method under --epoch 0 in | cmp - got
    jq -c '.epoch = 1' in >later
    quern resample --method under later | jq -c 'del(.epoch)' | cmp - <(quern resample --method under --epoch 1 in | jq -c .)
    gives "quern resample --method under --epoch 2 later" 3 "" \
        'quern-resample: later:1: id 1: epoch: the record has epoch 1, not 2 (--epoch)'
}

# ---- labels, splits, what is missing ----

@test "labels: strings and integers" {
    for label in null '[1]' 1.5 7.0 1e2 true '{}' 99999999999999999999; do
        sh "quern resample --method under <<<'{\"id\":1,\"label\":$label}'"
        [ "$status" = 3 ]
        is out ""
        grep -q '^quern-resample: stdin:1: id 1: label: \(null\|expected a string or an integer, found an\? \)' err
    done
    gives "quern resample --method under <<<'{\"id\":1}'" 3 "" \
        'quern-resample: stdin:1: id 1: label: missing (--label names it); the record has id'
    gives "quern resample --method under <<<'{\"label\":\"a\"}'" 3 "" \
        'quern-resample: stdin:1: id: missing, and there is no text to stand in for it ("quern import" writes it); the record has label'
    printf '{"id":%d,"class":%s}\n' 1 -7 2 -7 3 '""' >in
    gives "quern resample --method under --label class in | wc -l" 0 2
}

@test "one class only is an error, for each method that has classes; no record is none" {
    printf '{"id":%d,"label":"a"}\n' 1 2 >in
    for method in under over "random --target a=1" easyensemble; do
        gives "quern resample --method $method in" 3 "" \
            'quern-resample: all records have the label "a", so there is nothing to balance'
        gives "quern resample --method $method </dev/null" 0 ""
    done
    gives "quern resample --method bootstrap </dev/null" 0 ""
    # a class of one record
    printf '{"id":%d,"label":"%s"}\n' 1 a 2 a 3 b >in
    gives "quern resample --method under in | tally" 0 '1 "a", 1 "b"'
    gives "quern resample --method over in | tally" 0 '2 "a", 2 "b"'
    gives "quern resample --method easyensemble --subset 1 --subsets 3 in | tally" 0 '1 "a", 1 "b"'
    # nothing is written before all has been seen
    printf '{"id":%d,"label":"%s"}\nx\n' 1 a 2 >bad
    sh "quern resample --method under bad"
    [ "$status" = 3 ]
    is out ""
}

@test "records of several splits are refused, unless --within says which; the others pass" {
    printf '{"id":%d,"label":"%s","split":"%s"}\n' 1 a train 2 a train 3 b train 4 a test 5 b test 6 b test >in
    for method in under over easyensemble "random --target a=1" bootstrap mlros; do
        sh "quern resample --method $method in"
        [ "$status" = 3 ]
        is out ""
        grep -q '^quern-resample: split: there are records with different values, such as "[a-z]*" and "[a-z]*"; --within split=train says which ones are sampled$' err
        jq -c 'select(.split == "train")' in | quern resample --method $method >sampled
        { cat sampled; grep test in; } >expected
        quern resample --method $method --within split=train in | cmp - expected
    done
    quern resample --method bootstrap --out-of-bag 0 --bags 1 --within split=train in | tail -n 3 | cmp - <(tail -n 3 in)
    # a record without split is not of the same split
    { jq -c 'select(.split == "train")' in; echo '{"id":7,"label":"b"}'; } >some
    sh "quern resample --method under some"
    [ "$status" = 3 ]
    quern resample --method under --within split=train some | tail -n 1 | cmp - <(tail -n 1 some)
    # copies never come from outside
    quern resample --method over --within split=test --emit synthetic in >got
    is <(jq -c 'select(.synthetic) | .parents' got) '[4]'
    is <(jq -c 'select(.synthetic | not) | .id' got) $'1\n2\n3'
    # any member, and values with spaces; those within are of one split, too
    jq -c '.lang = "a b"' in >spaced
    sh "quern resample --method under --within 'lang=a b' spaced"
    [ "$status" = 3 ]
    jq -c '.split = "all"' spaced >one
    quern resample --method under --within 'lang=a b' one | wc -l >got
    is got 6
    printf '{"id":%d,"label":"%s","split":"%s"}\n' 1 a 'dev' 2 b 'd\u0065v' >escaped
    gives "quern resample --method under escaped" 0 "$(<escaped)"
    gives "quern resample --method under --within lang=x spaced" 0 "$(<spaced)" \
        "quern-resample: no record has lang=x (--within), so all have passed as they are"
    for within in lang =x lang= ''; do
        gives "quern resample --method under --within '$within' in" 2 "" \
            "quern-resample: --within: expected NAME=VALUE such as split=train, found \"$within\""
    done
    # one class within
    jq -c 'select(.split == "train" or .label == "a")' in | grep -v '"id":3' >one
    gives "quern resample --method under --within split=train one" 3 "" \
        'quern-resample: all records have the label "a", so there is nothing to balance'
}

# ---- however it is run ----

@test "one set of records for any order; one output for file, pipe, threads, fused and shell" {
    records 20000 >in
    zstd -q in
    for options in "under" "over --power 0.5" "over --strategy all --draw iid" "random --power 0.3 --total 9000" \
        "easyensemble --subsets 3" "bootstrap --bag 1"; do
        quern resample --method $options in >expected
        for j in 1 2 8; do
            quern resample --method $options -j $j in | cmp - expected
            quern resample --method $options -j $j in.zst | cmp - expected
            cat in | quern resample --method $options -j $j | cmp - expected
            quern run "cat | resample --method $options | cat" -j $j in | cmp - expected
        done
        sort expected >sorted
        for order in tac "sort -R"; do $order in | quern resample --method $options -j 2 | sort | cmp - sorted; done
        quern run "fields --rename content=text | resample --method $options" -j 3 in >fused
        quern fields --rename content=text in | quern resample --method $options | cmp - fused
    done
}
