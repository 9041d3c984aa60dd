# Pairs and negatives: what may be drawn, by brute force; large pools.
load ../helper

# pool COUNT SEED: records with few texts, in few groups.
pool() {
    awk -v count="$1" -v seed="$2" 'BEGIN {
        srand(seed)
        for (i = 0; i < count; i++)
            printf "{\"id\":%d,\"text\":\"t%d\",\"q\":\"t%d\",\"group\":\"g%d\",\"n\":\"n%d\"}\n",
                i % int(count * 0.9), int(rand() * 6), int(rand() * 6), int(rand() * 3), i
    }'
}

# Draws all candidates that the record with the fewest has, and more one by one until there are too few: so each record
# is asked for exactly what it has.
@test "the negatives are the candidates, all of them, and nothing else" {
    for seed in 1 2 3; do
        pool 20 $seed >pool
        pool 40 $seed | head -n 8 >in
        for from in any same:group other:group; do
            jq -c --slurpfile pool pool --arg from "$from" '. as $r | [$pool[] | select(.id != $r.id and
                .text != $r.text and .text != $r.q and ($from == "any" or (.group == $r.group) == ($from == "same:group")))
                | .text] | sort' in >expected
            paste in expected | while IFS=$'\t' read -r record texts; do
                count=$(jq length <<<"$texts")
                if ((count > 0)); then
                    quern contrast --task pairs --pair-field q --pool pool --from "$from" --negatives "$count" <<<"$record" |
                        jq -c '[to_entries[] | select(.key | startswith("hard_neg")).value] | sort' >got
                    is got "$texts"
                fi
                sh "quern contrast --task pairs --pair-field q --pool pool --from $from --negatives $((count + 1)) <<<'$record'"
                [ "$status" = 3 ] && grep -q "$count record.* can be a negative of this one" err
            done
        done
    done
}

@test "without replacement: no record of the pool twice" {
    pool 500 4 | jq -c '.text = .n' >pool
    sh "quern contrast --task self --pool pool --negatives 400 pool |
        jq -c '[to_entries[] | select(.key | startswith(\"hard_neg\")).value] | length - (unique | length)' | sort -u"
    is out 0
}

@test "a pool in temporary files gives the same bytes, and leaves none; threads" {
    pool 20000 5 | jq -c '.text = .text + .n' >in
    mkdir tmp
    quern contrast --task self --pool in --negatives 3 --from other:group in >one
    for size in 0 64K 1M; do
        quern contrast --task self --pool in --negatives 3 --from other:group --max-memory $size --temp-dir tmp -j 3 in |
            cmp - one
    done
    [ -z "$(ls -A tmp)" ]
    sh "ulimit -f 100 && quern contrast --task self --pool in --max-memory 0 --temp-dir tmp in | wc -l"
    [ "$status" = 1 ] && grep -q "the temporary file can't grow" err
    gives "ulimit -f 100 && quern contrast --task self --pool in --temp-dir tmp in | wc -l" 0 20000
    [ "$(jq -r .hard_neg_2 one | sort -u | wc -l)" -gt 10000 ]
}

@test "tokens of a pool in temporary files" {
    awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"id\":%d,\"input_ids\":[2,%d,3],\"attention_mask\":[1,1,%d],\"token_type_ids\":[0,0,%d]}\n", i, i, i % 2, i % 3 }' >in
    for size in 1G 0; do
        quern contrast --task self --tokens --pool in --negatives 2 --max-memory $size in |
            jq -c '. as $r | [[.input_ids, .attention_mask, .token_type_ids] | transpose[] | [.[0][1], .[1][2], .[2][2]]] |
                select(length != 4 or .[0] != [$r.id, $r.id % 2, $r.id % 3] or .[0] != .[1] or .[2] == .[3] or
                    any(.[2:][]; .[0] % 2 != .[1] or .[0] % 3 != .[2] or .[0] == $r.id))' >bad
        is bad ""
    done
}

@test "copies are epochs" {
    pool 100 6 >in
    quern contrast --task self --pool in --copies 2 in >both
    for epoch in 0 1; do quern contrast --task self --pool in --epoch $epoch in | cmp - <(grep "\"epoch\":$epoch" both); done
    quern contrast --task self --pool in in | cmp - <(grep '"epoch":0' both | sed 's/,"epoch":0//')
}

@test "pairs of texts for SimCSE, by its columns" {
    printf '%s\n' '{"id":1,"text":"a"}' '{"id":2,"text":"b"}' >in
    gives "quern contrast --task self --pool in in | quern fields --keep sent0,sent1,hard_neg" 0 \
'{"sent0":"a","sent1":"a","hard_neg":"b"}
{"sent0":"b","sent1":"b","hard_neg":"a"}'
}
