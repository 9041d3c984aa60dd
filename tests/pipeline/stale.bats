load ../helper

# What a filter changes makes members stale, whichever filter it is. Every case runs as a filter alone, at the end of a
# shell pipeline, and in one process with a filter before it that has set the members it describes.

# A record with every member about its text and its tokens.
full() {
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d >vocab.txt
    printf '%s\n' '{"id":1,"text":"A b. C d.","entities":[{"start":0,"end":1,"label":"X"}],"sentences":[[0,9]],"words":[[0,3],[5,9]],"phrases":[[0,3]],"stopwords":[[0,1]]}' |
        quern tokenize -m vocab.txt --word-ids words --spans sentences,words,phrases,entities |
        jq -c '. + {labels: [.input_ids[] | -100], token_count: (.input_ids | length)}' >full
}
tokens="attention_mask input_ids labels offset_mapping special_tokens_mask token_count token_type_ids tokens word_ids"
of_spans="entity_tokens phrase_tokens sentence_tokens word_tokens"
spans="entities phrases sentences stopwords words"

# stale 'FILTER' INPUT NAME...: exactly these members are stale: the first of them is refused, --drop-stale removes them,
# and in one process the same happens as in two.
stale() {
    local first name
    first=$(jq -r --arg names "${*:3}" 'keys_unsorted - (keys_unsorted - ($names / " ")) | .[0]' "$2")
    gives "quern $1 $2" 3 '' \
        "quern-${1%% *}: $2:1: id 1: $first: stale: ${1%% *} changed what it describes (--drop-stale removes it)"
    quern run "cat | $1 --drop-stale" "$2" >fused
    quern $1 --drop-stale "$2" | cmp - fused
    jq -r 'keys[]' "$2" | sort >before
    jq -r 'keys[]' fused | sort | comm -23 before - | paste -sd' ' >gone
    is gone "$(printf '%s\n' "${@:3}" | sort | paste -sd' ')"
}

# fresh 'FILTER' INPUT: nothing is stale; the record keeps all that it has.
fresh() {
    sh "quern $1 $2"
    [ "$status" = 0 ]
    jq -r 'keys[]' "$2" | sort >before
    jq -r 'keys[]' out | sort | comm -23 before - >gone
    is gone ''
    quern run "cat | $1" "$2" | cmp - out
}

@test "join --overwrite: another text makes its spans and all about tokens stale" {
    full
    echo '{"id":1,"text":"Other"}' >with
    stale "join --with with --on id --overwrite" full $spans $tokens $of_spans
}

@test "join: the same text, however it is spelled, changes nothing" {
    full
    echo '{"id":1,"text":"\u0041 b. C d.","words":[ [0,3], [5,9] ]}' >with
    fresh "join --with with --on id --overwrite" full
    # nor does what is not overwritten, or what comes to a record that had no text
    echo '{"id":1,"text":"Other","words":[]}' >with
    fresh "join --with with --on id" full
    jq -c 'del(.text)' full >without
    fresh "join --with with --on id --overwrite --member text" without
}

@test "join: other spans make their places among the tokens stale" {
    full
    for pair in sentences:sentence_tokens phrases:phrase_tokens; do
        echo "{\"id\":1,\"${pair%:*}\":[[0,2]]}" >with
        stale "join --with with --on id --overwrite" full "${pair#*:}"
        jq -c "del(.${pair%:*})" full >without # spans of before that are gone
        stale "join --with with --on id" without "${pair#*:}"
    done
    echo '{"id":1,"entities":[]}' >with
    stale "join --with with --on id --overwrite" full entity_tokens
    echo '{"id":1,"words":[[0,2]],"stopwords":[]}' >with
    stale "join --with with --on id --overwrite" full word_tokens word_ids
}

@test "join: members that come with what they describe are not stale" {
    full
    echo '{"id":1,"words":[[0,2]],"word_tokens":[[1,2]],"word_ids":[0]}' >with
    fresh "join --with with --on id --overwrite" full
}

@test "fields: a member that gets the name of another one changes that one" {
    full
    jq -c '. + {body: "Other", old: .words, marked: [[0, 2]]}' full >in
    gives "quern fields --drop text --rename text=body in" 3 '' \
        'quern-fields: in:1: id 1: entities: stale: fields changed what it describes (--drop-stale removes it)'
    gives "quern fields --drop text --rename text=body --drop-stale in | jq -c 'keys_unsorted'" 0 \
        '["id","text","old","marked"]'
    gives "quern fields --drop words --rename words=marked --drop-stale in | jq -c '[has(\"word_tokens\", \"word_ids\", \"tokens\")]'" 0 \
        '[false,false,true]'
    fresh "fields --order word_tokens,words" in
    quern fields --drop words --rename words=old in | jq -cS . >out
    is out "$(jq -cS 'del(.old)' in)"
}

@test "segment: sentences and words that differ make stale what goes by them" {
    full
    stale "segment --emit sentences --no-abbreviations" full sentence_tokens
    stale "segment --emit words" full word_tokens word_ids
    stale "segment --no-abbreviations" full sentence_tokens word_tokens word_ids
    quern segment --no-abbreviations full --drop-stale | jq -c '. + {sentence_tokens: [], word_tokens: [], word_ids: []}' >segmented
    fresh "segment --no-abbreviations" segmented
    # ids that number the tokenizer's own words do not mind that there are words now
    jq -c 'del(.words, .sentences, .word_tokens, .sentence_tokens)' full >without
    fresh "segment --no-abbreviations" without
}

@test "normalize: spans move with the text or stay true, tokens do not" {
    full
    stale "normalize --case lower" full $tokens $of_spans
    fresh "normalize" full
    sed 's/A b/A  b/; s/\[\[0,9\]\]/[[0,10]]/; s/\[5,9\]/[6,10]/' full >wide
    stale "normalize --space collapse" wide $tokens $of_spans
    is <(quern normalize --space collapse --drop-stale wide) \
        "$(jq -c 'with_entries(select(.key | IN("id", "text", "entities", "sentences", "words", "phrases", "stopwords")))' full |
            sed 's/"phrases":\[\[0,3\]\]/"phrases":[[0,2]]/; s/\[\[0,3\],\[5,9\]\]/[[0,2],[5,9]]/')"
}

@test "another field: tokens may be of it, spans are of the text where there is one" {
    full
    jq -c '. + {title: "É"}' full | sed 's/É/E\\u0301/' >titled
    stale "normalize --field title" titled $tokens $of_spans
    fresh "normalize --field title --form none" titled
    sed 's/"text"/"body"/; s/A b/A\\u0301b/' full >body # spans are of the body then, and move with it
    stale "normalize --field body" body $tokens $of_spans
}

@test "tokenize: tokens of before go or are replaced" {
    full
    for name in $tokens $of_spans; do
        jq -c "{id, text, $name}" full >one
        case $name in
        input_ids) fresh "tokenize -m vocab.txt" one ;;
        *) stale "tokenize -m vocab.txt --emit input_ids" one "$name" ;;
        esac
    done
    stale "tokenize -m vocab.txt" full labels token_count $of_spans
}

@test "tokenize: windows have the spans of their part, and none of the whole" {
    full
    stale "tokenize -m vocab.txt --max-length 4 --overflow split" full labels token_count $of_spans
    jq -c '{id, text, words, sentences, entities, stopwords}' full >plain
    fresh "tokenize -m vocab.txt --max-length 4 --overflow split" plain
}

@test "tokenize --decode: what belongs to the ids stays, spans of another text do not" {
    full
    stale "tokenize -m vocab.txt --decode" full $spans offset_mapping $of_spans
    fresh "tokenize -m vocab.txt --decode --field shown" full
}

@test "mask changes ids, and nothing that describes them" {
    full
    jq -c 'del(.labels)' full >in
    fresh "mask -m vocab.txt --prob 1 --unit word" in
}

@test "of several members of one name the last counts" {
    echo '{"id":1,"input_ids":[9],"text":"a","words":[[0,1]],"words":[[0,1]],"word_tokens":[],"word_tokens":[]}' >in
    gives "quern segment --emit words in" 0 "$(cat in)"
    echo '{"id":1,"words":[],"words":[[5,6]],"word_tokens":[],"x":1,"word_tokens":[],"text":"a"}' >in
    gives "quern segment --emit words --drop-stale in" 0 '{"id":1,"words":[],"words":[[0,1]],"x":1,"text":"a"}'
    echo '{"id":1,"input_ids":[5],"text":"a","input_ids":[6]}' >in
    printf '%s\n' '[UNK]' a >vocab.txt
    gives "quern tokenize -m vocab.txt --emit input_ids --drop-stale in" 0 \
        '{"id":1,"input_ids":[5],"text":"a","input_ids":[1]}'
}

@test "in a chain each filter answers for what it has changed itself" {
    full
    echo '{"id":1,"text":"Other"}' >with
    quern run "join --with with --on id --overwrite --drop-stale | segment | normalize | cat" full >fused
    quern join --with with --on id --overwrite --drop-stale full | quern segment | quern normalize | cmp - fused
    gives "quern run 'segment --drop-stale | join --with with --on id --overwrite' full" 3 '' \
        'quern-join: full:1: id 1: entities: stale: join changed what it describes (--drop-stale removes it)'
}

@test "very many members: the same is stale" {
    full
    echo '{"id":1,"text":"Other"}' >with
    jq -c '. + ([range(200) | {"m\(.)": .}] | add)' full >many
    stale "join --with with --on id --overwrite" many $spans $tokens $of_spans
    quern join --with with --on id --overwrite --drop-stale many | jq -c 'del(.[keys[] | select(startswith("m"))])' >out
    is out '{"id":1,"text":"Other"}'
}
