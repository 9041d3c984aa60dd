# Pairs of segments. Laws are in statistics.sh.
load ../helper

setup() {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d e f g h >"$BATS_TEST_TMPDIR/vocab.txt"
    cd "$BATS_TEST_TMPDIR"
}

@test "sop: label 0 is s1 s2, label 1 is s2 s1" {
    printf '{"id":"x%d","input_ids":[5,6,7,8,9],"sentence_tokens":[[0,2],[2,5]]}\n' {1..40} >in
    quern pair -m vocab.txt --task sop --length 20 --short-prob 0 in >got
    is <(jq -c '[.sentence_order_label, .input_ids, .token_type_ids, .sentence_tokens, [.sources[].tokens]]' got | sort -u) \
'[0,[2,5,6,3,7,8,9,3],[0,0,0,0,1,1,1,1],[[1,3],[4,7]],[[0,2],[2,5]]]
[1,[2,7,8,9,3,5,6,3],[0,0,0,0,0,1,1,1],[[1,4],[5,7]],[[2,5],[0,2]]]'
}

@test "words are numbered through the record, so that no two have one number" {
    echo '{"id":"x","input_ids":[5,6,7,8,9,10],"word_ids":[0,0,1,2,2,3],"sentence_tokens":[[0,3],[3,6]]}' >in
    is <(quern pair -m vocab.txt --task electra --single-prob 0 --length 20 in | jq -c .word_ids) '[-1,0,0,1,-1,2,2,3,-1]'
}

@test "RoBERTa's template by hand, and ids instead of names" {
    echo '{"id":"x","input_ids":[5,6,7],"sentence_tokens":[[0,1],[1,3]]}' >in
    quern pair -m vocab.txt --task sop --template '[CLS] $A #3 [SEP] $B:2 #4:2' --length 20 --emit input_ids,token_type_ids \
        --seed 1 in >got
    is <(jq -c '.input_ids | map(select(. < 5))' got) '[2,3,3,4]'
    is <(jq -c '.token_type_ids | map(select(. == 2)) | length' got) 3
    is <(quern pair -m vocab.txt --task single --template '$A [SEP]' --length 20 --emit input_ids in | jq -c .input_ids) '[5,6,7,3]'
}

@test "lineage, epoch and copies: a static run is the epochs, and pairs of an epoch are numbered from 0" {
    jq -nc '{id: "x", root: "r", input_ids: [range(60) | 5 + . % 8], sentence_tokens: [range(0; 60; 5) | [., . + 5]]}' >in
    quern pair -m vocab.txt --task sop --length 30 --copies 3 in >static
    for epoch in 0 1 2; do quern pair -m vocab.txt --task sop --length 30 --epoch $epoch in; done | cmp - static
    is <(jq -r '"\(.epoch) \(.id) \(.parent) \(.root)"' static | head -n 2) '0 x#p0 x r
0 x#p1 x r'
    is <(jq -r 'select(.id == "x#p0") | .epoch' static) '0
1
2'
    # the round of the record, and what follows draws anew
    is <(sed 's/}$/,"epoch":7}/' in | quern pair -m vocab.txt --task sop --length 30 | jq .epoch | sort -u) 7
    quern run 'pair -m vocab.txt --task sop --length 30 --copies 2 | mask -m vocab.txt' in |
        jq -c 'select(.id == "x#p0") | .labels' | sort -u | wc -l | grep -qx 2
}

@test "the members that are written do not change what is drawn" {
    jq -nc '{id: "x", input_ids: [range(40) | 5 + . % 8], word_ids: [range(40) / 2 | floor], sentence_tokens: [[0,40]]}' >in
    quern pair -m vocab.txt --task sop --length 30 in | jq -c .input_ids >all
    quern pair -m vocab.txt --task sop --length 30 --emit input_ids in | jq -c .input_ids | cmp - all
}

@test "a document by itself, its kin, and a pool that is only of those" {
    printf '%s\n' '{"id":"x","input_ids":[5,6,7,8],"sentence_tokens":[[0,2],[2,4]]}' \
        '{"id":"x#s1","root":"x","input_ids":[9,9],"sentence_tokens":[[0,2]]}' \
        '{"id":"y","root":"z","input_ids":[12,12,12],"sentence_tokens":[[0,3]]}' >pool
    # x and its sentence draw from y alone; y from both others
    quern pair -m vocab.txt --task nsp --pool pool --copies 60 --length 20 --emit sources,next_sentence_label pool >got
    is <(jq -r 'select(.next_sentence_label == 1 and .root == "x") | .sources[1].id' got | sort -u) y
    is <(jq -r 'select(.next_sentence_label == 1 and .root == "z") | .sources[1].id' got | sort -u) 'x
x#s1'
    head -n 2 pool >kin
    gives "quern pair -m vocab.txt --task nsp --pool kin --copies 60 --length 20 kin" 3 "" \
        'quern-pair: kin:1: id "x": kin has no document but those of this id and its root, so there is no foreign text (--pool)'
    head -n 1 pool >one
    gives "quern pair -m vocab.txt --task nsp --pool one --length 20 one" 2 "" \
        'quern-pair: --pool: one has 1 document with tokens, and foreign text needs two or more'
}

@test "chunks of one sentence: cut, left out, counted" {
    echo '{"id":"x","input_ids":[5,6,7],"word_ids":[0,0,1],"sentence_tokens":[[0,3]]}' >in
    is <(quern pair -m vocab.txt --task sop --length 20 --seed 1 in | jq -c '[.sources[].tokens] | sort') '[[0,2],[2,3]]'
    gives "quern pair -m vocab.txt --task sop --single drop --length 20 --stats stats in" 0 "" \
        'quern-pair: 3 tokens of 3 could not be paired: 1 piece of one sentence (--single drop)'
    grep -q '"unpaired_tokens":3,"unpaired_chunks":1' stats
    echo '{"id":"x","input_ids":[5,6],"word_ids":[0,0],"sentence_tokens":[[0,2]]}' >in
    gives "quern pair -m vocab.txt --task nsp --pool <(sed 's/x/y/;p;s/y/z/' in) --length 20 in" 0 "" \
        'quern-pair: 2 tokens of 2 could not be paired: 1 piece of one word'
    is <(quern pair -m vocab.txt --task single --length 20 in | jq -c .input_ids) '[2,5,6,3]'
    echo '{"id":"x","input_ids":[],"sentence_tokens":[]}' >in
    gives "quern pair -m vocab.txt --task sop --length 20 --stats stats in" 0 ""
    grep -q '"empty_documents":1' stats
}

@test "wrong documents" {
    bad() {
        echo "$1" >in
        gives "quern pair -m vocab.txt --task sop --length 20 in" 3 "" "quern-pair: in:1: id 1: $2"
    }
    bad '{"id":1,"input_ids":[2,5,3],"sentence_tokens":[]}' \
        'input_ids[0]: 2 is a special token, and this filter adds its own; tokenize with --no-special'
    bad '{"id":1,"input_ids":[5,6],"special_tokens_mask":[0,1],"sentence_tokens":[]}' \
        'input_ids[1]: 6 is a special token, and this filter adds its own; tokenize with --no-special'
    bad '{"id":1,"input_ids":[5,99],"sentence_tokens":[]}' 'input_ids[1]: 99 is not in the vocabulary of vocab.txt'
    bad '{"id":1,"input_ids":[5],"tokens":["b"],"sentence_tokens":[]}' \
        'tokens[0]: "b", but id 5 is "a" in vocab.txt: another tokenizer made these ids'
    bad '{"id":1,"input_ids":[5],"sentence_tokens":[[0,2]]}' \
        'sentence_tokens[0]: [0,2] ends behind the last token; there are 1 tokens'
    bad '{"id":1,"input_ids":[5]}' \
        'sentence_tokens: missing ("quern tokenize --spans sentences" writes it); the record has id, input_ids'
    bad '{"id":1,"input_ids":[5],"sentence_tokens":[],"window":[[0,1]]}' \
        'window: the record is a window of a text, and windows repeat parts of it; tokenize without --overflow windows'
    bad '{"id":1,"input_ids":[5],"sentence_tokens":[],"epoch":-1}' 'epoch: expected 0 to 4294967295, found -1'
}

@test "wrong options" {
    echo '{"id":1,"input_ids":[5],"sentence_tokens":[]}' >in
    wrong() {
        gives "quern pair $1 in" 2 "" "quern-pair: $2"
    }
    wrong "--task sop --length 9" 'expected --model, the tokenizer of the documents'
    wrong "-m vocab.txt --task nsp --length 9" '--task nsp: expected --pool, the documents that foreign segments are drawn from'
    wrong "-m vocab.txt --task sop --length 4" '--length: 4 has no room for 3 special tokens and 2 others'
    wrong "-m vocab.txt --task sop --length 9 --template '\$B'" '--template: "$B" has no $A'
    wrong "-m vocab.txt --task sop --length 9 --template '\$A x \$B'" \
        '--template: "x" is neither $A, $B nor a token of the vocabulary'
    wrong "-m vocab.txt --task electra --length 9 --template '\$A \$B'" \
        '--template: expected one with $A alone besides the one of pairs; repeat the option'
    wrong "-m vocab.txt --task sop --length 9 --emit next_sentence_label" '--emit: next_sentence_label is written only by --task nsp'
    wrong "-m vocab.txt --task sop --length 9 --epoch 9 --copies 2000000000" \
        '--epoch: 10 epochs of 2000000000 copies are more than the limit of 2^32 rounds'
    wrong "-m vocab.txt --task sop --length 9 --single-prob 0.1" '--single-prob goes only with --task electra
Try "quern-pair --help".'
}

@test "a document of a million tokens; a pool in files" {
    jq -nc '{id: "d", input_ids: [range(1000000) | 5 + . % 8], sentence_tokens: [range(0; 1000000; 20) | [., . + 20]]}' >in
    quern pair -m vocab.txt --task electra --length 128 --emit sources in |
        jq -n 'reduce (inputs.sources[].tokens) as [$s, $e] (0; . + $e - $s)' | grep -qx 1000000
    sed 's/"d"/"e"/' in | cat in - >pool
    quern pair -m vocab.txt --task nsp --pool pool --length 128 in >memory
    quern pair -m vocab.txt --task nsp --pool pool --length 128 --max-memory 0 in | cmp - memory
}
