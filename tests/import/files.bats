load ../helper

@test "the format by the name of the file, whatever it is compressed with" {
    printf 'text,n\na,1\n' >a.csv
    printf 'text\tn\na\t1\n' >a.tsv
    printf 'a\n' >a.txt
    printf '{"text":"a","n":1}\n' >a.jsonl
    cp a.jsonl a.ndjson
    printf '[{"text":"a",\n"n":1}]\n' >a.json
    gzip -k a.csv
    zstd -q a.tsv
    cp a.csv B.CSV
    for file in a.csv a.csv.gz a.tsv a.tsv.zst B.CSV; do
        gives "quern import --text text --member n --source s $file" 0 '{"id":"s:1","text":"a","n":"1"}'
    done
    for file in a.jsonl a.ndjson a.json; do
        gives "quern import --source s $file" 0 '{"text":"a","n":1,"id":"s:1"}'
    done
    gives "quern import --source s a.txt" 0 '{"id":"s:1","text":"a"}'
    gives "quern import --format text --source s a.jsonl" 0 '{"id":"s:1","text":"{\"text\":\"a\",\"n\":1}"}'
    gives "quern run 'import --source s | cat' a.txt" 0 '{"id":"s:1","text":"a"}'
}

@test "a format that can't be told must be given" {
    local which="text, csv, tsv, jsonl, json, deb822, conll or quarantine"
    touch x.md a.txt b.csv page.html
    gives "quern import --source s </dev/null" 2 "" \
        "quern-import: standard input: --format is required, since the name does not tell it: $which"
    gives "quern import --source s x.md" 2 "" \
        "quern-import: x.md: --format is required, since the name does not tell it: $which"
    gives "quern import --source s a.txt b.csv" 2 "" "quern-import: a.txt is text, but b.csv is csv: \
import them in two runs, or give --format if their names are wrong"
    gives "quern import --source s page.html" 2 "" "quern-import: page.html: XML and HTML are not read; \
make plain text of it, for instance with pandoc -t plain"
    gives "quern import --source s --label l --format text a.txt" 2 "" \
        "quern-import: --label goes only with --format csv, tsv, jsonl, json or deb822"
    gives "quern import --source s --label l a.txt" 2 "" "quern-import: --label goes only with --format csv, tsv, jsonl, \
json or deb822; by its name, a.txt is text: if it is not, give --format"
    gives "quern import --source s --documents x.md && quern import --source s --paragraphs x.md" 0 ""
}

@test "--documents: a file is a record; {file} is its name, in ids and members" {
    mkdir -p docs/b
    printf 'One\n\n two\r\nthree' >docs/b/one.txt
    printf 'Two\n' >docs/two.txt
    printf ' \n\n' >docs/blank.txt
    : >docs/empty.txt
    gives "quern import --documents --id '{file}' docs" 0 \
'{"id":"docs/b/one.txt","text":"One\n\n two\nthree"}
{"id":"docs/two.txt","text":"Two"}'
    gives "quern import --documents --source s --member file={file} --lang en docs" 0 \
'{"id":"s:1","text":"One\n\n two\nthree","lang":"en","file":"docs/b/one.txt"}
{"id":"s:2","text":"Two","lang":"en","file":"docs/two.txt"}'
    gives "quern import --documents --paragraphs --source s docs" 2 "" \
"quern-import: --documents does not go with --paragraphs
Try \"quern-import --help\"."
    gives "printf 'a\nb\n' | quern import --documents --id '{file}'" 0 '{"id":"stdin","text":"a\nb"}'
    printf 'a\0\n' >docs/two.txt
    sh "quern import --documents --id hash --on-error quarantine=bad docs"
    [ "$status" = 0 ] && [ "$(wc -l <out)" = 1 ] && [ "$(jq -r .file bad)" = docs/two.txt ]
    gives "quern import --documents --source s --max-line 5 docs/b/one.txt" 3 "" \
        "quern-import: docs/b/one.txt:1: the record is longer than 5 bytes (--max-line)"
}

@test "{file} in --source numbers the records of each file, so ids do not depend on how files are divided" {
    mkdir d
    for i in 1 2 3 4 5; do printf "a$i\nb$i" >d/$i.txt; done
    quern import --source '{file}' d >all
    [ "$(sed -n 4p all)" = '{"id":"d/2.txt:2","text":"b2"}' ]
    printf '%s\n' d/*.txt | xargs -n 2 quern import --source '{file}' | cmp - all
    gives "quern import --source 'x-{file}-{file}' --member f={file} d/1.txt" 0 \
'{"id":"x-d/1.txt-d/1.txt:1","text":"a1","f":"d/1.txt"}
{"id":"x-d/1.txt-d/1.txt:2","text":"b1","f":"d/1.txt"}'
    printf 't\nx\n' >t.csv
    gives "quern import --text t --source '{file}' --member f={file} t.csv t.csv" 0 \
'{"id":"t.csv:1","text":"x","f":"t.csv"}
{"id":"t.csv:1","text":"x","f":"t.csv"}'
    printf '{"text":"x"}' >t.json
    gives "quern import --source '{file}' --member f={file} t.json" 0 '{"text":"x","id":"t.json:1","f":"t.json"}'
    printf 'T: x\n' >t.deb
    gives "quern import --format deb822 --text T --source '{file}' --member f={file} t.deb" 0 \
        '{"id":"t.deb:1","text":"x","f":"t.deb"}'
    gives "quern import --id '{file}' d" 2 "" \
        "quern-import: --id {file}: a file has many records; use --source '{file}', or --documents"
    gives "quern import --id hash --source s d" 2 "" \
        "quern-import: --id and --source both say what the ids are: give one of them"
    cp d/1.txt $'d/\xff.txt'
    sh "quern import --source '{file}' d"
    [ "$status" = 1 ]
    grep -q "the name of the file is not UTF-8, so it can't stand for {file}" err
    quern import --source s d >/dev/null
}
