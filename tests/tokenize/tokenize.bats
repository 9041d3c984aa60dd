load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b '##b' >vocab.txt
}

@test "all members, in their order, behind what was there" {
    gives 'printf '\''{"n":1.50,"text":"Ab b"}\n'\'' | quern tokenize -m vocab.txt' 0 \
        '{"n":1.50,"text":"Ab b","tokens":["[CLS]","a","##b","b","[SEP]"],"input_ids":[1,4,6,5,2],"offset_mapping":[[0,0],[0,1],[1,2],[3,4],[0,0]],"word_ids":[-1,0,0,1,-1],"special_tokens_mask":[1,0,0,0,1],"attention_mask":[1,1,1,1,1],"token_type_ids":[0,0,0,0,0]}'
}

@test "--emit writes what it names, in the same order" {
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --emit word_ids,input_ids --no-special' 0 \
        '{"text":"a","input_ids":[4],"word_ids":[0]}'
    sh 'quern tokenize -m vocab.txt --emit ids </dev/null'
    [ "$status" = 2 ]
}

@test "escapes, an empty text and a text of nothing but white space" {
    gives 'printf '\''{"text":"\\u0041\\nb"}\n{"text":""}\n{"text":" \\t"}\n'\'' |
        quern tokenize -m vocab.txt --emit input_ids' 0 \
        '{"text":"\u0041\nb","input_ids":[1,4,5,2]}
{"text":"","input_ids":[1,2]}
{"text":" \t","input_ids":[1,2]}'
}

@test "--field and --pair-field" {
    gives 'printf '\''{"q":"a","r":"b"}\n'\'' | quern tokenize -m vocab.txt --field q --pair-field r --emit tokens,token_type_ids' 0 \
        '{"q":"a","r":"b","tokens":["[CLS]","a","[SEP]","b","[SEP]"],"token_type_ids":[0,0,0,1,1]}'
}

@test "--max-length counts special tokens; --truncation says which text is cut" {
    printf '{"text":"a a a","b":"b b"}\n' >in
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 4 in' 0 '{"text":"a a a","b":"b b","input_ids":[1,4,4,2]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 6 --pair-field b in' 0 \
        '{"text":"a a a","b":"b b","input_ids":[1,4,4,2,5,2]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 6 --pair-field b --truncation only_first in' 0 \
        '{"text":"a a a","b":"b b","input_ids":[1,4,2,5,5,2]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 5 --pair-field b --truncation only_second in' 3 '' \
        'quern-tokenize: in:1: truncation only_second: 3 tokens have to go, but the text has only 2'
}

@test "a bad record: no text, text that is none, no room" {
    gives 'printf '\''{"id":7}\n'\'' | quern tokenize -m vocab.txt' 3 '' 'quern-tokenize: stdin:1: id 7: text: missing'
    sh 'printf '\''{"text":7}\n'\'' | quern tokenize -m vocab.txt'
    [ "$status" = 3 ]
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --max-length 1' 3 '' \
        'quern-tokenize: stdin:1: a maximum of 1 tokens leaves no room for 2 special tokens'
}

@test "a model that is missing, or is none" {
    gives 'quern tokenize </dev/null' 2 '' 'quern-tokenize: expected --model, a tokenizer'
    gives 'quern tokenize -m nowhere.txt </dev/null' 1 '' 'quern-tokenize: nowhere.txt: No such file or directory'
    echo '{"model":{"type":"Unigram"}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: model: "Unigram" is not supported'
    gives 'quern tokenize -m vocab.txt --truncation only_second </dev/null' 2 '' \
        'quern-tokenize: --truncation only_second: there is no second text without --pair-field'
}

@test "what an earlier run wrote is replaced; what would go stale is refused" {
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --emit input_ids |
        quern tokenize -m vocab.txt --emit input_ids --no-special' 0 '{"text":"a","input_ids":[4]}'
    printf '{"text":"a","tokens":["x"]}\n' >in
    sh 'quern tokenize -m vocab.txt --emit input_ids in'
    [ "$status" = 3 ]
    gives 'quern tokenize -m vocab.txt --emit input_ids --drop-stale in' 0 '{"text":"a","input_ids":[1,4,2]}'
}

@test "any number of threads writes the same bytes" {
    for i in $(seq 2000); do
        printf '{"id":%d,"text":"a b ab abb%s %s"}\n' "$i" "$(printf 'b%.0s' $(seq $((i % 40))))" "$i"
    done >in
    quern tokenize -m vocab.txt in >one
    quern tokenize -m vocab.txt -j 4 in | cmp - one
}

@test "a megabyte of one letter" {
    sh 'head -c 1048576 /dev/zero | tr "\0" b | sed '\''s/.*/{"text":"&"}/'\'' | quern tokenize -m vocab.txt --emit tokens |
        jq -c .tokens'
    is out '["[CLS]","[UNK]","[SEP]"]'
}
