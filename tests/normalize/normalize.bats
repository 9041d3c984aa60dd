load ../helper

@test "a span of which all is deleted is dropped and counted" {
    printf '%s\n' '{"text":"a \u200b b","words":[[0,1],[2,3],[4,5]],"entities":[{"start":2,"end":3},{"start":0,"end":1},{"start":2,"end":2}]}' >in
    gives "quern normalize --control remove --stats stats in" 0 \
        '{"text":"a  b","words":[[0,1],[3,4]],"entities":[{"start":0,"end":1},{"start":2,"end":2}]}' \
        'quern-normalize: dropped 2 spans whose text is gone'
    grep -q '"dropped_spans":2' stats
    grep -q '"changed":1' stats
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
