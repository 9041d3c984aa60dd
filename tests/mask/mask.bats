load ../helper

MASK="quern mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3"

# a record of N maskable tokens between [CLS] and [SEP]
record() {
    printf '{"id":"%s","input_ids":[2,%s,3]}\n' "$1" "$(seq -s, 5 $((4 + $1)))"
}

# what is left of a record when the masks are taken off
restore='.input_ids = [[.labels, .input_ids] | transpose[] | if .[0] == -100 then .[1] else .[0] end] | del(.labels, .epoch)'

@test "tokens: one seed, to the byte" {
    printf '%s\n' '{"id":"a","input_ids":[2,11,12,13,14,15,16,17,18,19,20,3],"n":1.50}' >in
    gives "$MASK --prob 0.5 --replace 40,30,30 --copies 3 in" 0 '{"id":"a","input_ids":[2,4,12,4,14,15,16,17,18,4,20,3],"n":1.50,"labels":[-100,11,-100,13,-100,15,-100,-100,18,19,-100,-100],"epoch":0}
{"id":"a","input_ids":[2,25,12,4,14,15,16,17,18,19,4,3],"n":1.50,"labels":[-100,11,-100,13,-100,15,-100,17,-100,-100,20,-100],"epoch":1}
{"id":"a","input_ids":[2,4,12,13,14,15,76,17,18,19,95,3],"n":1.50,"labels":[-100,11,12,13,-100,-100,16,-100,-100,-100,20,-100],"epoch":2}'
}

@test "words: one seed, to the byte" {
    printf '%s\n' '{"id":"a","input_ids":[2,11,12,13,14,15,16,17,18,19,20,3],"word_ids":[-1,0,1,1,2,2,2,3,4,4,5,-1]}' >in
    gives "$MASK --unit word --prob 0.5 --replace 40,30,30 --copies 3 in" 0 '{"id":"a","input_ids":[2,11,12,13,4,15,16,17,18,4,20,3],"word_ids":[-1,0,1,1,2,2,2,3,4,4,5,-1],"labels":[-100,-100,-100,-100,14,15,16,-100,18,19,-100,-100],"epoch":0}
{"id":"a","input_ids":[2,11,4,4,14,15,99,17,18,19,20,3],"word_ids":[-1,0,1,1,2,2,2,3,4,4,5,-1],"labels":[-100,-100,12,13,14,15,16,-100,-100,-100,-100,-100],"epoch":1}
{"id":"a","input_ids":[2,4,12,13,65,4,76,83,18,19,95,3],"word_ids":[-1,0,1,1,2,2,2,3,4,4,5,-1],"labels":[-100,11,-100,-100,14,15,16,17,-100,-100,20,-100],"epoch":2}'
}

@test "the budget is rounded half to even, and at least one" {
    for n in 1 3 10 20 30 90; do record $n; done >in
    gives "$MASK in | jq '[.labels[] | select(. != -100)] | length' | paste -sd' '" 0 '1 1 2 3 4 14'
    for n in 100 125 509; do record $n; done >in
    gives "quern mask --mask-id 4 --vocab-size 1000 --special-ids 2,3 in |
        jq '[.labels[] | select(. != -100)] | length' | paste -sd' '" 0 '15 19 76'
}

@test "--budget all counts special tokens, as BERT does" {
    for n in 8 126 510; do record $n; done >in
    gives "quern mask --mask-id 4 --vocab-size 1000 --special-ids 2,3 --budget all in |
        jq '[.labels[] | select(. != -100)] | length' | paste -sd' '" 0 '2 19 77'
}

@test "--max-predictions bounds the budget, which only drops tokens" {
    record 60 >in
    sh "$MASK in | jq -c '[.labels | to_entries[] | select(.value != -100) | .key]'"
    mv out all
    for n in 1 5 8 9 50; do
        sh "$MASK --max-predictions $n in | jq -c '[.labels | to_entries[] | select(.value != -100) | .key]'"
        [ "$(jq length out)" = $((n < 9 ? n : 9)) ]
        [ "$(jq -cs '.[0] - .[1]' out all)" = '[]' ]
    done
}

@test "every token is selected when all are asked for" {
    record 7 >in
    gives "$MASK --prob 1 --replace 100,0,0 in" 0 \
        '{"id":"7","input_ids":[2,4,4,4,4,4,4,4,3],"labels":[-100,5,6,7,8,9,10,11,-100]}'
    gives "$MASK --prob 1.0 --replace 0,0,100 in" 0 \
        '{"id":"7","input_ids":[2,5,6,7,8,9,10,11,3],"labels":[-100,5,6,7,8,9,10,11,-100]}'
}

@test "pieces of a word are never selected alone" {
    # the man jump ##ed up
    printf '{"id":"h2","input_ids":[2,11,12,13,14,15,3],"word_ids":[-1,0,1,2,2,3,-1]}\n' >in
    sh "$MASK --unit word --copies 200 in | jq -c '[.labels[] | . != -100]' | sort | uniq -c | sed 's/^ *[0-9]* //'"
    is out '[false,false,false,false,false,true,false]
[false,false,false,true,true,false,false]
[false,false,true,false,false,false,false]
[false,true,false,false,false,false,false]'
}

@test "Chinese words are words" {
    # 哈尔滨 是 黑龙江 的 省会, a token for each character; two of ten tokens are the budget
    printf '{"id":"h4","input_ids":[10,11,12,13,14,15,16,17,18,19],"word_ids":[0,0,0,1,2,2,2,3,4,4]}\n' >in
    sh "$MASK --unit word --copies 500 in |
        jq -c '[.labels[] | . != -100] as [\$a,\$b,\$c,\$d,\$e,\$f,\$g,\$h,\$i,\$j] |
            \$a == \$b and \$b == \$c and \$e == \$f and \$f == \$g and \$i == \$j' | sort | uniq -c"
    is out '    500 true'
}

@test "words of the two texts of a pair are told apart by token_type_ids" {
    printf '{"id":"p","input_ids":[11,12,13,14],"word_ids":[0,0,0,0],"token_type_ids":[0,0,1,1]}\n' >in
    sh "$MASK --unit word --prob 0.5 --copies 100 in | jq -c '[.labels[] | . != -100]' | sort -u"
    is out '[false,false,true,true]
[true,true,false,false]
[true,true,true,true]'
}

@test "special tokens are known by either sign, the unknown token by its id" {
    printf '{"id":"s","input_ids":[2,1,11,12,3],"special_tokens_mask":[1,0,1,0,1]}\n' >in
    gives "$MASK --prob 1 --replace 100,0,0 in" 0 \
        '{"id":"s","input_ids":[2,1,11,4,3],"special_tokens_mask":[1,0,1,0,1],"labels":[-100,-100,-100,12,-100]}'
}

@test "a word with a token that may not be masked is left alone" {
    printf '{"id":"s","input_ids":[11,1,12,13],"word_ids":[0,0,0,1]}\n' >in
    gives "$MASK --unit word --prob 1 --replace 100,0,0 in" 0 \
        '{"id":"s","input_ids":[11,1,12,4],"word_ids":[0,0,0,1],"labels":[-100,-100,-100,13]}'
}

@test "a record with nothing to mask passes" {
    printf '{"id":"a","input_ids":[2,1,3]}\n{"id":"b","input_ids":[]}\n' >in
    gives "$MASK --stats counts.json in" 0 '{"id":"a","input_ids":[2,1,3],"labels":[-100,-100,-100]}
{"id":"b","input_ids":[],"labels":[]}' \
        'quern-mask: 2 of 2 records have no token to predict: all labels are -100'
    gives "jq .filters[0].unmasked_records counts.json" 0 2
    gives "$MASK -q in | wc -l" 0 2
}

@test "random tokens come from all ordinary ids and from no others" {
    record 90 >in
    sh "quern mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3,99 --prob 1 --replace 0,100,0 --copies 200 in |
        jq -r '.input_ids[1:-1][]' | sort -nu"
    seq 5 98 | diff - out
}

@test "labels put the original back, and nothing else changes" {
    for n in 3 40 90; do record $n; done >in
    sh "$MASK --copies 4 in | jq -c '$restore' | uniq"
    cmp in out
}

@test "other members keep their bytes and their places" {
    printf '{"x" : 1.0e1,"input_ids": [11],"id":"\\u0061","attention_mask":[1]}\n' >in
    gives "$MASK --replace 100,0,0 in" 0 \
        '{"x" : 1.0e1,"input_ids": [4],"id":"\u0061","attention_mask":[1],"labels":[11]}'
}

@test "--copies N writes what --epoch 0 to N-1 write, byte for byte" {
    for unit in token word; do
        awk -v count=40 -v tokens=30 -v seed=1 -f "$BATS_TEST_DIRNAME/records.awk" >in
        mask="quern mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --unit $unit"
        $mask --copies 4 in >static
        [ "$(wc -l <static)" = 160 ]
        for epoch in 0 1 2 3; do
            $mask --epoch $epoch in >dynamic.$epoch
            grep "\"epoch\":$epoch}" static | cmp - dynamic.$epoch
            ! cmp -s dynamic.$epoch dynamic.$(((epoch + 3) % 4))
        done
        paste -d '\n' dynamic.[0-3] | cmp - static
        # copies of a later epoch go on where those of the epochs before ended
        $mask --copies 2 --epoch 1 in | cmp - <(grep -E '"epoch":[23]}' static)
        $mask --copies 1 in | cmp - dynamic.0
    done
}

# with_epochs N: each record N times, of epochs 0 to N-1
with_epochs() {
    awk -v n="$1" '{ for (e = 0; e < n; e++) { line = $0; sub(/}$/, ",\"epoch\":" e "}", line); print line } }'
}

@test "a record is of its own epoch: copies that come in get masks of their own" {
    awk -v count=40 -v tokens=30 -v seed=1 -f "$BATS_TEST_DIRNAME/records.awk" >in
    mask="quern mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --unit word"
    by_name() { jq -cS .; }
    with_epochs 3 <in | $mask | by_name >own
    $mask --copies 3 in | by_name | cmp - own
    # and copies of copies are those that are made at once
    with_epochs 3 <in | $mask --copies 2 | by_name >twice
    $mask --copies 6 in | by_name | cmp - twice
}

@test "epoch is written where --epoch or --copies is given" {
    record 4 >in
    gives "$MASK in | jq -c .epoch" 0 'null'
    gives "$MASK --epoch 0 in | jq -c .epoch" 0 '0'
    gives "$MASK --copies 1 --epoch 7 in | jq -c .epoch" 0 '7'
    gives "$MASK --copies 1 in | jq -c .epoch" 0 '0'
    gives "$MASK --copies 2 in | jq -c .epoch" 0 '0
1'
    gives "sed 's/}\$/,\"epoch\":5}/' in | $MASK --copies 2 -q | jq -c .epoch" 0 '10
11'
}

@test "seed, salt, epoch and id change the masks; position, shards and threads do not" {
    awk -v count=400 -v tokens=60 -v seed=1 -f "$BATS_TEST_DIRNAME/records.awk" >in
    mask="quern mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --unit word"
    sh "$mask in"
    [ "$status" = 0 ] && [ "$(wc -l <out)" = 400 ]
    mv out expected
    for threads in 1 2 8; do
        sh "$mask -j $threads in"
        cmp expected out
    done
    split -n r/7 in shard.
    for shard in shard.*; do $mask "$shard"; done | sort >out
    sort expected | cmp - out
    tac in | $mask | tac | cmp - expected
    for change in '--seed 1' '--salt x' '--epoch 1'; do
        sh "$mask $change in | jq -c .labels"
        [ "$status" = 0 ]
        [ "$(jq -c .labels expected | paste -d'|' - out | awk -F'|' '$1 == $2' | wc -l)" -lt 5 ]
    done
    sh "sed 's/\"id\":\"/&x/' in | $mask | jq -c .labels"
    [ "$status" = 0 ]
    [ "$(jq -c .labels expected | paste -d'|' - out | awk -F'|' '$1 == $2' | wc -l)" -lt 5 ]
}

@test "--replace does not move what is selected, nor --max-predictions what becomes of it" {
    record 60 >in
    sh "$MASK in | jq -c .labels"
    mv out labels
    gives "$MASK --replace 0,100,0 in | jq -c .labels" 0 "$(cat labels)"
    sh "$MASK in | jq -c '[.labels, .input_ids] | transpose[]'"
    mv out all
    sh "$MASK --max-predictions 4 in | jq -c '[.labels, .input_ids] | transpose[] | select(.[0] != -100)'"
    [ "$(wc -l <out)" = 4 ]
    [ "$(grep -cxFf out all)" = 4 ]
}

@test "a masked record is not masked again" {
    record 4 >in
    gives "$MASK in | $MASK" 3 "" 'quern-mask: stdin:1: id "4": labels: already present, so the record is already masked (or rename them: quern fields --rename NEW=labels)'
    gives "echo '{\"id\":1,\"epoch\":3,\"input_ids\":[11]}' | $MASK --epoch 2" 3 "" \
        'quern-mask: stdin:1: id 1: epoch: the record has epoch 3, not 2 (--epoch)'
    gives "echo '{\"id\":1,\"epoch\":3,\"input_ids\":[2]}' | $MASK --epoch 3 -q" 0 \
        '{"id":1,"epoch":3,"input_ids":[2],"labels":[-100]}'
}

@test "a bad epoch, and copies beyond the last round" {
    bad '{"id":"b","input_ids":[5],"epoch":-1}' 'epoch: expected 0 to 4294967295, found -1'
    bad '{"id":"b","input_ids":[5],"epoch":4294967296}' 'epoch: expected 0 to 4294967295, found 4294967296' --epoch 0
    bad '{"id":"b","input_ids":[5],"epoch":"1"}' 'epoch: expected an integer, found a string'
    bad '{"id":"b","input_ids":[5],"epoch":2147483648}' \
        'epoch: 2 copies of epoch 2147483648 go beyond the last round, 4294967295 (--copies)' --copies 2
    gives "echo '{\"id\":1,\"epoch\":2147483647,\"input_ids\":[2]}' | $MASK --copies 2 -q | jq -c .epoch" 0 '4294967294
4294967295'
}

bad() { # RECORD MESSAGE [OPTION...]
    printf '%s\n' "$1" >in
    gives "$MASK ${*:3} in" 3 "" "quern-mask: in:1: id \"b\": $2"
}

@test "bad records: what was expected, what was found" {
    bad '{"id":"b"}' 'input_ids: missing ("quern tokenize" writes it); the record has id'
    bad '{"id":"b","input_ids":"x"}' 'input_ids: expected an array of integers, found a string'
    bad '{"id":"b","input_ids":[5,6.0]}' 'input_ids[1]: not a 32-bit integer'
    bad '{"id":"b","input_ids":[5,100]}' 'input_ids[1]: 100 is not in the vocabulary of 100 ids'
    bad '{"id":"b","input_ids":[-1,99]}' 'input_ids[0]: -1 is not in the vocabulary of 100 ids'
    bad '{"id":"b","input_ids":[5,6],"special_tokens_mask":[0]}' \
        'special_tokens_mask: expected 2 items, as in input_ids, found 1'
    bad '{"id":"b","input_ids":[5,6],"special_tokens_mask":[0,2]}' 'special_tokens_mask[1]: expected 0 or 1, found 2'
    bad '{"id":"b","input_ids":[5,6]}' 'word_ids: missing ("quern tokenize" writes it); the record has id, input_ids' --unit word
    bad '{"id":"b","input_ids":[5,6],"word_ids":[0,1,2]}' 'word_ids: expected 2 items, as in input_ids, found 3' \
        --unit word
    bad '{"id":"b","input_ids":[5,6],"word_ids":[0,1],"token_type_ids":"0"}' \
        'token_type_ids: expected an array of integers, found a string' --unit word
    gives "echo '{\"input_ids\":[5]}' | $MASK" 3 "" \
        'quern-mask: stdin:1: id: missing, and there is no text to stand in for it ("quern import" writes it); the record has input_ids'
}

usage() { # MESSAGE OPTION...
    gives "quern mask ${*:2} </dev/null" 2 "" "quern-mask: $1"
}

@test "null is as good as missing" {
    gives "echo '{\"id\":1,\"input_ids\":[11],\"special_tokens_mask\":null,\"token_type_ids\":null,\"word_ids\":[0],\"labels\":null}' |
        $MASK --unit word --replace 100,0,0 | jq -c '[.input_ids, .labels]'" 0 '[[4],[11]]'
}

@test "words of tokenizers that do not cut them begin at white space" {
    # as Llama 2 writes it; hidden: _
    printf '%s\n' '{"id":1,"tokens":["<s>","▁the","▁old","▁mill","<0x0A>","▁tur","ns","▁slow","ly","▁now"],"input_ids":[1,11,12,13,14,15,16,17,18,19],"word_ids":[-1,0,0,0,0,0,0,0,0,0]}' >in
    hidden='[.tokens, .input_ids] | transpose | map(if .[1] == 4 then "_" else .[0] end) | join(" ")'
    sh "$MASK --unit word --prob 0.2 --replace 100,0,0 --copies 100 in | jq -r '$hidden' | sort -u"
    is err ''
    ! grep -E '_ ns|_ ly|tur _|slow _' out || false
    [ "$(sort -u out | wc -l)" -gt 4 ] && ! grep -E '_ _ _ _ _ _' out || false
    # the same without `tokens`: a single word, and a note
    gives "jq -c 'del(.tokens)' in | $MASK --unit word --replace 100,0,0 --stats counts.json | jq -c .input_ids" 0 \
        '[1,4,4,4,4,4,4,4,4,4]' \
        'quern-mask: 1 of 1 record is a single word by word_ids, so all tokens were selected; "segment" and "tokenize --word-ids words" number the words of the text'
    gives "jq -c '.filters[0] | [.budget, .selected, .whole_records]' counts.json" 0 '[1,9,1]'
    # words of the user's own may have spaces: New York is one, whatever the tokens say
    printf '%s\n' '{"id":1,"tokens":["▁in","▁New","▁York","▁now"],"input_ids":[11,12,13,14],"word_ids":[0,1,1,2]}' >in
    sh "$MASK --unit word --prob 0.3 --replace 100,0,0 --copies 100 in | jq -r '$hidden' | sort -u"
    ! grep -E '_ ▁York|New _' out || false
    # a text of a pair after the other, with no special token between them
    printf '%s\n' '{"id":1,"tokens":["▁a","▁b","▁c","▁d"],"input_ids":[11,12,13,14],"word_ids":[0,0,0,0],"token_type_ids":[0,0,1,1]}' >in
    gives "$MASK --unit word --prob 0.25 --copies 100 in | jq -c '[.labels[] | select(. != -100)] | length' | sort -u" 0 1
}

@test "long words: more is selected than was asked for" {
    printf '%s\n' '{"id":1,"input_ids":[11,12,13,14,15,16,17,18,19,20],"word_ids":[0,0,0,0,0,1,1,1,1,1]}' >in
    gives "$MASK --unit word --stats counts.json in | jq -c '[.labels[] | select(. != -100)] | length'" 0 5 \
        'quern-mask: selected 5 tokens where --prob asks for 2, because words are long; "segment" and "tokenize --word-ids words" number the words of the text'
    gives "$MASK --unit word --max-predictions 1 in | jq -c '.labels | unique'" 0 '[-100]' \
        'quern-mask: 1 of 1 record has no token to predict: all labels are -100, also where every word is longer than --max-predictions'
    gives "$MASK --max-predictions 1 --stats counts.json in | wc -l" 0 1
    gives "jq -c '.filters[0] | [.budget, .capped_records]' counts.json" 0 '[1,1]'
}

@test "tokens of another tokenizer" {
    vocabulary
    printf '{"id":"t","tokens":["[CLS]","the","?","man"],"input_ids":[3,6,2,7]}\n' >in
    gives "quern mask -m vocab.txt in | wc -l" 0 1
    sed 's/"man"/"up"/' in >other
    gives "quern mask -m vocab.txt other" 3 "" \
        'quern-mask: other:1: id "t": tokens[3]: "up", but id 7 is "man" in vocab.txt: another tokenizer made these ids'
    sed 's/,"man"/ , "m\\u0061n" /' in >spelled
    gives "quern mask -m vocab.txt spelled | wc -l" 0 1
    sed 's/,"man"//' in >short
    gives "quern mask -m vocab.txt short" 3 "" 'quern-mask: short:1: id "t": tokens: fewer items than input_ids'
    sed 's/\["\[CLS.*"man"\]/7/' in >number
    gives "quern mask -m vocab.txt number" 3 "" \
        'quern-mask: number:1: id "t": tokens: expected an array of strings, found a number'
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' man the jump '##ed' up >another.txt
    gives "echo '{\"id\":1,\"text\":\"the man\"}' | quern run 'tokenize -m vocab.txt | mask -m another.txt'" 3 "" \
        'quern-mask: stdin:1: id 1: tokens[1]: "the", but id 6 is "jump" in another.txt: another tokenizer made these ids'
}

@test "wrong options" {
    ids="--mask-id 4 --vocab-size 100 --special-ids 0,1,2,3"
    usage 'expected --model, or all of --mask-id, --vocab-size and --special-ids'
    usage 'expected --model, or all of --mask-id, --vocab-size and --special-ids' --mask-id 4 --vocab-size 100
    usage '--mask-id, --vocab-size and --special-ids do not go with --model, which supplies them' -m vocab.txt --mask-id 4
    usage '--mask-id: 100 is not an id below --vocab-size 100' --mask-id 100 --vocab-size 100 --special-ids 0
    usage '--special-ids: -1 is not an id below --vocab-size 100' --mask-id 4 --vocab-size 100 --special-ids 0,-1
    usage '--replace: expected three percentages (mask, random, kept) that add up to 100, found 2 that add up to 100' \
        "$ids" --replace 80,20
    usage '--replace: expected three percentages (mask, random, kept) that add up to 100, found 3 that add up to 99' \
        "$ids" --replace 80,10,9
    usage '--replace: -10 is not a percentage' "$ids" --replace=-10,100,10
    usage '--replace: the vocabulary has no ordinary tokens to draw random ones from' \
        --mask-id 1 --vocab-size 2 --special-ids 0
    usage '--prob: expected a share greater than 0' "$ids" --prob 0.00
    usage '--epoch: 2147483648 epochs of 3 copies are more than the limit of 2^32 rounds' "$ids" --epoch 2147483647 --copies 3
    gives "quern mask $ids --epoch 4294967295 --copies 1 </dev/null" 0 ""
}

@test "--stats counts tokens" {
    record 90 >in
    gives "$MASK --replace 100,0,0 --copies 2 --stats stats -o /dev/null in" 0 ""
    gives "jq -c '.filters[0] | [.tokens, .maskable, .selected, .masked, .random, .kept]' stats" 0 '[184,180,28,28,0,0]'
}

# ids 0 to 11
vocabulary() {
    printf '%s\n' '[PAD]' '[unused0]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' the man jump '##ed' up '[unused1]' >vocab.txt
}

@test "a tokenizer tells the mask, what is special, what is unknown and what is reserved" {
    vocabulary
    printf '{"id":"t","input_ids":[3,6,2,7,8,9,10,1,4]}\n' >in
    gives "quern mask -m vocab.txt --prob 1 --replace 100,0,0 in" 0 \
        '{"id":"t","input_ids":[3,5,2,5,5,5,5,5,4],"labels":[-100,6,-100,7,8,9,10,1,-100]}'
    sh "quern mask -m vocab.txt --prob 1 --replace 0,100,0 --copies 100 in |
        jq -r '.input_ids[1,3,4,5,6,7]' | sort -nu | paste -sd' '"
    is out '6 7 8 9 10'
    gives "echo '{\"id\":\"b\",\"input_ids\":[12]}' | quern mask -m vocab.txt" 3 "" \
        'quern-mask: stdin:1: id "b": input_ids[0]: 12 is not in the vocabulary of 12 ids'
}

@test "a vocabulary without a mask token" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[PAD]' a b >vocab.txt
    gives "quern mask -m vocab.txt </dev/null" 2 "" \
        'quern-mask: vocab.txt: no mask token; use --mask-id, --vocab-size and --special-ids to name one'
}

@test "what tokenize writes can be masked, in one chain and in two" {
    vocabulary
    printf '{"id":"t%d","text":"The man jumped up, the man"}\n' 1 2 3 >in
    sh "quern tokenize -m vocab.txt in | quern mask -m vocab.txt --unit word --copies 3"
    [ "$status" = 0 ]
    mv out shell
    sh "quern run 'tokenize -m vocab.txt | mask -m vocab.txt --unit word --copies 3' in"
    cmp shell out
    sh "jq -c '[.word_ids, .labels] | transpose | group_by(.[0]) | map(map(.[1] == -100) | unique | length) | unique' shell |
        sort -u"
    is out '[1]'
}
