load ../helper

deb822() {
    quern import --format deb822 "$@"
}

@test "paragraphs become records; columns by name in either case" {
    cat >in <<'END'
Package: 0ad
Version: 0.0.26-3
Description: Real-time strategy game of ancient warfare
Section: games

package: 2048
VERSION: 0.1
description:  Slide and add puzzle game	
section:games
END
    gives "quern import --format deb822 --text Description --label SECTION --id Package --member version in" 0 \
'{"id":"0ad","text":"Real-time strategy game of ancient warfare","label":"games","version":"0.0.26-3"}
{"id":"2048","text":"Slide and add puzzle game","label":"games","version":"0.1"}'
}

@test "a description is flowed: prose, paragraphs, lines to be kept" {
    cat >in <<'END'
Package: 0xffff
Description-en: Open Free Fiasco Firmware Flasher
 The "Open Free Fiasco Firmware Flasher" aka 0xFFFF utility implements
 a free userspace handler.
 .
 Supported operations currently include:
  * generating and unpacking images
    on local device
  * editing
 .
 .
 Supported are the
 N800 and
	N900.
END
    gives "quern import --format deb822 --text Description-en --id Package in" 0 \
'{"id":"0xffff","text":"Open Free Fiasco Firmware Flasher\nThe \"Open Free Fiasco Firmware Flasher\" aka 0xFFFF utility implements a free userspace handler.\n\nSupported operations currently include:\n * generating and unpacking images\n   on local device\n * editing\n\n\nSupported are the N800 and N900."}'
}

@test "a line of prose may start with a full stop" {
    printf 'Package: a\nDescription: b\n uses a\n .cabal file\n' >in
    gives "quern import --format deb822 --text Description --id Package in" 0 \
        '{"id":"a","text":"b\nuses a .cabal file"}'
}

@test "other fields keep their lines" {
    printf 'Package: a\nTag: x,\n y::z,\t \n\tw\nFiles:\n  1 a\n .\n 2 b\nEmpty:\n' >in
    gives "quern import --format deb822 --text Tag --id Package --member Files,Empty in" 0 \
        '{"id":"a","text":"x,\ny::z,\nw","Files":" 1 a\n\n2 b","Empty":""}'
}

@test "Description-md5 is one line, so flowing it changes nothing" {
    printf 'Package: a\nDescription-md5: d943033bedada21853d2ae54a2578a7b\n' >in
    gives "quern import --format deb822 --member Description-md5 --id Package in" 0 \
        '{"id":"a","Description-md5":"d943033bedada21853d2ae54a2578a7b"}'
}

@test "comments, blank lines of any kind, CRLF, no last newline" {
    printf '# head\n\n\nA: 1\r\n# inside\r\nB: 2\r\n# more\r\n 3\r\n \t\r\n\r\n# alone\n\nA: 4' >in
    gives "quern import --format deb822 --all --source s in" 0 \
'{"id":"s:1","A":"1","B":"2\n3"}
{"id":"s:2","A":"4"}'
}

@test "a member may be missing, text, label and id must be there" {
    printf 'A: 1\n\nB: 2\n' >in
    gives "quern import --format deb822 --member A,B --source s in" 0 \
'{"id":"s:1","A":"1"}
{"id":"s:2","B":"2"}'
    gives "quern import --format deb822 --text A --source s in" 3 '{"id":"s:1","text":"1"}' \
        'quern-import: in:3: A: missing'
    gives "quern import --format deb822 --label A --source s in" 3 '{"id":"s:1","label":"1"}' \
        'quern-import: in:3: A: missing'
    gives "quern import --format deb822 --member B --id A in" 3 '{"id":"1"}' 'quern-import: in:3: A: missing'
}

@test "--all keeps the spelling of the names, and refuses those that are taken" {
    gives "printf 'pkg: a\nSection: b\n' | quern import --format deb822 --all --id PKG" 0 \
        '{"id":"a","Section":"b"}'
    gives "printf 'id: a\nSection: b\n' | quern import --format deb822 --all --source s" 3 '' \
        'quern-import: stdin:1: id: the record already has a member of this name; use --member NEW=id'
}

@test "lines that are no fields are errors with their line; the paragraph is the bad record" {
    local what='expected "Name: value" or a line that starts with a space'
    printf 'A: 1\nno colon\n\nA: 2\n' >in
    gives "quern import --format deb822 --text A --source s in" 3 '' "quern-import: in:1: line 2, column 1: $what"
    sh "quern import --format deb822 --text A --source s --on-error quarantine=bad in"
    is out '{"id":"s:2","text":"2"}'
    is bad '{"file":"in","line":1,"stage":"import","error":"line 2, column 1: expected \"Name: value\" or a line that starts with a space","raw":"A: 1\nno colon"}'
    gives "printf 'A b: 1\n' | quern import --format deb822 --text A --source s" 3 '' \
        "quern-import: stdin:1: column 1: $what"
    gives "printf ': 1\n' | quern import --format deb822 --text A --source s" 3 '' \
        "quern-import: stdin:1: column 1: $what"
    gives "printf -- '-----BEGIN PGP SIGNED MESSAGE-----\n' | quern import --format deb822 --text A --source s" 3 '' \
        "quern-import: stdin:1: column 1: $what"
    gives "printf ' a\nA: 1\n' | quern import --format deb822 --text A --source s" 3 '' \
        "quern-import: stdin:1: column 1: a continuation line without a field before it"
}

@test "a field that stands twice is an error" {
    gives "printf 'A: 1\nB: 2\na: 3\n' | quern import --format deb822 --text A --source s" 3 '' \
        'quern-import: stdin:1: line 3, column 1: the paragraph already has this field'
}

@test "a bad paragraph across blocks is reported on its first line, and nothing behind it is written" {
    { printf 'A: 0\n\nA: 1\nB:\n'; seq 1 100000 | sed 's/^/ /'; printf 'A: 2\n\nA: 3\n\nA: 4\n'; } >in
    gives "quern import --format deb822 --text A --source s in" 3 '{"id":"s:1","text":"0"}' \
        'quern-import: in:3: line 100005, column 1: the paragraph already has this field'
}

@test "an error further down the chain names the first line of the paragraph" {
    printf '{"id":"1","l":0}\n' >with
    { printf 'A: 1\n'; seq 1 100000 | sed 's/^/# /'; printf '\nA: 2\n b\n\nA: 3\n'; } >in
    gives "quern run 'import --format deb822 --id A | join --with with --on id --unmatched error' in" 2 '' \
        'quern-import: nothing to import: give --text, --label, --member or --all'
    gives "quern run 'import --format deb822 --id A --label A | join --with with --on id --unmatched error' in" 3 \
        '{"id":"1","label":"1","l":0}' 'quern-join: in:100003: id "2\nb": with has no record with this key (--unmatched keep or drop goes on)'
    printf '{"id":"2\\nb","l":0}\n' >with
    gives "quern run 'import --format deb822 --id A --label A | join --with with --on id --unmatched error' in" 3 \
        '' 'quern-join: in:1: id "1": with has no record with this key (--unmatched keep or drop goes on)'
}

@test "--encoding" {
    printf 'A: ü\n é\n' | iconv -t ISO-8859-1 >in
    gives "quern import --format deb822 --encoding ISO-8859-1 --text A --source s in" 0 '{"id":"s:1","text":"ü\né"}'
    gives "quern import -q --format deb822 --text A --source s in" 3 '' \
        'quern-import: in:1: byte 4: not UTF-8: is the input in another charset? (--encoding)'
}

@test "threads and pipes do not change a byte" {
    seq 1 30000 | sed 's/.*/Package: p&\nDescription: synopsis &\n one\n two &\n  three\n/' >in
    deb822 --text Description --id Package in >one
    deb822 --text Description --id Package -j 3 <in | cmp - one
    (head -c 300001 in; sleep 0.1; tail -c +300002 in) | deb822 --text Description --id Package | cmp - one
    [ "$(sed -n 17p one)" = '{"id":"p17","text":"synopsis 17\none two 17\n three"}' ]
    [ "$(wc -l <one)" = 30000 ]
}
