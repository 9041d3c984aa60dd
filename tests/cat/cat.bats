load ../helper

@test "records pass byte for byte" {
    printf '{"b":1,"a" : [1 , 2.50e+1],"c":"\\u0041\\/"}\n{ }\n {"x":null} \n' >in
    sh "quern cat in"
    [ "$status" = 0 ]
    cmp in out
}

@test "empty input gives empty output" {
    gives "quern cat </dev/null" 0 ""
}

@test "a missing final newline is supplied" {
    gives "printf '{\"a\":1}' | quern cat" 0 '{"a":1}'
}

@test "blank lines are passed over, a carriage return stays" {
    printf '\n{"a":1}\r\n \n{"a":2}\n' >in
    sh "quern cat in"
    printf '{"a":1}\r\n{"a":2}\n' | cmp - out
}

@test "a byte order mark at the start is dropped" {
    gives "printf '\xef\xbb\xbf{\"a\":1}\n' | quern cat" 0 '{"a":1}'
}

@test "the first bad record ends the run; what came before it is written" {
    gives "printf '{\"id\":1}\n{\"id\":\"a\"\n{\"id\":3}\n' | quern cat" 3 '{"id":1}' \
        'quern-cat: stdin:2: id "a": not JSON: byte 10: expected '"','"' or '"'}'""$CUT_OFF"
}

@test "a record is an object" {
    gives "echo '[1]' | quern cat" 3 "" \
        'quern-cat: stdin:1: expected a record, one object in braces, found an array ("quern import --format json" makes records of its items)'
    gives "echo '{} 1' | quern cat" 3 "" "quern-cat: stdin:1: not JSON: byte 4: unexpected text after the record"
}

@test "--check writes nothing, the status tells" {
    gives "echo '{\"a\":1}' | quern cat --check" 0 ""
    gives "echo '{\"a\":1' | quern cat --check" 3 "" "quern-cat: stdin:1: not JSON: byte 7: expected ',' or '}'$CUT_OFF"
}
