load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >in <<'END'
{"id": 1, "label":"spam", "n":1e2 }
{"id":2,"label":"ham","n":5}
{"id":3,"n":7.50}
{"label":"sp\u0061m","id":4,"n":null}
END
}

# selects LINES OPTION...: the records of these lines, byte for byte.
selects() {
    local lines=$1 script='' i
    shift
    for i in $lines; do script+="${i}p;"; done
    quern select "$@" in >got
    sed -n "$script" in | diff -u - got
}

@test "what satisfies the conditions passes byte for byte" {
    selects "1 4" 'label == spam'
    selects "1" 'label == spam' 'n == 100'
    selects "1 2 4" --any 'label == spam' 'n == 5'
    selects "2 3" --invert 'label == spam'
    selects "2 3" -v 'label == spam'
    selects "3" --any -v 'label == spam' 'n == 5'
    selects "1 2 4" 'has label'
    selects "1 2 3 4" 'id>=1'
    selects "" 'id > 4'
    selects "1 4" 'label ~ ^sp'
}

@test "a member that is missing or null satisfies no comparison; has and == null tell" {
    selects "1 4" 'label != ham'
    selects "1 2 3" 'n != 0'
    selects "4" 'n == null'
    selects "1 2 3 4" 'has n'
    selects "3" -v 'has label'
}

@test "conditions and files may be mixed; --where and -- say which is which" {
    cp in 'label == spam'
    printf '{"id":9,"label":"spam"}\n' >more
    gives "quern select more 'id > 3' in" 0 $'{"id":9,"label":"spam"}\n{"label":"sp\\u0061m","id":4,"n":null}'
    gives "quern select -w 'id == 2' -- 'label == spam'" 0 '{"id":2,"label":"ham","n":5}'
    gives "quern select --where=id==2 'label == ham' <in" 0 '{"id":2,"label":"ham","n":5}'
    gives "quern select 'id == 9' id=9 more" 1 "" "quern-select: id=9: No such file or directory"
}

@test "in a chain" {
    gives "quern run 'cat | select \"label == spam\" \"id < 2\" | cat' in" 0 '{"id": 1, "label":"spam", "n":1e2 }'
    gives "quern run 'select \"has label\" | select -v \"id <= 2\"' in" 0 '{"label":"sp\u0061m","id":4,"n":null}'
    gives "quern run 'select id==1 other | cat' in" 2 "" 'quern-run: select: "other": input files go after the chain, not inside it
Try "quern run --help".'
}

@test "a member of another type is a bad record" {
    gives "quern select 'label == 5' in" 3 "" \
        'quern-select: in:1: id 1: label: expected a number, found a string (the condition compares with 5; the string is written "5")'
    gives "quern select --any 'n >= 7' 'label == 5' --on-error skip in" 0 $'{"id": 1, "label":"spam", "n":1e2 }\n{"id":3,"n":7.50}' \
        'quern-select: in:2: id 2: label: expected a number, found a string (the condition compares with 5; the string is written "5")
quern-select: in:4: id 4: label: expected a number, found a string (the condition compares with 5; the string is written "5")
quern-select: 2 of 4 records were bad and were skipped'
}

@test "usage errors" {
    gives "quern select in" 2 "" "quern-select: the condition is missing: quern select 'MEMBER OP VALUE', or 'has MEMBER'"
    gives "quern select 'label = spam' in" 2 "" "quern-select: the condition 'label = spam': there is no operator =; use =="
    gives "quern select -w label in" 2 "" \
        "quern-select: the condition 'label': expected 'MEMBER OP VALUE' (OP is ==, !=, <, <=, >, >= or ~) or 'has MEMBER'"
    gives "quern select 'label ~ [' in" 2 "" \
        "quern-select: the condition 'label ~ [': the expression \"[\" is not valid at byte 2: missing terminating ] for character class"
}

@test "a pattern that backtracks without end is a bad record, soon" {
    printf '{"id":1,"text":"%s"}\n' "$(printf 'a%.0s' {1..60})b" >slow
    gives "timeout 60 quern select 'text ~ ^(a+)+\$' slow" 3 "" \
        "quern-select: slow:1: id 1: text: the expression backtracks too much on this text"
}

@test "the counters tell how many passed; the configuration has the conditions" {
    sh "quern select 'id > 1' 'label != x' --stats stats in"
    is <(jq -c '.filters[] | [.in, .out, .options]' stats) \
        '[4,2,"{\"where\":[\"id > 1\",\"label != x\"],\"any\":false,\"invert\":false,\"drop-stale\":false}"]'
}

@test "as jq selects, over many records and threads" {
    for i in {1..3000}; do printf '{"id":"r%d","n":%d.%d,"label":"%s","text":"%s"}\n' "$i" $((i * 7919 % 1000)) $((i % 10)) \
        "$((i % 7))" "$(printf 'word%d ' $((i % 13)) $((i % 17)))"; done >many
    for pair in 'n < 500|.n < 500' 'n >= 123.4|.n >= 123.4' 'label > "3"|.label > "3"' 'text ~ word1\b|.text | test("word1\\b")' \
        'id != r77|.id != "r77"' 'text == "word3 word3 "|.text == "word3 word3 "'; do
        jq -c "select(${pair#*|})" many | jq -r .id >expected
        [ -s expected ]
        for j in 1 2 8; do
            quern select "${pair%%|*}" -j $j many >got
            jq -r .id got | diff -q - expected || { echo "$pair"; return 1; }
            grep -Fxf got many | cmp - got
        done
    done
}

@test "nothing that holds" {
    printf '{"n":1}\n{"n":2}\n' >in
    gives "quern select n==3 in" 0 '' 'quern-select: let none of 2 records through'
    gives "quern select -q n==3 in" 0 ''
    gives "quern select n==3 </dev/null" 0 ''
}
