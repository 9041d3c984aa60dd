load ../helper

# Who a record is, over several filters: rounds go with the record, windows know where they come from.

models() {
    echo '{"a":0,"b":1,"ab":2,"c":3,"abc":4}' >vocab.json
    printf '%s\n' 'a b' 'ab c' >merges.txt
    for n in {1..40}; do echo "{\"id\":\"r$n\",\"text\":\"abcabababcab\"}"; done >in
    mask="mask --mask-id 9 --vocab-size 10 --special-ids 9"
    tokenize="tokenize -m vocab.json --dropout 0.5 --emit input_ids"
}

@test "tokenize --dropout: --copies N writes what --epoch 0 to N-1 write, byte for byte" {
    models
    quern $tokenize --copies 3 in >static
    for epoch in 0 1 2; do quern $tokenize --epoch $epoch in >dynamic.$epoch; done
    paste -d '\n' dynamic.[0-2] | cmp - static
    [ "$(jq -c '[.id, .input_ids]' static | sort -u | wc -l)" -gt 90 ] # three spellings of most
    quern $tokenize --copies 3 -j 4 in | cmp - static
    quern $tokenize --copies 2 --epoch 1 in | cmp - <(quern $tokenize --copies 4 in | grep -E '"epoch":[23]}')
}

@test "tokenize --nbest-size draws by rounds, too, and its windows carry them" {
    echo '{"model":{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-2],["b",-2],["ab",-3],["ba",-3]]}}' >unigram.json
    for n in {1..40}; do echo "{\"id\":$n,\"text\":\"abababab\"}"; done >in
    unigram="quern tokenize -m unigram.json --nbest-size -1 --emit input_ids --max-length 3 --overflow split"
    $unigram --copies 2 in >static
    for epoch in 0 1; do $unigram --epoch $epoch in | cmp - <(grep "\"epoch\":$epoch}" static); done
    [ "$(jq -c .id static | sort | uniq -d | wc -l)" -gt 40 ] # the copies of a window have its id
    $unigram in | cmp - <(grep '"epoch":0}' static | sed 's/,"epoch":0}/}/')
}

@test "a filter goes on with the round that the one before it wrote" {
    models
    for epoch in 0 1 2 3; do
        quern $tokenize --epoch $epoch in | quern $mask >shell.$epoch
        quern run "$tokenize --epoch $epoch | $mask" in | cmp - shell.$epoch
        quern $tokenize --epoch $epoch in | quern $mask --epoch $epoch | cmp - shell.$epoch
        [ "$(jq -c .epoch shell.$epoch | sort -u)" = $epoch ]
    done
    # other masks in each, also over the same tokens
    tokens='{"id":"x","input_ids":[0,1,2,3,4,0,1,2,3,4,0,1,2,3,4,0,1,2,3,4]'
    for epoch in 0 1 2 3; do echo "$tokens,\"epoch\":$epoch}"; done | quern $mask | jq -c .labels >labels
    [ "$(sort -u labels | wc -l)" = 4 ]
    quern $tokenize --copies 4 in | quern $mask | cmp - <(paste -d '\n' shell.[0-3])
    quern run "$tokenize --copies 4 | $mask --copies 2" in >fused
    quern $tokenize --copies 4 in | quern $mask --copies 2 | cmp - fused
    [ "$(jq -c .epoch fused | head -n 8 | paste -sd' ')" = '0 1 2 3 4 5 6 7' ]
}

@test "records of equal ids and other rounds are other draws; equal ids and rounds are the same" {
    models
    tokens='"id":"x","input_ids":[0,1,2,3,4,0,1,2,3,4,0,1,2,3,4,0,1,2,3,4]'
    printf '%s\n' "{$tokens}" "{$tokens,\"epoch\":0}" "{\"n\":1,$tokens}" | quern $mask | jq -c .labels >labels
    [ "$(sort -u labels | wc -l)" = 1 ]
}

@test "--epoch and --copies are errors if nothing is random, or if there are not so many rounds" {
    models
    gives "quern tokenize -m vocab.json --copies 2 in" 2 '' \
        'quern-tokenize: --copies needs --dropout or --nbest-size: without them nothing is random'
    gives "quern $tokenize --epoch 4294967295 --copies 2 in" 2 '' \
        'quern-tokenize: --epoch: 4294967296 epochs of 2 copies are more than the limit of 2^32 rounds'
    gives "quern $tokenize --epoch 4294967296 in" 2 '' \
        'quern-tokenize: --epoch: expected -1 to 4294967295, found "4294967296"
Try "quern-tokenize --help".'
}

windows() { # windows MORE: in two steps, each with this option
    quern tokenize -m vocab.txt --emit input_ids --no-special --max-length "$1" --overflow split "${@:2}"
}

@test "windows: the parent is one step back, the root the first of the line" {
    printf '%s\n' '[UNK]' a b >vocab.txt
    gives "echo '{\"id\":\"X#sr1\",\"text\":\"a\",\"parent\":\"X\",\"root\":\"X\"}' |
        quern tokenize -m vocab.txt --emit input_ids --no-special --max-length 1 --overflow split" 0 \
        '{"id":"X#sr1#w0","text":"a","parent":"X#sr1","root":"X","input_ids":[1],"window":[[0,1]]}'
    echo '{"id":7,"text":"a b a","epoch":4}' | windows 2 >once
    is once '{"id":"7#w0","text":"a b ","epoch":4,"input_ids":[1,2],"parent":7,"root":7,"window":[[0,4]]}
{"id":"7#w1","text":"a","epoch":4,"input_ids":[1],"parent":7,"root":7,"window":[[4,5]]}'
    windows 1 <once | jq -c '[.id, .parent, .root]' >out
    is out '["7#w0#w0","7#w0",7]
["7#w0#w1","7#w0",7]
["7#w1#w0","7#w1",7]'
    step="tokenize -m vocab.txt --emit input_ids --no-special --overflow split --max-length"
    echo '{"id":7,"text":"a b a","epoch":4}' | quern run "$step 2 | $step 1" | cmp - <(windows 1 <once)
}

@test "windows: what is bad about an id" {
    printf '%s\n' '[UNK]' a b >vocab.txt
    cut="quern tokenize -m vocab.txt --max-length 1 --no-special --overflow split"
    gives "echo '{\"text\":\"a\"}' | $cut" 3 '' \
        'quern-tokenize: stdin:1: id: missing, and new records take their ids from it ("quern import" writes it); the record has text'
    gives "echo '{\"id\":[],\"text\":\"a\"}' | $cut" 3 '' \
        'quern-tokenize: stdin:1: id []: id: expected a string or a number, found an array'
    gives "echo '{\"id\":1,\"root\":[],\"text\":\"a\"}' | $cut" 3 '' \
        'quern-tokenize: stdin:1: id 1: root: expected a string or a number, found an array'
    gives "echo '{\"id\":\"a\\u0000b\",\"text\":\"a\"}' | $cut --emit input_ids" 0 \
        '{"id":"a\u0000b#w0","text":"a","input_ids":[1],"parent":"a\u0000b","root":"a\u0000b","window":[[0,1]]}'
}
