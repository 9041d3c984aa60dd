# Rows that go on from batch to batch.
load ../helper

# documents COUNT: of 1 to 4 sentences, each of 1 to 9 tokens, without gaps.
documents() {
    awk -v count="$1" 'BEGIN {
        for (d = 1; d <= count; d++) {
            ids = spans = ""
            for (k = n = 0; k <= d % 4; k++) {
                size = 1 + (d * 7 + k * 5) % 9
                spans = spans (k ? "," : "") "[" n "," n + size "]"
                for (i = 0; i < size; i++)
                    ids = ids (n ? "," : "") (10 + (d * 31 + n++) % 90)
            }
            printf "{\"id\":%s,\"input_ids\":[%s],\"sentence_tokens\":[%s]}\n", d % 5 ? "\"d" d "\"" : d, ids, spans
        }
    }'
}

# The row's tokens, in order, are what the steps have without those that they reuse.
@test "what goes where, compared with reference.jq" {
    documents 60 >in
    while read -r options json; do
        jq -c --slurp --argjson o "$json" -f "$BATS_TEST_DIRNAME/reference.jq" in >expected
        [ "$(wc -l <expected)" -gt 20 ]
        # shellcheck disable=SC2086 # options are words
        quern stream -q ${options//,/ } --emit input_ids,mems_row,mems_step,backward,sources in | cmp - expected || { echo "$options"; return 1; }
        quern stream -q ${options//,/ } --max-memory 0 --emit input_ids,mems_row,mems_step,backward,sources in | cmp - expected
    done <<'END'
--rows,3,--length,7 {"rows":3,"length":7,"reuse":0}
--rows,1,--length,5,--reuse,4 {"rows":1,"length":5,"reuse":4}
--rows,4,--length,8,--reuse,3,--after-sentence,#3 {"rows":4,"length":8,"reuse":3,"after_sentence":3}
--rows,4,--length,9,--reuse,2,--backward-half,--after-document,#4 {"rows":4,"length":9,"reuse":2,"backward_half":true,"after_document":4}
--rows,6,--length,9,--backward-half,--drop-last,--after-sentence,#3,--after-document,#4 {"rows":6,"length":9,"reuse":0,"backward_half":true,"drop_last":true,"after_sentence":3,"after_document":4}
--rows,2,--length,10,--drop-last,--reuse,5 {"rows":2,"length":10,"reuse":5,"drop_last":true}
END
}

@test "tokens, words and spans of a row that is turned round" {
    echo '{"id":"a","tokens":["a","b","c","d"],"input_ids":[5,6,7,8],"offset_mapping":[[0,1],[1,2],[2,3],[3,4]],"word_ids":[0,0,1,1],"sentence_tokens":[[0,1],[1,4]]}' >in
    is <(quern stream --rows 2 --length 4 --backward-half in | tail -n 1) \
        '{"id":"a@0-a@4","tokens":["d","c","b","a"],"input_ids":[8,7,6,5],"offset_mapping":[[3,4],[2,3],[1,2],[0,1]],"word_ids":[0,0,1,1],"sentence_tokens":[[0,3],[3,4]],"mems_row":1,"mems_step":0,"backward":1,"sources":[{"id":"a","tokens":[0,4]}]}'
}

@test "too few tokens, no tokens, markers alone" {
    echo '{"id":"a","input_ids":[1,2],"sentence_tokens":[[0,2]]}' >in
    gives "quern stream --rows 3 --length 2 in" 0 "" 'quern-stream: 2 tokens are too few for a step of 3 rows'
    gives "quern stream --rows 3 --length 2 </dev/null" 0 ""
    is <(quern stream --rows 1 --length 3 --reuse 1 --after-sentence '#3' --after-document '#4' in | jq -c '.id, .input_ids, .sources') \
'"a@0-a@2"
[1,2,3]
[{"id":"a","tokens":[0,2]}]
"a@2-a@2"
[3,4]
[{"id":"a","tokens":[2,2]}]'
}

# ---- pairs ----

pool() {
    printf '%s\n' '[UNK]' '<sep>' '<cls>' {a..z} >vocab.txt
    jq -nc 'range(30) as $d | {id: "d\($d)", input_ids: [range(100) | 3 + (. + $d) % 26], sentence_tokens: [range(20) | [. * 5, . * 5 + 5]]}' >in
}

@test "a pair: its reused tokens, its segments, its room" {
    pool
    quern stream -m vocab.txt --rows 4 --length 40 --reuse 10 --pair --backward-half in >got
    # rows of 1500 tokens, a step each 10 tokens, the last one with 12
    is <(wc -l <got) $((4 * 149))
    is <(jq -c '.token_type_ids | [(.[0:10] | unique), ([.[10:][] | select(. == 2)] | length)]' got | sort -u) '[[0],1]'
    is <(jq -c '[.input_ids | .[-1], ([.[] | select(. == 1)] | length), length <= 40]' got | sort -u) '[2,2,true]'
    # the reused tokens of a step follow those of the step before
    for row in 0 1 2 3; do jq -c "select(.mems_row == $row) | .input_ids[0:10][]" got >row.$row; done
    jq '.input_ids[]' in | head -n 1490 | cmp - row.0
    jq '.input_ids[]' in | head -n 1500 | tac | head -n 1490 | cmp - row.2
    # B follows A, or is from elsewhere
    jq -es 'map(select(.next_sentence_label == 0)) | all(.[]; .token_type_ids as $t | .input_ids as $i
        | ($i[10:($t | index(1)) - 1] + $i[($t | index(1)):-2]) as $text
        | [range(1; $text | length) | ($text[.] - $text[. - 1] + 26) % 26] | unique | . - [1, 25, 0, 2] | length <= 2)' got
}

@test "A goes on from the reused tokens: no word and no range is parted there, whatever types the template gives" {
    pool
    echo '{"id":"a","input_ids":[3,4,5,6,7,8],"word_ids":[0,1,1,2,2,3],"word_tokens":[[0,1],[1,3],[3,5],[5,6]],"sentence_tokens":[[0,4],[4,6]]}' >in
    pair() {
        quern stream -q -m vocab.txt --rows 1 --length 9 --reuse 2 --pair "$@" in | jq -c '.word_ids, .token_type_ids, .word_tokens'
    }
    is <(pair | head -n 3) '[0,1,1,2,-1,3,4,-1,-1]
[0,0,0,0,0,1,1,1,2]
[[0,1],[1,3],[3,4],[5,6],[6,7]]'
    is <(pair --template '$A:1 <sep>:1 $B:2 <sep>:2 <cls>:3' | head -n 3) '[0,1,1,2,-1,3,4,-1,-1]
[0,0,1,1,1,2,2,2,3]
[[0,1],[1,3],[3,4],[5,6],[6,7]]'
    # turned round
    is <(pair --template '$A:1 <sep>:1 $B:2 <sep>:2 <cls>:3' --backward-half --rows 2 | sed -n 4,6p) '[0,1,1,-1,2,2,3,-1,-1]
[0,0,1,1,2,2,2,2,3]
[[0,1],[1,3],[4,6],[6,7]]'
    # a marker between parts them
    is <(pair --template '<cls> $A <sep> $B:1' | head -n 3) '[0,1,-1,2,3,-1,4,5]
[0,0,0,0,0,0,1,1]
[[0,1],[1,2],[3,4],[4,5],[6,7],[7,8]]'
}

@test "pairs: labels, borders and sentences are uniform" {
    pool
    # a document is a row
    jq -nc 'range(2) as $d | {id: "d\($d)", input_ids: [range(1500) | 3], sentence_tokens: [range(300) | [. * 5, . * 5 + 5]]}' >in
    for copy in $(seq 40); do
        quern stream -m vocab.txt --seed "$copy" --rows 2 --length 33 --reuse 10 --pair --emit sources,token_type_ids,next_sentence_label,mems_step,mems_row in
    done | jq -r '[.next_sentence_label, .mems_row * 1500 + .mems_step * 10, (.token_type_ids | index(1)) - 11,
            (.sources[-1] | (.id[1:] | tonumber) * 1500 + .tokens[0])] | @tsv' >rows
    awk 'function bound(df, part) { part = 2 / (9 * df); return df * (1 - part + 4.7534 * sqrt(part)) ^ 3 }
        { n++; ones += $1; lengths[$3]++ }
        $1 { others++; place = int($4 / 5); if ($4 % 5) bad++; seen[place]++
             if (int($4 / 1500) != int($2 / 1500) || ($4 >= $2 && $4 < $2 + 30)) bad++ }
        END {
            if (n < 10000 || bad || (ones - n / 2) ^ 2 > 25 * n / 4) exit 1
            # A has 5, 10 or 15 tokens of a room of 20
            for (i in lengths) { kinds++; if (i != 5 && i != 10 && i != 15) exit 2; square += (lengths[i] - n / 3) ^ 2 / (n / 3) }
            if (kinds != 3 || square > bound(2) + 3) exit 3
            # each sentence of a row is drawn alike, but for the six of the step
            for (i = 0; i < 600; i++) chi += (seen[i] - others / 600) ^ 2 / (others / 600)
            if (chi > bound(599) * 1.05) exit 4
        }' rows
    # a mutant of each
    ! awk '{ n++; ones += NR % 10 == 0 ? 1 : $1 } END { exit (ones - n / 2) ^ 2 > 25 * n / 4 }' rows
}

@test "rows without a sentence elsewhere have the label 0" {
    pool
    head -n 1 in | jq -c '.sentence_tokens = [[0,100]]' >one
    gives "quern stream -m vocab.txt --rows 1 --length 33 --reuse 10 --pair one | jq .next_sentence_label | sort | uniq -c | tr -s ' '" 0 \
        ' 8 0
 1 1' 'quern-stream: 1 of 9 pairs has the label 0 because its row has no sentence outside of the step: rows are short' || cat err
}

@test "wrong options and documents" {
    pool
    wrong() {
        gives "quern stream $1 in" 2 "" "quern-stream: $2"
    }
    wrong "--rows 2 --length 5 --reuse 5" '--reuse: expected less than --length 5, or no step would get on'
    wrong "--rows 3 --length 5 --backward-half" '--backward-half: --rows 3 is odd, and half of the rows are turned round'
    wrong "--rows 2 --length 5 --pair --reuse 1" '--pair: expected --model, to look up the tokens of --template'
    wrong "-m vocab.txt --rows 2 --length 5 --pair" '--pair: expected --reuse, the tokens before the pair, by which steps advance'
    wrong "-m vocab.txt --rows 2 --length 14 --reuse 10 --pair" \
        '--length: 14 has no room for 10 tokens (--reuse), 3 special tokens and 2 others'
    wrong "-m vocab.txt --rows 2 --length 14 --reuse 1 --pair --template '\$A'" '--template: expected one with $A and $B'
    wrong "--rows 2 --length 5 --after-sentence x" \
        '--after-sentence: "x" is looked up in a vocabulary; give --model, or the id as #N'
    echo '{"id":1,"input_ids":[5]}' >in
    gives "quern stream --rows 2 --length 5 --after-sentence '#1' in" 3 "" \
        'quern-stream: in:1: id 1: sentence_tokens: missing ("quern tokenize --spans sentences" writes it); the record has id, input_ids'
}
