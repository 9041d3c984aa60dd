load ../helper

sample() {
    cat >in <<'END'
{"id":"a","text":"a stone","label":"noun","words":[[0,1],[2,7]]}
{"id":"b","text":"石臼","label":"noun"}
{"id":3,"text":"","label":17,"word_ids":[-1,0,0,1,-1,1,-1]}
{"id":"d","label":"17","input_ids":[2,4,9,7,5,3],"labels":[-100,8,9,6,-100,-100],"special_tokens_mask":[1,0,0,0,0,1]}
{"id":"e","label":"","input_ids":[1,2],"labels":[7,8,9]}
END
}

@test "tables for people" {
    sample
    gives "quern stats in" 0 'total          count
records            5
duplicate ids      0
text bytes        13

length       records  sum  mean  min  5%  25%  50%  75%  95%  99%  max
code points        3    9   3.0    0   0    0    2    7    7    7    7
words              2    5   2.5    2   2    2    2    3    3    3    3
tokens             2    8   4.0    2   2    2    2    6    6    6    6

masking                      tokens  share
maskable                          4
selected                          3  75.0%
  changed                         2  66.7%
  kept                            1  33.3%
(records with other labels)       1

label       records  share
"noun"            2  40.0%
""                1  20.0%
17                1  20.0%
"17"              1  20.0%

member               records   share
id                         5  100.0%
label                      5  100.0%
text                       3   60.0%
input_ids                  2   40.0%
labels                     2   40.0%
special_tokens_mask        1   20.0%
word_ids                   1   20.0%
words                      1   20.0%'
}

@test "--mask-id tells the mask from random tokens" {
    sample
    sh "quern stats --mask-id 4 in"
    sed -n '/^masking/,/^$/p' out >masking
    is masking 'masking                      tokens  share
maskable                          4
selected                          3  75.0%
  mask                            1  33.3%
  random                          1  33.3%
  kept                            1  33.3%
(records with other labels)       1
'
}

@test "--json is one line of integers and strings" {
    gives "echo '{\"text\":\"ab\",\"label\":\"x\"}' | quern stats --json" 0 \
        '{"format":"quern-stats-1","labels":{"strings":{"x":1}},"members":{"label":1,"text":1},"options":{"field":"text","ids":"","label":"label","mask_id":"","unk_id":""},"records":1,"text":{"buckets":{"2":1},"bytes":2,"count":1,"range":{"max":2,"min":2},"sum":2}}'
}

@test "nothing in, nothing counted" {
    gives "quern stats </dev/null" 0 'total       count
records         0'
    gives "quern stats merge </dev/null" 3 '' 'quern-stats: there is no summary to merge'
}

@test "--top: the others in one row, and records without a label" {
    printf '{"label":"%s"}\n' c b b a a d >in
    echo '{}' >>in
    sh "quern stats --top 2 in"
    sed -n '/^label .* share/,/^$/p' out >labels
    is labels 'label       records  share
a                 2  28.6%
b                 2  28.6%
(2 more)          2  28.6%
(none)            1  14.3%
'
}

@test "--field and --label name the members" {
    gives "echo '{\"body\":\"abc\",\"Section\":5}' | quern stats --json -f body --label Section" 0 \
        '{"format":"quern-stats-1","labels":{"integers":{"5":1}},"members":{"Section":1,"body":1},"options":{"field":"body","ids":"","label":"Section","mask_id":"","unk_id":""},"records":1,"text":{"buckets":{"3":1},"bytes":3,"count":1,"range":{"max":3,"min":3},"sum":3}}'
}

@test "what a record holds can't steer the terminal" {
    sh "echo '{\"label\":\"a\\\\u001b[31m\\\\u202e\\\\n\"}' | quern stats"
    grep -qxF 'label                records   share' out
    grep -qxF 'a\u001b[31m\u202e\n        1  100.0%' out
    if grep $'\033' out; then return 1; fi
}

# Records with few and many labels, long texts, masks.
many() {
    awk 'BEGIN { for (i = 0; i < 3000; i++) {
        n = (i * 7919) % 1500; text = sprintf("%" n "s", ""); gsub(/ /, i % 3 ? "x" : "é", text)
        printf "{\"id\":%d,\"text\":\"%s\",\"label\":%s", i % 2900, text, i % 5 ? i % 40 : "\"min\""
        if (i % 4 == 0) printf ",\"min\":1,\"input_ids\":[1,%d,3],\"labels\":[-100,5,-100]", i % 9
        print "}" } }' >in
}

@test "any sharding and any -j give the same bytes" {
    many
    for form in '--json --ids' ''; do
        quern stats $form --mask-id 4 in >whole
        for jobs in 2 8; do quern stats $form --mask-id 4 -j $jobs in | cmp - whole; done
        for shards in 1 2 3 7; do
            for how in r l; do
                rm -f part.*
                split -n $how/$shards in part.
                for part in part.*; do quern stats --json -q --ids --mask-id 4 "$part" >"$part.json"; done
                quern stats merge ${form% --ids} part.*.json | cmp - whole
                cat part.*.json | tac | quern stats merge -j 3 ${form% --ids} | cmp - whole
            done
        done
    done
}

@test "merging merged summaries, and an empty one, changes nothing" {
    many
    split -n r/5 in part.
    for part in part.*; do quern stats --json "$part" >"$part.json"; done
    quern stats --json </dev/null >part.none.json
    quern stats merge --json part.a[ab].json part.none.json >left
    quern stats merge --json part.a[cde].json >right
    quern stats --json in >whole
    quern stats merge --json right left | cmp - whole
}

@test "the counters of runs merge too" {
    echo '{"quern":"1","chain":["a"],"in":3,"nested":{"range":{"min":2,"max":5},"n":9007199254740993},"items":[{"n":1}]}' >a
    echo '{"chain":["a"],"quern":"1","in":4,"nested":{"range":{"min":3,"max":9},"n":1,"m":2},"items":[{"n":2}]}' >b
    gives "quern stats merge a b" 0 \
        '{"chain":["a"],"in":7,"items":[{"n":3}],"nested":{"m":2,"n":9007199254740994,"range":{"max":9,"min":2}},"quern":"1"}'
}

@test "a name min or max outside a range adds" {
    gives "printf '{\"quern\":\"1\",\"min\":1,\"max\":2}\n%.0s' 1 2 | quern stats merge" 0 '{"max":4,"min":2,"quern":"1"}'
}

@test "names are ordered: numbers by value, others by bytes, and the last of equal names counts" {
    gives "echo '{\"b\":1,\"10\":1,\"9\":1,\"a\":1,\"quern\":\"1\",\"b\":3}' | quern stats merge" 0 \
        '{"9":1,"10":1,"a":1,"b":3,"quern":"1"}'
}

@test "summaries that do not fit together end the run" {
    echo '{"text":"a"}' | quern stats --json >a
    echo '{"text":"a"}' | quern stats --json -q --mask-id 4 >b
    gives "quern stats merge a b" 3 "" 'quern-stats: b:1: mask_id: "" in one summary, "4" in another'
    gives "printf '{\"quern\":\"1\",\"a\":1}\n{\"quern\":\"1\",\"a\":{}}\n' | quern stats merge" 3 "" \
        'quern-stats: stdin:2: a: a number in one summary, an object in another'
    gives "printf '{\"quern\":\"1\",\"a\":[1]}\n{\"quern\":\"1\",\"a\":[1,2]}\n' | quern stats merge" 3 "" \
        'quern-stats: stdin:2: a: 1 items in one summary, 2 in another'
    gives "printf '{\"quern\":\"1\",\"a\":[1]}\n{\"quern\":\"1\",\"a\":{\"0\":1}}\n' | quern stats merge" 3 "" \
        'quern-stats: stdin:2: a: an array in one summary, an object in another'
    gives "printf '{\"quern\":\"1\",\"a\":1}\n{\"quern\":\"1\",\"format\":\"x\"}\n' | quern stats merge" 3 "" \
        'quern-stats: stdin:2: format: "x" in one summary, missing in another'
    gives "printf '{\"quern\":\"1\",\"a\":9223372036854775807}\n{\"quern\":\"1\",\"a\":1}\n' | quern stats merge" 3 "" \
        'quern-stats: stdin:2: a: the sum has more than 64 bits'
}

@test "a line that is no summary is a bad record" {
    gives "echo '{\"quern\":\"1\",\"a\":1.5}' | quern stats merge" 3 "" \
        "quern-stats: stdin:1: a: 1.5 is not a 64-bit integer: it can't be added"
    gives "printf '{\"quern\":\"1\",\"a\":1}\n{\"quern\":\"1\",\"a\":1.5}\n{\"quern\":\"1\",\"a\":2}\n' | quern stats merge --on-error skip 2>/dev/null" 0 '{"a":3,"quern":"1"}'
    for line in '{"text":"a"}' '{}' '{"records":5}' '{"format":"x"}'; do
        echo "$line" >in
        gives "quern stats merge - <in" 3 "" \
            'quern-stats: stdin:1: not a summary: expected a line that "quern stats --json" or the option --stats has written'
    done
    sh "printf '%.0s{\"a\":' {1..40}; printf 1; printf '%.0s}' {1..40}" && mv out deep
    gives "quern stats merge deep" 3 "" 'quern-stats: deep:1: nested deeper than 32: not a summary'
}

@test "a summary with buckets of another kind has no tables" {
    echo '{"format":"quern-stats-1","text":{"buckets":{"257":1},"count":1}}' >a
    gives "quern stats merge a" 1 "" 'quern-stats: buckets: "257" is not the lower bound of a bucket'
    echo '{"format":"quern-stats-1","text":{"buckets":{"x":1},"count":1}}' >a
    gives "quern stats merge a" 1 "" 'quern-stats: buckets: "x" is not the lower bound of a bucket'
}

@test "a summary of nonsense numbers is shown, not overflowed" {
    echo '{"format":"quern-stats-1","records":-5,"text":{"buckets":{"0":9223372036854775807,"1":9223372036854775807},"count":-1,"sum":9223372036854775807},"labels":{"strings":{"a":9223372036854775807,"b":1}},"masked":{"selected":-9223372036854775808,"kept":1}}' >a
    sh "quern stats merge a"
    [ "$status" = 0 ]
}

@test "wrong types are bad records, counted not even in part" {
    gives "echo '{\"text\":7}' | quern stats" 3 "" 'quern-stats: stdin:1: text: expected a string, found a number'
    gives "echo '{\"id\":1,\"label\":[1]}' | quern stats" 3 "" \
        'quern-stats: stdin:1: id 1: label: expected a string or a 64-bit integer'
    gives "echo '{\"label\":1.0}' | quern stats" 3 "" \
        'quern-stats: stdin:1: label: expected a string or a 64-bit integer'
    gives "echo '{\"input_ids\":[1,2],\"labels\":[1,2],\"special_tokens_mask\":[0]}' | quern stats" 3 "" \
        'quern-stats: stdin:1: special_tokens_mask: expected 2 items, as in input_ids, found 1'
    gives "printf '{\"text\":\"a\",\"input_ids\":7}\n{}\n' | quern stats --on-error skip 2>/dev/null" 0 'total       count
records         1'
}

@test "duplicate ids: of an id and a round, typed, in any order" {
    printf '%s\n' '{"id":1}' '{"id":"1"}' '{"id":2,"epoch":0}' '{"id":2,"epoch":1}' '{"id":3}' '{"id":null}' '{"id":null}' '{}' >in
    sh "quern stats in"
    grep -qx 'duplicate ids      0' out
    printf '%s\n' '{"id":1}' '{"id":2}' '{"id":1}' '{"id":1,"epoch":0}' >>in
    sh "quern stats in"
    grep -qx 'duplicate ids      4' out
    for i in 1 2 3; do quern stats --json --ids in; done >parts
    sh "quern stats merge parts"
    grep -qx 'duplicate ids     22' out
    quern stats --json in >without
    sh "cat without parts | quern stats merge"
    [ "$status" = 3 ] && grep -q 'ids: "" in one summary, "yes" in another' err
    gives "echo '{\"id\":[1]}' | quern stats" 3 "" \
        'quern-stats: stdin:1: id [1]: id: expected a string or a number, found an array'
    sed 's/"sample":{"/&x/' parts >bad
    sh "quern stats merge bad"
    [ "$status" = 3 ] && grep -q 'ids: expected hashes of 16 hexadecimal digits with their counts, found x' err
}

@test "duplicate ids: an estimate beyond a million" {
    seq 1500000 | awk '{ print "{\"id\":" $1 "}"; if ($1 % 10 == 0) print "{\"id\":" $1 "}" }' >many
    sh "quern stats -j 2 many"
    cp out two
    sh "tac many | quern stats"
    cmp out two
    estimate=$(sed -n 's/^duplicate ids *~\([0-9,]*\)$/\1/p' out | tr -d ,)
    [ "$estimate" -gt 148000 ] && [ "$estimate" -lt 152000 ]
}

@test "truncated texts: the text goes on after the last token, or begins before the first" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' a b é >vocab.txt
    printf '{"id":%d,"text":"%s"}\n' 1 'a b' 2 'a b a' 3 ' a é  ' 4 '' 5 'é é é' 6 'a b\u200b' >in
    cut() { # OPTION...
        quern tokenize -q -m vocab.txt "$@" in | quern stats | sed -n 's/^truncated texts *//p'
    }
    [ "$(cut)" = 0 ]
    [ "$(cut --max-length 4)" = 2 ]
    [ "$(cut --max-length 4 --side left)" = 2 ]
    [ "$(cut --max-length 4 --offsets bytes)" = 1 ] # which é é é ends where it would in code points
    [ "$(cut --max-length 4 --overflow split)" = 0 ]
    printf '{"text":"a b","pair":"b a"}\n' >in
    [ "$(cut --pair-field pair)" = 0 ]
    [ "$(cut --pair-field pair --max-length 6 --truncation only_first)" = 1 ]
    gives "quern tokenize -q -m vocab.txt --emit input_ids in | quern stats | grep -c truncated" 1 0
}

@test "unknown tokens, by the tokenizer" {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' a b >vocab.txt
    printf '{"text":"a ? b"}\n{"text":"?"}\n' | quern tokenize -q -m vocab.txt >in
    sh "quern stats -m vocab.txt in"
    grep -qx 'unknown tokens       2' out
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' b a >other.txt
    gives "quern stats -m other.txt in" 3 "" \
        'quern-stats: in:1: tokens[1]: "a", but id 3 is "b" in other.txt: another tokenizer made these ids'
    # under masks the tokens are those of the labels
    printf '%s\n' '{"tokens":["[CLS]","a"],"input_ids":[1,4],"labels":[-100,3]}' >in
    gives "quern stats -m vocab.txt in | grep -c ." 0 14
    gives "quern tokenize --decode -m vocab.txt -f t in" 0 '{"tokens":["[CLS]","a"],"input_ids":[1,4],"labels":[-100,3],"t":"[CLS] b"}'
    sh "quern tokenize --decode -m other.txt -f t in"
    [ "$status" = 3 ] && grep -q 'another tokenizer made these ids' err
}

@test "words of tokenizers that do not cut them" {
    printf '%s\n' '{"tokens":["<s>","▁the","▁mill","▁tur","ns"],"word_ids":[-1,0,0,0,0]}' >in
    gives "quern stats --json in | jq .words.sum" 0 3
}

@test "an option without effect is an error" {
    echo '{"text":"a","label":"x"}' >in
    gives "quern stats --label typo in" 3 "" 'quern-stats: --label typo has no effect: no record has this member'
    gives "quern stats -f typo in" 3 "" 'quern-stats: --field typo has no effect: no record has this member'
    gives "quern stats --mask-id 4 in" 3 "" 'quern-stats: --mask-id has no effect: no record has input_ids and labels'
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' >vocab.txt
    gives "quern stats -m vocab.txt in" 3 "" 'quern-stats: --model vocab.txt has no effect: no record has input_ids'
    sh "quern stats --label typo --json in"
    [ "$status" = 0 ] && is err 'quern-stats: --label typo has no effect: no record has this member'
    sh "quern stats --label label in && quern stats --label typo </dev/null"
    [ "$status" = 0 ]
    for options in '--json --top 3' --ids; do
        sh "quern stats $options in"
        [ "$status" = 2 ]
    done
}

@test "null is as good as missing" {
    gives "echo '{\"text\":null,\"label\":null,\"words\":null,\"input_ids\":null,\"labels\":null}' | quern stats --json | jq -c '[.records,.text,.labels,.words,.tokens]'" \
        0 '[1,null,null,null,null]'
}

@test "options" {
    sh "quern stats --top x </dev/null"
    [ "$status" = 2 ]
    gives "quern stats --mask-id 4 -m vocab.txt </dev/null" 2 "" 'quern-stats: --mask-id does not go with --model, which supplies it'
}
