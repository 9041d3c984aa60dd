# Tables that are none, not whole, or of something else; what a table lacks.
load ../helper

# refused MESSAGE: the table on standard input
refused() {
    cat >table
    sh "quern features --table table </dev/null"
    [ "$status" = 1 ]
    is err "quern-features: table: $1"
    [ ! -s out ]
}

@test "tables that can't be used" {
    printf '{"text":"a b"}\n' | quern fit tfidf --unit space >good
    refused 'empty: expected a table, which "quern fit" writes' </dev/null
    refused 'empty: expected a table, which "quern fit" writes' <<<""
    refused 'expected a table, which "quern fit" writes; the record has no format' <<<'{"word":"x"}'
    refused 'format: expected "quern-fit-1", found "quern-tfidf-1"' < <(echo '{"text":"a"}' | quern tfidf count | head -n 1)
    refused 'more than one line: expected one table ("quern fit merge" makes one of several)' < <(cat good good)
    while IFS=$'\t' read -r change message; do
        refused "$message" < <(jq -c "$change" good)
    done <<'END'
.df = [1]	there are not as many terms as df: the table is not whole
.df = [1,1,1]	there are not as many terms as df: the table is not whole
.df = [1,2]	df[1]: expected an integer from 1 to 1, the number of documents
.df = [0,1]	df[0]: expected an integer from 1 to 1, the number of documents
.df = [1,1.5]	df[1]: expected an integer from 1 to 1, the number of documents
.terms = ["b","a"]	terms[1]: not in the order of their bytes
.terms = ["a","a"]	terms[1]: not in the order of their bytes
.terms = ["","a"]	terms[0]: empty
.terms = ["a",7]	terms[1]: expected a string
.terms = {}	terms: expected an array, found an object
.options.tf = "bm25"	options: tf: "bm25" is not known to this version
.options.unit = 1	options: unit: expected a string
del(.options.norm)	options: norm: expected a string
.options.ngrams = [2,1]	options: ngrams: expected two lengths from 1 to 100
.options.ngrams = [1]	options: ngrams: expected two lengths from 1 to 100
.options.ngrams = [1,2,3]	options: ngrams: expected two lengths from 1 to 100
.options = 7	options: expected an object, found a number
.kind = "svd"	kind: expected "tfidf", "scale" or "whiten", found "svd"
.partial = true	a partial table, which "quern fit merge" completes
.documents = -1	documents: expected 0 or more
del(.documents)	documents: missing; the record has format, kind, options, terms, df
del(.df)	df: missing: the table is not whole; the record has format, kind, options, documents, terms
END
    printf '{"sparse":{"indices":[%s],"values":[1]}}\n' 1 7 | quern fit scale --to maxabs >good
    while IFS=$'\t' read -r change message; do
        refused "$message" < <(jq -c "$change" good)
    done <<'END'
.scale = [1]	scale: expected as many numbers as shift has, 2, found 1
.scale = [1,-1]	scale[1]: less than 0
.scale = [1,null]	scale[1]: expected a number, found null
.indices = [1]	indices: expected as many as shift has, 2, found 1
.indices = [1,1]	indices: one stands twice
.options.form = "dense"	options: form: expected features or sparse
.options.to = "max"	options: to: expected minmax, mean, standard or maxabs
del(.shift)	shift: missing; the record has format, kind, options, records, indices, entries, min, max and 1 more
END
    # Cut off anywhere.
    for bytes in 1 30 80 150 "$(($(wc -c <good) - 3))"; do
        head -c "$bytes" good >table
        sh "quern features --table table </dev/null"
        [ "$status" = 1 ]
        grep -q '^quern-features: table: ' err
    done
    sh "quern features --table nowhere </dev/null"
    [ "$status" = 1 ]
    is err "quern-features: nowhere: No such file or directory"
    sh "quern fit scale --to maxabs </dev/null | quern fit merge - good"
    is out "$(cat good)"
}

@test "the same tables, merged" {
    printf '{"features":[%s]}\n' 1 7 | quern fit scale --to standard >good
    while IFS=$'\t' read -r change message; do
        jq -c "$change" good >table
        gives "quern fit merge table good" 3 "" "quern-fit: table:1: $message"
    done <<'END'
.min = [9]	column 0: its numbers are not those of a table that "quern fit" has written
.max = [2,3]	max: expected as many items as min has, 1, found 2: the table is not whole
.sums = ["7"]	column 0: its numbers are not those of a table that "quern fit" has written
.squares = ["0x1p-999"]	column 0: its numbers are not those of a table that "quern fit" has written
.sums = []	sums: expected as many items as min has, 1, found 0: the table is not whole
.records = 0	records: 0 does not fit the rest of the table
.records = -1	records: -1 does not fit the rest of the table
del(.options.form)	options: form: missing, but the table is of 2 records
END
}

@test "terms that the table lacks, and records that have none of its terms" {
    printf '{"text":"%s"}\n' 'the mill' 'the stone' | quern fit tfidf --unit space >table
    printf '{"id":%s,"text":"%s"}\n' 1 'the quern' 2 'The Mill' 3 '' 4 'mill' >in
    gives "quern features --table table --stats stats in" 0 '{"id":1,"text":"the quern","sparse":{"indices":[2],"values":[1]}}
{"id":2,"text":"The Mill","sparse":{"indices":[],"values":[]}}
{"id":3,"text":"","sparse":{"indices":[],"values":[]}}
{"id":4,"text":"mill","sparse":{"indices":[0],"values":[1]}}' 'quern-features: 3 of 5 terms are not in the table
quern-features: 2 vectors have no number other than 0'
    jq -e '.filters[0] | .terms == 5 and .unknown_terms == 3 and .empty_vectors == 2' stats
    quern fit tfidf </dev/null >none
    gives "quern features --table none </dev/null" 0 ""
    gives "quern features --table none in" 3 "" 'quern-features: in:1: id 1: none has no terms, so all vectors would be empty'
}

@test "terms of any length, looked up in a table that has many" {
    # One of each length up to 40 bytes, and of each two that differ in one byte only.
    awk 'BEGIN { for (n = 1; n <= 40; n++) for (at = 1; at <= n; at++) for (c = 0; c < 2; c++) {
        term = ""
        for (i = 1; i <= n; i++) term = term (i == at ? substr("xy", c + 1, 1) : "a")
        print term
    } }' >terms
    [ "$(sort -u terms | wc -l)" = 1640 ]
    LC_ALL=C sort -u terms >sorted
    jq -Rc '{text: .}' terms >in
    quern fit tfidf --unit space in >table
    jq -r '.terms[]' table | cmp - sorted
    jq -e '.df | all(. == 1)' table
    quern features --table table in >vectors
    while read -r index term; do
        [ "$term" = "$(sed -n "$((index + 1))p" sorted)" ] || { echo "$term is $index"; return 1; }
    done < <(jq -r 'select(.sparse.values == [1]) | "\(.sparse.indices[0]) \(.text)"' vectors | sed -n '1~7p')
    [ "$(jq -r '.sparse.indices[]' vectors | sort -n | uniq | wc -l)" = 1640 ]
    jq -c '{text: (.text + "z")}' in >others
    quern features --table table -q others | jq -e -s 'all(.sparse.indices == [])'
}

@test "a process in a chain sees what one behind a pipe sees" {
    printf '{"id":%s,"text":"%s"}\n' 1 'a b c' 2 'a a' 3 'c d e f' >in
    quern fit tfidf --unit space in >table
    quern features --table table in | quern fit scale --to standard --no-center >scale
    quern run 'features --table table | fit scale --to standard --no-center' in | cmp - scale
    quern features --table table in | quern features --table scale | quern features --norm l2 >piped
    quern run 'features --table table | features --table scale | features --norm l2' in | cmp - piped
}
