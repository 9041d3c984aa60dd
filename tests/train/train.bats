load ../helper

sample() {
    cat >in <<'END'
{"id":1,"text":"low low low lower lowest"}
{"id":2,"text":"new newer"}
END
}

wordpiece() { # OPTIONS: the vocabulary on one line
    gives "quern train -q --type wordpiece --special [UNK] --format vocab $1 | paste -s -d ' '" 0 "$2"
}

@test "wordpiece: specials, alphabet by bytes, merges by count, then by the bytes of the left and of the right piece" {
    sample
    # ##o ##w and l ##o occur 5 times, ##e ##r and ##w ##e 2; "##..." is smaller than "l".
    wordpiece in "[UNK] ##e ##o ##r ##s ##t ##w e l n o r s t w ##ow low ##er ##ew new"
}

@test "bpe: merges.txt" {
    sample
    gives "quern train -q --type bpe --format merges in" 0 '#version: 0.2
l o
lo w
Ġ low
e r
e w
n ew'
}

@test "bpe: vocab.json has the specials, all 256 bytes and the merges" {
    sh "echo '{\"text\":\"aaa aaa\"}' | quern train -q --type bpe --special '<|endoftext|>' --format vocab"
    [[ $(<out) == '{"<|endoftext|>":0,"!":1,"\"":2,"#":3,'*',"a":65,'*',"Ġ":221,'*',"ł":255,"Ń":256,"aa":257,"aaa":258}' ]]
    [ "$(tr -cd : <out | wc -c)" = 260 ]
}

@test "wordpiece: tokenizer.json is one line of JSON" {
    gives "echo '{\"text\":\"Ab\"}' | quern train -q --type wordpiece" 0 '{"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{"id":1,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{"id":3,"content":"[SEP]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{"id":4,"content":"[MASK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"##b":5,"a":6,"b":7}}}'
}

@test "bpe: tokenizer.json puts RoBERTa's tokens around a text" {
    sh "echo '{\"text\":\"\"}' | quern train -q --type bpe | grep -o '\"post_processor\":.*\"model\"'"
    is out '"post_processor":{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false},"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},"model"'
    sh "echo '{\"text\":\"\"}' | quern train -q --type bpe | grep -o '\"content\":\"<mask>\"[^}]*'"
    is out '"content":"<mask>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true'
}

@test "without <s> and </s>, without [CLS] and [SEP] nothing is put around a text" {
    sh "quern train -q --type bpe --special none </dev/null | grep -o '\"added_tokens\":.*\"decoder\"'"
    is out '"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},"post_processor":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":true},"decoder"'
    sh "quern train -q --type wordpiece --special '[UNK]' --case keep </dev/null | grep -o '\"lowercase\":.*\"decoder\"'"
    is out '"lowercase":false},"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder"'
}

@test "--case: lower takes the accents off, keep leaves all as it is" {
    echo '{"text":"Été"}' >in
    wordpiece in "[UNK] ##e ##t e t"
    wordpiece "--case keep in" "[UNK] ##t ##é t É é"
}

@test "words are those of BERT: Chinese characters and punctuation stand alone" {
    echo '{"text":"石臼磨 a-b-a-b"}' >in
    wordpiece in "[UNK] - a b 石 磨 臼"
}

@test "bpe: a blank belongs to the word behind it, a contraction is a word" {
    echo '{"text":"it'"'"'s it'"'"'s it'"'"'s"}' >in
    gives "quern train -q --type bpe --format merges in" 0 "#version: 0.2
' s
i t
Ġ it"
}

@test "--vocab-size counts every id, --min-count every occurrence" {
    sample
    wordpiece "--vocab-size 16 in" "[UNK] ##e ##o ##r ##s ##t ##w e l n o r s t w ##ow"
    wordpiece "--min-count 3 in" "[UNK] ##e ##o ##r ##s ##t ##w e l n o r s t w ##ow low"
    wordpiece "--min-count 6 in" "[UNK] ##e ##o ##r ##s ##t ##w e l n o r s t w"
}

@test "a vocabulary that is not full is worth a note" {
    sample
    gives "quern train --type wordpiece --special [UNK] --format vocab --vocab-size 99 in >/dev/null" 0 "" \
        "quern-train: alphabet: kept all 8 characters
quern-train: only 20 of 99 ids: no remaining pair of pieces occurs 2 times"
}

@test "--limit-alphabet keeps the frequent characters; words with others teach nothing" {
    echo '{"text":"aab aab aab xab xab"}' >in
    wordpiece "--limit-alphabet 2 in" "[UNK] ##a ##b a b ##ab aab"
}

@test "the order of records, shards and threads is nothing" {
    for i in $(seq 2000); do echo "{\"id\":$i,\"text\":\"$((i * i)) $((i * 7919 % 1000)) w$((i % 37)) 石$((i % 11))\"}"; done >in
    for type in bpe wordpiece unigram; do
        quern train -q --type $type --vocab-size 700 in >one
        [ "$(wc -l <one)" = 1 ]
        for j in 2 8; do
            quern train -q --type $type --vocab-size 700 -j $j in | cmp - one
        done
        tac in | quern train -q --type $type --vocab-size 700 | cmp - one
        split -n r/3 in part.
        quern train -q --type $type --vocab-size 700 part.ac part.aa part.ab | cmp - one
    done
}

@test "no input: specials and bytes alone" {
    gives "quern train -q --type wordpiece --format vocab </dev/null | paste -s -d ' '" 0 "[PAD] [UNK] [CLS] [SEP] [MASK]"
    gives "quern train -q --type bpe --format merges </dev/null" 0 "#version: 0.2"
    gives "printf '{\"text\":\"\"}\n{\"text\":\" \\\\t\"}\n' | quern train -q --type wordpiece --format vocab | paste -s -d ' '" 0 \
        "[PAD] [UNK] [CLS] [SEP] [MASK]"
}

@test "--field names another member" {
    gives "echo '{\"title\":\"ab\"}' | quern train -q --type wordpiece --special [UNK] --format vocab -f title" 0 "[UNK]
##b
a
b"
}

@test "counters" {
    sample
    quern train -q --type wordpiece --stats stats in >/dev/null
    grep -q '"words":7,"different_words":5,"pruned_words":0,"pieces":24,"merges":5' stats
}

@test "a missing or wrong member is an error at its line" {
    gives "echo '{\"id\":7}' | quern train --type bpe" 3 "" "quern-train: stdin:1: id 7: text: missing (--field NAME works on another member); the record has id"
    gives "echo '{\"id\":7,\"text\":[1]}' | quern train --type bpe" 3 "" \
        "quern-train: stdin:1: id 7: text: expected a string, found an array"
    gives "printf '{\"text\":\"ab\"}\n{\"text\":3}\n' | quern train -q --type wordpiece --special [UNK] --format vocab --on-error skip 2>/dev/null" 0 "[UNK]
##b
a
b"
}

@test "usage errors" {
    gives "quern train </dev/null 2>&1 | sed -n 1p" 2 "quern-train: --type TYPE is required: bpe, wordpiece or unigram"
    usage() { # OPTIONS MESSAGE
        gives "quern train $1 </dev/null 2>&1 | sed -n 1p" 2 "quern-train: $2"
    }
    usage "--type words" '--type: expected bpe, wordpiece or unigram, found "words"'
    usage "--type bpe --vocab-size 260" "--vocab-size: 260 is too small: 256 bytes and 5 special tokens need 261"
    unknown="--special: WordPiece needs [UNK] for words that it can't cut; --role unk=TOKEN gives it another name"
    usage "--type wordpiece --special '[CLS]'" "$unknown"
    usage "--type wordpiece --special none" "$unknown"
    usage "--type bpe --special a,b,a" "--special: a is given twice"
    usage "--type bpe --special \$'\\xff'" "--special: a token is not UTF-8"
    usage "--type bpe --special \$'a\\nb'" "--special: a token contains a control character"
    usage "--type wordpiece --format merges" "--format merges needs --type bpe: other vocabularies have no merges"
    usage "--type unigram --format merges" "--format merges needs --type bpe: other vocabularies have no merges"
    usage "--type unigram --special '[UNK]'" \
        "--special: a unigram model needs <unk> for characters that it doesn't know; --role unk=TOKEN gives it another name"
    usage "--type bpe --letters characters --special none" \
        "--special: BPE of characters needs <unk> for characters that it doesn't know; --role unk=TOKEN gives it another name"
    usage "--type unigram --pre-tokenizer bert" \
        "--pre-tokenizer bert does not go with --type unigram, whose words begin with U+2581: only type or none"
    usage "--type bpe --letters characters --pre-tokenizer gpt2" \
        "--pre-tokenizer gpt2 does not go with --letters characters, whose words begin with U+2581: only type or none"
    usage "--type bpe --prefix-space first" "--prefix-space first does not go with letters that are bytes: only always or never"
    usage "--type bpe --user-defined a,b,a" "--user-defined: a is given twice"
    usage "--type bpe --user-defined '<pad>'" "--user-defined: <pad> is a special token already"
    usage "--type unigram --byte-fallback --user-defined '<0x0A>'" \
        "--byte-fallback: <0x0A> is one of its 256 tokens; leave it out of --special and --user-defined"
    usage "--type bpe --role mask" '--role: expected ROLE=TOKEN, a ROLE of bos, eos, unk, sep, pad, cls and mask, found "mask"'
    usage "--type bpe --role msk=a" '--role: expected ROLE=TOKEN, a ROLE of bos, eos, unk, sep, pad, cls and mask, found "msk=a"'
    usage "--type bpe --role pad=a" "--role: a is not a special token: add it to --special"
    usage "--type bpe --role 'pad=<s>,pad=</s>'" "--role: pad is given twice"
    usage "--type unigram --max-piece-length 25" "--max-piece-length: at most 24 with --type unigram, found 25"
    usage "--type unigram --alphabet \$'\\xff'" "--alphabet: expected UTF-8"
    usage "--type wordpiece --pre-tokenizer gpt2" "--pre-tokenizer gpt2 needs --type bpe: its words begin with spaces"
    usage "--type bpe --pre-tokenizer words" '--pre-tokenizer: expected type, gpt2, gpt4, bert, whitespace or none, found "words"'
    usage "count" "--type TYPE is required: bpe, wordpiece or unigram"
    usage "count --type words" '--type: expected bpe, wordpiece or unigram, found "words"'
    usage "--type bpe --min-count 0" '--min-count: expected 1 to 9223372036854775807, found "0"'
}

@test "an alphabet that does not fit is an error, not a larger vocabulary" {
    sample
    gives "quern train -q --type wordpiece --vocab-size 19 --format vocab in | wc -l" 0 19
    gives "quern train --type wordpiece --vocab-size 18 in" 1 "" \
        "quern-train: the alphabet (14 pieces) and the special tokens (5) do not fit into a vocabulary of 18: raise --vocab-size, or keep fewer characters (--limit-alphabet)"
}

@test "one long word" {
    head -c 2000000 /dev/zero | tr '\0' 'a' | sed 's/.*/{"text":"&"}/' >in
    gives "quern train -q --type bpe --special none --vocab-size 260 --format merges in" 0 "#version: 0.2
a a
aa aa
aaaa aaaa
aaaaaaaa aaaaaaaa"
    wordpiece in "[UNK]"
}

@test "what tokenize reads: tokenizer.json, vocab.txt, vocab.json with merges.txt, all alike" {
    cat >in <<'END'
{"text":"low low low lower lowest"}
{"text":"new newer NEWER, Ünïcode"}
{"text":"石臼 slow \u0000\ud83d\ude00 [MASK] ##er"}
END
    quern train -q --type wordpiece -o tokenizer.json in
    quern train -q --type wordpiece --format vocab -o vocab.txt in
    quern tokenize -m tokenizer.json in >one
    quern tokenize -m vocab.txt in | cmp - one
    head -n 1 one >first
    is first "$(printf '%s' '{"text":"low low low lower lowest","tokens":["[CLS]","low","low","low","low","##er","low","##e","##s","##t","[SEP]"],' \
        '"input_ids":[2,'"$(ids vocab.txt low low low low '##er' low '##e' '##s' '##t')"',3],' \
        '"offset_mapping":[[0,0],[0,3],[4,7],[8,11],[12,15],[15,17],[18,21],[21,22],[22,23],[23,24],[0,0]],' \
        '"word_ids":[-1,0,1,2,3,3,4,4,4,4,-1],"special_tokens_mask":[1,0,0,0,0,0,0,0,0,0,1],' \
        '"attention_mask":[1,1,1,1,1,1,1,1,1,1,1],"token_type_ids":[0,0,0,0,0,0,0,0,0,0,0]}')"
    for special in '<s>,<pad>,</s>,<unk>,<mask>' '<|endoftext|>'; do
        quern train -q --type bpe --special "$special" -o tokenizer.json in
        quern train -q --type bpe --special "$special" --format vocab -o vocab.json in
        quern train -q --type bpe --special "$special" --format merges -o merges.txt in
        quern tokenize -m tokenizer.json --emit tokens,input_ids in >one
        quern tokenize -m vocab.json --emit tokens,input_ids in | cmp - one
    done
}

# ids VOCAB PIECE...: their line numbers, from 0, with commas.
ids() {
    local vocab=$1 piece
    shift
    for piece in "$@"; do
        grep -nxF -- "$piece" "$vocab" | awk -F: '{ print $1 - 1 }'
    done | paste -s -d ,
}

@test "the tokens of a text, put together, are the text" {
    printf '%s\n' '{"text":"it is  isn'"'"'t it? 石臼 \u0000 \ud83d\ude00  é"}' '{"text":" it  is\n\n"}' >in
    quern train -q --type bpe --special none -o tokenizer.json in
    sh "quern tokenize -m tokenizer.json --emit tokens in | grep -o '\"tokens\".*' | tr -d '\",[]:}' | sed 's/tokens//'"
    is out "itĠisĠĠisn'tĠit?ĠçŁ³èĩ¼ĠĀĠðŁĺĢĠĠÃ©
ĠitĠĠisĊĊ"
}
