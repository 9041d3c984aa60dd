load ../helper

# The files that tokenizers come in, and those that people name instead.

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# cuts EXPECTED MODEL TEXT [OPTION]...: the tokens and ids that come out.
cuts() {
    local status=0
    jq -cn --arg text "$3" '{text: $text}' |
        quern tokenize -m "$2" --emit tokens,input_ids "${@:4}" >out 2>err || status=$?
    jq -c '[.tokens, .input_ids]' out >found
    [ "$(<found)" = "$1" ] || { echo "expected $1"; cat found err; return 1; }
}

@test "a model without a type is what the reference takes it for" {
    model_is() { # MODEL KIND
        echo "{\"model\":$1}" >tokenizer.json
        gives 'quern inspect tokenizer.json | jq -r .model' 0 "$2"
    }
    model_is '{"vocab":{"a":0},"merges":[],"unk_token":"a"}' BPE
    model_is '{"vocab":{"a":0},"unk_token":"a","continuing_subword_prefix":"##","max_input_chars_per_word":9}' WordPiece
    model_is '{"vocab":{"a":0},"unk_token":"a","continuing_subword_prefix":"##"}' WordLevel
    model_is '{"vocab":[["a",-1]],"unk_id":0}' Unigram
    model_is '{"vocab":[["a",-1]],"merges":[]}' Unigram
    echo '{"model":{"vocab":{"a":0}}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: model: it has no "type", and its members do not tell what it is'
}

@test "so is a normalizer, a post-processor and a decoder; a pre-tokenizer is not" {
    local model='"model":{"type":"WordLevel","unk_token":"a","vocab":{"a":0,"[":1,"]":2}}'
    echo "{\"normalizer\":{\"normalizers\":[{\"strip_left\":true,\"strip_right\":true},{\"prepend\":\"x\"},{\"pattern\":{\"String\":\"x\"},\"content\":\"\"}]},
        \"post_processor\":{\"sep\":[\"]\",2],\"cls\":[\"[\",1]},\"decoder\":{\"suffix\":\"</w>\"},$model}" >tokenizer.json
    cuts '[["[","a","]"],[1,0,2]]' tokenizer.json ' a '
    echo "{\"pre_tokenizer\":{\"individual_digits\":true},$model}" >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: pre_tokenizer: it has no "type", and its members do not tell what it is'
    # Two settings are missing: the reference takes it for BERT's.
    echo "{\"post_processor\":{\"type\":\"RobertaProcessing\",\"sep\":[\"]\",2],\"cls\":[\"[\",1]},$model}" >tokenizer.json
    gives 'quern inspect tokenizer.json | jq -r .pair' 0 '[ $A ] $B:1 ]:1'
}

@test "a line of a version among the merges is none; other members and versions are refused" {
    local model='"type":"BPE","vocab":{"a":0,"b":1,"ab":2}'
    for merges in '["#version: 0.2","a b"]' '["#version: 0.2 - Trained by x","a b","#version"]' '[["a","b"]]'; do
        echo "{\"version\":\"1.0\",\"model\":{$model,\"merges\":$merges}}" >tokenizer.json
        cuts '[["ab"],[2]]' tokenizer.json ab
    done
    echo "{\"version\":\"2.0\",\"model\":{$model,\"merges\":[]}}" >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: version "2.0" is not supported; expected "1.0"'
    echo "{\"prompts\":[],\"model\":{$model,\"merges\":[]}}" >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: "prompts" is no member of a tokenizer.json of version 1.0'
}

@test "two tokens with one id are named, both" {
    echo '{"model":{"type":"BPE","vocab":{"x":0,"a":1,"b":1},"merges":[]}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: vocab: "a" and "b" have the same id, 1'
    echo '{"added_tokens":[{"id":1,"content":"<a>"},{"id":1,"content":"<b>"}],"model":{"type":"BPE","vocab":{"x":0},"merges":[]}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: added_tokens: "<a>" and "<b>" have the same id, 1'
}

@test "a byte order mark and the line ends of Windows do not count" {
    printf '\xef\xbb\xbf[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nab\r\n##c' >vocab.txt
    cuts '[["[CLS]","ab","##c","[SEP]"],[2,4,5,3]]' vocab.txt 'ABC'
    printf '\xef\xbb\xbf{"a":0,"b":1,"ab":2}' >vocab.json
    printf '\xef\xbb\xbf#version: 0.2\r\na b\r\n' >merges.txt
    cuts '[["ab"],[2]]' merges.txt ab
    printf '\xef\xbb\xbf{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}' >tokenizer.json
    cuts '[["a"],[0]]' tokenizer.json a
}

@test "what is no tokenizer is named by what it is" {
    names() { # WHAT, the file on standard input
        cat >file
        gives 'quern tokenize -m file </dev/null' 1 '' "quern-tokenize: file: not a tokenizer: $1"
    }
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n' |
        names 'a pointer of Git LFS, not the file itself: get the file with "git lfs pull"'
    printf '\n<!DOCTYPE html>\n<html>' |
        names 'an HTML page, most likely what a web site answered instead of the file: download it again'
    printf 'the 1061396\nof 593677\n, 416629\n' |
        names 'a dictionary of fairseq (a word and its count on each line): it numbers tokens but cannot cut a text'
    printf 'that 999\nthe 99\nof 9\nto 8\n' |
        names 'a dictionary of fairseq (a word and its count on each line): it numbers tokens but cannot cut a text'
    printf 'AT&T 3 nz\nB超 3 n\n' | names 'a dictionary of jieba (a word, its count and its kind on each line): a lexicon, not a tokenizer'
    printf 't h 90\ni n 80\n' | names 'codes of fastBPE (two symbols and a count on each line), which are not supported'
    printf '\x50\x4b\x03\x04\x14\0\0\0' | names 'a zip archive: unpack it and name the tokenizer file in it'
    printf '\x20\0\0\0\0\0\0\0{"__metadata__":{"format":"pt"}}  ' |
        names "the weights of a model; the tokenizer is in other files of the model's folder"
    printf '\x80\x02}q\0.' | names 'a checkpoint of PyTorch or another pickle of Python, which quern never loads: name the tokenizer file of the model'
    printf 'GGUF\x03\0\0\0' | names "GGUF (llama.cpp), weights and tokenizer in one file, which is not read: get the model's tokenizer.json"
    printf 'PAR1\x15\x04' | names 'Parquet, a table of records'
    printf '\xff\xfea\0\n\0' | names 'text in UTF-16: convert it with "iconv -f UTF-16 -t UTF-8"'
    echo '{"class_name":"Tokenizer","config":{"num_words":null}}' |
        names 'a tokenizer of Keras, which has words and no way to cut them: not supported'
    echo '{"tokenizer_class":"BertTokenizer"}' |
        names 'a tokenizer_config.json: name the folder that it is in, or the tokenizer.json beside it'
    printf '{"text":"a"}\n{"text":"b"}\n' | names 'lines of JSON, one value on each'
    printf '<html></html>' | gzip |
        names 'an HTML page, most likely what a web site answered instead of the file: download it again'
}

@test "half of a pair; a model of the hub" {
    echo '{"a":0}' >vocab.json
    gives 'quern tokenize -m vocab.json </dev/null' 1 '' \
        'quern-tokenize: vocab.json: the vocabulary of a BPE tokenizer, whose merges are missing: expected merges.txt in the same folder (vocabularies without merges, as those of Wav2Vec2, Marian and M2M100, are not supported)'
    printf '#version: 0.2\na b\n' >gpt2-merges.txt
    rm vocab.json
    gives 'quern tokenize -m gpt2-merges.txt </dev/null' 1 '' \
        'quern-tokenize: gpt2-merges.txt: merges of a BPE tokenizer, whose vocabulary is missing: expected vocab.json in the same folder'
    echo '{"a":0,"b":1,"ab":2}' >gpt2-vocab.json
    cuts '[["ab"],[2]]' gpt2-merges.txt ab
    gives 'quern tokenize -m google/t5-small </dev/null' 1 '' \
        'quern-tokenize: google/t5-small: No such file or directory; quern does not download: if this is a model of the Hugging Face hub, get its files with "hf download google/t5-small tokenizer.json tokenizer_config.json --local-dir DIR" and name DIR'
}

# ranks COUNT: of the bytes, some words, and tokens that no text has.
ranks() {
    local rank words=('ab' ' ab' '12' 'é')
    for ((rank = 0; rank < $1; rank++)); do
        if ((rank < 256)); then
            printf '%b' "\\x$(printf '%02x' "$rank")"
        elif ((rank < 260)); then
            printf '%s' "${words[rank - 256]}"
        else
            printf '%b' "\\xff\\x$(printf '%02x' "$((rank - 260))")"
        fi | base64
    done | awk '{ print $1, NR - 1 }'
}

@test "a rank file of any size: the pattern is given, or in the config, with the special tokens" {
    ranks 300 >x.tiktoken
    sh 'quern tokenize -m x.tiktoken </dev/null'
    [ "$status" = 2 ]
    grep -q '300 ranks are of no known encoding, and the file does not say how texts are cut: give --pattern' err
    cuts '[["ab","Ġab","12"],[256,257,258]]' x.tiktoken 'ab ab12' --pattern cl100k_base
    cuts '[["a","b","1","2"],[97,98,49,50]]' x.tiktoken 'ab12' --pattern '[a-z]|[0-9]'
    cuts '[["a","b"],[97,98]]' x.tiktoken 'a-b' --pattern '[a-z]+'
    echo '{"tokenizer_class":"ChatGLM4Tokenizer","pad_token":"<e>","added_tokens_decoder":{"301":{"content":"<e>","special":true},"300":{"content":"<b>","special":true}}}' >tokenizer_config.json
    cuts '[["ab","<e>","ab"],[256,301,256]]' . 'ab<e>ab'
    gives 'quern inspect . | jq -c "[.format, .pad_id, .special_tokens]"' 0 \
        '["tiktoken",301,[{"id":300,"token":"<b>"},{"id":301,"token":"<e>"}]]'
    echo '{"pat_str":"a|b","added_tokens_decoder":{"7":{"content":"<e>"}}}' >tokenizer_config.json
    gives 'quern tokenize -m x.tiktoken </dev/null' 1 '' \
        'quern-tokenize: x.tiktoken: the special token "<e>" has the id of the token "ć", 7'
    gives 'quern tokenize -m x.tiktoken --decode --pattern a </dev/null' 1 '' \
        'quern-tokenize: x.tiktoken: the special token "<e>" has the id of the token "ć", 7'
    printf '[UNK]\n' >vocab.txt
    gives 'quern tokenize -m vocab.txt </dev/null' 1 '' \
        'quern-tokenize: vocab.txt: added_tokens: "<e>" has id 7, expected 1 (tokenizer_config.json or added_tokens.json)'
    rm tokenizer_config.json
    gives 'quern tokenize -m vocab.txt --pattern gpt2 </dev/null' 1 '' \
        'quern-tokenize: vocab.txt: --pattern goes only with a rank file of tiktoken; this is a vocab.txt file'
}

@test "tekken.json: special tokens come first, and are ordinary text" {
    tekken() { # EXTRA
        ranks 280 | jq -cRn --argjson extra "$1" '[inputs | split(" ") | {rank: .[1] | tonumber, token_bytes: .[0], token_str: null}] as $vocab |
            {config: {pattern: "[a-z]+|[^a-z]", num_vocab_tokens: 280, default_vocab_size: 290,
             default_num_special_tokens: 20, version: "v3"}, vocab: $vocab, image: {}} + $extra' >tekken.json
    }
    tekken '{}'
    cuts '[["ab","<","s",">"],[276,80,135,82]]' . 'ab<s>'
    gives 'quern inspect tekken.json | jq -c "[.format, .ids, .unk_id, .pad_id, .special_tokens[3]]"' 0 \
        '["tekken.json",290,0,11,{"id":3,"token":"[INST]"}]'
    tekken '{"special_tokens":[{"rank":0,"token_str":"<unk>","is_control":true},{"rank":1,"token_str":"<x>","is_control":true}]}'
    gives 'quern inspect tekken.json | jq -c ".special_tokens[0:3]"' 0 \
        '[{"id":0,"token":"<unk>"},{"id":1,"token":"<x>"},{"id":2,"token":"<SPECIAL_2>"}]'
    tekken '{"special_tokens":[{"rank":1,"token_str":"<y>"},{"rank":1,"token_str":"<x>"}]}'
    gives 'quern tokenize -m tekken.json </dev/null' 1 '' \
        'quern-tokenize: tekken.json: special_tokens: "<y>" and "<x>" have the same rank, 1'
}

@test "a folder: what transformers keeps beside a tokenizer.json" {
    mkdir model
    echo '{"added_tokens":[{"id":3,"content":"<s>","special":true}],"model":{"type":"WordLevel","unk_token":"a","vocab":{"a":0,"b":1,"c":2}}}' >model/tokenizer.json
    cuts '[["b"],[1]]' model/tokenizer.json b
    cat >model/tokenizer_config.json <<'END'
{"bos_token":"<s>","pad_token":"<fill>","mask_token":{"content":"<hide>","lstrip":true},
 "additional_special_tokens":["<one>"],"added_tokens_decoder":{"4":{"content":"<hide>","lstrip":true,"special":true}}}
END
    cuts '[["<one>","b","  <hide>","c","<fill>","<fill>","<fill>"],[6,1,4,2,5,5,5]]' model '<one>b  <hide>c' --padding max_length --max-length 7
    gives 'quern inspect model | jq -c "[.mask_id, .pad_id, .ids, .single]"' 0 '[4,5,7,"$A"]'
    # The file alone is what it says.
    gives 'quern inspect model/tokenizer.json | jq -c "[.mask_id, .pad_id, .ids, .single]"' 0 '[-1,-1,4,"$A"]'
    # What versions of transformers before 4.34 wrote.
    echo '{"do_lower_case":false}' >model/tokenizer_config.json
    echo '{"mask_token":"<m>","unk_token":"a"}' >model/special_tokens_map.json
    echo '{"<m>":4}' >model/added_tokens.json
    gives 'quern inspect model | jq -c "[.mask_id, .special_tokens]"' 0 \
        '[4,[{"id":0,"token":"a"},{"id":3,"token":"<s>"},{"id":4,"token":"<m>"}]]'
}

@test "vocab.txt with other names for its tokens" {
    printf '%s\n' '<pad>' '<unk>' '<cls>' '<sep>' a >vocab.txt
    echo '{"unk_token":"<unk>","cls_token":"<cls>","sep_token":"<sep>","pad_token":"<pad>","do_lower_case":true}' >tokenizer_config.json
    cuts '[["<cls>","a","<unk>","<sep>"],[2,4,1,3]]' vocab.txt 'A x'
}

@test "vocab.json and merges.txt: the class says how a text is cut" {
    printf '#version: 0.2\na b</w>\n' >merges.txt
    echo '{"a":0,"b</w>":1,"ab</w>":2,"<|startoftext|>":3,"<|endoftext|>":4,"!</w>":5}' >vocab.json
    cuts '[["<|startoftext|>","ab</w>","!</w>","<|endoftext|>"],[3,2,5,4]]' . 'AB !'
    echo '{"tokenizer_class":"XLMTokenizer"}' >tokenizer_config.json
    gives 'quern tokenize -m . </dev/null' 1 '' \
        'quern-tokenize: ./vocab.json: the vocab.json and merges.txt of a XLMTokenizer (tokenizer_config.json) are not supported: name its tokenizer.json'
    rm tokenizer_config.json
    echo '{"a":0,"b</w>":1,"ab</w>":2}' >vocab.json
    gives 'quern tokenize -m . </dev/null' 1 '' \
        'quern-tokenize: ./vocab.json: vocab.json has tokens that end in </w>, and no tokenizer_config.json in the same folder says of which tokenizer they are: name its tokenizer.json'
    printf '#version: 0.2\n1 2\n' >merges.txt
    echo '{"1":0,"2":1,"12":2,"<|endoftext|>":3}' >vocab.json
    echo '{"tokenizer_class":"Qwen2TokenizerFast"}' >tokenizer_config.json
    cuts '[["1","2"],[0,1]]' . 12
}

@test "added tokens that take white space: what the one before took is not taken again" {
    echo '{"added_tokens":[{"id":1,"content":"<x>","rstrip":true},{"id":2,"content":" <y>","lstrip":true},
        {"id":3,"content":"\n","lstrip":true}],"model":{"type":"WordLevel","unk_token":"a","vocab":{"a":0}}}' >tokenizer.json
    cuts '[["<x>  ","<y>"],[1,2]]' tokenizer.json '<x>  <y>'
    cuts '[["<x> \n ","<y>"],[1,2]]' tokenizer.json $'<x> \n <y>'
    cuts '[["a"," \n"],[0,3]]' tokenizer.json $'b \n'
}

@test "an added token with the id of another; a padding id that is not the token's" {
    echo '{"added_tokens":[{"id":1,"content":"<x>"}],"model":{"type":"WordLevel","unk_token":"a","vocab":{"a":0,"b":1}}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: added_tokens: "<x>" has the id of "b", 1'
    echo '{"padding":{"pad_token":"b","pad_id":7},"model":{"type":"WordLevel","unk_token":"a","vocab":{"a":0,"b":1}}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 0 ''
    gives 'quern tokenize -m tokenizer.json --pad-multiple 4 </dev/null' 2 '' \
        'quern-tokenize: tokenizer.json: padding: pad_id is 7, but the id of "b" is 1 (name one with --pad-token)'
}

@test "what is beside a tokenizer is named as well" {
    echo '{"a":0,"b":1,"ab":2}' >vocab.json
    printf 'version https://git-lfs.github.com/spec/v1\n' >merges.txt
    gives 'quern tokenize -m vocab.json </dev/null' 1 '' \
        'quern-tokenize: vocab.json: merges.txt: a pointer of Git LFS, not the file itself: get the file with "git lfs pull"'
    printf 'a b\n' >merges.txt
    echo '<html>' >tokenizer_config.json
    gives 'quern tokenize -m . </dev/null' 1 '' \
        'quern-tokenize: ./vocab.json: ./tokenizer_config.json: not JSON: an HTML page, most likely what a web site answered instead of the file: download it again'
}
