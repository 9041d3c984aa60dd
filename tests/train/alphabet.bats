load ../helper

# chinese N: as many texts, each with a character of its own, from U+4E00 on, and the first of them 2 x N times in all.
chinese() {
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "{\"text\":\"\\u%04x\\u4e00\\u4e00\"}\n", 19968 + i }'
}

letters() { # VOCAB: how many letters that start a word, special tokens aside
    grep -v -e '^##' -e '^\[' "$1" | grep -cx .
}

@test "by default the alphabet covers 99.95 % of the text, as many characters as that takes" {
    chinese 3000 >in # 9000 characters, 4.5 of which are 0.05 %: 2996 make 99.95
    sh "quern train --type wordpiece --format vocab --stats stats in"
    is err 'quern-train: alphabet: kept 2996 of 3000 characters, 99.95 % of the text; dropped 4, such as "妴" (U+59B4, count 1), "妵" (U+59B5, count 1), "妶" (U+59B6, count 1)
quern-train: 4 of 9000 words, 0.04 %, become the unknown token: they have a dropped character, more than 100 characters, or a # among others
quern-train: only 3001 of 30000 ids: no remaining pair of pieces occurs 2 times'
    [ "$(letters out)" = 2996 ]
    grep -q '"characters":9000,"covered_characters":8996,"different_characters":3000,"kept_characters":2996,"unknown_words":4' stats
    for type in unigram "bpe --letters characters"; do # a U+2581 for each text
        sh "quern train --type $type --stats stats in"
        grep -q '^quern-train: alphabet: kept 2995 of 3001 characters, 99.95 % of the text; ' err
        grep -q '"characters":12000,"covered_characters":11994,"different_characters":3001,"kept_characters":2995' stats
    done
}

@test "the 1000 most frequent characters are kept however rare they are" {
    { chinese 900; yes '{"text":"一一一一一一一一一一"}' | head -n 100000; } >in
    for type in wordpiece unigram; do
        gives "quern train --type $type --stats stats in 2>&1 >/dev/null | grep alphabet" 0 \
            "quern-train: alphabet: kept all $([ $type = wordpiece ] && echo 900 || echo 901) characters"
        quern train -q --type $type --character-coverage .9995 --stats stats in >/dev/null
        grep -q '"kept_characters":3..,' stats
    done
}

@test "--character-coverage keeps characters until they are enough, and not one more" {
    echo '{"text":"aaaaaa bb c d"}' >in
    for given in "0 0" ".6 1" ".60001 2" ".8 2" ".81 3" ".9 3" ".91 4" "1 4"; do
        gives "quern train -q --type wordpiece --special [UNK] --character-coverage ${given% *} --format vocab in | grep -c '^[a-d]$'; true" 0 "${given#* }"
    done
    for given in "0 --limit-alphabet 0" "0 --character-coverage 0 --limit-alphabet 9" "1 --character-coverage .9 --limit-alphabet 1" \
        "2 --limit-alphabet 2" "4 --limit-alphabet 9"; do
        n=${given%% *}
        [[ $given == *"--limit-alphabet 0" ]] && n=4 # any number
        gives "quern train -q --type wordpiece --special [UNK] ${given#* } --format vocab in | grep -c '^[a-d]$'; true" 0 "$n"
    done
}

@test "coverage is the same for any order, number of threads, and counts in parts" {
    { chinese 2500; chinese 700; chinese 300; } | shuf --random-source=<(yes) >in
    split -n r/3 in part.
    for type in wordpiece unigram "bpe --letters characters"; do
        quern train --type $type --character-coverage .93 in >one 2>note
        grep -q 'alphabet: kept 1... of 250. characters, 93.00 % of the text' note
        for j in 2 4; do
            quern train --type $type --character-coverage .93 -j $j part.ac part.aa part.ab 2>err | cmp - one
            cmp err note
        done
        for part in aa ab ac; do quern train count --type $type part.$part >$part.counts; done
        quern train merge ac.counts aa.counts ab.counts >sums
        quern train --type $type --character-coverage .93 --from-counts sums 2>err | cmp - one
        cmp err note
    done
}

@test "--alphabet: these characters are kept, and are there even if they do not occur" {
    for i in $(seq 50); do echo '{"text":"abab x"}'; done >in
    gives "quern train -q --type wordpiece --special [UNK] --limit-alphabet 2 --alphabet 'x01é' --format vocab in | paste -s -d ' '" 0 \
        "[UNK] ##0 ##1 ##x ##é 0 1 a x é"
    for type in unigram "bpe --letters characters"; do
        quern train -q --type $type --limit-alphabet 3 --alphabet 01é -o tokenizer.json in
        gives "echo '{\"text\":\"é10\"}' | quern tokenize -q -m tokenizer.json --no-special --emit tokens | jq -c '.tokens | map(select(. != \"▁\"))'" 0 \
            '["é","1","0"]'
    done
}

@test "what does not fit names what to do" {
    chinese 40 >in
    gives "quern train --type wordpiece --vocab-size 20 in" 1 "" \
        "quern-train: the alphabet (40 pieces) and the special tokens (5) do not fit into a vocabulary of 20: raise --vocab-size, or keep fewer characters (--limit-alphabet)"
}
