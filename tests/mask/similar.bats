# --similar: words that stand for each other.
load ../helper

# ids from 5: a happy glad joy ##ful mer ##ry big large new york boston he
vocabulary() {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a happy glad joy '##ful' mer '##ry' big large new york boston he >vocab.txt
    printf '# words\nhappy\tglad\tJoyful\t merry \tboston\n\nbig\tlarge\r\nhe\tmissing\nlarge\ta\nglad\n' >similar
    MASK="quern mask -m vocab.txt --unit word --replace-by word --similar similar --prob 1 --replace 100,0,0"
}

# words TEXT: what each word of the text becomes in 6000 copies, each replacement once, sorted by number
becomes() {
    jq -nc --arg text "$1" '{id: 1, text: $text}' | quern tokenize -m vocab.txt --no-special |
        $MASK --copies 6000 "${@:2}" | jq -c .input_ids | sort | uniq -c
}

@test "a word becomes another of its line, with as many tokens, each as often" {
    vocabulary
    # happy: glad or boston; not happy itself, nor the words of two tokens
    is <(becomes happy | awk '{ d = $1 - 3000; print $2, d * d < 25 * 1500 }') '[16] 1
[7] 1'
    # joyful: merry; and the other way round
    is <(becomes "joyful Merry" | awk '{ print $2 }') '[10,11,8,9]'
    # the first line that has a word counts: large is in two
    is <(becomes "large big" | awk '{ print $2 }') '[12,13]'
    is <(becomes "a" | awk '{ print $2 }') '[13]'
}

@test "where there is no similar word, random tokens" {
    vocabulary
    # alone in its line but for a word that is unknown; not in the file; a word of which only a part is selected
    is <(becomes he | wc -l) 13
    is <(becomes york | wc -l) 13
    printf '%s\n' '{"id":1,"input_ids":[8,9],"word_ids":[0,0]}' >in
    is <($MASK --unit word in --copies 300 | jq -c .input_ids | sort -u) '[10,11]'
    [ "$(quern mask -m vocab.txt --unit mix --mix token=1 --replace-by word --similar similar --prob 0.5 --replace 100,0,0 --copies 900 in | jq -c .input_ids | sort -u | wc -l)" = 25 ]
    sh "echo '{\"id\":1,\"text\":\"happy he joyful\"}' | quern tokenize -m vocab.txt | $MASK --stats stats"
    gives "jq -c '.filters[0] | [.selected, .masked, .similar, .random, .kept]' stats" 0 '[4,0,3,1,0]'
}

@test "in a unit of several words each one is replaced" {
    vocabulary
    is <(becomes "joyful big happy" --unit ngram --lengths 0,0,1 --replace-by unit | awk '{ print $2 }') '[10,11,13,16]
[10,11,13,7]'
    # all or none of them
    MASK=${MASK/100,0,0/50,0,50}
    is <(becomes "joyful big happy" --unit ngram --lengths 0,0,1 --replace-by unit | awk '{ print $2 }') \
        '[10,11,13,16]
[10,11,13,7]
[8,9,12,6]'
}

@test "words are tokenized as within a text: after a space, and not" {
    # the pieces of byte pair encoding: a word after a space is another token
    cat >tokenizer.json <<'END'
{"model":{"type":"BPE","vocab":{"b":0,"i":1,"g":2,"f":3,"a":4,"t":5,"Ġ":6,"bi":7,"big":8,"fa":9,"fat":10,"Ġb":11,"Ġbi":12,"Ġbig":13,"Ġf":14,"Ġfa":15,"Ġfat":16,"<mask>":17,"(":18},"merges":[["b","i"],["bi","g"],["f","a"],["fa","t"],["Ġ","big"],["Ġ","fat"]]},
"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},"added_tokens":[{"id":17,"content":"<mask>","special":true}]}
END
    printf 'big\tfat\n' >similar
    echo '{"id":1,"text":"big fat(big big"}' | quern tokenize -m tokenizer.json >in
    gives "quern mask -m tokenizer.json --unit word --prob 1 --replace 100,0,0 --replace-by word --similar similar in |
        jq -c '[.labels, (.input_ids | del(.[2]))]'" 0 '[[8,16,18,8,13],[10,13,10,16]]'
}

@test "Chinese words" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' 他 很 快 乐 高 兴 开 心 >vocab.txt
    printf '快乐\t高兴\t开心\t乐\n' >similar
    MASK="quern mask -m vocab.txt --unit word --replace-by word --similar similar --prob 1 --replace 100,0,0"
    echo '{"id":1,"text":"他很快乐","words":[[0,1],[1,2],[2,4]]}' | quern tokenize -m vocab.txt --no-special --word-ids words >in
    is <($MASK --copies 200 in | jq -c '.input_ids[2:]' | sort -u) '[11,12]
[9,10]'
}

@test "the same for any number of threads; another seed, other words" {
    vocabulary
    for n in $(seq 300); do echo "{\"id\":$n,\"text\":\"happy glad boston he\"}"; done | quern tokenize -m vocab.txt >in
    $MASK in >one
    $MASK -j 4 in | cmp - one
    ! cmp -s <($MASK --seed 1 in) one
}

@test "what --similar needs" {
    vocabulary
    first() {
        gives "$1 </dev/null 2>&1 | sed -n 1p" 2 "quern-mask: $2"
    }
    first 'quern mask -m vocab.txt --unit word --similar similar' '--similar goes only with --replace-by word or unit'
    first 'quern mask --mask-id 4 --vocab-size 9 --special-ids 0 --unit word --replace-by word --similar similar' \
        '--similar needs --model, to tokenize its words'
    printf 'a\tb\n\xff\n' >similar
    first "$MASK" '--similar: similar:2: not UTF-8'
    gives "quern mask -m vocab.txt --unit word --replace-by word --similar none </dev/null" 1 "" \
        'quern-mask: --similar: none: No such file or directory'
    : >similar
    gives "echo '{\"id\":1,\"input_ids\":[],\"word_ids\":[]}' | $MASK -q | jq -c .labels" 0 '[]'
}
