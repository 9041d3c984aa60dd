# The loop of semi-supervised training, corpora/uda: on texts of which a word tells the class.
load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    awk 'BEGIN {
        for (i = 1; i <= 200; i++) {
            class = i % 2 ? "red" : "blue"
            text = (i % 2 ? "ruby" : "navy") i % 5 " " (i % 3 ? "stone" : "cloth") " number" i % 7
            print "{\"id\":" i ",\"text\":\"" text "\"" (i <= 20 ? ",\"label\":\"" class "\"" : "") "}" >(i <= 20 ? "labelled" : "pool")
        }
    }'
}

@test "rounds: what is kept trains the next model, variants as their originals" {
    export UDA_AUGMENT='--ops rs --num 2' UDA_CONFIDENCE='--threshold 0.6 --temperature 0.5' UDA_WEIGHT=2
    "$ROOT/corpora/uda" prepare loop labelled pool
    for r in 0 1 2; do "$ROOT/corpora/uda" round loop $r 2>/dev/null; done
    is loop/weight 0.222222
    kept=$(wc -l <loop/1/kept.jsonl)
    [ "$kept" -gt 100 ]
    # Labelled records, kept ones and their variants; each variant has the target of its original.
    is <(grep -c . loop/1/train.jsonl) $((20 + 3 * kept))
    jq -s 'map({key: (.id | tostring), value: .target}) | from_entries' loop/1/kept.jsonl >targets
    is <(jq -c --slurpfile t targets 'select(.root) | .target == $t[0][.root | tostring]' loop/1/train.jsonl | sort | uniq -c | tr -s ' ') \
        " $((2 * kept)) true"
    is <(jq -c 'select(.root) | .loss_weight' loop/1/train.jsonl | sort -u) 0.222222
    is <(head -n 20 loop/1/train.jsonl | jq -c '[.target | max, min]' | sort -u) '[1,0]'
    # What went into the pool was right, and the model of the last round is surer than that of the first.
    for r in 0 2; do
        quern predict -q --model loop/$r/model loop/pool.vectors |
            jq -c 'select((.predicted == "red") != (.id % 2 == 1))' >wrong
        is wrong ""
    done
    [ "$(wc -l <loop/2/kept.jsonl)" -ge "$kept" ]
    "$ROOT/corpora/uda" show loop 2 labelled >shown
    is <(sed -n 3p shown | tr -s ' ') "round 2: $(wc -l <loop/2/kept.jsonl) of 180 records of the pool, loop/2/model accuracy 100, macro-F1 100"
}

@test "rounds: without variants, and with copies" {
    export UDA_CONFIDENCE='--threshold 0.6'
    UDA_AUGMENT='' "$ROOT/corpora/uda" prepare self labelled pool
    UDA_AUGMENT='copies 2' "$ROOT/corpora/uda" prepare copies labelled pool
    for folder in self copies; do
        for r in 0 1; do "$ROOT/corpora/uda" round $folder $r 2>/dev/null; done
    done
    is <(wc -l <copies/1/train.jsonl) $((20 + 3 * ($(wc -l <self/1/train.jsonl) - 20)))
    cmp self/0/model copies/0/model
}

@test "the rounds of the manual are those of the script" {
    sed -n '/^\.Sh ROUNDS/,/^\.Sh SEE/p' "$ROOT/man/quern-recipes.7" >rounds
    for words in 'vote --by parent --method list' '--rename parent=id' '--emit target,loss_weight' '--on parent --unmatched drop' \
        '--keep id,root,sparse,target,loss_weight' '--weight loss_weight' 'fit tfidf --min-df 2'; do
        grep -qF -e "$words" rounds
        sed 's/ -q / /' "$ROOT/corpora/uda" | sed 's/ -q / /' | grep -qF -e "$words"
    done
}
