load ../helper

# texts N: records with words that are frequent, rare, no ASCII, and hard to spell.
texts() {
    for i in $(seq "$1"); do
        echo "{\"id\":$i,\"text\":\"$((i * i)) $((i * 7919 % 1000)) w$((i % 37))\\t\\\"石$((i % 11)) \\u0000\\\\ é#$((i % 5))\"}"
    done
}

@test "count: a record for each different word, by bytes" {
    echo '{"text":"low low lower é, Low"}' >in
    gives "quern train count --type wordpiece in" 0 '{"word":",","count":1}
{"word":"e","count":1}
{"word":"low","count":3}
{"word":"lower","count":1}'
    gives "quern train count --type wordpiece --case keep in" 0 '{"word":",","count":1}
{"word":"Low","count":1}
{"word":"low","count":2}
{"word":"lower","count":1}
{"word":"é","count":1}'
    gives "quern train count --type unigram in" 0 '{"word":"▁Low","count":1}
{"word":"▁low","count":2}
{"word":"▁lower","count":1}
{"word":"▁é,","count":1}'
}

@test "count: words of bytes are spelled as in a vocabulary" {
    echo '{"text":"é é\u0000\n~"}' >in
    gives "quern train count --type bpe in" 0 '{"word":"~","count":1}
{"word":"Ã©","count":1}
{"word":"Ā","count":1}
{"word":"Ċ","count":1}
{"word":"ĠÃ©","count":1}'
}

@test "count and merge of nothing are nothing" {
    gives "quern train count --type bpe </dev/null" 0 ""
    gives "quern train merge </dev/null" 0 ""
    gives "quern train -q --type wordpiece --special [UNK] --format vocab --from-counts </dev/null" 0 "[UNK]"
}

@test "merge adds up and sorts, whatever the words are" {
    gives "printf '%s\n' '{\"word\":\"b\",\"count\":2}' '{\"count\":1,\"id\":7,\"word\":\"a\"}' '{\"word\":\"b\",\"count\":40}' | quern train merge" 0 \
        '{"word":"a","count":1}
{"word":"b","count":42}'
}

@test "one, three and seven parts, any order, any number of threads, merged or not: the same bytes" {
    texts 1500 >in
    local type part
    for how in "bpe" "wordpiece" "unigram" "bpe --pre-tokenizer whitespace" "wordpiece --pre-tokenizer whitespace"; do
        quern train -q --type $how --vocab-size 600 in >whole
        quern train count --type $how in >counts
        for parts in 1 3 7; do
            rm -f part.* count.*
            split -n r/$parts in part.
            for part in part.*; do quern train count --type $how -j 2 "$part" >"count.$part"; done
            quern train merge count.* | cmp - counts
            cat $(ls -r count.*) | quern train merge -j 2 --type ${how%% *} | cmp - counts
            quern train merge count.* | quern train -q --type $how --vocab-size 600 --from-counts | cmp - whole
            quern train -q --type $how --vocab-size 600 --from-counts -j 2 count.* | cmp - whole
        done
        quern train merge counts | shuf --random-source=in | quern train -q --type $how --vocab-size 600 --from-counts | cmp - whole
    done
}

@test "many counts: more than one block" {
    for i in $(seq 5000); do echo "{\"text\":\"w$i\"}"; done >in
    quern train count --type wordpiece -j 2 in >counts
    [ "$(wc -l <counts)" = 5000 ]
    LC_ALL=C sort -c counts
    quern train merge counts | cmp - counts
}

@test "--max-words keeps the most frequent, of equal ones the smaller; says how many went" {
    echo '{"text":"a a a b b c c d"}' >in
    sh "quern train count --type wordpiece in | quern train merge --max-words 2"
    is out '{"word":"a","count":3}
{"word":"b","count":2}'
    is err "quern-train: --max-words: dropped the 2 rarest of 4 distinct words"
    gives "quern train -q --type wordpiece --special [UNK] --format vocab --max-words 2 --stats stats in | paste -s -d ' '" 0 "[UNK] a b"
    grep -q '"words":8,"different_words":4,"pruned_words":2,' stats
    gives "quern train count --type wordpiece in | quern train -q --type wordpiece --special [UNK] --format vocab --from-counts --max-words 3 | paste -s -d ' '" 0 "[UNK] a b c"
    gives "quern train -q --type wordpiece --special [UNK] --format vocab --max-words 4 in | paste -s -d ' '" 0 "[UNK] a b c d"
    # The bytes that decide are those of the spelling: U+0100 for NUL is behind "~".
    gives "printf '%s\n' '{\"word\":\"Ā\",\"count\":1}' '{\"word\":\"~\",\"count\":1}' >counts
        quern train merge --max-words 1 -q counts
        quern train -q --type bpe --from-counts --max-words 1 --stats stats counts >/dev/null" 0 '{"word":"~","count":1}'
}

@test "--max-memory: in files or in memory, the same bytes" {
    seq 30000 | awk '{ print "{\"text\":\"" $1 " é" $1 % 9973 " " $1 * 7 " x\"}" }' >in
    for how in "wordpiece" "bpe" "unigram"; do
        quern train count --type $how in >counts
        [ "$(wc -l <counts)" -gt 60000 ]
        quern train merge --max-words 50000 -q counts >frequent
        quern train -q --type $how --vocab-size 500 --max-words 50000 in >learned
        for j in 1 3; do
            quern train count --type $how --max-memory 1M -j $j --stats stats in | cmp - counts
            grep -q "\"different_words\":$(wc -l <counts),\"pruned_words\":0," stats
            tac counts | quern train merge --type $how --max-memory 1M -j $j | cmp - counts
            quern train count --type $how --max-memory 1M in | quern train merge --type $how -q --max-memory 1M --max-words 50000 -j $j --stats stats >pruned
            grep -q "\"different_words\":$(wc -l <counts),\"pruned_words\":$(($(wc -l <counts) - 50000))," stats
            quern train merge --type $how -q --max-words 50000 counts | cmp - pruned
            quern train -q --type $how --vocab-size 500 --max-words 50000 --max-memory 1M -j $j in | cmp - learned
            quern train -q --type $how --vocab-size 500 --max-words 50000 --max-memory 1M -j $j --from-counts counts | cmp - learned
        done
    done
}

@test "--max-memory bounds what counting takes: 80 MB of words in less" {
    seq 1000000 | awk '{ print "{\"text\":\"" $1 "\"}" }' >in
    sh "(ulimit -v 120000; quern train count --type wordpiece in)"
    grep -q '^quern-train: out of memory' err || skip "the bound of memory has no say in this build"
    sh "(ulimit -v 120000; quern train count --type wordpiece --max-memory 1M in)"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 1000000 ]
}

@test "a temporary file that can't be made ends the run, whatever becomes of bad records" {
    seq 60000 | awk '{ print "{\"text\":\"w" $1 "\"}"; if ($1 == 30000) print "bad" }' >in
    sh "quern train count --type bpe --max-memory 1M --temp-dir /proc --on-error skip in"
    [ "$status" = 1 ]
    [ ! -s out ]
    grep -q "^quern-train: /proc/quern-[A-Za-z0-9]*: can't create a temporary file: No such file or directory\$" err
}

@test "what is no count is an error at its line" {
    bad() { # RECORD MESSAGE [OPTIONS]
        echo '{"word":"ok","count":1}' >in
        printf '%s\n' "$1" >>in
        gives "quern train merge in" 3 "" "quern-train: in:2: $2"
        gives "quern train --type wordpiece --from-counts in" 3 "" "quern-train: in:2: $2"
    }
    bad '{"count":1}' 'not a word count as "quern train count" writes them: word: missing; the record has count'
    bad '{"word":"a"}' 'not a word count as "quern train count" writes them: count: missing; the record has word'
    bad '{"word":7,"count":1}' 'not a word count as "quern train count" writes them: word: expected a string, found a number'
    bad '{"word":"","count":1}' "word: empty"
    bad '{"word":"a","count":-3}' "count: expected 1 or more, found -3"
    bad '{"word":"a","count":0}' "count: expected 1 or more, found 0"
    sh "echo '{\"word\":\"a\",\"count\":1.5}' | quern train merge"
    [ "$status" = 3 ]
    sh "echo '{\"word\":\"a\",\"count\":9223372036854775808}' | quern train merge"
    [ "$status" = 3 ]
}

@test "a word that spells no bytes is no word of bpe" {
    echo '{"word":"石","count":1}' >in
    gives "quern train --type bpe --from-counts in" 3 "" "quern-train: in:1: word: U+77F3 does not spell a byte: these counts are not from --type bpe"
    gives "quern train merge --type bpe in" 3 "" "quern-train: in:1: word: U+77F3 does not spell a byte: these counts are not from --type bpe"
    gives "quern train merge in" 0 '{"word":"石","count":1}'
}

@test "options that would do nothing are errors" {
    usage() { # OPTIONS MESSAGE
        gives "quern train $1 </dev/null 2>&1 | sed -n 1p" 2 "quern-train: $2"
    }
    for option in "limit-alphabet 300" "character-coverage 1" "alphabet abc"; do
        usage "--type bpe --$option" "--${option% *} goes only with --type wordpiece or unigram, or --letters characters"
    done
    usage "--type bpe --byte-fallback" "--byte-fallback goes only with --type unigram, or --letters characters"
    usage "--type wordpiece --byte-fallback" "--byte-fallback goes only with --type unigram, or --letters characters"
    usage "--type wordpiece --letters characters" "--letters goes only with --type bpe"
    usage "count --type unigram --letters bytes" "--letters goes only with --type bpe"
    usage "--type wordpiece --prefix-space never" "--prefix-space goes only with --type bpe or unigram"
    usage "--type unigram --min-count 2" "--min-count goes only with --type bpe or wordpiece"
    usage "--type bpe --from-counts --field title" "--field does not go with --from-counts"
    for option in "vocab-size 500" "min-count 2" "limit-alphabet 300" "character-coverage 1" "alphabet a" "role pad=a" \
        "max-piece-length 3" "byte-fallback" "format vocab" "from-counts"; do
        for verb in "count --type wordpiece" merge; do
            sh "quern train $verb --$option </dev/null"
            [ "$status" = 2 ]
            grep -q "^quern-train: unknown option \"--${option% *}\"" err
        done
    done
    for option in "case keep" "accents keep" "normalization nfc" "pre-tokenizer bert" "split-digits" "prefix-space never" \
        "special a" "user-defined a" "field title"; do
        sh "quern train merge --$option </dev/null"
        [ "$status" = 2 ]
        grep -q "^quern-train: unknown option \"--${option% *}\"" err
    done
    sh "quern train count --type wordpiece --max-words 5 </dev/null"
    [ "$status" = 2 ]
}

@test "counts have 63 bits, and more is an error, in any order" {
    gives "printf '%s\n' '{\"word\":\"a\",\"count\":9223372036854775806}' '{\"word\":\"a\",\"count\":1}' | quern train merge" 0 \
        '{"word":"a","count":9223372036854775807}'
    for j in 1 2; do
        gives "printf '%s\n' '{\"word\":\"a\",\"count\":9223372036854775807}' '{\"word\":\"b\",\"count\":1}' '{\"word\":\"a\",\"count\":9223372036854775807}' '{\"word\":\"a\",\"count\":9223372036854775807}' | quern train merge -j $j" 1 "" \
            "quern-train: the words have more than 9223372036854775807 letters in total"
        gives "echo '{\"word\":\"abc\",\"count\":4611686018427387904}' | quern train --type bpe --from-counts -j $j" 1 "" \
            "quern-train: the words have more than 9223372036854775807 letters in total"
    done
    gives "echo '{\"word\":\"abc\",\"count\":3000000000000000000}' | quern train -q --type bpe --special none --from-counts --format merges" 0 "#version: 0.2
a b
ab c"
}

@test "wordpiece: a '#' inside a word teaches nothing" {
    gives "echo '{\"text\":\"#a #a b## b## # ab\"}' | quern train -q --type wordpiece --pre-tokenizer whitespace --special [UNK] --format vocab | paste -s -d ' '" 0 "[UNK] # ##b a b"
}

@test "--pre-tokenizer: what is written is what was learned from" {
    echo '{"text":"a-b a-b  it'"'"'s"}' >in
    gives "quern train count --type bpe --pre-tokenizer whitespace in" 0 '{"word":"a-b","count":2}
{"word":"it'"'"'s","count":1}'
    gives "quern train count --type bpe --pre-tokenizer bert in | head -n 2" 0 "{\"word\":\"'\",\"count\":1}
{\"word\":\"-\",\"count\":2}"
    sh "quern train -q --type bpe --pre-tokenizer bert in | grep -o '\"pre_tokenizer\".*\"post_processor\"'"
    is out '"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]},"post_processor"'
    sh "quern train -q --type wordpiece --pre-tokenizer whitespace in | grep -o '\"pre_tokenizer\".*\"post_processor\"'"
    is out '"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor"'
    for cut in gpt2 bert whitespace; do
        quern train -q --type bpe --special none --pre-tokenizer $cut -o $cut.json in
        quern tokenize -m $cut.json --emit tokens in >tokens.$cut
    done
    grep -qF '"tokens":["a","-","b","Ġ","a","-","b","Ġ","Ġ","i","t","'"'"'","s"]' tokens.gpt2
    grep -qF '"tokens":["a","-","b","a","-","b","i","t","'"'"'","s"]' tokens.bert
    grep -qF '"tokens":["a-b","a-b","i","t","'"'"'","s"]' tokens.whitespace
}
