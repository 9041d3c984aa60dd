load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >in <<'END'
{ "id": 1, "body" : "a\/", "x" : 0.50 }
{"x":1,"id":2}
 { } 
END
}

# fields OPTIONS LINE...: what goes out.
fields() {
    local options=$1
    shift
    gives "quern fields $options in" 0 "$(printf '%s\n' "$@")"
}

@test "members are kept and dropped, values and white space keep their bytes" {
    fields "--keep body,x" '{"body" : "a\/", "x" : 0.50 }' '{"x":1}' ' { } '
    fields "--keep id" '{ "id": 1 }' '{"id":2}' ' { } '
    fields "--drop id" '{"body" : "a\/", "x" : 0.50 }' '{"x":1}' ' { } '
    fields "--drop body --drop x" '{ "id": 1 }' '{"id":2}' ' { } '
    fields "--drop id,body,x" '{ }' '{}' ' { } '
    fields "--drop none -q" "$(cat in)"
}

@test "names that no record has" {
    printf '{"a":1}\n{"b":2}\n' >in
    gives "quern fields --drop x in" 0 "$(cat in)" \
        'quern-fields: changed none of 2 records: none has a member to drop or rename'
    gives "quern fields --rename y=x in | wc -l" 0 2 \
        'quern-fields: changed none of 2 records: none has a member to drop or rename'
    gives "quern fields --drop x,a in | wc -l" 0 2
    gives "quern fields --order a in | wc -l" 0 2
}

@test "a renamed member keeps its place" {
    fields "--rename text=body,y=x" '{ "id": 1, "text" : "a\/", "y" : 0.50 }' '{"y":1,"id":2}' ' { } '
    fields "--keep body --rename text=body" '{"text" : "a\/" }' '{}' ' { } '
    fields '--rename x\"=x' '{ "id": 1, "body" : "a\/", "x\"" : 0.50 }' '{"x\"":1,"id":2}' ' { } '
}

@test "two members may swap their names" {
    fields "--rename x=id,id=x" '{ "x": 1, "body" : "a\/", "id" : 0.50 }' '{"id":1,"x":2}' ' { } '
}

@test "a name that the record has already is an error of the record" {
    gives "quern fields --rename x=body in" 3 "" \
        "quern-fields: in:1: id 1: x: the record has it already, so body can't be renamed to it; drop or rename one of them"
    fields "--rename x=body --drop x" '{ "id": 1, "x" : "a\/" }' '{"id":2}' ' { } '
    fields "--rename x=body --keep body,id" '{ "id": 1, "x" : "a\/" }' '{"id":2}' ' { } '
}

@test "--order: these first, the others as they come" {
    fields "--order x" '{"x" : 0.50, "id": 1, "body" : "a\/" }' '{"x":1,"id":2}' ' { } '
    fields "--order id,body" '{ "id": 1, "body" : "a\/", "x" : 0.50 }' '{"id":2,"x":1}' ' { } '
    fields "--order none,x,id" '{"x" : 0.50, "id": 1, "body" : "a\/" }' '{"x":1,"id":2}' ' { } '
    fields "--rename t=x --order t" '{"t" : 0.50, "id": 1, "body" : "a\/" }' '{"t":1,"id":2}' ' { } '
}

@test "--fill gives what is missing" {
    fields "--fill id=7 --fill lang=en" '{ "id": 1, "body" : "a\/", "x" : 0.50,"lang":"en" }' \
        '{"x":1,"id":2,"lang":"en"}' ' {"id":7,"lang":"en" } '
    fields "--fill body='[1, {}]' --order body" '{"body" : "a\/", "id": 1, "x" : 0.50 }' '{"body":[1, {}],"x":1,"id":2}' \
        ' {"body":[1, {}] } '
    fields "--fill 'body=\"two words\"'" '{ "id": 1, "body" : "a\/", "x" : 0.50 }' '{"x":1,"id":2,"body":"two words"}' \
        ' {"body":"two words" } '
    fields "--drop x --fill x=2" '{ "id": 1, "body" : "a\/","x":2 }' '{"id":2,"x":2}' ' {"x":2 } '
    gives "quern fields --fill \"a=\$(printf '[1,\\n2]')\" <<<'{}'" 0 '{"a":[1, 2]}'
}

@test "--uniform: the same members in the same order" {
    printf '%s\n' '{"words":[[0,1]],"id":1,"text":"a"}' '{"id":"b","text":"c","root":"q","epoch":2,"y":1}' >in
    fields "--keep id,text,words,root,parent,epoch --uniform" '{"id":1,"text":"a","words":[[0,1]],"root":1,"parent":"","epoch":0}' \
        '{"id":"b","text":"c","words":[],"root":"q","parent":"","epoch":2}'
    fields "--keep id,y,label --uniform --fill y=0 --fill z=9 --fill label=x --order z,y" '{"z":9,"y":0,"id":1,"label":"x"}' \
        '{"z":9,"y":1,"id":"b","label":"x"}'
    fields "--keep id,text,words --rename spans=words --uniform --fill spans=[] --order spans" '{"spans":[[0,1]],"id":1,"text":"a"}' \
        '{"spans":[],"id":"b","text":"c"}'
    printf '%s\n' '{"text":"a"}' >in
    gives "quern fields --keep id,text --uniform in" 3 "" \
        "quern-fields: in:1: id: missing, and --uniform can't make one up (\"quern import\" writes it); the record has text"
    gives "quern fields --keep text,root --uniform in" 3 "" \
        "quern-fields: in:1: id: missing, and --uniform can't make one up (\"quern import\" writes it); the record has text"
}

@test "of members with one name all move together" {
    gives "quern fields --rename b=a <<<'{\"a\":1,\"c\":2,\"a\":3}'" 0 '{"b":1,"c":2,"b":3}'
    gives "quern fields --order a <<<'{\"c\":2,\"a\":1,\"d\":0,\"a\":3}'" 0 '{"a":1,"a":3,"c":2,"d":0}'
    gives "quern fields --drop a <<<'{\"a\":1,\"c\":2,\"\\u0061\":3}'" 0 '{"c":2}'
}

@test "what gets another text, or other spans, loses what describes the old ones, or is refused" {
    printf '%s\n' '{"id":1,"text":"a","body":"b","words":[[0,1]],"input_ids":[7],"word_tokens":[[0,1]]}' >in
    gives "quern fields --drop text --rename text=body in" 3 "" \
        "quern-fields: in:1: id 1: words: stale: fields changed what it describes (--drop-stale removes it)"
    fields "--drop text --rename text=body --drop-stale" '{"id":1,"text":"b"}'
    fields "--rename text=body,body=text --drop-stale" '{"id":1,"body":"a","text":"b"}'
    gives "quern fields --drop words --fill words=[[0,0]] in" 3 "" \
        "quern-fields: in:1: id 1: word_tokens: stale: fields changed what it describes (--drop-stale removes it)"
    fields "--drop text" '{"id":1,"body":"b","words":[[0,1]],"input_ids":[7],"word_tokens":[[0,1]]}'
    fields "--rename title=text" '{"id":1,"title":"a","body":"b","words":[[0,1]],"input_ids":[7],"word_tokens":[[0,1]]}'
    fields "--drop text,body --rename tokens=input_ids" '{"id":1,"words":[[0,1]],"tokens":[7],"word_tokens":[[0,1]]}'
}

# Every member of quern-record(5) has an empty value, or --uniform says that it needs one.
@test "--uniform knows every member of the manual" {
    echo '{"id":7}' >in
    for m in $(sed -n 's/^\.It Va //p' "$ROOT/man/quern-record.5" | tr -d ','); do
        case $m in
        id) continue ;;
        root) value=7 ;;
        epoch) value=0 ;;
        synthetic | tie | pseudo | suspect) value=false ;;
        sparse) value='{"indices":[],"values":[]}' ;;
        text | lang | parent | op | method | mask_level | sent0 | sent1 | question | hard_neg | anchor | positive | negative | fim | denoiser | invalid | annotator) value='""' ;;
        label | token_count | perm_split | prefix_length | rotation | next_sentence_label | sentence_order_label | target_length | \
            mems_row | mems_step | backward | weight | gap | predicted | confidence | margin | entropy | kl | threshold | \
            loss_mask | loss_weight | label_prob | cross_entropy | label_score | suggested | score | rank | votes | \
            agreement | lambda)
            gives "quern fields --keep $m --uniform in" 2 "" \
                "quern-fields: --uniform: there is no empty value for $m; give one: --fill $m=VALUE"
            continue
            ;;
        *) value='[]' ;;
        esac
        fields "--keep $m --uniform" "{\"$m\":$value}" || { echo "$m"; return 1; }
    done
}

# refused OPTIONS MESSAGE
refused() {
    gives "quern fields $1 in" 2 "" "quern-fields: $2"
}

@test "options that contradict each other" {
    refused "" "nothing to do: give --keep, --drop, --rename, --order, --fill, --pad or --preset"
    refused "--keep a --drop b" "--drop does not go with --keep, which drops all that it does not name"
    refused "--rename a" "--rename a: expected NEW=OLD"
    refused "--rename a=" "--rename a=: expected NEW=OLD"
    refused "--rename =a" "--rename =a: expected NEW=OLD"
    refused "--rename a=a" "--rename a=a: both names are the same"
    refused "--rename a=c,b=c" "--rename b=c: c is renamed twice"
    refused "--rename a=c,a=d" "--rename a=d: c gets this name too"
    refused "--rename a=c --drop c" "--rename a=c: --drop has c; it takes the names before they change"
    refused "--rename a=c --keep a" "--rename a=c: --keep lacks c; it takes the names before they change"
    refused "--rename a=c --order c" "--order c: it is renamed to a, so give that name"
    refused "--rename a=c --fill c=1" "--fill c: it is renamed to a, so give that name"
    refused "--fill a" "--fill a: expected NAME=VALUE"
    refused "--fill a=" "--fill a=: the value is missing"
    refused "--fill a=[1" "--fill a=[1: not JSON: byte 3: an array is not closed"
    refused "--fill a=1 --fill a=2" "--fill a=2: a has a value already"
    refused "--uniform" "--uniform needs --keep: which members there are would be known only after the last record"
    refused "--uniform --keep y" "--uniform: there is no empty value for y; give one: --fill y=VALUE"
    refused "--uniform --keep label" "--uniform: there is no empty value for label; give one: --fill label=VALUE"
}

@test "counters" {
    sh "quern fields --fill body=1 --fill y=2 --stats stats in; quern fields --fill id=1 --order id --stats more in"
    is <(jq -c '.filters[] | [.in, .out, .changed, .filled]' stats more) $'[3,3,3,5]\n[3,3,2,1]'
}

@test "very many members, none of them searched for one by one" {
    awk 'BEGIN { printf "{\"id\":0"; for (i = 0; i < 200000; i++) printf ",\"m%d\":%d", i, i; print "}" }' >in
    sh "timeout 20 quern fields --keep m77,m199999,id --order m199999 in"
    [ "$status" = 0 ]
    is out '{"m199999":199999,"id":0,"m77":77}'
    sh "timeout 20 quern fields --drop m0 --rename z=m1 --order m5 in | md5sum"
    [ "$status" = 0 ]
    is out "$(jq -c 'del(.m0)' in | sed 's/"m1":/"z":/; s/,"m5":5//; s/^{/{"m5":5,/' | md5sum)"
}

@test "a chain writes what the shell pipeline writes" {
    for i in {1..500}; do printf '{"id":%d, "text":"a b %d" ,"label":"%d"}\n' "$i" "$i" $((i % 3)); done >many
    quern normalize --case lower many | quern segment | quern fields --rename spans=words --drop sentences --order text |
        quern fields --keep text,spans,id,lang --uniform --fill spans=[] >expected
    for j in 1 3; do
        quern run 'normalize --case lower | segment | fields --rename spans=words --drop sentences --order text |
            fields --keep text,spans,id,lang --uniform --fill spans=[]' -j $j many | cmp - expected
    done
    [ "$(jq -c keys expected | sort -u | wc -l)" = 1 ]
}

@test "--pad in one process and in a pipeline" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b '##c' >v
    printf '%s\n' '{"id":1,"text":"a bc b"}' '{"id":2,"text":"a"}' '{"id":3,"text":""}' >text.jsonl
    quern tokenize -m v text.jsonl | quern mask -m v -q | quern fields --pad 8 -m v >piped
    gives "quern run 'tokenize -m v | mask -m v | fields --pad 8 -m v' -q text.jsonl" 0 "$(cat piped)"
    quern tokenize -m v text.jsonl | quern mask -m v -q | quern fields --preset bert --pad 8 --max-predictions 2 -m v >piped
    gives "quern run 'tokenize -m v | mask -m v | fields --preset bert --pad 8 --max-predictions 2 -m v' -q text.jsonl" 0 \
        "$(cat piped)"
    is <(jq -c 'to_entries | map(select(.value | type == "array").value | length)' piped | uniq) '[8,8,8,2,2,2]'
}

@test "counters of --pad" {
    printf '%s\n' '[PAD]' '[UNK]' a >v
    printf '%s\n' '{"input_ids":[2,2],"attention_mask":[1,1]}' '{"input_ids":[2]}' >in
    sh "quern fields --pad 4 -m v --stats s in"
    is <(jq -c '.filters[0] | [.changed, .padding, .unmarked_padding]' s) '[2,5,1]'
}
