# What is made of nominal values, of several parents, of several labels, and of sentences.
load ../helper

# data SEED KIND: 60 random records with many ties; KIND is nominal, features, both, labels or text
data() {
    awk -v seed="$1" -v kind="$2" '
        function any(n) { return int(rand() * n) }
        BEGIN {
            srand(seed)
            split("x y z ä", value, " ")
            for (i = 0; i < 60; i++) {
                line = "{\"id\":" i
                if (kind == "labels") {
                    labels = any(3) ? "\"common\"" : "\"other\""
                    if (!any(8)) labels = labels ",\"rare\""
                    if (!any(12)) labels = labels ",\"rarer\""
                    line = line ",\"label\":[" labels "]"
                } else {
                    line = line ",\"label\":\"" (any(5) ? "a" : "b") "\""
                }
                if (kind != "nominal" && kind != "text") line = line ",\"features\":[" any(9) / 4 "," any(9) / 4 "," any(5) "]"
                if (kind == "nominal" || kind == "both") line = line ",\"nominal\":[\"" value[1 + any(4)] "\",\"p" any(3) "\",\"q" any(2) "\"]"
                if (kind == "text") {
                    text = any(2) ? " " : ""
                    for (j = any(4); j >= 0; j--) text = text "Wort " any(30) " für " any(9) "." (j ? any(2) ? " " : "  " : "")
                    line = line ",\"text\":\"" text "\""
                }
                print line "}"
            }
        }'
}

# judged METHOD K KIND: several seeds; something is made for each
judged() {
    local seed made
    for seed in 1 2 3 4 5 6; do
        data "$seed" "$3" >in
        [[ $3 != text ]] || { quern segment --emit sentences,words in >cut; mv cut in; }
        quern resample --method "$1" -k "$2" --seed "$seed" -q in >out
        made=$(perl "$BATS_TEST_DIRNAME/values.pl" "$1" "$2" in out) || { echo "$1 $2 $3, seed $seed: $made"; return 1; }
        [[ $made -gt 0 ]] || { echo "$1 $3, seed $seed: nothing is made"; return 1; }
        cmp <(sort -R --random-source=<(yes) in | quern resample --method "$1" -k "$2" --seed "$seed" -q --emit synthetic -j 3) \
            <(quern resample --method "$1" -k "$2" --seed "$seed" -q --emit synthetic in)
    done
}

@test "smoten: the nearest by the value difference metric vote" {
    judged smoten 5 nominal
    judged smoten 2 nominal
}

@test "smotenc: numbers lie between, values are voted" {
    judged smotenc 5 both
    judged smotenc 1 both
}

@test "combine: each value is that of the parent which from names" {
    judged combine 5 both
    judged combine 3 features
    judged combine 4 nominal
}

@test "mlsmote: a record for each record of each minority label, with the labels of most" {
    judged mlsmote 5 labels
    judged mlsmote 2 labels
}

@test "recombine: sentences in their places, spans move along, no text twice" {
    judged recombine 5 text
    judged recombine 1 text
}

@test "smoten: published neighbours" {
    shared=$ROOT/../shared/data/imbalance
    [[ -e $shared/nominal.jsonl ]] || skip "no $shared"
    quern resample --method smoten --emit synthetic "$shared/nominal.jsonl" |
        jq -c '[.parent, (.parents | sort), .nominal]' | sort -u >found
    jq -c '.rows[] | [.row, (.neighbours_incl_self | sort), .mode]' "$shared/nominal.expect.json" | sort -u >expected
    cmp found expected
}

@test "combine: sparse vectors" {
    printf '%s\n' '{"id":1,"label":"a","sparse":{"indices":[0,7],"values":[1,2]}}' \
        '{"id":2,"label":"a","sparse":{"indices":[7,900000],"values":[4,5]}}' \
        '{"id":3,"label":"b","sparse":{"indices":[],"values":[]}}' '{"id":4,"label":"b","sparse":{"indices":[2],"values":[1]}}' \
        '{"id":5,"label":"b","sparse":{"indices":[3],"values":[1]}}' >in
    for seed in {1..20}; do quern resample --method combine --seed "$seed" --emit synthetic -q in; done |
        jq -c '[.sparse.indices, .sparse.values, .from, .parents]' | sort -u >out
    # entries that are 0 in the chosen parent are left out
    jq -e '[., inputs] | all(.[0] as $i | .[1] as $v | .[2] as $f | .[3] as $p |
        [range($i | length)] | all(. as $n | $p[$f[$n]] as $from |
            ($from == 1 and ([0,1] == [$i[$n], $v[$n]] or [7,2] == [$i[$n], $v[$n]])) or
            ($from == 2 and ([7,4] == [$i[$n], $v[$n]] or [900000,5] == [$i[$n], $v[$n]]))))' out
    [[ $(wc -l <out) -ge 6 ]]
}

@test "recombine: a span across sentences" {
    for i in 1 2 3; do printf '{"id":%d,"label":"a","text":"One %d. Two %d.","sentences":[[0,6],[7,13]]}\n' $i $i $i; done >in
    echo '{"id":4,"label":"a","text":"Ann B. Lee. Is it?","sentences":[[0,6],[7,18]],"entities":[{"start":0,"end":10,"label":"PER"}]}' >>in
    echo '{"id":5,"label":"b","text":"No.","sentences":[[0,3]]}' >>in
    for i in 6 7; do printf '{"id":%d,"label":"b","text":"Ja %d. Nein %d.","sentences":[[0,5],[6,13]],"entities":[{"start":6,"label":"X","end":10}]}\n' $i $i $i; done >>in
    quern resample --method recombine --target a=7,b=5 --emit synthetic in >out 2>err
    [[ $(<err) == *"1 record is no parent, since spans of the text cross the borders of sentences"* ]]
    [[ $(jq -r 'select(.label == "a") | .parents[]' out | sort -u | paste -sd' ') == "1 2 3" ]]
    jq -e 'select(.label == "b") | .text as $t | .entities | length == 1 and all($t[.start:.end] == "Nein" and .label == "X")' out
}

@test "wrong input" {
    bad() { # MESSAGE OPTION... <in
        local message=$1
        shift
        run quern resample "$@" in
        [[ $status == 3 && $output == *"$message"* ]] || { echo "$output"; return 1; }
    }
    echo '{"id":1,"label":"a"}' >in
    bad 'in:1: id 1: nominal: missing' --method smoten
    bad 'in:1: id 1: features: missing, and so are sparse and nominal' --method combine
    bad 'in:1: id 1: text: missing' --method recombine
    printf '%s\n' '{"id":1,"label":"a","nominal":["x"]}' '{"id":2,"label":"b","nominal":["x","y"]}' >in
    bad 'in:2: id 2: nominal: expected 1 of them, as in in:1, found 2' --method smoten
    printf '%s\n' '{"id":1,"label":"a","nominal":["x"]}' '{"id":2,"label":"b","features":[1]}' >in
    bad 'in:2: id 2: expected nominal, and no vector, as in in:1' --method combine
    printf '%s\n' '{"id":1,"label":"a","nominal":[],"sparse":{"indices":[],"values":[]}}' '{"id":2,"label":"b","nominal":[],"sparse":{"indices":[],"values":[]}}' >in
    bad 'sparse: expected features' --method smotenc
    echo '{"id":1,"label":"a","text":"A b. C d.","sentences":[[5,9],[0,4]]}' >in
    bad 'in:1: id 1: sentences[1]: starts before the one before it ends' --method recombine
}
