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

@test "tsv is split at tabs: quotes and backslashes are content" {
    printf 'a\tb\r\n"1\t\\n"\\\\\r\n\t\n' >in
    gives "quern import --format tsv --member a,b --source s in" 0 \
'{"id":"s:1","a":"\"1","b":"\\n\"\\\\"}
{"id":"s:2","a":"","b":""}'
    printf 'a\tb\n1\n' >in
    gives "quern import --format tsv --member a,b --source s in" 3 '' \
        'quern-import: in:2: expected 2 fields as in the header, found 1'
}

@test "the same rows by threads and by shell" {
    { echo t,u; seq 1 60000 | sed 's/.*/"& ""x""\n&",&/'; } >in
    quern import --format csv --text t --member u --source s in >one
    quern import --format csv --text t --member u --source s -j 3 <in | cmp - one
    [ "$(wc -l <one)" = 60000 ]
    [ "$(sed -n 4711p one)" = '{"id":"s:4711","text":"4711 \"x\"\n4711","u":"4711"}' ]
}
