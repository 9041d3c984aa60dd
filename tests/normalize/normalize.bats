load ../helper

# text OPTIONS INPUT OUTPUT: the text of one record, as JSON strings without their quotes.
text() {
    printf '{"text":"%s"}\n' "$2" >in
    gives "quern normalize $1 in" 0 "{\"text\":\"$3\"}"
}

@test "a record whose text is normal passes byte for byte" {
    printf '{"a" : 1.50, "text":"caf\\u00e9 \\/ 1" ,"entities":[ {"start": 0, "end":4} ]}\n' >in
    sh "quern normalize --case lower --space collapse in"
    [ "$status" = 0 ]
    cmp in out
}

@test "by default the form is NFC and nothing else changes" {
    text "" 'Cafe\u0301  \tﬁ Ａ' 'Café  \tﬁ Ａ'
}

@test "--form" {
    text "--form none" 'e\u0301' 'e\u0301'
    text "--form nfc" 'e\u0301 ①' 'é ①'
    text "--form nfkc" 'e\u0301 ①ﬁ' 'é 1fi'
    text "--form nfd" '\u00e9①' $'e\u0301①'
    text "--form nfkd" '\u00e9①' $'e\u03011'
}

@test "--case" {
    text "--case lower" 'ÉCOLE Straße ΟΔΟΣ İ' $'école straße οδος i\u0307'
    text "--case fold" 'ÉCOLE Straße ΟΔΟΣ' 'école strasse οδοσ'
}

@test "--strip-accents" {
    text "--strip-accents" 'Crème brûlée, Ångström, Łódź' 'Creme brulee, Angstrom, Łodz'
}

@test "--control" {
    text "--control remove" 'a\u0000b\u001f\tc\n\ufeffd\u200be\u00ad می‌خواهم' 'ab\tc\nde می‌خواهم'
}

@test "--space" {
    text "--space collapse" ' \n one \t\r\n two\u3000three\u00a0 ' 'one two three'
    text "--space collapse" ' \n ' ''
}

@test "--width" {
    text "--width half" 'ＡＢＣ　１２３！ ｶ。' 'ABC 123! ｶ。'
}

@test "the order of operations is fixed" {
    # the joiner goes before the form is made, the capital of the sign is there before the case changes, the
    # no-break space is a space before spaces collapse
    text "--control remove" 'e\u200b\u0301' 'é'
    text "--form nfkc --case lower --space collapse" '5 ℃\u00a0 x' '5 °c x'
    text "--space collapse --case lower --form nfkc" '5 ℃\u00a0 x' '5 °c x'
    text "--strip-accents --space collapse" 'a \u0301 b' 'a b'
}

@test "the form is made again where case or accents broke it" {
    text "--case fold" '\u0390' 'ΐ'
    text "--strip-accents" '\u1112\ufe0f\u1161' '하'
}

@test "an empty text stays" {
    text "--form nfkc --case fold --strip-accents --control remove --space collapse --width half" '' ''
}

@test "spans move with the text" {
    printf '%s\n' '{"text":"Cafe\u0301  de Ｐaris","words":[[0,5],[7,9],[10,15]],"sentences":[[0,15]],"phrases":[[7,15]]}' >in
    gives "quern normalize --form nfkc --space collapse in" 0 \
        '{"text":"Café de Paris","words":[[0,4],[5,7],[8,13]],"sentences":[[0,13]],"phrases":[[5,13]]}'
}

@test "entities move, and keep what else they have" {
    printf '%s\n' '{"text":"\uFB01n de\u0301ja\u0300","entities":[{"label":"A", "end":7,"start":3,"w":1.0},{"start":0,"end":1,"label":"B"}]}' >in
    gives "quern normalize --form nfkc in" 0 \
        '{"text":"fin déjà","entities":[{"label":"A", "end":7,"start":4,"w":1.0},{"start":0,"end":2,"label":"B"}]}'
}

@test "a span of which all is deleted is dropped and counted" {
    printf '%s\n' '{"text":"a \u200b b","words":[[0,1],[2,3],[4,5]],"entities":[{"start":2,"end":3},{"start":0,"end":1},{"start":2,"end":2}]}' >in
    gives "quern normalize --control remove --stats stats in" 0 \
        '{"text":"a  b","words":[[0,1],[3,4]],"entities":[{"start":0,"end":1},{"start":2,"end":2}]}'
    grep -q '"dropped_spans":2' stats
    grep -q '"changed":1' stats
}

@test "code points beyond the first plane count as one" {
    printf '%s\n' '{"text":"😀e\u0301😀","words":[[0,1],[1,3],[3,4]]}' >in
    gives "quern normalize in" 0 '{"text":"😀é😀","words":[[0,1],[1,2],[2,3]]}'
}

@test "--field: spans belong to text where there is one" {
    printf '%s\n' '{"title":"e\u0301x","text":"ab","words":[[0,2]]}' '{"title":"e\u0301x","words":[[0,2],[2,3]]}' >in
    gives "quern normalize --field title in" 0 \
'{"title":"éx","text":"ab","words":[[0,2]]}
{"title":"éx","words":[[0,1],[1,2]]}'
}

@test "the text must be there and a string" {
    gives "echo '{\"id\":\"a\"}' | quern normalize" 3 "" 'quern-normalize: stdin:1: id "a": text: missing'
    gives "echo '{\"text\":1}' | quern normalize" 3 "" \
        'quern-normalize: stdin:1: text: expected a string, found a number'
    gives "echo '{\"text\":\"a\"}' | quern normalize --field t" 3 "" 'quern-normalize: stdin:1: t: missing'
}

@test "wrong spans are errors that name the item, even where the text does not change" {
    gives "echo '{\"text\":\"ab\",\"words\":[[0,1],[1,3]]}' | quern normalize" 3 "" \
        'quern-normalize: stdin:1: words[1]: ends at 3, the text has 2 characters'
    gives "echo '{\"text\":\"ab\",\"sentences\":[[2,1]]}' | quern normalize" 3 "" \
        'quern-normalize: stdin:1: sentences[0]: the start is greater than the end'
    gives "echo '{\"text\":\"ab\",\"words\":[\"ab\"]}' | quern normalize" 3 "" \
        'quern-normalize: stdin:1: words[0]: expected [start,end]'
    gives "echo '{\"text\":\"ab\",\"entities\":[{\"start\":0,\"end\":1},{\"start\":0}]}' | quern normalize" 3 "" \
        'quern-normalize: stdin:1: entities[1].end: missing'
    gives "echo '{\"text\":\"ab\",\"entities\":[{\"start\":0,\"end\":\"1\"}]}' | quern normalize" 3 "" \
        'quern-normalize: stdin:1: entities[0].end: not an offset'
}

@test "tokens of the old text are refused, or dropped when asked" {
    printf '%s\n' '{"text":"e\u0301","input_ids":[5]}' >in
    gives "quern normalize in" 3 "" \
        'quern-normalize: in:1: input_ids: stale: normalize changed what it describes (--drop-stale removes it)'
    gives "quern normalize --drop-stale in" 0 '{"text":"é"}'
    gives "echo '{\"text\":\"e\",\"input_ids\":[5]}' | quern normalize" 0 '{"text":"e","input_ids":[5]}'
}

@test "an unknown value of an option is a usage error" {
    sh "quern normalize --form nfx </dev/null"
    [ "$status" = 2 ]
    [ ! -s out ]
    grep -q -- '--form: expected none, nfc, nfkc, nfd or nfkd, found "nfx"' err
}

@test "the locale has no say" {
    printf '%s\n' '{"text":"TITLE İI"}' >in
    gives "env LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 quern normalize --case lower in" 0 $'{"text":"title i\u0307i"}'
}

@test "twice does the same as once, and threads do not matter" {
    for i in {1..300}; do
        printf '{"id":%d,"text":"  Ｃafe\\u0301 %d ﬁ\\u0323 \\u1112\\u1161\\u11ab İ ΟΔΟΣ \\ufdfa","words":[[2,7]]}\n' "$i" "$i"
    done >in
    options="--form nfkc --case fold --strip-accents --control remove --space collapse --width half"
    quern normalize $options in >once
    quern normalize $options once >twice
    cmp once twice
    quern normalize -j 3 $options in | cmp once
}
