# Masks filled, and which tokens were replaced.
load ../helper

# ids from 5: a to j
vocabulary() {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d e f g h i j >vocab.txt
}

@test "a mask that the generator fills with the original is original" {
    vocabulary
    # H13: the original is 5 6 7 8, the second and the third token are masked
    echo '{"id":"h13","input_ids":[5,4,4,8],"labels":[-100,6,7,-100]}' >in
    sh "quern rtd -m vocab.txt --copies 2000 in | jq -c 'del(.id, .epoch)' | sort -u"
    [ "$(wc -l <out)" = 100 ]
    grep -Fqx '{"input_ids":[5,6,9,8],"labels":[0,0,1,0]}' out
    grep -Fqx '{"input_ids":[5,6,7,8],"labels":[0,0,0,0]}' out
    grep -Fqx '{"input_ids":[5,9,9,8],"labels":[0,1,1,0]}' out
    is <(jq -c '. as $r | [range(4) | ($r.input_ids[.] != [5,6,7,8][.]) == ($r.labels[.] == 1)] | all' out | sort -u) true
}

@test "tokens that mask replaced or kept count as what they are" {
    vocabulary
    echo '{"id":1,"input_ids":[2,9,7,5,3],"labels":[-100,6,7,-100,-100]}' >in
    gives "quern rtd -m vocab.txt -q in" 0 '{"id":1,"input_ids":[2,9,7,5,3],"labels":[-100,1,0,0,-100]}'
}

@test "special tokens have no label, by special_tokens_mask or else by the vocabulary" {
    vocabulary
    echo '{"id":1,"input_ids":[2,5,0,1,4,3],"labels":[-100,-100,-100,-100,-100,-100]}' >in
    # the unknown token is special in a vocab.txt
    gives "quern rtd -m vocab.txt -q in | jq -c .labels" 0 '[-100,0,-100,-100,-100,-100]'
    jq -c '.special_tokens_mask = [1,1,0,0,0,0]' in >marked
    gives "quern rtd -m vocab.txt -q marked | jq -c .labels" 0 '[-100,-100,0,0,0,0]'
    gives "jq -c '.special_tokens_mask = null' in | quern rtd -m vocab.txt -q | jq -c .labels" 0 \
        '[-100,0,-100,-100,-100,-100]'
}

@test "a mask token without a label is left alone" {
    vocabulary
    echo '{"id":1,"input_ids":[4,4],"labels":[-100,6]}' >in
    gives "quern rtd -m vocab.txt --copies 200 in | jq -c '.input_ids[0]' | sort -u" 0 4
}

@test "what was read, on demand" {
    vocabulary
    echo '{"id":1,"x":[1],"input_ids":[2,4,3],"labels":[-100,6,-100],"attention_mask":[1,1,1]}' >in
    gives "quern rtd -m vocab.txt --also mlm_labels,masked_input_ids in | jq -c 'del(.input_ids, .labels)'" 0 \
        '{"id":1,"x":[1],"attention_mask":[1,1,1],"masked_input_ids":[2,4,3],"mlm_labels":[-100,6,-100]}'
    gives "quern rtd -m vocab.txt --also mlm_labels in | jq -c 'keys_unsorted'" 0 \
        '["id","x","input_ids","labels","attention_mask","mlm_labels"]'
    gives "quern rtd -m vocab.txt --epoch 3 --also masked_input_ids in | jq -c 'keys_unsorted[-2:]'" 0 \
        '["masked_input_ids","epoch"]'
}

# records of 98 ordinary tokens of a vocabulary of 500, between [CLS] and [SEP]
large() {
    { printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' '[unused1]'; seq -f w%g 494; } >vocab.txt
    awk 'BEGIN { srand(7); for (n = 1; n <= 3000; n++) {
        ids = "2"
        for (i = 0; i < 98; i++) ids = ids "," 6 + int(494 * rand())
        print "{\"id\":" n ",\"input_ids\":[" ids ",3]}" } }' >plain
}

# judge PLAIN FILLED: prints the properties that do not hold. Both have the records in the same order; FILLED was made
# with --also mlm_labels,masked_input_ids.
judge() {
    paste <(jq -c .input_ids "$1") <(jq -c .input_ids "$2") <(jq -c .labels "$2") <(jq -c .masked_input_ids "$2") \
        <(jq -c .mlm_labels "$2") | tr -d '[]' | awk -F'\t' -v limit=5 '
        function off(seen, n, p) { return (seen - n * p) ^ 2 > limit * limit * n * p * (1 - p) }
        {
            n = split($1, plain, ","); split($2, ids, ","); split($3, labels, ","); split($4, masked, ","); split($5, mlm, ",")
            for (i = 1; i <= n; i++) {
                special = plain[i] == 2 || plain[i] == 3
                if (labels[i] != (special ? -100 : ids[i] != plain[i] ? 1 : 0)) broken["labels"]++
                if (mlm[i] == -100 && ids[i] != plain[i]) broken["untouched"]++
                if (ids[i] < 6 && !special) broken["ordinary"]++
                if (!special) tokens++
                ones += labels[i] == 1
                if (masked[i] == 4) { filled++; same += ids[i] == plain[i]; of[int((ids[i] - 6) * 38 / 494)]++; at[int(i / 20)]++ }
            }
        }
        END {
            for (name in broken) print name
            if (filled < 30000) print "few"
            # T12: the filled ones, but for those that are the original by chance
            if (off(ones, filled, 1 - 1 / 494)) print "share"
            for (b = 0; b < 38; b++) chi += (of[b] - filled / 38) ^ 2 / (filled / 38)
            if (chi > 96) print "uniform" # 37 degrees of freedom, p = 1e-6: 94.6
        }' | sort
}

@test "uniform: as many are replaced as chance says, by every ordinary token alike" {
    large
    quern mask -m vocab.txt --replace 100,0,0 plain >masked
    for seed in 0 1 2; do
        quern rtd -m vocab.txt --seed $seed --also mlm_labels,masked_input_ids masked >filled
        is <(judge plain filled) ''
    done
    # mutants
    mutant() { # PROPERTIES FILTER
        jq -c "$2" filled >mutant
        is <(judge plain mutant | paste -sd' ') "$1"
    }
    mutant 'labels share' '. as $r | .labels |= [range(length) | if $r.mlm_labels[.] != -100 then 1 else $r.labels[.] end]'
    mutant 'labels' '.labels[0] = 0'
    mutant 'labels share untouched' '. as $r | ([range(1; 99) | select($r.mlm_labels[.] == -100)][0]) as $i | .input_ids[$i] = 7 | .labels[$i] = 1'
    mutant 'labels uniform' '. as $r | .input_ids |= [range(length) | if $r.labels[.] == 1 and $r.input_ids[.] > 480 then 9 else $r.input_ids[.] end]'
    quern rtd -m vocab.txt --generator unigram --unigram <(seq 6 499 | awk '{ print $1 "\t" ($1 > 400 ? 1 : 2) }') \
        --also mlm_labels,masked_input_ids masked >mutant
    is <(judge plain mutant | grep uniform) uniform
}

@test "real text: the share of replaced tokens" {
    [[ -e $SHARED/data/bench/en.txt.zst ]] || skip "no text at hand"
    for text in "en bert-base-uncased" "zh bert-base-chinese"; do
        read -r language model <<<"$text"
        vocab=$SHARED/data/tokenizers/vocabs/$model/vocab.txt
        { zstd -dcq "$SHARED/data/bench/$language.txt.zst" || true; } | { head -c 3000000 || true; } |
            { iconv -c -f UTF-8 -t UTF-8 || true; } | quern import --format text --source "$language" |
            quern tokenize -q -m "$vocab" --emit input_ids >plain
        quern mask -m "$vocab" --replace 100,0,0 -q plain | quern rtd -m "$vocab" --stats stats | jq -c .labels >labels
        ordinary=$(grep -cvE '^\[(unused[0-9]+|PAD|UNK|CLS|SEP|MASK)\]$' "$vocab")
        tr -d '[]' <labels | tr , '\n' | awk -v v="$ordinary" -v n="$(jq .filters[0].filled stats)" '
            $1 == 1 { ones++ }
            END { p = 1 - 1 / v; d = ones - n * p; exit n < 90000 || d * d > 25 * n * p * (1 - p) + 0.01 }'
    done
}

@test "unigram: in proportion to the counts" {
    vocabulary
    echo '{"id":1,"input_ids":[4,4,4,4],"labels":[5,5,5,5]}' >in
    printf '7\t6\n8\t3\n9\t1\n1\t50\n' >counts
    sh "quern rtd -m vocab.txt --generator unigram --unigram counts --copies 10000 in | jq '.input_ids[]' | sort | uniq -c |
        awk '{ p = \$2 == 7 ? 0.6 : \$2 == 8 ? 0.3 : 0.1; d = \$1 - 40000 * p; print \$2, d * d < 25 * 40000 * p * (1 - p) }'"
    is out '7 1
8 1
9 1'
}

@test "--copies N writes what --epoch 0 to N-1 write; seed, salt and id change the fill, threads do not" {
    large
    head -200 plain | quern mask -m vocab.txt >masked
    quern rtd -m vocab.txt --copies 2 masked >both
    for epoch in 0 1; do quern rtd -m vocab.txt --epoch $epoch masked | cmp - <(grep "\"epoch\":$epoch}" both); done
    quern rtd -m vocab.txt masked >one
    quern rtd -m vocab.txt -j 8 masked | cmp - one
    tac masked | quern rtd -m vocab.txt | tac | cmp - one
    for change in '--seed 1' '--salt x' '--epoch 1'; do
        [ "$(quern rtd -m vocab.txt $change masked | jq -c .input_ids | paste -d'|' - <(jq -c .input_ids one) | awk -F'|' '$1 == $2' | wc -l)" -lt 5 ]
    done
    # a mask's own copies have fills of their own
    quern mask -m vocab.txt --copies 2 plain | head -400 | quern rtd -m vocab.txt | jq -c .epoch | sort | uniq -c | awk '{ print $1 }' >out
    is out '200
200'
}

@test "ELECTRA in one chain and in two" {
    vocabulary
    for n in $(seq 50); do echo "{\"id\":$n,\"text\":\"a b c d e f g h i j a b c\"}"; done >text
    quern tokenize -m vocab.txt text | quern mask -m vocab.txt --replace 85,0,15 | quern rtd -m vocab.txt >shell
    quern run 'tokenize -m vocab.txt | mask -m vocab.txt --replace 85,0,15 | rtd -m vocab.txt' text | cmp - shell
}

bad() { # RECORD MESSAGE
    printf '%s\n' "$1" >in
    gives "quern rtd -m vocab.txt in" 3 "" "quern-rtd: in:1: id \"b\": $2"
}

@test "bad records" {
    vocabulary
    bad '{"id":"b","input_ids":[5]}' 'labels: missing ("quern mask" writes it); the record has id, input_ids'
    bad '{"id":"b","labels":[5]}' 'input_ids: missing ("quern tokenize" writes it); the record has id, labels'
    bad '{"id":"b","input_ids":[5],"labels":[5,6]}' 'labels: expected 1 items, as in input_ids, found 2'
    bad '{"id":"b","input_ids":[15],"labels":[5]}' 'input_ids[0]: 15 is not in the vocabulary of 15 ids'
    bad '{"id":"b","input_ids":[5],"labels":[15]}' 'labels[0]: 15 is not in the vocabulary of 15 ids'
    bad '{"id":"b","input_ids":[5],"labels":[-1]}' 'labels[0]: -1 is not in the vocabulary of 15 ids'
    bad '{"id":"b","input_ids":[5,6],"labels":[0,1]}' \
        'labels[0]: 0 is [PAD], which "quern mask" never selects; are these its labels?'
    bad '{"id":"b","input_ids":[5],"labels":[6],"special_tokens_mask":[2]}' 'special_tokens_mask[0]: expected 0 or 1, found 2'
    bad '{"id":"b","input_ids":[5],"labels":[6],"special_tokens_mask":[0,0]}' \
        'special_tokens_mask: expected 1 items, as in input_ids, found 2'
    bad '{"id":"b","input_ids":[5],"labels":[6],"tokens":["c"]}' \
        'tokens[0]: "c", but id 6 is "b" in vocab.txt: another tokenizer made these ids'
    printf '%s\n' '{"id":1,"input_ids":[5],"labels":[6]}' '{"id":2,"input_ids":[5]}' '{"id":3,"input_ids":[5],"labels":[5]}' >in
    gives "quern rtd -q -m vocab.txt --on-error skip in 2>/dev/null | jq -c .labels" 0 '[1]
[0]'
}

@test "nothing to fill" {
    vocabulary
    gives "quern rtd -m vocab.txt </dev/null" 0 ""
    gives "echo '{\"id\":1,\"input_ids\":[],\"labels\":[]}' | quern rtd -m vocab.txt" 0 '{"id":1,"input_ids":[],"labels":[]}'
    gives "echo '{\"id\":1,\"input_ids\":[5],\"labels\":[5]}' | quern rtd -m vocab.txt" 0 \
        '{"id":1,"input_ids":[5],"labels":[0]}' \
        'quern-rtd: no token with a label is the mask token, so nothing was filled; "quern mask" makes masks'
    gives "echo '{\"id\":1,\"input_ids\":[4],\"labels\":[5]}' | quern rtd -m vocab.txt --stats stats | wc -l" 0 1
    gives "jq -c '.filters[0] | [.tokens, .filled, .replaced]' stats" 0 '[1,1,1]'
}

@test "wrong options" {
    vocabulary
    first() { # OPTIONS MESSAGE
        gives "quern rtd $1 </dev/null 2>&1 | sed -n 1p" 2 "quern-rtd: $2"
    }
    first '' 'expected --model, the tokenizer that made the ids'
    first '-m vocab.txt --unigram counts' '--unigram goes only with --generator unigram'
    first '-m vocab.txt --generator unigram' '--generator unigram needs counts: --unigram FILE'
    first '-m vocab.txt --generator random' '--generator: expected uniform, unigram or command, found "random"'
    first '-m vocab.txt --generator command' '--generator command needs a program: --command CMD'
    first '-m vocab.txt --also labels' '--also: expected masked_input_ids or mlm_labels, found "labels"'
    printf '99\t1\n' >counts
    first '-m vocab.txt --generator unigram --unigram counts' '--unigram: counts:1: 99 is not in the vocabulary of 15 ids'
    grep -v MASK vocab.txt >other
    first '-m other' 'other: no mask token, so there is nothing to fill'
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' '[unused1]' >few
    first '-m few' 'the vocabulary has no ordinary tokens to draw random ones from'
}

# ---- a program as the generator ----

# 300 records with three masks each; the ids are 5 to 14.
masked() {
    awk 'BEGIN { srand(2); for (n = 1; n <= 300; n++) {
        printf "{\"id\":%d,\"input_ids\":[2", n
        for (i = 0; i < 8; i++) printf ",%s", i % 3 == 1 ? 4 : 5 + int(rand() * 10)
        printf ",3],\"labels\":[-100"
        for (i = 0; i < 8; i++) printf ",%s", i % 3 == 1 ? 5 + int(rand() * 10) : -100
        print ",-100]}" } }' >in
}

# program JQ: makes engine.jq, by which jq answers a request with these ids.
program() {
    echo "select(.id) | {id} + ($1)" >engine.jq
}
ENGINE="--generator command --command 'jq --unbuffered -c -f engine.jq'"

@test "a program fills the masks: the ids that it names, at the positions that it was asked for" {
    vocabulary
    masked
    # an id that follows from the position and the seed
    program '{ids: (. as $r | [.positions[] | 5 + (. + $r.seed) % 10])}'
    sh "quern rtd -m vocab.txt $ENGINE --also masked_input_ids,mlm_labels in"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 300 ]
    is <(jq -c '. as $r | [range(.input_ids|length) | select($r.masked_input_ids[.] != 4 and
        $r.input_ids[.] != $r.masked_input_ids[.])] | length' out | sort -u) 0
    is <(jq -c '. as $r | [range(.input_ids|length) | select($r.masked_input_ids[.] == 4) |
        ($r.input_ids[.] != $r.mlm_labels[.]) == ($r.labels[.] == 1)] | all' out | sort -u) true
    # the seeds differ from record to record and from copy to copy, and are the same again
    sh "quern rtd -m vocab.txt $ENGINE --copies 2 in"
    cp out once
    [ "$(jq -c '.input_ids' once | sort -u | wc -l)" -gt 400 ]
    for other in "-j 4" "--children 2 -j 2" "--window 1" "--cache cache" "--cache cache --cache-only"; do
        sh "quern rtd -m vocab.txt $ENGINE --copies 2 $other in"
        [ "$status" = 0 ]
        cmp out once
    done
    sh "quern run \"rtd -m vocab.txt $ENGINE --copies 2 | cat\" in"
    cmp out once
    { quern rtd -m vocab.txt --generator command --command 'jq --unbuffered -c -f engine.jq' --copies 2 <(head -n 100 in)
      quern rtd -m vocab.txt --generator command --command 'jq --unbuffered -c -f engine.jq' --copies 2 <(tail -n +101 in); } |
        cmp - once
}

@test "a program that dies now and then is started again, and no record is lost" {
    vocabulary
    masked
    cat >engine <<'END'
#!/bin/bash
for ((n = 0; n < 50; n++)); do
    read -r line || exit 0
    [[ $line == *'"id":'* ]] && jq -c '{id, ids: [.positions[] | 5 + . % 10]}' <<<"$line"
done
exit 7
END
    chmod +x engine
    sh "quern rtd -m vocab.txt --generator command --command ./engine in"
    [ "$status" = 0 ]
    program '{ids: [.positions[] | 5 + . % 10]}'
    quern rtd -m vocab.txt --generator command --command 'jq --unbuffered -c -f engine.jq' in | cmp - out
}

@test "a record that a program can't fill is bad, and is not one without masks" {
    vocabulary
    masked
    program 'if .input_ids[1] == 7 then {ids: []} else {ids: [.positions[] | 6]} end'
    sh "quern rtd -m vocab.txt $ENGINE --on-error skip --max-failed 50% in"
    [ "$status" = 0 ]
    bad=$(jq -c 'select(.input_ids[1] == 7)' in | wc -l)
    [ "$bad" -gt 10 ]
    [ "$(wc -l <out)" = $((300 - bad)) ]
    grep -q "the generator has failed: the reply has 0 ids for 3 positions" err
    program '{ids: [.positions[] | 15]}'
    sh "quern rtd -m vocab.txt $ENGINE in"
    [ "$status" != 0 ]
    grep -q "the reply's ids\[0\] is not in the vocabulary of 15 ids" err
    gives "quern rtd -m vocab.txt --generator command </dev/null" 2 "" \
        "quern-rtd: --generator command needs a program: --command CMD"
}

@test "a record without masks is not asked about" {
    vocabulary
    echo '{"id":1,"input_ids":[2,5,3],"labels":[-100,-100,-100]}' >in
    gives "quern rtd -m vocab.txt -q --generator command --command false in" 0 \
        '{"id":1,"input_ids":[2,5,3],"labels":[-100,0,-100]}'
}
