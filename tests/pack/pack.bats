# Sequences of one length. What goes where, in every mode, is compared with reference.jq in reference.sh.
load ../helper

documents() {
    printf '%s\n' '{"id":"a","input_ids":[11,12,13,14,15],"sentence_tokens":[[0,2],[3,5]]}' \
        '{"id":"b","input_ids":[21,22],"sentence_tokens":[[0,2]]}' >in
}

@test "every member about tokens is carried, and nothing else" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' the man jump '##ed' . >vocab.txt
    printf '{"id":"%s","text":"the man jumped. the man.","label":"x"}\n' a b |
        quern segment | quern tokenize -m vocab.txt --no-special --spans sentences,words >in
    quern pack -m vocab.txt --length 7 --begin '[CLS]' --end '[SEP]' in >got
    is <(head -n 2 got | jq -c '.tokens, .input_ids, .offset_mapping, .word_ids, .special_tokens_mask, .attention_mask,
        .token_type_ids, .sentence_tokens, .word_tokens') \
'["[CLS]","the","man","jump","##ed",".","[SEP]"]
[2,4,5,6,7,8,3]
[[0,0],[0,3],[4,7],[8,12],[12,14],[14,15],[0,0]]
[-1,0,1,2,2,3,-1]
[1,0,0,0,0,0,1]
[1,1,1,1,1,1,1]
[0,0,0,0,0,0,0]
[[1,6]]
[[1,2],[2,3],[3,5],[5,6]]
["[CLS]","the","man",".","[SEP]"]
[2,4,5,8,3]
[[0,0],[16,19],[20,23],[23,24],[0,0]]
[-1,0,1,2,-1]
[1,0,0,0,1]
[1,1,1,1,1]
[0,0,0,0,0]
[[1,4]]
[[1,2],[2,3],[3,4]]'
    is <(jq -c 'has("text"), has("label")' got | sort -u) false
    is <(jq -c '.id' got) '"a@0-a@5"
"a@5-a@8"
"b@0-b@5"
"b@5-b@8"'
}

@test "sentences of 3, 3, 4 and 2 tokens in sequences of 8 with a begin" {
    jq -nc '{id: "d", input_ids: [range(12)], sentence_tokens: [[0,3],[3,6],[6,10],[10,12]]}' >in
    is <(quern pack --length 8 --begin '#99' --emit input_ids in | jq -c .input_ids) \
'[99,0,1,2,3,4,5]
[99,6,7,8,9,10,11]'
}

@test "a marker stands with the type of the text beside it" {
    echo '{"id":"a","input_ids":[5,6,7],"token_type_ids":[1,1,2],"sentence_tokens":[[0,2],[2,3]]}' >in
    is <(quern pack --length 9 --begin '#1' --end '#2' --after-sentence '#3' --before-document '#4' in |
        jq -c .input_ids,.token_type_ids) \
'[1,4,5,6,3,7,3,2]
[1,1,1,1,1,2,2,2]'
}

@test "two documents may have one id, an id may be a number, and an empty document leaves no trace" {
    printf '%s\n' '{"id":7,"input_ids":[1,2],"sentence_tokens":[]}' '{"id":"e","input_ids":[],"sentence_tokens":[]}' \
        '{"id":7,"input_ids":[3,4],"sentence_tokens":[]}' >in
    gives "quern pack --length 9 --before-document '#8' --stats stats in" 0 \
'{"id":"7@0-7@2","input_ids":[8,1,2,8,3,4],"sentence_tokens":[],"doc_ids":[1,1,1,2,2,2],"sources":[{"id":7,"tokens":[0,2]},{"id":7,"tokens":[0,2]}]}'
    grep -q '"tokens":4,"markers":2,.*"empty_documents":1' stats
    gives "quern pack --length 9 </dev/null" 0 ""
    gives "grep '\"e\"' in | quern pack --length 9" 0 ""
}

@test "the epoch is that of the documents, which must be of one" {
    documents
    sed 's/}$/,"epoch":3}/' in | quern pack --length 9 --emit input_ids >got
    is got '{"id":"a@0-b@2","input_ids":[11,12,13,14,15,21,22],"epoch":3}'
    sed '2s/}$/,"epoch":3}/' in >two
    gives "quern pack --length 9 two" 3 "" "quern-pack: two:2: id \"b\": epoch: 3 here, but the first document (line 1) is \
of epoch 0, and records of several epochs can't be combined"
}

@test "what is cut, dropped and left over is counted and noted" {
    documents
    gives "quern pack --length 2 --emit input_ids --stats stats in | jq -c .input_ids" 0 \
'[11,12]
[13]
[14,15]
[21,22]' 'quern-pack: 1 sentence was longer than the 2 tokens that a record has room for, and cut'
    grep -q '"split":1' stats
    gives "quern pack --length 2 --emit input_ids --overflow drop --stats stats in | jq -c .input_ids" 0 \
'[14,15]
[21,22]' 'quern-pack: 1 sentence was dropped, with 3 tokens: longer than the 2 that a record has room for'
    grep -q '"dropped_pieces":1,"dropped_tokens":3' stats
    gives "quern pack --length 5 --emit input_ids --mode none --drop-last --stats stats in | jq -c .input_ids" 0 \
        '[11,12,13,14,15]' 'quern-pack: 2 tokens at the end, too few for a record, left out (--drop-last)'
    grep -q '"left_over_tokens":2' stats
    gives "quern pack --length 2 --emit input_ids --overflow error in" 3 "" "quern-pack: in:1: id \"a\": input_ids: a \
sentence, tokens 0 to 3, has 3 tokens with its markers, and a record has room for 2 (--overflow)"
    gives "quern pack --length 2 --emit input_ids --overflow error --on-error skip in 2>/dev/null | jq -c .input_ids" 0 '[21,22]'
}

@test "an error leaves the other documents as they would be without the bad one" {
    documents
    echo '{"id":"bad","input_ids":[1,2,3],"sentence_tokens":[[1,4]]}' | cat <(head -n 1 in) - <(tail -n 1 in) >three
    quern pack --length 4 in >expected
    quern pack --length 4 --on-error quarantine=bad three 2>/dev/null | cmp - expected
    jq -e '.error == "sentence_tokens[0]: [1,4] ends behind the last token; there are 3 tokens"' bad
}

# wrong RECORD MESSAGE: the record, after a good one.
wrong() {
    printf '%s\n' '{"id":"a","input_ids":[3],"word_ids":[0],"special_tokens_mask":[0],"sentence_tokens":[]}' "$1" >in
    gives "quern pack -m vocab.txt --length 9 in" 3 "" "quern-pack: in:2: id \"b\": $2"
}

@test "wrong documents" {
    printf '%s\n' '[PAD]' '[UNK]' the man >vocab.txt
    wrong '{"id":"b","input_ids":[1,4],"word_ids":[0,1],"special_tokens_mask":[0,0],"sentence_tokens":[]}' \
        'input_ids[1]: 4 is not in the vocabulary of vocab.txt'
    wrong '{"id":"b","input_ids":[1,-1],"word_ids":[0,1],"special_tokens_mask":[0,0],"sentence_tokens":[]}' \
        'input_ids[1]: -1 is not in the vocabulary of vocab.txt'
    wrong '{"id":"b","input_ids":[1,2],"word_ids":[0],"special_tokens_mask":[0,0],"sentence_tokens":[]}' \
        'word_ids: expected 2 items, as in input_ids, found 1'
    wrong '{"id":"b","input_ids":[1,2],"word_ids":[0,1],"special_tokens_mask":[0,2],"sentence_tokens":[]}' \
        'special_tokens_mask[1]: expected 0 or 1, found 2'
    wrong '{"id":"b","input_ids":[1,2],"word_ids":[0,1],"special_tokens_mask":[0,0],"sentence_tokens":[[0,1],[2,1]]}' \
        'sentence_tokens[1]: the start is greater than the end'
    wrong '{"id":"b","input_ids":[1,2],"special_tokens_mask":[0,0],"sentence_tokens":[]}' \
        'word_ids: missing, but the first document (line 1) has it, and all must have the same ("quern tokenize" writes it); the record has id, input_ids, special_tokens_mask, sentence_tokens'
    wrong '{"id":"b","input_ids":[1],"word_ids":[0],"special_tokens_mask":[0],"sentence_tokens":[],"attention_mask":[1]}' \
        'attention_mask: the first document (line 1) has no such member, and all must have the same; --emit names those to write'
    wrong '{"id":"b","input_ids":[1],"word_ids":[0],"special_tokens_mask":[0]}' \
        'sentence_tokens: missing ("quern tokenize --spans sentences" writes it); the record has id, input_ids, word_ids, special_tokens_mask'
    wrong '{"id":"b","input_ids":[1],"word_ids":[0],"special_tokens_mask":[0],"sentence_tokens":[],"window":[[0,9]]}' \
        'window: the record is a window of a text, and windows repeat parts of it; tokenize without --overflow windows'
    wrong '{"id":"b","word_ids":[0],"special_tokens_mask":[0],"sentence_tokens":[]}' \
        'input_ids: missing ("quern tokenize" writes it); the record has id, word_ids, special_tokens_mask, sentence_tokens'
    echo '{"input_ids":[1],"sentence_tokens":[]}' >in
    gives "quern pack --length 9 in" 3 "" "quern-pack: in:1: id: missing, and new records take their ids from it (\"quern \
import\" writes it); the record has input_ids, sentence_tokens"
    echo '{"id":1,"input_ids":[1],"tokens":["x"],"sentence_tokens":[]}' >in
    gives "quern pack --length 9 --begin '#7' in" 3 "" "quern-pack: in:1: id 1: tokens: the spelling of token #7 is not \
known; give --model, or leave tokens out (--emit)"
}

# misused OPTIONS MESSAGE
misused() {
    gives "quern pack $1 </dev/null" 2 "" "quern-pack: $2"
}

@test "wrong options" {
    printf '%s\n' '[PAD]' '[UNK]' the man >vocab.txt
    misused "--length 3 --begin '#1' --end '#1' --after-sentence '#1'" '--length: 3 has no room for 3 markers and a token'
    misused "--length 3 --mode none --stride 3" '--stride: expected less than the 3 tokens of a document that a record has room for'
    misused "--length 3 -m vocab.txt --begin '[CLS]'" '--begin: "[CLS]" is not a token of vocab.txt (an id is written as #N)'
    misused "--length 3 -m vocab.txt --end '#4'" '--end: there is no token with id 4 in vocab.txt'
    misused "--length 3 --end '[SEP]'" '--end: "[SEP]" is looked up in a vocabulary; give --model, or the id as #N'
    misused "--length 3 --stride 1" '--stride goes only with --mode none
Try "quern-pack --help".'
    misused "--length 3 --position-start 2" '--position-start has no effect without position_ids (--also position_ids)'
}

@test "a document of a million tokens, and a sentence of as many" {
    jq -nc '{id: "d", input_ids: [range(1000000)], sentence_tokens: [range(0; 1000000; 20) | [., . + 20]]}' >in
    is <(quern pack --length 512 --after-sentence '#3' in | jq -n 'reduce inputs as $r (0; . + ($r.input_ids | length))') 1050000
    jq -nc '{id: "d", input_ids: [range(1000000)], sentence_tokens: [[0,1000000]]}' >in
    is <(quern pack -q --length 512 in | jq -n '[inputs.input_ids[]] == [range(1000000)]') true
}
