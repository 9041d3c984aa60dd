# Words with tags, against the files that they came from.
load ../helper

@test "conll: every tag of a file, from the entities that were made of it" {
    [ -d "$SHARED/data/labelled/wnut17" ] || skip "no ../shared/data"
    for file in wnut17/wnut17train.conll wnut17/emerging.dev.conll wnut17/emerging.test.annotated \
        weibo-ner/weiboNER_2nd_conll.test; do
        sed 's/[ \t\r]*$//' "$SHARED/data/labelled/$file" | cat -s | sed '1{/^$/d}; ${/^$/d}' >expected
        quern import --format conll --source w --lenient --join '' "$SHARED/data/labelled/$file" | jq -r '
            .text as $t | .entities as $e | (.words[] | . as [$s, $f] |
                [$e[] | select(.start <= $s and .end >= $f)][0] as $of |
                $t[$s:$f] + "\t" + (if $of == null then "O" elif $of.start == $s then "B-" + $of.label
                                      else "I-" + $of.label end)), ""' | sed '${/^$/d}' >got
        [ "$(wc -l <got)" -gt 10000 ]
        # what --lenient mended
        diff expected got | grep '^>' >mended || true
        is <(grep -cv '	B-' mended) 0
        if [[ $file == wnut17/* ]]; then cmp expected got; fi
    done
}

@test "conll: by the name of the file; counts" {
    printf -- '-DOCSTART- O\n\n\na O\nb I-X\n' >a.conll
    gives "quern import --source s --lenient --stats counts a.conll" 0 \
        '{"id":"s:1","text":"a b","words":[[0,1],[2,3]],"entities":[{"start":2,"end":3,"label":"X"}]}'
    gives "jq -c '.filters[0] | [.blank_lines, .document_lines, .mended_tags]' counts" 0 '[2,1,1]'
}

@test "conll: a block that is too long, or in another charset, is one bad record" {
    {
        for ((i = 0; i < 100; i++)); do echo "word$i O"; done
        printf '\na O\n\nb O\n\377 O\n'
    } >in
    sh "quern import --format conll --source s --max-line 200 --on-error quarantine=bad in | jq -r .text"
    is out a
    [ "$(jq -r 'select(.error | contains("longer than 200 bytes")) | .raw' bad | grep -c '^word')" = 100 ]
    is <(jq -r 'select(.error | contains("not UTF-8")) | "\(.line) \(.raw_base64)"' bad) \
        "104 $(printf 'b O\n\377 O' | base64)"
}
