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
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 4 -q in' 0 '{"text":"a a a","b":"b b","input_ids":[1,4,4,2]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 6 --pair-field b -q in' 0 \
        '{"text":"a a a","b":"b b","input_ids":[1,4,4,2,5,2]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 6 --pair-field b --truncation only_first -q in' 0 \
        '{"text":"a a a","b":"b b","input_ids":[1,4,2,5,5,2]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 5 --pair-field b --truncation only_second in' 3 '' \
        'quern-tokenize: in:1: truncation only_second: 3 tokens must be cut, but the text has only 2'
}

@test "--side left keeps the end of the text" {
    printf '{"text":"a b ab","b":"b a b"}\n' >in
    gives 'quern tokenize -m vocab.txt --emit tokens,offset_mapping --max-length 4 --side left -q in' 0 \
        '{"text":"a b ab","b":"b a b","tokens":["[CLS]","a","##b","[SEP]"],"offset_mapping":[[0,0],[4,5],[5,6],[0,0]]}'
    gives 'quern tokenize -m vocab.txt --emit tokens --max-length 6 --side left --pair-field b -q in' 0 \
        '{"text":"a b ab","b":"b a b","tokens":["[CLS]","a","##b","[SEP]","b","[SEP]"]}'
}

@test "what --max-length cuts is counted, and told at the end" {
    printf '{"text":"a a a","b":"b b"}\n{"text":"a","b":"b"}\n' >in
    gives 'quern tokenize -m vocab.txt --count --max-length 4 --stats counts.json in' 0 \
        '{"text":"a a a","b":"b b","token_count":4}
{"text":"a","b":"b","token_count":3}' \
        'quern-tokenize: --max-length 4: cut 1 of 2 records, dropped 1 token (--overflow split keeps them)'
    gives 'jq -c ".filters[0] | [.tokens,.truncated,.dropped_tokens]" counts.json' 0 '[7,1,1]'
    gives 'quern run "tokenize -m vocab.txt --count --max-length 5 --pair-field b" -j 2 in' 0 \
        '{"text":"a a a","b":"b b","token_count":5}
{"text":"a","b":"b","token_count":5}' \
        'quern-tokenize: --max-length 5: cut 1 of 2 records, dropped 3 tokens (--overflow split keeps them)'
    gives 'quern tokenize -m vocab.txt --count --max-length 4 -q in | wc -l' 0 2
    printf '{"id":1,"text":"a a a"}\n' >in
    gives 'quern tokenize -m vocab.txt --count --max-length 4 --overflow split in | wc -l' 0 2
}

@test "spans whose tokens were cut off are counted" {
    printf '{"text":"a a a","words":[[0,1],[2,3],[4,5]]}\n' >in
    gives 'quern tokenize -m vocab.txt --emit input_ids --spans words --max-length 4 -q --stats counts.json in | jq -c .word_tokens' 0 \
        '[[1,2],[2,3],[0,0]]'
    gives 'jq -c ".filters[0].lost_spans" counts.json' 0 1
}

@test "unknown tokens are counted, and told if they are many" {
    gives 'printf '\''{"text":"a ? b ?"}\n'\'' | quern tokenize -m vocab.txt --count --stats counts.json' 0 \
        '{"text":"a ? b ?","token_count":6}' \
        'quern-tokenize: 2 of 6 tokens are unknown to vocab.txt; is it the right tokenizer for this text?'
    gives 'jq -c ".filters[0].unknown_tokens" counts.json' 0 2
    gives 'printf '\''{"text":"%s ?"}\n'\'' "$(printf "a %.0s" {1..199})" | quern tokenize -m vocab.txt --count | jq .token_count' 0 202
}

@test "a second text that is null or missing leaves a single text" {
    printf '%s\n' '{"text":"a","b":null}' '{"text":"a"}' '{"text":"a","b":""}' '{"text":"a","b":"b"}' >in
    gives 'quern tokenize -m vocab.txt --pair-field b --emit tokens,token_type_ids --stats counts.json in' 0 \
        '{"text":"a","b":null,"tokens":["[CLS]","a","[SEP]"],"token_type_ids":[0,0,0]}
{"text":"a","tokens":["[CLS]","a","[SEP]"],"token_type_ids":[0,0,0]}
{"text":"a","b":"","tokens":["[CLS]","a","[SEP]","[SEP]"],"token_type_ids":[0,0,0,1]}
{"text":"a","b":"b","tokens":["[CLS]","a","[SEP]","b","[SEP]"],"token_type_ids":[0,0,0,1,1]}'
    gives 'jq -c ".filters[0].pairs" counts.json' 0 2
    gives 'quern tokenize -m vocab.txt --pair-field c --count in | wc -l' 0 4 \
        'quern-tokenize: --pair-field c: missing or null in every record, so each is a single text'
    gives 'printf '\''{"text":"a","b":7}\n'\'' | quern tokenize -m vocab.txt --pair-field b' 3 '' \
        'quern-tokenize: stdin:1: b: expected a string, found a number'
    printf '{"id":1,"text":"a a a","b":null}\n' >in
    gives 'quern tokenize -m vocab.txt --pair-field b --max-length 4 --overflow split --emit tokens -q in' 0 \
        '{"id":"1#w0","text":"a a ","b":null,"tokens":["[CLS]","a","a","[SEP]"],"parent":1,"root":1,"window":[[0,4]]}
{"id":"1#w1","text":"a","b":null,"tokens":["[CLS]","a","[SEP]"],"parent":1,"root":1,"window":[[4,5]]}'
    gives 'quern tokenize -m vocab.txt --pair-field b --max-length 4 --truncation only_second in' 3 '' \
        'quern-tokenize: in:1: id 1: truncation only_second: the record has no second text'
}

@test "--overflow split: what is too much becomes records, named after the first" {
    printf '{"id":"x","text":"a b ab"}\n{"text":"b","n":1.0,"id":7}\n' >in
    gives 'quern tokenize -m vocab.txt --emit tokens --max-length 4 --overflow split in' 0 \
        '{"id":"x#w0","text":"a b ","tokens":["[CLS]","a","b","[SEP]"],"parent":"x","root":"x","window":[[0,4]]}
{"id":"x#w1","text":"ab","tokens":["[CLS]","a","##b","[SEP]"],"parent":"x","root":"x","window":[[4,6]]}
{"text":"b","n":1.0,"id":"7#w0","tokens":["[CLS]","b","[SEP]"],"parent":7,"root":7,"window":[[0,1]]}'
    gives 'quern tokenize -m vocab.txt --emit input_ids --max-length 3 --no-special --overflow split --stride 1 --side left in' 0 \
        '{"id":"x#w0","text":"b ab","input_ids":[5,4,6],"parent":"x","root":"x","window":[[2,6]]}
{"id":"x#w1","text":"a b ","input_ids":[4,5],"parent":"x","root":"x","window":[[0,4]]}
{"text":"b","n":1.0,"id":"7#w0","input_ids":[5],"parent":7,"root":7,"window":[[0,1]]}'
}

@test "windows hold every token, and the stride twice" {
    for i in $(seq 0 40); do
        printf '{"id":%d,"text":"%s"}\n' "$i" "$(printf 'a b ab abb %.0s' $(seq "$i") | cut -d ' ' -f "1-$((i + 1))")"
    done >in
    for how in '5 0' '5 2' '5 4' '7 3' '1 0'; do
        read -r length stride <<<"$how"
        quern tokenize -m vocab.txt --no-special --emit input_ids in | jq -c '[.id, .input_ids]' >whole
        for side in right left; do
            quern tokenize -m vocab.txt --no-special --emit input_ids --max-length "$length" --overflow split \
                --stride "$stride" --side "$side" in >windows
            jq -c -s --argjson stride "$stride" --arg side "$side" 'group_by(.parent)[]
                | [.[0].parent, (map(.input_ids) | if $side == "right"
                    then reduce .[1:][] as $next (.[0]; . + $next[$stride:])
                    else reduce .[1:][] as $next (.[0]; $next[:($next | length) - $stride] + .) end)]' windows |
                diff whole -
            [ "$(jq ".input_ids | length > $length" windows | grep -c true)" = 0 ]
        done
    done
}

@test "a window has the text that its tokens stand for, and its spans" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' ann met bob '##by' in 木 . >vocab.txt
    echo '{"id":1,"text":"  Ann  met Bobby in 木. ","sentences":[[2,20]],"words":[[2,5],[7,10],[11,16],[17,19],[19,20]],"phrases":[[0,0],[14,14],[22,22]],"stopwords":[[17,18]],"entities":[{"start":2,"end":5,"label":"PER"},{"n":1.50,"end":18,"label":"X","start":11}]}' >in
    gives 'quern tokenize -m vocab.txt --max-length 6 --overflow split --stride 1 --word-ids words --spans words,entities --emit offset_mapping,word_ids in' 0 \
        '{"id":"1#w0","text":"  Ann  met Bobby ","sentences":[[2,17]],"words":[[2,5],[7,10],[11,16]],"phrases":[[0,0],[14,14]],"stopwords":[],"entities":[{"start":2,"end":5,"label":"PER"},{"n":1.50,"end":17,"label":"X","start":11}],"offset_mapping":[[0,0],[2,5],[7,10],[11,14],[14,16],[0,0]],"word_ids":[-1,0,1,2,2,-1],"word_tokens":[[1,2],[2,3],[3,5]],"entity_tokens":[[1,2],[3,5]],"parent":1,"root":1,"window":[[0,17]]}
{"id":"1#w1","text":"by in 木. ","sentences":[[0,6]],"words":[[0,2],[3,5],[5,6]],"phrases":[[0,0],[8,8]],"stopwords":[[3,4]],"entities":[{"n":1.50,"end":4,"label":"X","start":0}],"offset_mapping":[[0,0],[0,2],[3,5],[6,7],[7,8],[0,0]],"word_ids":[-1,0,1,3,4,-1],"word_tokens":[[1,2],[2,3],[0,0]],"entity_tokens":[[1,3]],"parent":1,"root":1,"window":[[14,23]]}'
    gives 'quern tokenize -m vocab.txt --max-length 6 --overflow split --side left --offsets bytes --emit offset_mapping in |
        jq -c "[.text, .words, .offset_mapping, .window]"' 0 \
        '["by in 木. ",[[0,2],[3,5],[5,6]],[[0,0],[0,2],[3,5],[6,9],[9,10],[0,0]],[[14,25]]]
["  Ann  met Bob",[[2,5],[7,10],[11,14]],[[0,0],[2,5],[7,10],[11,14],[0,0]],[[0,14]]]'
}

@test "windows together are as long as the text: a long one takes no more than several short ones" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' ann met bob '##by' in the wood . >vocab.txt
    jq -cn '("ann met bobby in the wood . " * 20000) as $text
        | {id: 1, $text, words: [range(20000) as $i | [$i * 27, $i * 27 + 3], [$i * 27 + 8, $i * 27 + 13]],
           sentences: [range(20000) | [. * 27, . * 27 + 26]], entities: [{start: 0, end: 540000, label: "X"}]}' >in
    quern tokenize -m vocab.txt --max-length 128 --overflow split --spans words,sentences,entities --emit input_ids in >windows
    [ "$(wc -l <windows)" -gt 1000 ]
    [ "$(wc -c <windows)" -lt "$((4 * $(wc -c <in)))" ]
    jq -j .text windows >text
    jq -j .text in | cmp - text
    # the characters of the words, in terms of the whole text again
    jq -c '.window[0][0] as $at | .words[] | map(. + $at) | range(.[0]; .[1])' windows >letters
    jq -c '.words[] | range(.[0]; .[1])' in | cmp - letters
    # a stride of nearly a window is a bad record and not the end of the machine
    gives 'quern tokenize -m vocab.txt --max-length 4002 --stride 3999 --overflow split in' 3 '' \
        'quern-tokenize: in:1: id 1: 156001 windows of up to 4000 tokens make more than 134217728 tokens'
}

@test "the text of a pair that has the spans is the member text" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' who ann met bob '?' >vocab.txt
    echo '{"id":"a","q":"who?","text":"Ann met Bob","entities":[{"start":8,"end":11,"label":"PER"}]}' >in
    gives 'quern tokenize -m vocab.txt --field q --pair-field text --spans entities --max-length 7 --truncation only_second \
        --overflow split --stride 1 --emit tokens in | jq -c "[.text, .entities, .entity_tokens, .window]"' 0 \
        '["Ann met ",[],[],[[0,4],[0,8]]]
["met Bob",[{"start":4,"end":7,"label":"PER"}],[[5,6]],[[0,4],[4,11]]]'
    # what is not cut stays as it was, whatever it says
    echo '{"id":"a","q":"ann met bob","text":"A","words":[[ 0,1]]}' >in
    gives 'quern tokenize -m vocab.txt --field q --max-length 4 --overflow split --emit input_ids in | jq -c "[.q, .text, .words]"' 0 \
        '["ann met ","A",[[0,1]]]
["bob","A",[[0,1]]]'
}

@test "windows of a pair: each of one text with each of the other" {
    printf '{"id":1,"text":"a a b b","b":"b b b a a"}\n' >in
    gives 'quern tokenize -m vocab.txt --no-special --max-length 4 --pair-field b --overflow split --emit input_ids in |
        jq -c "[.id, .input_ids]"' 0 \
        '["1#w0",[4,4,5,5]]
["1#w1",[5,5,5,5]]
["1#w2",[5,5,5,4]]
["1#w3",[5,5,4]]
["1#w4",[4,4,5,4]]
["1#w5",[4,4,4]]'
    gives 'quern tokenize -m vocab.txt --max-length 9 --pair-field b --overflow split --truncation only_second --stride 1 \
        --emit tokens in | jq -c ".tokens[6:]"' 0 '["b","b","[SEP]"]
["b","b","[SEP]"]
["b","a","[SEP]"]
["a","a","[SEP]"]'
    printf '{"id":1,"text":"%s","b":"%s"}\n' "$(printf 'a %.0s' $(seq 300))" "$(printf 'a %.0s' $(seq 300))" >in
    gives 'quern tokenize -m vocab.txt --no-special --max-length 2 --pair-field b --overflow split in' 3 '' \
        'quern-tokenize: in:1: id 1: 300 windows of the first text times 300 of the second are more than 65536 windows'
}

@test "windows that would not move on, or have no name, are errors" {
    printf '{"id":"x","text":"a b ab"}\n' >in
    gives 'quern tokenize -m vocab.txt --max-length 4 --overflow split --stride 2 in' 3 '' \
        'quern-tokenize: in:1: id "x": windows of 2 tokens of the text are too short for a stride of 2'
    gives 'quern tokenize -m vocab.txt --max-length 2 --overflow split in' 3 '' \
        'quern-tokenize: in:1: id "x": windows of 0 tokens of the text are too short for a stride of 0'
    gives 'quern tokenize -m vocab.txt --max-length 6 --overflow split --stride 2 --emit input_ids in' 0 \
        '{"id":"x#w0","text":"a b ab","input_ids":[1,4,5,4,6,2],"parent":"x","root":"x","window":[[0,6]]}'
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --max-length 4 --overflow split' 3 '' \
        'quern-tokenize: stdin:1: id: missing, and new records take their ids from it ("quern import" writes it); the record has text'
    gives 'printf '\''{"id":[1],"text":"a"}\n'\'' | quern tokenize -m vocab.txt --max-length 4 --overflow split -q' 3 '' \
        'quern-tokenize: stdin:1: id [1]: id: expected a string or a number, found an array'
}

@test "--padding and --pad-multiple fill up" {
    printf '[PAD]\n' >>vocab.txt
    gives 'printf '\''{"text":"a"}\n{"text":"a a a a"}\n'\'' | quern tokenize -m vocab.txt --max-length 5 --padding max_length -q' 0 \
        '{"text":"a","tokens":["[CLS]","a","[SEP]","[PAD]","[PAD]"],"input_ids":[1,4,2,7,7],"offset_mapping":[[0,0],[0,1],[0,0],[0,0],[0,0]],"word_ids":[-1,0,-1,-1,-1],"special_tokens_mask":[1,0,1,1,1],"attention_mask":[1,1,1,0,0],"token_type_ids":[0,0,0,0,0]}
{"text":"a a a a","tokens":["[CLS]","a","a","a","[SEP]"],"input_ids":[1,4,4,4,2],"offset_mapping":[[0,0],[0,1],[2,3],[4,5],[0,0]],"word_ids":[-1,0,1,2,-1],"special_tokens_mask":[1,0,0,0,1],"attention_mask":[1,1,1,1,1],"token_type_ids":[0,0,0,0,0]}'
    gives 'printf '\''{"text":"a b"}\n{"text":""}\n'\'' | quern tokenize -m vocab.txt --no-special --pad-multiple 3 --pad-side left --emit input_ids,attention_mask' 0 \
        '{"text":"a b","input_ids":[7,4,5],"attention_mask":[0,1,1]}
{"text":"","input_ids":[],"attention_mask":[]}'
    gives 'printf '\''{"text":"a b"}\n'\'' | quern tokenize -m vocab.txt --max-length 5 --padding max_length --pad-multiple 4 --pad-token "[SEP]" --emit input_ids' 0 \
        '{"text":"a b","input_ids":[1,4,5,2,2,2,2,2]}'
}

@test "what a tokenizer.json pads with" {
    printf '{"model":{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"z":1,"a":2}},"padding":{"strategy":"BatchLongest","direction":"Left","pad_token":"z","pad_id":1,"pad_type_id":3}}' >tokenizer.json
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m tokenizer.json --pad-multiple 3 --emit tokens,input_ids,token_type_ids' 0 \
        '{"text":"a","tokens":["a","z","z"],"input_ids":[2,1,1],"token_type_ids":[0,3,3]}'
}

@test "a template with a text twice is not supported" {
    printf '{"model":{"type":"WordPiece","unk_token":"u","vocab":{"u":0}},"post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: post_processor: a template that uses a text twice is not supported'
}

@test "--word-ids words: the record's own words" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' 我 爱 北 京 天 安 门 a . >vocab.txt
    printf '{"id":"z","text":"我爱北京天安门 a.","words":[[0,1],[1,2],[2,4],[4,7]]}\n' >in
    gives 'quern tokenize -m vocab.txt --word-ids words --emit word_ids in | jq -c .word_ids' 0 \
        '[-1,0,1,2,2,3,3,3,4,5,-1]'
    gives 'quern tokenize -m vocab.txt --emit word_ids in | jq -c .word_ids' 0 '[-1,0,1,2,3,4,5,6,7,8,-1]'
    gives 'quern tokenize -m vocab.txt --word-ids words --emit word_ids --max-length 6 --overflow split in | jq -c .word_ids' 0 \
        '[-1,0,1,2,2,-1]
[-1,0,0,0,1,-1]
[-1,0,-1]'
    gives 'printf '\''{"text":"a","words":[]}\n'\'' | quern tokenize -m vocab.txt --word-ids words --emit word_ids' 0 \
        '{"text":"a","words":[],"word_ids":[-1,0,-1]}'
}

@test "Chinese words are masked as a whole" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' 我 爱 北 京 天 安 门 广 场 。 >vocab.txt
    for i in $(seq 60); do printf '{"id":%d,"text":"我爱北京天安门广场。"}\n' "$i"; done >in
    quern segment --emit words in |
        quern tokenize -m vocab.txt --word-ids words --emit input_ids,word_ids,special_tokens_mask |
        quern mask -m vocab.txt --unit word --prob 0.4 --seed 1 >masked
    # of each word of several characters all of the tokens are to be predicted, or none; and some of both
    jq -c '. as $r | [range(.labels | length) | {word: $r.word_ids[.], label: ($r.labels[.] != -100)}]
        | group_by(.word)[] | select(.[0].word >= 0 and length > 1) | map(.label) | unique' masked |
        sort | uniq -c | awk '{ print $2, ($1 > 9) }' >out
    is out '[false] 1
[true] 1'
}

@test "--spans: spans of the text as ranges of tokens" {
    printf '{"id":1,"text":"ab a b","b":"b","sentences":[[0,4],[5,6]],"words":[[0,2],[3,4],[5,6]],"phrases":[],"entities":[{"start":1,"end":4,"label":"X"},{"label":"Y","end":3,"start":2}]}\n' >in
    gives 'quern tokenize -m vocab.txt --spans entities,words,sentences,phrases --emit tokens in |
        jq -c "[.tokens, .sentence_tokens, .word_tokens, .phrase_tokens, .entity_tokens, keys_unsorted[-5:]]"' 0 \
        '[["[CLS]","a","##b","a","b","[SEP]"],[[1,4],[4,5]],[[1,3],[3,4],[4,5]],[],[[2,4],[0,0]],["tokens","sentence_tokens","word_tokens","phrase_tokens","entity_tokens"]]'
    gives 'quern tokenize -m vocab.txt --spans sentences,words --emit input_ids --max-length 4 --overflow split in |
        jq -c "[.sentence_tokens, .word_tokens]"' 0 '[[[1,3]],[[1,3]]]
[[[1,2],[2,3]],[[1,2],[2,3]]]'
    gives 'quern tokenize -m vocab.txt --spans words --pair-field b --padding max_length --max-length 9 --pad-side left --pad-token "[MASK]" --offsets none --emit tokens in |
        jq -c "[.tokens, .word_tokens]"' 0 '[["[MASK]","[CLS]","a","##b","a","b","[SEP]","b","[SEP]"],[[2,4],[4,5],[5,6]]]'
}

@test "spans that are missing or wrong" {
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --spans phrases' 3 '' \
        'quern-tokenize: stdin:1: phrases: missing ("quern segment --phrases FILE" writes it); the record has text'
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --word-ids words' 3 '' \
        'quern-tokenize: stdin:1: words: missing ("quern segment" writes it); the record has text'
    gives 'printf '\''{"text":"a","words":[[0,2]]}\n'\'' | quern tokenize -m vocab.txt --spans words' 3 '' \
        'quern-tokenize: stdin:1: words[0]: ends at 2, the text has 1 characters'
    gives 'printf '\''{"text":"abc","words":[[0,2],[1,3]]}\n'\'' | quern tokenize -m vocab.txt --word-ids words' 3 '' \
        'quern-tokenize: stdin:1: words[1]: starts before the previous word ends'
    gives 'printf '\''{"text":"abc","words":[[1,1]]}\n'\'' | quern tokenize -m vocab.txt --word-ids words' 3 '' \
        'quern-tokenize: stdin:1: words[0]: empty'
}

@test "--offsets" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' 我 a >vocab.txt
    printf '{"id":1,"text":"我a😀 a","b":"a 我"}\n' >in
    gives 'quern tokenize -m vocab.txt --offsets bytes --pair-field b --emit offset_mapping -q in | jq -c .offset_mapping' 0 \
        '[[0,0],[0,3],[3,8],[9,10],[0,0],[0,1],[2,5],[0,0]]'
    gives 'quern tokenize -m vocab.txt --offsets chars --emit offset_mapping -q in | jq -c .offset_mapping' 0 \
        '[[0,0],[0,1],[1,3],[4,5],[0,0]]'
    gives 'quern tokenize -m vocab.txt --offsets none -q in | jq -c "has(\"offset_mapping\"), has(\"tokens\")"' 0 'false
true'
    gives 'quern tokenize -m vocab.txt --offsets bytes --max-length 3 --overflow split --side left --emit offset_mapping -q in | jq -c .offset_mapping' 0 \
        '[[0,0],[0,1],[0,0]]
[[0,0],[0,5],[0,0]]
[[0,0],[0,3],[0,0]]'
}

@test "--count" {
    gives 'printf '\''{"id":1,"text":"ab b","c":"a"}\n'\'' | quern tokenize -m vocab.txt --count' 0 \
        '{"id":1,"text":"ab b","c":"a","token_count":5}'
    gives 'printf '\''{"id":1,"text":"ab b","c":"a"}\n'\'' | quern tokenize -m vocab.txt --count --no-special --pair-field c' 0 \
        '{"id":1,"text":"ab b","c":"a","token_count":4}'
    gives 'printf '\''{"id":1,"text":"ab b"}\n'\'' | quern tokenize -m vocab.txt --count --max-length 4 --overflow split' 0 \
        '{"id":"1#w0","text":"ab ","token_count":4,"parent":1,"root":1,"window":[[0,3]]}
{"id":"1#w1","text":"b","token_count":3,"parent":1,"root":1,"window":[[3,4]]}'
}

@test "--decode writes the text of ids" {
    printf '{"id":1,"input_ids":[1,4,6,5,2],"attention_mask":[1,1,1,1,1]}\n' >in
    gives 'quern tokenize -m vocab.txt --decode in' 0 \
        '{"id":1,"input_ids":[1,4,6,5,2],"attention_mask":[1,1,1,1,1],"text":"[CLS] ab b [SEP]"}'
    gives 'quern tokenize -m vocab.txt --decode --skip-special --field shown in' 0 \
        '{"id":1,"input_ids":[1,4,6,5,2],"attention_mask":[1,1,1,1,1],"shown":"ab b"}'
    gives 'printf '\''{"id":1}\n'\'' | quern tokenize -m vocab.txt --decode' 3 '' \
        'quern-tokenize: stdin:1: id 1: input_ids: missing ("quern tokenize" writes it); the record has id'
}

@test "--decode: ids that the vocabulary does not have" {
    gives 'printf '\''{"id":1,"input_ids":[4,7]}\n'\'' | quern tokenize -m vocab.txt --decode' 3 '' \
        'quern-tokenize: stdin:1: id 1: input_ids[1]: 7 is not in the vocabulary of 7 ids'
    gives 'printf '\''{"id":1,"input_ids":[-100,4]}\n{"id":2,"input_ids":[4]}\n'\'' | quern tokenize -m vocab.txt --decode --on-error skip' 0 \
        '{"id":2,"input_ids":[4],"text":"a"}' 'quern-tokenize: stdin:1: id 1: input_ids[0]: -100 is not in the vocabulary of 7 ids
quern-tokenize: 1 of 2 records were bad and were skipped'
}

@test "--decode does not leave spans of another text behind" {
    printf '{"id":1,"text":"Ab b","words":[[0,2],[3,4]],"input_ids":[4,6,5],"offset_mapping":[[0,1],[1,2],[3,4]]}\n' >in
    gives 'quern tokenize -m vocab.txt --decode in' 3 '' \
        'quern-tokenize: in:1: id 1: words: stale: tokenize changed what it describes (--drop-stale removes it)'
    gives 'quern tokenize -m vocab.txt --decode --field to in' 0 \
        '{"id":1,"text":"Ab b","words":[[0,2],[3,4]],"input_ids":[4,6,5],"offset_mapping":[[0,1],[1,2],[3,4]],"to":"ab b"}'
    sed 's/Ab/ab/' in >same
    gives 'quern tokenize -m vocab.txt --decode same' 0 "$(cat same)"
    jq -c 'del(.words)' in >without
    sh 'quern tokenize -m vocab.txt --decode without'
    [ "$status" = 3 ]
    gives 'quern tokenize -m vocab.txt --decode --drop-stale without' 0 '{"id":1,"text":"ab b","input_ids":[4,6,5]}'
}

refuses() { # MESSAGE OPTION ...
    local message=$1
    shift
    gives "quern tokenize -m vocab.txt $* </dev/null" 2 '' "quern-tokenize: $message"
}

@test "options that do not go together" {
    usage='
Try "quern-tokenize --help".'
    refuses "--overflow goes only with --max-length$usage" --overflow split
    refuses "--side goes only with --max-length$usage" --side left
    refuses "--truncation goes only with --max-length$usage" --truncation only_first
    refuses "--stride goes only with --overflow split$usage" --stride 2 --max-length 9
    refuses "--pad-side goes only with --padding max_length, or --pad-multiple$usage" --pad-side left
    refuses '--word-ids has no effect without word_ids (--emit)' --word-ids words --emit input_ids
    refuses '--offsets has no effect without offset_mapping (--emit)' --offsets bytes --emit input_ids
    refuses '--padding max_length needs --max-length' --padding max_length
    refuses "--pad-token goes only with --padding max_length, or --pad-multiple$usage" --pad-token a
    refuses 'vocab.txt: the vocabulary has no padding token, neither [PAD] nor <pad> (name one with --pad-token)' --pad-multiple 8
    refuses 'vocab.txt: the vocabulary has no token "x" to pad with' --pad-multiple 8 --pad-token x
    refuses '--word-ids words does not go with --pair-field: the second text has no words' --word-ids words --pair-field b
    refuses '--offsets none contradicts --emit offset_mapping' --offsets none --emit offset_mapping
    refuses '--count does not go with --emit, --spans or padding' --count --emit tokens
    refuses '--count does not go with --emit, --spans or padding' --count --spans words
    refuses "--skip-special goes only with --decode$usage" --skip-special
    refuses '--decode goes only with --field and --skip-special' --decode --count
    refuses '--decode goes only with --field and --skip-special' --decode --max-length 5
}

@test "a bad record: no text, text that is none, no room" {
    gives 'printf '\''{"id":7}\n'\'' | quern tokenize -m vocab.txt' 3 '' 'quern-tokenize: stdin:1: id 7: text: missing (--field NAME works on another member); the record has id'
    sh 'printf '\''{"text":7}\n'\'' | quern tokenize -m vocab.txt'
    [ "$status" = 3 ]
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --max-length 1' 3 '' \
        'quern-tokenize: stdin:1: a maximum of 1 tokens leaves no room for the 2 special tokens'
}

@test "a model that is missing, or is none" {
    gives 'quern tokenize </dev/null' 2 '' 'quern-tokenize: --model FILE is required: a tokenizer, such as a tokenizer.json, or one that "quern train" makes'
    gives 'quern tokenize -m nowhere.txt </dev/null' 1 '' 'quern-tokenize: nowhere.txt: No such file or directory'
    echo '{"model":{"type":"Markov"}}' >tokenizer.json
    gives 'quern tokenize -m tokenizer.json </dev/null' 1 '' \
        'quern-tokenize: tokenizer.json: model: "Markov" is not supported'
    local kinds='expected tokenizer.json, tekken.json, vocab.txt, vocab.json with merges.txt, a SentencePiece .model or a tiktoken rank file'
    echo '{"id":1,"text":"a"}' >in
    gives 'quern tokenize -m in </dev/null' 1 '' \
        'quern-tokenize: in: not a tokenizer: a record'
    printf 'P\0 K' >binary
    gives 'quern tokenize -m binary </dev/null' 1 '' "quern-tokenize: binary: not a tokenizer: bytes of an unknown format; $kinds"
    echo 'some' >prose
    gives 'quern tokenize -m prose </dev/null' 1 '' \
        "quern-tokenize: prose: not a tokenizer: text, and no line is \"[UNK]\", the unknown token of a vocab.txt; $kinds"
    gives 'quern tokenize -m vocab.txt --max-length 9 --truncation only_second </dev/null' 2 '' \
        'quern-tokenize: --truncation only_second needs a second text (--pair-field)'
}

@test "what an earlier run wrote is replaced; what would go stale is refused" {
    gives 'printf '\''{"text":"a"}\n'\'' | quern tokenize -m vocab.txt --emit input_ids |
        quern tokenize -m vocab.txt --emit input_ids --no-special' 0 '{"text":"a","input_ids":[4]}'
    printf '{"text":"a","tokens":["x"]}\n' >in
    sh 'quern tokenize -m vocab.txt --emit input_ids in'
    [ "$status" = 3 ]
    gives 'quern tokenize -m vocab.txt --emit input_ids --drop-stale in' 0 '{"text":"a","input_ids":[1,4,2]}'
}

@test "--dropout: by the id alone, and only where there are merges" {
    echo '{"a":0,"b":1,"ab":2}' >vocab.json
    echo 'a b' >merges.txt
    gives 'echo '\''{"text":"ab"}'\'' | quern tokenize -m vocab.json --emit tokens --dropout 1' 0 \
        '{"text":"ab","tokens":["a","b"]}'
    for n in {1..64}; do echo "{\"id\":$n,\"text\":\"ab\"}"; done >in
    quern tokenize -m vocab.json --emit tokens --dropout 0.5 in >once
    [ "$(grep -c '"ab"\]' once)" -gt 8 ] && [ "$(grep -c '"a","b"' once)" -gt 8 ]
    tac in | quern tokenize -m vocab.json --emit tokens --dropout 0.5 -j 3 | tac | cmp - once
    sh 'quern tokenize -m vocab.json --emit tokens --dropout 0.5 --seed 1 in | cmp -s - once'
    [ "$status" = 1 ]
    sh 'quern tokenize -m vocab.txt --dropout 0.1 </dev/null'
    [ "$status" = 2 ] && grep -q "is a WordPiece model and has no merges to drop" err
}

@test "--epoch: other choices for each, and the record says of which it is" {
    echo '{"a":0,"b":1,"ab":2}' >vocab.json
    echo 'a b' >merges.txt
    for n in {1..64}; do echo "{\"id\":$n,\"text\":\"ab\"}"; done >in
    dropout="quern tokenize -m vocab.json --emit tokens --dropout 0.5"
    $dropout in >none
    $dropout --epoch 0 in | tee zero | sed 's/,"epoch":0}/}/' | cmp - none
    ! cmp -s zero none
    $dropout --epoch 4294967295 in | sed 's/,"epoch":4294967295}/}/' >last
    [ "$(wc -l <last)" = 64 ] && [ "$(diff none last | grep -c '^<')" -gt 8 ]
    sh "sed 's/}$/,\"epoch\":2}/' in | $dropout --epoch 2"
    [ "$status" = 0 ] && [ "$(jq -s 'map(select(.epoch == 2)) | length' out)" = 64 ]
    gives "echo '{\"id\":1,\"text\":\"ab\",\"epoch\":3}' | $dropout --epoch 2" 3 '' \
        'quern-tokenize: stdin:1: id 1: epoch: the record has epoch 3, not 2 (--epoch)'
    gives 'quern tokenize -m vocab.json --epoch 2 </dev/null' 2 '' \
        'quern-tokenize: --epoch needs --dropout or --nbest-size: without them nothing is random'
}

@test "--nbest-size: by the id alone, and only of Unigram models" {
    echo '{"model":{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-2],["b",-2],["ab",-3]]}}' >tokenizer.json
    tokens="quern tokenize -m tokenizer.json --emit tokens"
    for n in {1..64}; do echo "{\"id\":$n,\"text\":\"ab\"}"; done >in
    for n in -1 2; do
        $tokens --nbest-size $n in >once
        [ "$(grep -c '"ab"\]' once)" -gt 8 ] && [ "$(grep -c '"a","b"' once)" -gt 8 ]
        tac in | $tokens --nbest-size $n -j 3 | tac | cmp - once
        sh "$tokens --nbest-size $n --seed 1 in | cmp -s - once"
        [ "$status" = 1 ]
        sh "$tokens --nbest-size $n --salt x in | cmp -s - once"
        [ "$status" = 1 ]
    done
    $tokens in >plain
    $tokens --nbest-size 1 in | cmp - plain
    $tokens --nbest-size 0 in | cmp - plain
    $tokens --nbest-size -1 --alpha 10 in >sharp # e^-10 to 1
    cmp sharp plain
    sh 'quern tokenize -m vocab.txt --nbest-size 4 </dev/null'
    [ "$status" = 2 ] && grep -q -- "--nbest-size: vocab.txt: segmentations can be drawn only from a Unigram model; this is a WordPiece" err
    for bad in "--nbest-size 513" "--nbest-size -2" "--nbest-size 4 --alpha -1" "--nbest-size 4 --alpha nan" \
        "--nbest-size 4 --alpha 10.1" "--nbest-size 4 --alpha inf" "--alpha 0.5" "--nbest-size 4 --decode"; do
        sh "$tokens $bad in"
        [ "$status" = 2 ] || { echo "accepted: $bad"; return 1; }
    done
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
