load ../helper

@test "what has no loss is counted, for the first of its reasons" {
    printf '%s\n' \
        '{"id":1,"input_ids":[7,5,6,7,8,9,0],"attention_mask":[1,1,1,1,1,1,0],"doc_ids":[1,1,1,2,2,2,0],"a":[[0,5],[6,7]]}' >in
    gives "quern causal --document-start ignore --ignore '#7,#0' --loss-spans a --stats s in | jq -c .labels" 0 \
        '[-100,5,6,-100,8,-100,-100]'
    is <(jq -c '.filters[0] | del(.filter, .options, .in, .out)' s) \
        '{"tokens":7,"labels":3,"padding":1,"document_starts":1,"ignored":1,"outside_spans":1,"prefix_tokens":0,"unlabeled_records":0}'
}

@test "a bad record leaves the others as they are" {
    printf '%s\n' '{"id":1,"input_ids":[5,6,7]}' '{"id":2,"input_ids":[5,-6,7]}' '{"id":3,"input_ids":[5,6,7]}' >in
    grep -v '"id":2' in | quern causal --prefix >expected
    sh "quern causal --prefix --on-error quarantine=bad -q in"
    is out "$(cat expected)"
    is <(jq -c .error bad) '"input_ids[1]: -6 is not an id"'
}

@test "tokens of another tokenizer" {
    printf '%s\n' '[PAD]' '[UNK]' a b >vocab
    echo '{"id":"x","input_ids":[2,3],"tokens":["a","c"]}' >in
    gives "quern causal -m vocab in" 3 '' \
        'quern-causal: in:1: id "x": tokens[1]: "c", but id 3 is "b" in vocab: another tokenizer made these ids'
}

@test "a record of a million tokens" {
    { printf '{"id":1,"input_ids":['; seq -s, 1000000 | tr -d '\n'; echo ']}'; } >in
    gives "quern causal in | jq -c '.labels == .input_ids'" 0 true
    gives "quern causal --prefix --shift in |
        jq -c '.prefix_length as \$p | .labels == [range(1000000) | if . + 1 < \$p or . == 999999 then -100 else . + 2 end]'" \
        0 true
}
