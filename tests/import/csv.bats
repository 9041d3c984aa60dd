load ../helper

# csv INPUT OUTPUT: the rows, as lists of the fields a and b.
csv() {
    printf "$1" >in
    gives "quern import --format csv --source s --member a,b in" 0 "$2"
}

# bad INPUT MESSAGE: the first error.
bad() {
    printf "$1" >in
    gives "quern import --format csv --source s --member a,b in" 3 "${3-}" "quern-import: in:$2"
}

@test "RFC 4180: plain fields, with and without a last line end" {
    csv 'a,b\n1,2\n' '{"id":"s:1","a":"1","b":"2"}'
    csv 'a,b\r\n1,2\r\n' '{"id":"s:1","a":"1","b":"2"}'
    csv 'a,b\n1,2' '{"id":"s:1","a":"1","b":"2"}'
    csv 'a,b' ''
}

@test "RFC 4180: line ends in quotes are kept as they are" {
    csv 'a,b\n"1\n1","2\r\n2"\r\n"\n\n",\n"\r\n","\r"\n' \
'{"id":"s:1","a":"1\n1","b":"2\r\n2"}
{"id":"s:2","a":"\n\n","b":""}
{"id":"s:3","a":"\r\n","b":"\r"}'
}

@test "text behind a closing quote; columns are characters, the line is the one it stands on" {
    local what='expected a delimiter or the end of the line after the closing quote'
    bad 'a,b\n"é" ,2\n' "2: column 4: $what"
    bad 'a,b\n"1\n1","2\n日"x\n' "2: line 4, column 3: $what"
    bad 'a,b\n"1""1\r" ,\n' "2: line 3, column 2: $what"
}

@test "an unclosed quote is reported where it opened, and what it swallowed is kept" {
    printf 'a,b\n1,2\n3,"4\n5,6\n7,8\n' >in
    gives "quern import --format csv --source s --member a,b in" 3 '{"id":"s:1","a":"1","b":"2"}' \
        'quern-import: in:3: column 3: this quoted field is not closed'
    sh "quern import --format csv --source s --member a,b --on-error quarantine=bad in"
    is bad '{"file":"in","line":3,"stage":"import","error":"column 3: this quoted field is not closed","raw":"3,\"4\n5,6\n7,8"}'
    printf 'a,b\n"1\n1","4\n5,6\n' >in
    gives "quern import --format csv --source s --member a,b in" 3 '' \
        'quern-import: in:2: line 3, column 4: this quoted field is not closed'
}

@test "an unclosed quote is bounded by --max-line; the row behind is read again" {
    printf 'a,b\n1,"2\n3,4\n5,6\n7,8\n' >in
    sh "quern import --format csv --source s --member a,b --max-line 10 --on-error quarantine=bad in"
    [ "$status" = 0 ]
    is out '{"id":"s:2","a":"5","b":"6"}
{"id":"s:3","a":"7","b":"8"}'
    is bad '{"file":"in","line":2,"stage":"import","error":"column 3: this quoted field is not closed within --max-line","raw":"1,\"2\n3,4"}'
}

@test "an unclosed quote ends with its file" {
    printf 'a,b\n1,"2\n' >one
    printf 'a,b\n3,4\n' >two
    gives "quern import --format csv --source s --member a,b --on-error skip one two" 0 \
        '{"id":"s:2","a":"3","b":"4"}' \
'quern-import: one:2: column 3: this quoted field is not closed
quern-import: 1 of 4 records were bad and were skipped'
}

@test "every file has its own header" {
    printf 'a,b\n1,2\n' >one
    printf 'b,c,a\n3,4,5\n' >two
    gives "quern import --format csv --source s --member a,b one two" 0 \
'{"id":"s:1","a":"1","b":"2"}
{"id":"s:2","a":"5","b":"3"}'
    gives "quern import --format csv --source s --all one two one" 0 \
'{"id":"s:1","a":"1","b":"2"}
{"id":"s:2","b":"3","c":"4","a":"5"}
{"id":"s:3","a":"1","b":"2"}'
}

@test "not UTF-8 in a row of several lines: the line and the byte" {
    printf 'a,b\n"1\n\xe9",2\n' >in
    gives "quern import -q --format csv --source s --member a,b in" 3 '' \
        'quern-import: in:2: line 3, byte 1: not UTF-8: is the input in another charset? (--encoding)'
}

@test "--encoding, with the delimiter and the quote in it" {
    printf 'a,b\r\n"ü,\r\nü",é\r\n' | iconv -t UTF-16 >in
    gives "quern import --format csv --encoding UTF-16 --member a,b --source s in" 0 \
        '{"id":"s:1","a":"ü,\r\nü","b":"é"}'
}

@test "a huge field of many lines, across blocks" {
    { printf 'a,b\n0,"'; seq 1 200000; printf '"\n1,2\n'; } >in
    sh "quern import --format csv --member a,b --source s in"
    [ "$status" = 0 ]
    [ "$(sed 1q out | tr -cd n | wc -c)" = 200000 ]
    [ "$(sed 1q out | cut -c1-31)" = '{"id":"s:1","a":"0","b":"1\n2\n' ]
    [ "$(sed 1d out)" = '{"id":"s:2","a":"1","b":"2"}' ]
}

@test "a mistake in a row across blocks is reported on the row's first line; what came before is written" {
    { printf 'a,b\n1,2\n3,"'; seq 1 200000; printf '"x\n1,2\n'; } >in
    gives "quern import --format csv --member a,b --source s in" 3 '{"id":"s:1","a":"1","b":"2"}' \
        'quern-import: in:3: line 200003, column 2: expected a delimiter or the end of the line after the closing quote'
}

@test "tsv as Excel writes it: fields that start with a quote are quoted; backslashes are text" {
    printf 'a\tb\r\n"1\t""x""\r\ny"\t\\n"z"\r\n\t\n"p, q"\t""\n' >in
    gives "quern import --format tsv --member a,b --source s in" 0 \
'{"id":"s:1","a":"1\t\"x\"\r\ny","b":"\\n\"z\""}
{"id":"s:2","a":"","b":""}
{"id":"s:3","a":"p, q","b":""}' 'quern-import: in:5: quotes around a field were removed; if they are part of the text, give --quote none'
    printf 'a\tb\n1\n' >in
    gives "quern import --format tsv --member a,b --source s in" 3 '' \
        'quern-import: in:2: expected 2 fields as in the header, found 1 (--ragged fill adds empty ones)'
}

@test "tsv with quotes that are text: a note, or an error that says what to do; --quote none keeps them" {
    printf 'a\tb\n"Yes."\t1\n"No."\t2\n' >in
    gives "quern import --format tsv --member a,b --source s in" 0 \
'{"id":"s:1","a":"Yes.","b":"1"}
{"id":"s:2","a":"No.","b":"2"}' 'quern-import: in:2: quotes around a field were removed; if they are part of the text, give --quote none'
    gives "quern import --format tsv --member a,b --source s --quote none in" 0 \
'{"id":"s:1","a":"\"Yes.\"","b":"1"}
{"id":"s:2","a":"\"No.\"","b":"2"}'
    gives "quern import --format tsv --member a,b --source s --quote '\"' in" 0 \
'{"id":"s:1","a":"Yes.","b":"1"}
{"id":"s:2","a":"No.","b":"2"}'
    printf 'a\tb\n"Yes," he said\t1\n' >in
    gives "quern import --format tsv --member a,b --source s in" 3 '' \
'quern-import: in:2: column 7: expected a delimiter or the end of the line after the closing quote (if quotes are part of the text: --quote none)'
    printf 'a\tb\n"Yes\t1\n' >in
    gives "quern import --format tsv --member a,b --source s in" 3 '' \
'quern-import: in:2: column 1: this quoted field is not closed (if quotes are part of the text: --quote none)'
}

@test "--ragged: rows that are too short are filled, too long ones cut, as asked for, and counted" {
    printf 'a,b\n1\n1,2,3\n4,5\n' >in
    gives "quern import --format csv --member a,b --source s --ragged fill,cut --stats counters in" 0 \
'{"id":"s:1","a":"1","b":""}
{"id":"s:2","a":"1","b":"2"}
{"id":"s:3","a":"4","b":"5"}'
    [ "$(jq -c '.filters[0] | [.filled_rows, .cut_rows]' counters)" = '[1,1]' ]
    gives "quern import --format csv --member a,b --source s --ragged fill in" 3 '{"id":"s:1","a":"1","b":""}' \
        'quern-import: in:3: expected 2 fields as in the header, found 3 (--ragged cut drops the others)'
    gives "quern import --format csv --member a,b --source s --ragged cut in" 3 '' \
        'quern-import: in:2: expected 2 fields as in the header, found 1 (--ragged fill adds empty ones)'
    gives "quern import --format csv --member a,b --source s --ragged cut,error in" 2 '' \
        'quern-import: --ragged: error does not go with fill or cut'
}

@test "--escape: in quotes and outside; a backslash as databases write it, with a missing value" {
    cat >in <<'END'
a,b
"x\"y\\",p\,q
\N,l\
m
"1\n2\t3""4",\z
END
    gives "quern import --format csv --member a,b --source s --escape '\\' in" 0 \
'{"id":"s:1","a":"x\"y\\","b":"p,q"}
{"id":"s:2","b":"l\nm"}
{"id":"s:3","a":"1\n2\t3\"4","b":"z"}'
    gives "quern import --format csv --text a --source s --escape '\\' --on-error skip in" 0 \
'{"id":"s:1","text":"x\"y\\"}
{"id":"s:3","text":"1\n2\t3\"4"}' \
'quern-import: in:3: a: missing
quern-import: 1 of 5 records were bad and were skipped'
    printf 'a;b\n^n^;;"^"1"\n' >in
    gives "quern import --format csv --delimiter ';' --member a,b --source s --escape ^ in" 0 \
        '{"id":"s:1","a":"n;","b":"\"1"}'
}

@test "--quote: another character, or none" {
    cat >in <<'END'
a,b
'x,
''y''',""
END
    gives "quern import --format csv --quote \"'\" --member a,b --source s in" 0 \
        "{\"id\":\"s:1\",\"a\":\"x,\\n'y'\",\"b\":\"\\\"\\\"\"}"
    printf 'a,b\n5" disk,"x\n' >in
    gives "quern import --format csv --quote none --member a,b --source s in" 0 '{"id":"s:1","a":"5\" disk","b":"\"x"}'
    printf 'a,b\n\xffx,1\n2,3\n' >in
    gives "quern import -q --format csv --quote none --member a,b --source s --on-error skip in" 0 '{"id":"s:2","a":"2","b":"3"}' \
'quern-import: in:2: byte 1: not UTF-8: is the input in another charset? (--encoding)
quern-import: 1 of 3 records were bad and were skipped'
    gives "quern import --format csv --quote , --member a,b --source s in" 2 '' \
        'quern-import: --delimiter, --quote and --escape must be different characters'
}

@test "Excel's line sep=; names the delimiter; --delimiter auto judges by the first line of each file" {
    printf 'sep=;\r\na;b\r\n1;2\r\n' >in
    gives "quern import --format csv --member a,b --source s in" 0 '{"id":"s:1","a":"1","b":"2"}'
    printf 'a;b\n1;2\n' >semicolons
    printf 'a,b\n3,4\n' >commas
    printf '"a,b,c"\ta\tb\nx\t5\t6\n' >tabs
    printf 'a|b\n7|8\n' >bars
    gives "quern import --format csv --delimiter auto --member a,b --source s semicolons commas tabs bars" 0 \
'{"id":"s:1","a":"1","b":"2"}
{"id":"s:2","a":"3","b":"4"}
{"id":"s:3","a":"5","b":"6"}
{"id":"s:4","a":"7","b":"8"}'
}

@test "a table of one column that is one of several with another delimiter says so" {
    printf 'text;label\nGood;1\n' >in
    for options in --all "--text text" "--text 1"; do
        gives "quern import --format csv $options --source s in" 1 '' \
"quern-import: in:1: the only column is called \"text;label\"; try --delimiter ';' (or --delimiter , if it is one column)"
    done
    gives "quern import --format csv --delimiter , --text 1 --source s --header yes in" 0 '{"id":"s:1","text":"Good;1"}'
    gives "quern import --format tsv --text text --source s in" 1 '' \
"quern-import: in:1: no column \"text\" among 1; there are text;label; try --format csv --delimiter ';'"
    printf 'text\tlabel\nGood\t1\n' >in
    sh "quern import --format csv --all --source s in"
    grep -q 'try --format tsv' err
    printf '"text, raw"\nGood\n' >in
    gives "quern import --format csv --text 1 --source s --header yes in" 0 '{"id":"s:1","text":"Good"}'
}

@test "columns by their numbers: a note that the first row is not a record, unless --header says it" {
    printf 'a,b\n1,2\n' >in
    gives "quern import --format csv --text 2 --source s in" 0 '{"id":"s:1","text":"2"}' \
        "quern-import: in:1: the first row has the names of the columns; if it is a record, give --header no"
    gives "quern import --format csv --text 2 --source s --header yes in" 0 '{"id":"s:1","text":"2"}'
    gives "quern import --format csv --text 2 --id a in" 0 '{"id":"1","text":"2"}'
}

@test "the header in the middle of a table is no record" {
    printf 'a,b\n1,2\na,b\n3,4\n' >in
    gives "quern import --format csv --member a,b --source s --on-error skip in" 0 \
'{"id":"s:1","a":"1","b":"2"}
{"id":"s:3","a":"3","b":"4"}' \
'quern-import: in:3: this row repeats the header: were tables put together with their headers?
quern-import: 1 of 4 records were bad and were skipped'
    printf 'a\n1\na\n' >in
    gives "quern import --format csv --member a --source s in" 0 '{"id":"s:1","a":"1"}
{"id":"s:2","a":"a"}'
}

@test "a bad last line leaves what was written before it, in a file too" {
    for last in '3' '"3,4' '3,"4"x' '(2 rows)' '\x1a' '3,\xff' '3,4\0'; do
        printf "a,b\n1,2\n$last" >in
        sh "quern import -q --format csv --member a,b --source s --on-error skip -o made in"
        [ "$status" = 0 ]
        is made '{"id":"s:1","a":"1","b":"2"}'
        grep -q '^quern-import: in:3: ' err
        rm made
    done
}

@test "the same rows by threads and by shell" {
    { echo t,u; seq 1 60000 | sed 's/.*/"& ""x""\n&",&/'; } >in
    quern import --format csv --text t --member u --source s in >one
    quern import --format csv --text t --member u --source s -j 3 <in | cmp - one
    [ "$(wc -l <one)" = 60000 ]
    [ "$(sed -n 4711p one)" = '{"id":"s:4711","text":"4711 \"x\"\n4711","u":"4711"}' ]
}
