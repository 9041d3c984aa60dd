# mlros and mlrus: records with several labels, against a slow program of their definition (multilabel.pl).
load ../helper

# draws: reads records with numbers as ids, prints "ID DRAW" of each: resample count lists the draws of a class, so each
# record is made a class of its own.
draws() {
    jq -c '.label = .id' | quern resample count --method under "$@" | jq -r 'select(.rows) | "\(.label) \(.rows[:16])"'
}

# records SEED COUNT MOST
records() {
    awk -v seed="$1" -v count="$2" -v most="$3" 'BEGIN {
        srand(seed)
        for (i = 1; i <= count; i++) {
            labels = ""
            for (k = int(rand() * (most + 1)); k > 0; k--) labels = labels ",\"l" int(exp(rand() * 3)) "\""
            print "{\"id\":" i ",\"label\":[" substr(labels, 2) "]}"
        }
    }'
}

@test "steps are those of the definition" {
    for seed in 1 2 3 4; do
        records $seed 150 3 >in
        draws --seed $seed <in | sort >of
        join of <(jq -r '"\(.id) \(.label | join(" "))"' in | sort) | awk '{ t = $1; $1 = $2; $2 = t } 1' >rows
        for method in mlros mlrus; do
            for percent in 2 10 60; do
                quern resample --method $method --percent $percent --seed $seed in |
                    jq -r '.parent // .id' | sort -n | uniq -c | awk '{ print $2, $1 }' >got
                perl "$ROOT/tests/resample/multilabel.pl" $method $((150 * percent / 100)) <rows |
                    awk '$2 > 0' >expected
                cmp got expected || { echo "$method $percent, seed $seed"; diff got expected; return 1; }
                if [[ $percent == 10 ]]; then
                    [ "$(awk '{ n += $2 } END { print n }' got)" = "$([[ $method == mlros ]] && echo 165 || echo 135)" ]
                fi
            done
        done
    done
}

@test "what labels may be; a label twice in a record is one" {
    printf '%s\n' '{"id":1,"label":["x","y","y"]}' '{"id":2,"label":["x"]}' '{"id":3,"label":"x"}' '{"id":4,"label":[]}' >in
    gives "quern resample --method mlros --percent 50 in" 0 '{"id":1,"label":["x","y","y"]}
{"id":"1#os1","label":["x","y","y"],"parent":1,"root":1,"parents":[1],"synthetic":true,"method":"mlros"}
{"id":"1#os2","label":["x","y","y"],"parent":1,"root":1,"parents":[1],"synthetic":true,"method":"mlros"}
{"id":2,"label":["x"]}
{"id":3,"label":"x"}
{"id":4,"label":[]}'
    gives "quern resample --method mlros --percent 50 --emit synthetic in | jq -r .id" 0 $'1#os1\n1#os2'
    quern resample --method mlrus --percent 50 in >got
    is <(grep -c . got) 2
    grep -q '"id":1,' got # it has the only minority label
    grep -q '"id":4,' got # it has none
    for label in 7 '[7]' null '{"x":1}'; do
        sh "quern resample --method mlros <<<'{\"id\":1,\"label\":$label}'"
        [ "$status" = 3 ]
        grep -q '^quern-resample: stdin:1: id 1: label' err
    done
    gives "quern resample --method mlros --percent 50 </dev/null" 0 ""
    gives "quern resample --method mlrus --percent 0 in" 0 "$(<in)"
    # one label, and labels that are equally frequent: nothing to do
    printf '{"id":%d,"label":["%s"]}\n' 1 a 2 a 3 b 4 b >in
    gives "quern resample --method mlros --percent 100 in" 0 "$(<in)"
    gives "quern resample --method mlrus --percent 100 in" 0 "$(<in)"
}

@test "for any order of the input and any number of threads" {
    records 9 20000 4 >in
    for method in mlros mlrus; do
        quern resample --method $method in >expected
        for j in 2 8; do quern resample --method $method -j $j in | cmp - expected; done
        cat in | quern resample --method $method -j 2 | cmp - expected
        sort expected >sorted
        for order in tac sort "sort -R"; do
            $order in | quern resample --method $method -j 2 | sort | cmp - sorted
        done
    done
}

@test "many records that must stay before each one that may go" {
    # 200,000 steps times as many records would take hours
    awk 'BEGIN { for (i = 0; i < 400000; i++) print "{\"id\":" i ",\"label\":[\"x\"" (i % 2 ? ",\"y\"" : "") "]}" }' >in
    timeout 60 quern resample --method mlrus --percent 40 in | wc -l >got
    is got 240000
}

@test "mlros needs ids, each once; both lines are named" {
    printf '{"text":"a","label":["x"]}\n' >in
    gives "quern resample --method mlros in" 3 "" 'quern-resample: in:1: id: missing, and copies take their ids from it ("quern import" writes it); the record has text, label'
    gives "quern resample --method mlrus in" 0 "$(<in)"
    printf '{"id":%s,"label":["%s"]}\n' 1 a 2 a '"1"' b 2 c >in
    gives "quern resample --method mlros in" 3 "" \
        'quern-resample: in:4: id 2: the id is also that of in:2, and copies take their ids from it: each record needs one of its own'
}
