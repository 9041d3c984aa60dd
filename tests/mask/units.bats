# Units of several tokens, levels, budgets and members on demand: by hand.
load ../helper

MASK="quern mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3 --replace 100,0,0"

# 哈尔滨 是 黑龙江 的 省会, a token for each character, two entities
chinese() {
    printf '%s\n' '{"id":"h4","input_ids":[10,11,12,13,14,15,16,17,18,19],"word_ids":[0,0,0,1,2,2,2,3,4,4],"phrase_tokens":[[0,4],[8,10]],"entity_tokens":[[0,3],[4,7]]}' >in
}

# spans OPTION...: what is selected in 2000 copies, each choice once
spans() {
    $MASK "$@" --copies 2000 --also masked_spans in | jq -c .masked_spans | sort -u
}

@test "entities: one of two, whole, where the budget has room for one" {
    chinese
    is <(spans --unit entity --prob 0.3 --overshoot never) '[[0,3]]
[[4,7]]'
    is <(spans --unit entity --prob 0.3) '[[0,3],[4,7]]
[[0,3]]
[[4,7]]'
    # the balanced rule takes both with (0 + 2/9 + 2/9) / 3
    sh "$MASK --unit entity --prob 0.3 --copies 60000 --also masked_spans in | jq -c .masked_spans | sort | uniq -c |
        awk '/,7/ && /0,/ { d = \$1 - 60000 * 4 / 27; print d * d < 25 * 60000 * 4 / 27 * 23 / 27 }'"
    is out 1
}

@test "entities that are too long for the budget: the next level below" {
    chinese
    is <(spans --unit entity --prob 0.2 --overshoot never) '[[8,10]]'
    jq -c 'del(.phrase_tokens)' in >other && mv other in
    is <(spans --unit entity --prob 0.2 --overshoot never) '[[3,4],[7,8]]
[[8,10]]'
}

@test "too few entities: all of them, and the rest of the budget goes to the levels below" {
    chinese
    # the phrase at the start shares tokens with an entity; then the other phrase is all of its level, then words
    is <(spans --unit entity --prob 0.8) '[[0,3],[4,7],[8,10]]'
    is <(spans --unit entity --prob 0.9) '[[0,3],[3,4],[4,7],[8,10]]
[[0,3],[4,7],[7,8],[8,10]]'
    is <(spans --unit entity --prob 0.8 --fill none) '[[0,3],[4,7]]'
    gives "$MASK --unit entity --prob 0.8 --fill none --stats counts in | jq -c .labels" 0 \
        '[10,11,12,-100,14,15,16,-100,-100,-100]'
    gives "jq -c '.filters[0] | [.budget, .selected, .lower, .unfilled]' counts" 0 '[8,6,0,2]'
    sh "$MASK --unit entity --prob 0.8 --stats counts in"
    gives "jq -c '.filters[0] | [.budget, .selected, .lower, .unfilled]' counts" 0 '[8,8,2,0]'
    # a level that the record lacks is left out, down to tokens
    jq -c 'del(.phrase_tokens, .word_ids)' in >other && mv other in
    sh "$MASK --unit entity --prob 0.7 --copies 300 --also masked_spans in | jq -c '.masked_spans | length' | sort -u"
    is out 3
    [ "$(spans --unit entity --prob 0.7 | wc -l)" = 4 ]
}

@test "what is left for a lower level is selected with the probability that it has" {
    # an entity of three tokens and five words of four; one token is left for these, which selects one of them in four
    jq -nc '{id: "l", input_ids: [range(5; 28)], word_ids: [range(23) | if . < 3 then 0 else (. + 1) / 4 | floor end], entity_tokens: [[0, 3]]}' >in
    sh "$MASK --unit entity --prob 0.17 --copies 8000 --also masked_spans in | jq '.masked_spans | length' | sort | uniq -c |
        awk '{ p = \$2 == 2 ? 0.25 : 0.75; d = \$1 - 8000 * p; print \$2, d * d < 25 * 8000 * p * (1 - p) }'"
    is out '1 1
2 1'
}

@test "a level that is asked for must be there" {
    echo '{"id":"x","input_ids":[10,11],"word_ids":[0,1]}' >in
    gives "$MASK --unit entity in" 3 "" \
        'quern-mask: in:1: id "x": entity_tokens: missing ("quern tokenize --spans entities" writes it); the record has id, input_ids, word_ids'
    gives "$MASK --unit mix --mix token=1,phrase=1 in" 3 "" \
        'quern-mask: in:1: id "x": phrase_tokens: missing ("quern tokenize --spans phrases" writes it); the record has id, input_ids, word_ids'
    gives "$MASK --unit mix --mix token=1,phrase=0 in | jq -c .mask_level" 0 '"token"'
    gives "$MASK --per doc in" 3 "" \
        'quern-mask: in:1: id "x": doc_ids: missing, but --per doc needs it ("quern pack" writes it); the record has id, input_ids, word_ids'
    gives "$MASK --replace-by word in | wc -l" 0 1
    gives "jq -c 'del(.word_ids)' in | $MASK --replace-by word" 3 "" \
        'quern-mask: stdin:1: id "x": word_ids: missing ("quern tokenize" writes it); the record has id, input_ids'
}

@test "ranges: the longer of two that overlap, the first of equal ones, none that may not be masked" {
    printf '%s\n' '{"id":"r","input_ids":[10,11,12,13,14,15,3,16,17,18],"phrase_tokens":[[0,2],[1,4],[3,5],[0,0],[5,8],[7,9],[8,10]]}' >in
    is <(spans --unit phrase --prob 1 --fill none) '[[1,4],[7,9]]'
    # a range of two documents is none
    printf '%s\n' '{"id":"r","input_ids":[10,11,12],"doc_ids":[1,1,2],"phrase_tokens":[[1,3],[0,1]]}' >in
    is <(spans --unit phrase --prob 1 --fill none) '[[0,1]]'
}

bad() { # RECORD MESSAGE OPTION...
    printf '%s\n' "$1" >in
    gives "$MASK ${*:3} in" 3 "" "quern-mask: in:1: id \"b\": $2"
}

@test "bad ranges and arrays" {
    bad '{"id":"b","input_ids":[5,6],"phrase_tokens":[[0,1],[1,3]]}' \
        'phrase_tokens[1]: [1,3] ends after the last of 2 tokens' --unit phrase
    bad '{"id":"b","input_ids":[5,6],"phrase_tokens":[[1,0]]}' 'phrase_tokens[0]: the start is greater than the end' \
        --unit phrase
    bad '{"id":"b","input_ids":[5,6],"entity_tokens":[1]}' 'entity_tokens[0]: expected [start,end]' --unit entity
    bad '{"id":"b","input_ids":[5,6],"doc_ids":[1]}' 'doc_ids: expected 2 items, as in input_ids, found 1' --per doc
    bad '{"id":"b","input_ids":[5,6],"doc_ids":[1,1,1],"word_ids":[0,1]}' \
        'doc_ids: expected 2 items, as in input_ids, found 3' --unit span
    bad '{"id":"b","input_ids":[5,6],"labels":[1,1]}' \
        'labels: already present, so the record is already masked (or rename them: quern fields --rename NEW=labels)' --unit span
}

@test "mix: the level of a record by its weights" {
    chinese
    sh "$MASK --unit mix --mix token=1,phrase=1,entity=2 --copies 40000 in | jq -r .mask_level | sort | uniq -c |
        awk '{ p = \$2 == \"entity\" ? 0.5 : 0.25; d = \$1 - 40000 * p; print \$2, d * d < 25 * 40000 * p * (1 - p) }'"
    is out 'entity 1
phrase 1
token 1'
    # of the level entity the units are entities, and so on
    is <($MASK --unit mix --mix word=1,entity=1 --prob 0.3 --overshoot never --copies 500 --also masked_spans in |
        jq -c 'select(.mask_level == "entity").masked_spans' | sort -u) '[[0,3]]
[[4,7]]'
}

@test "words end where documents do, and spans do not cross them" {
    echo '{"id":"d","input_ids":[10,11,12,13],"word_ids":[0,0,0,0],"doc_ids":[1,1,2,2]}' >in
    is <(spans --unit word --prob 0.5) '[[0,2],[2,4]]
[[0,2]]
[[2,4]]'
    echo '{"id":"d","input_ids":[10,11,12,13],"word_ids":[0,1,2,3],"doc_ids":[1,1,2,2]}' >in
    is <(spans --unit span --lengths 0,0,1 --prob 1) '[[0,2],[2,4]]'
}

@test "a budget for each document, so that short ones get masks too" {
    jq -nc '[range(5; 45)] | {id: "p", input_ids: ., doc_ids: map(if . < 35 then 1 elif . < 42 then 2 else 3 end)}' >in
    each='[[.labels, .doc_ids] | transpose[] | select(.[0] != -100)[1]] | group_by(.) | map(length)'
    gives "$MASK --per doc --copies 500 in | jq -c '$each' | sort -u" 0 '[4,1,1]'
    sh "$MASK --copies 500 in | jq -c '$each' | sort -u | wc -l"
    [ "$(<out)" -gt 3 ]
    # the cap holds for each of them
    gives "$MASK --per doc --max-predictions 2 --copies 500 in | jq -c '$each' | sort -u" 0 '[2,1,1]'
    # positions of every document alike
    sh "$MASK --per doc --copies 30000 in | jq -c '.labels[36]' | grep -vc -- -100"
    awk -v n="$(<out)" 'BEGIN { d = n - 30000 / 7; exit d * d > 25 * 30000 / 7 * 6 / 7 }'
    # one document: the same as the record
    jq -c '.doc_ids |= map(1)' in >one
    $MASK --per doc one | cmp - <($MASK one)
}

@test "a uniform budget" {
    jq -nc '{id: "u", input_ids: ([2] + [range(5; 15)] + [3])}' >in
    sh "$MASK --prob uniform --copies 50000 in | jq '[.labels[] | select(. != -100)] | length' | sort -n | uniq -c |
        awk '{ d = \$1 - 5000; print \$2, d * d < 25 * 4500 }' | paste -sd' '"
    is out '1 1 2 1 3 1 4 1 5 1 6 1 7 1 8 1 9 1 10 1'
    gives "$MASK --prob uniform --max-predictions 3 --copies 1000 in | jq '[.labels[] | select(. != -100)] | length' |
        sort -u | paste -sd' '" 0 '1 2 3'
    gives "$MASK --prob uniform --budget all in" 2 "" 'quern-mask: --budget all does not go with --prob uniform'
    gives "$MASK --prob often in 2>&1 | sed -n 1p" 2 \
        'quern-mask: --prob: expected a share from 0 to 1 with at most 18 decimals, or uniform, found "often"'
}

@test "members on demand" {
    # tokens 3 to 5 are a word, 0 and 1 another
    printf '%s\n' '{"id":"h12","input_ids":[10,11,12,13,14,15,16,17,18,19],"phrase_tokens":[[3,6]]}' >in
    gives "$MASK --unit phrase --prob 0.3 --also pair_targets,masked_spans,masked_lm_ids,masked_lm_positions in" 0 \
        '{"id":"h12","input_ids":[10,11,12,4,4,4,16,17,18,19],"phrase_tokens":[[3,6]],"labels":[-100,-100,-100,13,14,15,-100,-100,-100,-100],"masked_lm_positions":[3,4,5],"masked_lm_ids":[13,14,15],"masked_spans":[[3,6]],"pair_targets":[[2,6,13,14,15]]}'
    gives "$MASK --unit phrase --prob 0.3 --also pair_targets --sbo 2 in | jq -c .pair_targets" 0 '[[2,6,13,14]]'
    # a run that touches an end has no item; two units that touch are one run
    sed -i 's/\[\[3,6\]\]/[[0,2],[3,4],[4,6],[8,10]]/' in
    gives "$MASK --unit phrase --prob 0.7 --fill none --also pair_targets,masked_spans in | jq -c '[.masked_spans, .pair_targets]'" 0 \
        '[[[0,2],[3,4],[4,6],[8,10]],[[2,6,13,14,15]]]'
    echo '{"id":"e","input_ids":[]}' >in
    gives "$MASK -q --also pair_targets,masked_spans,masked_lm_ids,masked_lm_positions in" 0 \
        '{"id":"e","input_ids":[],"labels":[],"masked_lm_positions":[],"masked_lm_ids":[],"masked_spans":[],"pair_targets":[]}'
    awk -v count=50 -v tokens=60 -v seed=1 -f "$BATS_TEST_DIRNAME/records.awk" >in
    quern mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --unit span --also masked_lm_ids,masked_lm_positions in >out
    is <(jq -c '. as $r | [.masked_lm_positions[] | $r.labels[.]] == .masked_lm_ids and
        .masked_lm_positions == [$r.labels | to_entries[] | select(.value != -100).key]' out | sort -u) true
}

@test "a word or a unit is masked, drawn or kept as one" {
    awk -v count=300 -v tokens=80 -v seed=1 -f "$BATS_TEST_DIRNAME/records.awk" >in
    mask="quern mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --replace 50,0,50"
    mixed='. as $r | [.masked_spans[] | [$r.input_ids[.[0]:.[1]][] == 4] | unique | length] | max'
    is <($mask --unit span --replace-by unit --also masked_spans in | jq "$mixed" | sort -u) 1
    is <($mask --unit span --replace-by word --also masked_spans in | jq "$mixed" | sort -n | tail -1) 2
    words='[.word_ids, .token_type_ids, .labels, .input_ids] | transpose | map(select(.[2] != -100)) |
        group_by(.[:2]) | map(map(.[3] == 4) | unique | length) | max'
    is <($mask --unit span --replace-by word in | jq "$words" | sort -u) 1
    is <($mask --unit token --replace-by word --prob 0.5 in | jq "$words" | sort -u) 1
    is <($mask --unit word in | jq "$words" | sort -n | tail -1) 2
    # the draw of the first token decides, so a unit of one token does not depend on the option
    gives "echo '{\"id\":1,\"input_ids\":[5,6,7],\"word_ids\":[0,1,2]}' >x; for by in token word unit; do
        $mask --prob 1 --unit word --replace-by \$by x; done | uniq | wc -l" 0 1
}

@test "where random tokens come from" {
    jq -nc '{id: "s", input_ids: [range(5; 95)]}' >in
    mask="quern mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3 --prob 1 --replace 0,100,0"
    sh "$mask --random-from all --copies 200 in | jq '.input_ids[]' | sort -nu"
    seq 0 99 | diff - out
    printf '# id, count\n7\t3\r\n\n50\t1\n3\t1000\n4\t1000\n60\t0\n' >counts
    sh "$mask --random-from counts --copies 300 in | jq '.input_ids[]' | sort -n | uniq -c |
        awk '{ p = \$2 == 7 ? 0.75 : 0.25; d = \$1 - 27000 * p; print \$2, d * d < 25 * 27000 * p * (1 - p) }'"
    is out '7 1
50 1'
}

@test "wrong counts" {
    mask="quern mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3 --random-from counts"
    wrong() { # CONTENTS MESSAGE
        printf "$1" >counts
        gives "$mask </dev/null" 2 "" "quern-mask: --random-from: $2"
    }
    wrong '7\t1\n8 1\n' 'counts:2: expected an id, a tab and a count'
    wrong '7\t-1\n' 'counts:1: expected an id, a tab and a count'
    wrong '7\t1\t2\n' 'counts:1: expected an id, a tab and a count'
    wrong '100\t1\n' 'counts:1: 100 is not in the vocabulary of 100 ids'
    wrong '7\t1\n7\t1\n' 'counts:2: id 7 has a count already'
    wrong '3\t1\n7\t0\n' 'there are no tokens to draw random ones from'
    wrong '' 'there are no tokens to draw random ones from'
    wrong '7\t9223372036854775807\n8\t9223372036854775807\n9\t9223372036854775807\n' \
        'counts: the sum of the weights is 2^64 or more'
    gives "$mask.missing </dev/null" 1 "" 'quern-mask: --random-from: counts.missing: No such file or directory'
}

usage() { # MESSAGE OPTION...
    gives "$MASK ${*:2} </dev/null 2>&1 | sed -n 1p" 2 "quern-mask: $1"
}

@test "options that do not go together" {
    usage '--lengths goes only with --unit ngram or span' --lengths inverse:3
    usage '--mix goes only with --unit mix' --mix token=1
    usage '--fill goes only with --unit phrase, entity or mix' --unit span --fill none
    usage '--sbo goes only with --also' --sbo 3
    usage '--sbo goes only with --also pair_targets' --sbo 3 --also masked_spans
    usage '--unit mix needs the weights of the levels: --mix token=1,phrase=1,entity=2' --unit mix
    usage '--mix: expected token=N, word=N, phrase=N or entity=N, found "words=1"' --unit mix --mix words=1
    usage '--mix: expected token=N, word=N, phrase=N or entity=N, found "word=-1"' --unit mix --mix word=-1
    usage '--mix: expected token=N, word=N, phrase=N or entity=N, found "word"' --unit mix --mix word
    usage '--mix: word is given twice' --unit mix --mix word=1,word=2
    usage '--mix: all weights are 0' --unit mix --mix word=0
    usage '--lengths: expected inverse:N, geometric:P:N or integer weights such as 4,3,2,1, of at most 256 values, found "poisson:3"' \
        --unit span --lengths poisson:3
    usage '--also: expected masked_lm_positions, masked_lm_ids, masked_spans or pair_targets, found "labels"' --also labels
}

@test "one long record, one of a token, one of nothing to mask" {
    jq -nc '{id: "l", input_ids: [range(0; 200000) | . % 90 + 5], word_ids: [range(0; 200000) / 2 | floor], phrase_tokens: [range(0; 199990; 10) | [., . + 3]]}' >in
    for unit in ngram span phrase 'mix --mix token=1,word=1,phrase=1'; do
        sh "$MASK --unit $unit in | jq '[.labels[] | select(. != -100)] | length | . > 29980 and . < 30020'"
        is out true
    done
    printf '%s\n' '{"id":1,"input_ids":[7],"word_ids":[0],"doc_ids":[1],"phrase_tokens":[]}' \
        '{"id":2,"input_ids":[3],"word_ids":[-1],"doc_ids":[1],"phrase_tokens":[[0,1]]}' \
        '{"id":3,"input_ids":[],"word_ids":[],"doc_ids":[],"phrase_tokens":[]}' >in
    for unit in word ngram span phrase 'mix --mix token=1,word=1,phrase=1'; do
        gives "$MASK -q --per doc --unit $unit in | jq -c .labels" 0 '[7]
[-100]
[]'
    done
}

@test "in a record that is turned round, white space stands at the end of a word" {
    for words in '[0,0,1,1]' '[0,0,0,0]'; do
        echo "{\"id\":1,\"tokens\":[\"b\",\"▁a\",\"d\",\"▁c\"],\"input_ids\":[7,8,9,10],\"word_ids\":$words,\"backward\":1}" >in
        is <(quern mask --mask-id 4 --vocab-size 20 --special-ids 0 --unit word --prob 0.5 --overshoot never --copies 50 in |
            jq -c .labels | sort -u) '[-100,-100,9,10]
[7,8,-100,-100]'
    done
}
