load ../helper

# json TEXT OUTPUT [MESSAGES]: what the text holds.
json() {
    printf "$1" >in
    gives "quern import --format json --source s --on-error skip in" 0 "$2" "${3-}"
}

@test "the pieces of a pipe may be cut anywhere" {
    text='[{"a":"\"]x"}, {"b" :[1,{}]}, 17,null]{"c":"é"}'
    for ((i = 0; i < ${#text}; i++)); do printf '%s' "${text:i:1}"; sleep 0.005; done |
        quern import -q --format json --source s --on-error quarantine=bad >out
    is out '{"a":"\"]x","id":"s:1"}
{"b":[1,{}],"id":"s:2"}
{"c":"é","id":"s:5"}'
    is bad '{"file":"stdin","line":1,"stage":"import","error":"expected an object, found a number","raw":"17"}
{"file":"stdin","line":1,"stage":"import","error":"expected an object, found null","raw":"null"}'
}

@test "an array, objects one after the other, indented, on one line, mixed" {
    local two='{"a":1,"id":"s:1"}
{"a":2,"id":"s:2"}'
    json '[{"a":1},{"a":2}]' "$two"
    json '[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n' "$two"
    json '{"a":1}{"a":2}' "$two"
    json '{"a":1}\n{"a":2}\n' "$two"
    json '{\n "a": 1}\r\n\r\n{"a":\t2 }' "$two"
    json '[{"a":1}]\n[{"a":2}]' "$two"
    json '[]{"a":1} [ ] [{"a":2}]' "$two"
    json '\x1e{"a":1}\n\x1e{"a":2}\n' "$two"
    json '' ''
    json ' \n[ \n]\n' ''
}

@test "white space goes, except in strings; everything else keeps its bytes" {
    printf '%s\n' '[ { "text" : "a  b\n{[\"\\" , "n": [ 1.50e0, {"x" : null}, "\u00e9 ]" ] } ]' >in
    gives "quern import --format json --source s in" 0 \
'{"text":"a  b\n{[\"\\","n":[1.50e0,{"x":null},"\u00e9 ]"],"id":"s:1"}'
}

@test "what is not an object, or not JSON, is a bad record with its place; the others are kept" {
    json '[1,"x",[{"a":1}],null,true,{"a":6}]' '{"a":6,"id":"s:6"}' \
'quern-import: in:1: expected an object, found a number
quern-import: in:1: expected an object, found a string
quern-import: in:1: expected an object, found an array
quern-import: in:1: expected an object, found null
quern-import: in:1: expected an object, found a boolean
quern-import: 5 of 6 records were bad and were skipped'
    json '[{"a":1},\n{"a":\n  x},\n{"a":3}]' '{"a":1,"id":"s:1"}
{"a":3,"id":"s:3"}' \
'quern-import: in:2: line 3, column 3: not a JSON value
quern-import: 1 of 3 records were bad and were skipped'
    # A string without its quote ends with its line.
    json '[{"a":"x,\n"b":1},\n{"a":2}]' '{"a":2,"id":"s:2"}' \
'quern-import: in:1: byte 10: unescaped control character in a string
quern-import: 1 of 2 records were bad and were skipped'
    # Brackets that do not match.
    json '[{"a":[1},{"a":2}]{"a":3}' '{"a":2,"id":"s:2"}
{"a":3,"id":"s:3"}' \
"quern-import: in:1: byte 9: expected ',' or ']'
quern-import: 1 of 3 records were bad and were skipped"
    json '[{"a":1]\n{"a":2}' '{"a":2,"id":"s:2"}' \
"quern-import: in:1: byte 8: an object is not closed
quern-import: 1 of 2 records were bad and were skipped"
}

@test "commas that are missing or too many, stray brackets" {
    json '[{"a":1}{"a":2},{"a":3}]' '{"a":1,"id":"s:1"}
{"a":3,"id":"s:3"}' \
"quern-import: in:1: expected ',' or ']' before this value of the array
quern-import: 1 of 3 records were bad and were skipped"
    json '[{"a":1},]' '{"a":1,"id":"s:1"}' \
'quern-import: in:1: expected a value after the last comma of the array
quern-import: 1 of 2 records were bad and were skipped'
    json '[,{"a":2}]' '{"a":2,"id":"s:2"}' \
'quern-import: in:1: expected a value before this comma
quern-import: 1 of 2 records were bad and were skipped'
    json '{"a":1},{"a":3}]' '{"a":1,"id":"s:1"}
{"a":3,"id":"s:3"}' \
'quern-import: in:1: unexpected punctuation outside an object
quern-import: in:1: unexpected punctuation outside an object
quern-import: 2 of 4 records were bad and were skipped'
}

@test "a file that is cut short is said to be, and what came before is kept" {
    printf '[\n{"a":1},\n{"a":' >in
    gives "quern import --format json --source s in" 3 '{"a":1,"id":"s:1"}' \
        'quern-import: in:3: the value is not closed: is the file cut short?'
    printf '\n[\n{"a":1}\n' >in
    gives "quern import --format json --source s in" 3 '{"a":1,"id":"s:1"}' \
        'quern-import: in:4: the array that began on line 2 is not closed: is the file cut short?'
    # It does not go on in the next file.
    printf '{"a":1}' >two
    gives "quern import --format json --source s --on-error skip in two" 0 '{"a":1,"id":"s:1"}
{"a":1,"id":"s:3"}' \
'quern-import: in:4: the array that began on line 2 is not closed: is the file cut short?
quern-import: 1 of 3 records were bad and were skipped'
}

@test "the quarantine has the value as it was" {
    printf '[ {"a": 1},\n {"a": 2,\n  "b" 3 } ]' >in
    sh "quern import --format json --id a --on-error quarantine=bad in"
    [ "$status" = 0 ]
    is out '{"id":1}'
    is bad '{"file":"in","line":2,"stage":"import","error":"line 3, column 7: expected '"':'"' after a member name","raw":"{\"a\": 2,\n  \"b\" 3 }"}'
}

@test "bad bytes in JSON: the place in the input, in another charset too" {
    printf '[{"text":"caf\xe9"},\n{"text":"x"}]' >in
    gives "quern import -q --format json --source s --on-error skip in" 0 '{"text":"x","id":"s:2"}' \
'quern-import: in:1: byte 14: not UTF-8: is the input in another charset? (--encoding)
quern-import: 1 of 2 records were bad and were skipped'
    printf '[{"text":"\xd6\xd0"},\n{"text":"\xd6\xff"}]' >in
    sh "quern import --format json --encoding GBK --source s --on-error quarantine=bad in"
    is out '{"text":"中","id":"s:1"}'
    is err 'quern-import: in:2: byte 10: D6 FF is not a character of GBK
quern-import: 1 of 2 records were bad and went to the quarantine file'
    [ "$(jq -r .raw_base64 bad | base64 -d | od -An -c | tr -d ' \n')" = '{"text":"326377"}' ]
}

@test "constant memory for any number of records, on one line or many; the same bytes by threads and pipes" {
    seq 1 400000 | sed 's/.*/{"n":&,"text":"some words"}/' >lines
    quern import --format jsonl --source s lines >expected
    { printf '['; paste -sd, lines | tr -d '\n'; printf ']'; } >array
    jq . lines >indented
    for file in lines array indented; do
        for j in 1 3; do quern import --format json -j $j --source s $file | cmp - expected; done
        (head -c 1000001; sleep 0.1; cat) <$file | quern import --format json --source s | cmp - expected
        if ! sanitized; then
            (ulimit -v 300000; quern import --format json --source s $file) | cmp - expected
        fi
    done
    quern run 'import --format json --source s | head -n 3' --stats stats array >three
    head -n 3 expected | cmp - three
    [ "$(jq .in stats)" = 3 ]
}

@test "--max-line bounds a value; the next one is read" {
    printf '[{"text":"1234567890"},{"a":1}]' >in
    gives "quern import --format json --source s --max-line 12 --on-error quarantine=bad in" 0 '{"a":1,"id":"s:2"}' \
'quern-import: in:1: the record is longer than 12 bytes (--max-line)
quern-import: 1 of 2 records were bad and went to the quarantine file'
    [ "$(jq -r .raw bad)" = '{"text":"123' ]
}

@test "paths: members of members, items, from the end; a name in quotes; an exact name comes first" {
    printf '%s\n' '{"_id":"e1","_source":{"body":"Hi","a.b":{"c":7}},"m":[{"t":"u"},{"t":"v"}]}' >in
    gives "quern import --format jsonl --id _id --text _source.body in" 0 \
'{"_source":{"body":"Hi","a.b":{"c":7}},"m":[{"t":"u"},{"t":"v"}],"text":"Hi","id":"e1"}'
    gives "quern import --format json --id '_source.\"a.b\".c' --text 'm[0].t' --label 'm[-1].t' in | quern fields --keep id,text,label" 0 \
        '{"text":"u","label":"v","id":7}'
    printf '{"a.b":"exact","a":{"b":"path"}}\n{"a":{"b":"path"}}\n' >in
    gives "quern import --format jsonl --source s --text a.b in" 0 \
'{"a":{"b":"path"},"id":"s:1","text":"exact"}
{"a":{"b":"path"},"id":"s:2","text":"path"}'
    gives "quern import --format jsonl --source s --member n=a.b,a.b in | jq -c '[.n, .\"a.b\"]'" 0 \
'["exact","exact"]
["path","path"]'
}

@test "a path that leads nowhere says how far it went, and what there is" {
    printf '{"_source":{"title":"x","tags":["a","b"]},"n":1}\n' >in
    local import="quern import --format jsonl --source s --text"
    gives "$import _source.body in" 3 '' 'quern-import: in:1: _source.body: missing; _source has title, tags'
    gives "$import '_source.tags[2]' in" 3 '' 'quern-import: in:1: _source.tags[2]: missing; _source.tags has 2 items'
    gives "$import _source.title.x in" 3 '' \
        'quern-import: in:1: _source.title.x: missing; _source.title is not an object or an array'
    gives "$import body in" 3 '' 'quern-import: in:1: body: missing; the record has _source, n'
    gives "$import body.x in" 3 '' 'quern-import: in:1: body.x: missing; the record has _source, n'
    gives "$import n in" 3 '' 'quern-import: in:1: n: expected a string, found 1'
    gives "$import 'a..b' in" 3 '' 'quern-import: in:1: a..b: missing; the record has _source, n'
    printf '{"version":1,"data":[ {"text":"x"}]}' >in
    gives "quern import --format json --source s --text text in" 3 '' "quern-import: in:1: text: missing; \
the record has version, data; if the objects in data are the records: jq -c '.[\"data\"][]'"
    gives "jq -c '.[\"data\"][]' in | quern import --format json --source s --text text" 0 '{"text":"x","id":"s:1"}'
}
