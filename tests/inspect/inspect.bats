load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' un '##aff' '##able' >vocab.txt
}

@test "vocab.txt: every member, in its order" {
    gives 'quern inspect vocab.txt' 0 \
        '{"file":"vocab.txt","format":"vocab.txt","supported":true,"model":"WordPiece","vocab_size":8,"merges":0,"added_tokens":5,"ids":8,"special_tokens":[{"id":0,"token":"[PAD]"},{"id":1,"token":"[UNK]"},{"id":2,"token":"[CLS]"},{"id":3,"token":"[SEP]"},{"id":4,"token":"[MASK]"}],"unk_id":1,"mask_id":4,"pad_id":0,"cls_id":2,"sep_id":3,"longest_token":"##able","lowercase":true,"single":"[CLS] $A [SEP]","pair":"[CLS] $A [SEP] $B:1 [SEP]:1","normalizer":["BertNormalizer(clean_text=true, handle_chinese_chars=true, strip_accents=true, lowercase=true)"],"pre_tokenizer":["BertPreTokenizer"],"post_processor":["BertProcessing"],"decoder":["WordPiece"]}'
    echo '{"do_lower_case":false,"tokenize_chinese_chars":false}' >tokenizer_config.json
    gives 'quern inspect vocab.txt | jq -c "[.lowercase, .normalizer]"' 0 \
        '[false,["BertNormalizer(clean_text=true, handle_chinese_chars=false, strip_accents=false, lowercase=false)"]]'
}

@test "vocab.json, merges.txt and their folder" {
    mkdir gpt2
    echo '{"a":0,"b":1,"ab":2,"<|endoftext|>":3}' >gpt2/vocab.json
    printf '#version: 0.2\na b\n' >gpt2/merges.txt
    gives 'quern inspect gpt2 gpt2/vocab.json gpt2/merges.txt |
        jq -c "[.file, .format, .model, .vocab_size, .merges, .ids, .special_tokens, .pad_id, .pre_tokenizer, .decoder]"' 0 \
        '["gpt2","vocab.json","BPE",4,1,4,[{"id":3,"token":"<|endoftext|>"}],-1,["ByteLevel(add_prefix_space=false)"],["ByteLevel"]]
["gpt2/vocab.json","vocab.json","BPE",4,1,4,[{"id":3,"token":"<|endoftext|>"}],-1,["ByteLevel(add_prefix_space=false)"],["ByteLevel"]]
["gpt2/merges.txt","merges.txt","BPE",4,1,4,[{"id":3,"token":"<|endoftext|>"}],-1,["ByteLevel(add_prefix_space=false)"],["ByteLevel"]]'
    echo '{"<s>":0,"</s>":1,"<mask>":2,"a":3,"b":4,"ab":5}' >gpt2/vocab.json
    gives 'quern inspect gpt2 | jq -c "[.cls_id, .sep_id, .mask_id, .pair, .post_processor]"' 0 \
        '[0,1,2,"<s> $A </s> </s> $B </s>",["RobertaProcessing(add_prefix_space=false)"]]'
}

@test "tokenizer.json: a Sequence is its components, with their settings" {
    cat >tokenizer.json <<'END'
{"added_tokens": [{"id": 2, "content": "[X]", "special": true}, {"id": 3, "content": "y z"}],
 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Sequence", "normalizers":
    [{"type": "Lowercase"}]}]},
 "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\s+"}, "behavior": "Removed", "invert": false},
 "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 1}},
    {"SpecialToken": {"id": "[X]", "type_id": 0}}], "special_tokens": {"[X]": {"id": "[X]", "ids": [2], "tokens": ["[X]"]}}},
 "decoder": null,
 "model": {"type": "BPE", "vocab": {"a": 0, "ab": 1}, "merges": []}}
END
    gives 'quern inspect tokenizer.json' 0 \
        '{"file":"tokenizer.json","format":"tokenizer.json","supported":true,"model":"BPE","vocab_size":2,"merges":0,"added_tokens":2,"ids":4,"special_tokens":[{"id":2,"token":"[X]"}],"unk_id":-1,"mask_id":-1,"pad_id":-1,"cls_id":-1,"sep_id":-1,"longest_token":"ab","lowercase":true,"single":"$A:1 [X]","pair":"$A $B:1","normalizer":["NFC","Lowercase"],"pre_tokenizer":["Split(pattern=Regex \"\\\\s+\", behavior=\"Removed\", invert=false)"],"post_processor":["TemplateProcessing"],"decoder":[]}'
}

@test "a SentencePiece model" {
    piece() { # TEXT TYPE
        printf '\n\x'"$(printf '%02x' $((${#1} + 9)))"'\n\x'"$(printf '%02x' ${#1})"'%s\x15\0\0\x80\xbf\x18\x0'"$2" "$1"
    }
    { piece '<unk>' 2 && piece '</s>' 3 && piece a 1 && piece aa 1 && printf '\x12\x02\x18\x01\x1a\x04\x18\x00\x20\x01'; } >spiece.model
    gives 'quern inspect spiece.model | jq -c "del(.unk_id, .mask_id, .pad_id, .cls_id)"' 0 \
        '{"file":"spiece.model","format":"sentencepiece","supported":true,"model":"Unigram","vocab_size":4,"merges":0,"added_tokens":2,"ids":4,"special_tokens":[{"id":0,"token":"<unk>"},{"id":1,"token":"</s>"}],"sep_id":1,"longest_token":"aa","lowercase":false,"single":"$A","pair":"$A $B:1","normalizer":["SentencePiece(precompiled_charsmap=false, add_dummy_prefix=false, remove_extra_whitespaces=true, escape_whitespaces=true)"],"pre_tokenizer":[],"post_processor":[],"decoder":["SentencePiece"]}'
}

@test "a tokenizer that is not supported says why, and what else is known" {
    mkdir new
    echo '{"model":{"type":"Sibyl","vocab":[["a",-1.5],["b",-2]]},"normalizer":{"type":"NFC"},"decoder":{"type":"Fuse"}}' >new/tokenizer.json
    gives 'quern inspect new vocab.txt | jq -c "del(.ids, .special_tokens, .normalizer)" | head -n 1' 0 \
        '{"file":"new","format":"tokenizer.json","supported":false,"reason":"model: \"Sibyl\" is not supported","model":"Sibyl","vocab_size":2,"merges":0,"added_tokens":0,"pre_tokenizer":[],"post_processor":[],"decoder":["Fuse"]}'
    sh 'quern inspect new vocab.txt | wc -l'
    [ "$(<out)" = 2 ]
}

@test "what is no tokenizer, or not there, is an error" {
    echo 'a text' >text
    echo '{"a":1}' >a.json
    echo '{"model":{}' >broken.json
    mkdir empty
    for file in text a.json broken.json empty nowhere; do
        sh "quern inspect $file"
        [ "$status" = 1 ] && [ ! -s out ] && grep -q "^quern-inspect: .*$file" err
    done
    sh 'quern inspect </dev/null'
    [ "$status" = 2 ]
}

@test "inspect is the first filter of a chain" {
    gives 'quern run "inspect | cat" vocab.txt | jq -r .file' 0 vocab.txt
    sh 'quern inspect vocab.txt | quern view'
    [ "$status" = 0 ] && grep -q 'model=WordPiece' out
}

@test "the vocabularies at hand" {
    vocabs=$SHARED/data/tokenizers/vocabs
    [ -d "$vocabs" ] || skip "they are not here"
    gives "quern inspect $vocabs/bert-base-uncased/vocab.txt $vocabs/bert-base-chinese/tokenizer.json \
        $vocabs/roberta-base/merges.txt $vocabs/qwen3/tokenizer.json $vocabs/albert-base-v1-v2/spiece.model |
        jq -c '[.model, .vocab_size, .merges, .ids, .mask_id, .cls_id, .lowercase]'" 0 \
        '["WordPiece",30522,0,30522,103,101,true]
["WordPiece",21128,0,21128,103,101,false]
["BPE",50265,50000,50265,50264,0,false]
["BPE",151643,151387,151669,-1,-1,false]
["Unigram",30000,0,30000,4,2,false]'
}
