bats_require_minimum_version 1.5.0
load ../helper

# tokens FILE TEXT: the tokens of a text, each in quotes, special ones around it aside
tokens() {
    jq -nc --arg text "$2" '{text:$text}' | quern tokenize -q -m "$1" --no-special --emit tokens | jq -c .tokens
}

words() { # OPTIONS TEXT WORDS: the words that are counted, between bars
    jq -nc --arg text "$2" '{text:$text}' >words.jsonl
    gives "quern train count $1 words.jsonl | jq -r .word | paste -s -d '|'" 0 "$3"
}

@test "special and user-defined tokens are cut out before words are counted" {
    words "--type wordpiece" "a[MASK]b [CLS] mask" "a|b|mask"
    words "--type wordpiece --special '[UNK],<x>'" "a<x>b [CLS]" "[|]|a|b|cls"
    words "--type wordpiece --user-defined New-York,#1" "in New-York #1, new-york" ",|-|in|new|york"
    words "--type unigram" "a [MASK]b<pad>" "▁a|▁b"
    words "--type bpe" "low<s>low <mask> low" "low|Ġlow"
    words "--type bpe --special none" "<s>" "<|>|s"
    words "--type bpe --letters characters --user-defined ' of the '" "cut of the mill" "▁cut|▁mill"
}

@test "no piece is learned from special and user-defined tokens" {
    for i in $(seq 20); do echo '{"text":"see <|user|> and [MASK] and <mask> and <|user|>"}'; done >in
    for type in bpe wordpiece unigram "bpe --letters characters"; do
        mask='<mask>'
        [[ $type == wordpiece || $type == unigram ]] && mask='[MASK]'
        quern train -q --type $type --user-defined '<|user|>' -o tokenizer.json in
        run -0 tokens tokenizer.json "<|user|>x"
        [[ $output == '["<|user|>",'* ]]
        run -0 tokens tokenizer.json "and$mask"
        [[ $output == *"\"$mask\"]" ]]
        jq -r '.model.vocab | if type == "object" then keys[] else .[][0] end' tokenizer.json |
            grep -e use -e '<|' -e "${mask:1:3}" | sort >found
        is found "$(printf '%s\n' "$mask" '<|user|>' | sort)"
    done
}

@test "user-defined tokens are not special: decoding keeps them" {
    echo '{"text":"a <x> b"}' >in
    quern train -q --type bpe --user-defined '<x>' -o tokenizer.json in
    jq -c '.added_tokens[] | select(.content == "<x>")' tokenizer.json >out
    is out '{"id":5,"content":"<x>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":false}'
    gives "quern tokenize -q -m tokenizer.json --emit input_ids in | quern tokenize -m tokenizer.json --decode --skip-special --field decoded | jq -r .decoded" 0 "a <x> b"
}

@test "unigram: joiners stay where they are, as part of a word" {
    words "--type unigram" $'\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0634\u0d9a\u200d\u0dbb' $'▁\u0634\u0d9a\u200d\u0dbb|▁\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'
    words "--type unigram" $'\U1f469\u200d\U1f4bb' $'▁\U1f469\u200d\U1f4bb'
    words "--type unigram --normalization nmt-nfkc" $'a\u200cb\u200dc' $'▁a|▁b\u200dc'
}

@test "unigram: blanks, controls and the wide tilde as in SentencePiece" {
    words "--type unigram" $'a\u200bb\u200ec\u200fd\ufeffe\u2028f' "▁a|▁b|▁c|▁d|▁e|▁f"
    words "--type unigram" $'a\u0001b\u007fc\u009fd' "▁abcd"
    words "--type unigram" $'1～2 ３~４' "▁1～2|▁3~4"
    words "--type unigram" $'a\u2060b\u00adc' $'▁a\u2060b\u00adc'
}

@test "--normalization, --case, --accents" {
    words "--type bpe" "É ﬁ" "Ãī|Ġï¬ģ"
    words "--type bpe --normalization nfkc --case lower" "FIX ﬁx" "fix|Ġfix"
    words "--type unigram --normalization none" $'a  \tﬁ' $'▁|▁\tﬁ|▁a'
    words "--type unigram --case lower" "Éa ﬁX" "▁fix|▁éa"
    words "--type unigram --accents strip" "É각 Ünï" "▁E각|▁Uni"
    words "--type wordpiece --accents keep" "Été" "été"
    words "--type wordpiece --case keep --accents strip" "Été" "Ete"
    words "--type wordpiece --case keep" "Été" "Été"
    words "--type wordpiece --normalization nfkc" "ＥTÉ石臼" "ete石臼"
    words "--type wordpiece --normalization nfkc --accents keep" "ＥTÉ" "eté"
    words "--type wordpiece --normalization none --case keep" "ＥTÉ" "ＥTÉ"
}

@test "--pre-tokenizer, --split-digits, --prefix-space" {
    words "--type bpe --pre-tokenizer none" "it's 5 o'clock" "it'sĠ5Ġo'clock"
    words "--type wordpiece --pre-tokenizer none" "It's 5" "it's 5"
    words "--type unigram --pre-tokenizer none" "it's 5" "▁it's▁5"
    words "--type bpe --pre-tokenizer gpt4" "a1234 x_y" "123|4|_y|a|Ġx"
    words "--type bpe --split-digits" "a 12 b3" "1|2|3|a|Ġ|Ġb"
    words "--type wordpiece --split-digits" "a12 2" "1|2|a"
    words "--type unigram --split-digits" "a12 ２" "1|2|▁|▁a"
    words "--type bpe --prefix-space always" "low" "Ġlow"
    words "--type unigram --prefix-space never" "low" "low"
    words "--type unigram --prefix-space first" "low<pad>low" "low|▁low"
}

@test "--pattern: the matches are words, and so is what is between them" {
    words "--type bpe --pattern '[0-9]{1,2}|[a-z]+'" "ab123 x" "12|3|ab|x|Ġ"
    gives "quern train -q --type bpe --pattern '[a-z]+' --special none words.jsonl | jq -c '.pre_tokenizer.pretokenizers[0], .pre_tokenizer.pretokenizers[1].use_regex'" 0 \
        '{"type":"Split","pattern":{"Regex":"[a-z]+"},"behavior":"Isolated","invert":false}
false'
    usage() { # OPTIONS MESSAGE
        gives "quern train --type bpe $1 </dev/null 2>&1 | sed -n 1p" 2 "quern-train: $2"
    }
    usage "--pattern a --pre-tokenizer gpt2" "--pattern does not go with --pre-tokenizer: it is one"
    usage "--pattern a --letters characters" "--pattern does not go with --letters characters, whose words begin with U+2581"
    usage "--pattern ''" "--pattern: expected an expression, in UTF-8"
    usage "--pattern '('" '--pattern: the expression "(" is not valid at byte 2: a group without its closing parenthesis'
}

@test "--max-piece-length: no piece is longer" {
    for i in $(seq 300); do echo "{\"text\":\"international nationality rationalization x$i\"}"; done >in
    for most in 1 3 7; do
        quern train -q --type bpe --max-piece-length $most --special none --format vocab in |
            jq "keys | map(length) | max | . == $most" >out
        is out true
        quern train -q --type wordpiece --max-piece-length $most --special '[UNK]' --format vocab in |
            sed -e 1d -e 's/^##//' | awk -v most=$most 'length($0) > found { found = length($0) } END { exit found != most }'
        quern train -q --type unigram --max-piece-length $most --special '<unk>' in |
            jq "[.model.vocab[1:][][0] | length] | max | . == $most" >out
        is out true
    done
}

@test "--byte-fallback: what is unknown is written as bytes, and comes back" {
    for i in 1 2 3; do echo '{"text":"low lower"}'; done >in
    for type in unigram "bpe --letters characters" "bpe --letters characters --special none"; do
        quern train -q --type $type --byte-fallback -o tokenizer.json in
        run -0 tokens tokenizer.json "low é"
        [[ $output == *'"▁","<0xC3>","<0xA9>"]' ]]
        gives "echo '{\"text\":\"low é石\"}' | quern tokenize -q -m tokenizer.json --emit input_ids | quern tokenize -m tokenizer.json --decode --skip-special --field decoded | jq -r .decoded" 0 "low é石"
    done
    jq -r '.added_tokens | length' tokenizer.json >out
    is out 0
}

@test "--letters characters: BPE of SentencePiece's words" {
    for i in 1 2 3; do echo '{"text":"low lower lowest"}'; done >in
    gives "quern train -q --type bpe --letters characters --special '<unk>' --format merges in" 0 "#version: 0.2
l o
lo w
▁ low
▁low e
s t
▁lowe r
▁lowe st"
    gives "quern train -q --type bpe --letters characters --special '<unk>' in | jq -c '[.pre_tokenizer.type, .decoder.type, .model.unk_token, .model.fuse_unk]'" 0 \
        '["Metaspace","Metaspace","<unk>",true]'
}

@test "--role: a special token under a name of its own" {
    echo '{"text":"a b"}' >in
    for type in wordpiece unigram bpe; do
        quern train -q --type $type --special 'U,C,S,M,P' --role 'unk=U,cls=C,sep=S,mask=M,pad=P' -o tokenizer.json in
        gives "echo '{\"text\":\"a\"}' | quern tokenize -m tokenizer.json --emit tokens | jq -c '.tokens | [.[0], .[-1]]'" 0 '["C","S"]'
    done
    gives "quern train -q --type wordpiece --special '[UNK],<end>' --role 'sep=<end>,cls=<end>' in | jq -c '.post_processor.special_tokens'" 0 \
        '{"<end>":{"id":"<end>","ids":[1],"tokens":["<end>"]}}'
}

@test "shards of counts with every option give the tokenizer of the whole" {
    for i in $(seq 200); do echo "{\"text\":\"Ünïcode <x> $i ﬁx$((i % 7)) [MASK] the mill\"}"; done >in
    split -n r/2 in part.
    for given in "--type wordpiece --split-digits --accents keep --user-defined <x>" \
        "--type unigram --normalization nfkc --case lower --prefix-space first --special <unk>,<x>" \
        "--type bpe --pre-tokenizer gpt4 --normalization nfc --user-defined <x>" \
        "--type bpe --letters characters --pre-tokenizer none --split-digits"; do
        quern train -q $given --vocab-size 700 in >one
        for part in aa ab; do quern train count $given part.$part >$part.counts; done
        quern train -q $given --vocab-size 700 --from-counts ab.counts aa.counts | cmp - one
    done
}

@test "a vocabulary alone is worth a note where it is not cut as its readers assume" {
    echo '{"text":"a"}' >in
    note="quern-train: this file does not say how texts are cut into words, which is not as its readers assume: write a tokenizer.json (--format tokenizer)"
    for given in "wordpiece --accents keep" "wordpiece --pre-tokenizer whitespace" "wordpiece --user-defined <x>" \
        "bpe --case lower" "bpe --letters characters" "bpe --split-digits" "bpe --prefix-space always" unigram; do
        sh "quern train --format vocab --type ${given/<x>/x} in"
        [ "$(grep -v -e alphabet -e 'only .* ids' err)" = "$note" ]
    done
    for given in "wordpiece" "wordpiece --case keep" "bpe --special none" "bpe --min-count 3"; do
        sh "quern train --format vocab --type $given in"
        [ -z "$(grep -v -e alphabet -e 'only .* ids' err)" ]
    done
}

@test "a piece that a line can't hold is an error, not a broken file" {
    printf '%s\n' '{"text":"a\nb"}' '{"text":"a\nb"}' >in
    message='contains U+000A, which separates pieces in such a file: write a tokenizer.json (--format tokenizer)'
    for given in "wordpiece --normalization none --pre-tokenizer none --format vocab" \
        "unigram --normalization none --format vocab" "bpe --letters characters --normalization none --format merges"; do
        sh "quern train -q --type $given in"
        [ "$status" = 1 ]
        grep -q "^quern-train: the piece \"[^\"]*\" $message" err
        [ ! -s out ]
        quern train -q --type ${given% --format*} -o tokenizer.json in
        gives "quern tokenize -q -m tokenizer.json --no-special --emit input_ids in | quern tokenize -q -m tokenizer.json --decode --field decoded | jq -c .decoded | head -n 1" 0 \
            '"a\nb"'
    done
    gives "quern train -q --type bpe --special none --format merges in" 0 "#version: 0.2"
}
