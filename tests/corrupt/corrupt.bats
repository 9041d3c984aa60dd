load ../helper

# splice: the tokens that inputs and labels say there were, where the sentinels are V+99 and down.
splice='def spans: reduce .[] as $x ([]; if $x >= $v then . + [[$x]] else .[-1] += [$x] end);
    (.labels | spans | map({key: (.[0] | tostring), value: .[1:]}) | from_entries) as $hidden |
    [.input_ids[] | if . >= $v then $hidden[tostring][] else . end]'

@test "t5 on real text: what is hidden and what is left are the text, and the counts are those of the plan" {
    for language in en zh; do
        zstdcat "$SHARED/data/bench/$language.txt.zst" 2>/dev/null | head -n 3000 >text.txt || true
        [ -s text.txt ] || skip "../shared has no text"
        quern import --source t text.txt | quern train --type wordpiece --vocab-size 4000 -q -o v/
        quern import --source t text.txt | quern tokenize -m v --no-special | jq -c 'select((.input_ids | length) > 1)' >in
        size=$(jq '.model.vocab | length' v/tokenizer.json)
        quern corrupt --task t5 -m v --extra-ids 100 --eos '' in | jq -c --argjson v "$size" "[.id, ($splice)]" >got
        jq -c '[.id, .input_ids]' in >expected
        [ "$(wc -l <expected)" -gt 1000 ]
        cmp got expected
        quern corrupt --task t5 -m v --extra-ids 100 --eos '' in | jq -c '[.id, (.input_ids | length), (.labels | length)]' >got
        jq -c 'def even($x): ($x | floor) as $f | if $x - $f == 0.5 then $f + $f % 2 else $x + 0.5 | floor end;
            (.input_ids | length) as $l | ([1, even($l * 15 / 100)] | max) as $n | ([1, even($n / 3)] | max) as $s |
            [.id, $l - $n + $s, $n + $s]' in >expected
        cmp got expected
    done
}

@test "fim on real text: the parts are the text, cut at code points" {
    for language in en zh; do
        zstdcat "$SHARED/data/bench/$language.txt.zst" 2>/dev/null | head -n 3000 >text.txt || true
        [ -s text.txt ] || skip "../shared has no text"
        quern import --source t text.txt >in
        quern corrupt --task fim --rate 0.9 in | jq -c '[.id, if .fim == "none" then .text else
            (.text | ltrimstr("<fim_prefix>") | split("<fim_suffix>")) as [$a, $b] | ($b | split("<fim_middle>")) as [$c, $d] |
            if .fim == "psm" then $a + $d + $c elif $a == "" then $d + $c else "?" end end]' >got
        jq -c '[.id, .text]' in >expected
        [ "$(wc -l <expected)" -gt 1000 ]
        cmp got expected
        quern corrupt --task fim --rate 0.9 in | jq -c 'select(.fim == "psm") | .fim_cuts as [$i, $j] |
            select((.text | split("<fim_suffix>")[0] | length - 12) != $i or (.text | split("<fim_middle>")[1] | length) != $j - $i)' >wrong
        is wrong ''
    done
}

# The source that the labels, the spans and the insertions say there was: 4 for each of them.
source='reduce (.noise_spans[], [(.labels | length), 1e9]) as [$s, $e] ({at: 0, ids: [], labels: .labels};
        .ids += .labels[.at:$s] + (if $e < 1e9 then [4] else [] end) | .at = $e) | .ids'

@test "bart on real text: the source is the text with masks, and as many words are hidden as the ratio says" {
    for language in en zh; do
        zstdcat "$SHARED/data/bench/$language.txt.zst" 2>/dev/null | head -n 3000 >text.txt || true
        [ -s text.txt ] || skip "../shared has no text"
        quern import --source t text.txt | quern train --type wordpiece --vocab-size 4000 -q -o v/
        quern import --source t text.txt | quern segment | quern tokenize -m v --spans sentences >in
        [ "$(jq '.added_tokens[] | select(.content == "[MASK]") | .id' v/tokenizer.json)" = 4 ]
        quern corrupt --task bart -m v --permute-sentences 0 --random 0 --also noise_spans in >made
        jq -c "[.id, ($source)]" made >expected
        jq -c '[.id, .input_ids]' made | cmp - expected
        [ "$(wc -l <expected)" -gt 1000 ]
        jq -c .labels made | cmp - <(jq -c .input_ids in)
        # words: all or none of the tokens of each, and 30 % of them
        paste -d '\n' in made | jq -cn 'def even($x): ($x | floor) as $f | if $x - $f == 0.5 then $f + $f % 2 else $x + 0.5 | floor end;
            def words: .word_ids as $w | [range($w | length) | select($w[.] >= 0)] | group_by($w[.]);
            while(true; .) | input as $in | input as $made | ($in | words) as $words |
            ([$made.noise_spans[] | range(.[0]; .[1])] | map({key: tostring, value: true}) | from_entries) as $hidden |
            [$words[] | map($hidden[tostring] // false) | unique] as $of | ($of | map(select(. == [true])) | length) as $n |
            select(any($of[]; length != 1) or $n != even(($words | length) * 3 / 10)) | $in.id' >wrong 2>err || true
        is wrong ''
        quern corrupt --task bart -m v --random 0 in |
            jq -c 'select(([.input_ids[] | select(. != 4)] - .labels) != [])' >wrong
        is wrong ''
    done
}

@test "counters" {
    printf '%s\n' '[UNK]' a b >v
    printf '{"id":%d,"input_ids":[1,2,1,2,1,2,1,2,1,2],"text":"ab"}\n' 1 2 3 >in
    sh "quern corrupt --task t5 -m v --extra-ids 9 --density 0.4 --mean 2 --copies 2 --stats s in"
    is <(jq -c '.filters[0] | [.tokens, .noise_tokens, .spans]' s) '[60,24,12]'
    sh "quern corrupt --task fim --rate 1 --spm-rate 0 --drop-stale --stats s in"
    is <(jq -c '.filters[0] | [.psm, .spm, .none]' s) '[3,0,0]'
}

@test "a bad record leaves the others as they are" {
    printf '%s\n' '[UNK]' a b >v
    printf '%s\n' '{"id":1,"input_ids":[1,2,1,2]}' '{"id":2,"input_ids":[1,3]}' '{"id":3,"input_ids":[1,2,1,2]}' >in
    grep -v '"id":2' in | quern corrupt --task deshuffle -m v >expected
    sh "quern corrupt --task deshuffle -m v --on-error quarantine=bad -q in"
    is out "$(cat expected)"
    is <(jq -c .error bad) '"input_ids[1]: 3 is not in the vocabulary of v"'
}

@test "a record of a million tokens, and a record twice" {
    printf '%s\n' '[UNK]' a b >v
    { printf '{"id":1,"input_ids":['; yes 1 | head -n 1000000 | paste -sd, | tr -d '\n'; echo ']}'; } >in
    gives "quern corrupt --task t5 -m v --extra-ids 60000 --eos '' in | jq -c '[(.input_ids | length), (.labels | length)]'" 0 \
        '[900000,200000]'
    gives "quern corrupt --task deshuffle -m v in | jq -c '.input_ids | length'" 0 1000000
    printf '{"id":1,"input_ids":[1,2,1,2,2,2]}\n{"id":1,"input_ids":[1,2,1,2,2,2]}\n' >in
    gives "quern corrupt --task deshuffle -m v in | uniq | wc -l" 0 1
}

@test "epochs differ, and copies are epochs" {
    printf '%s\n' '[UNK]' a b >v
    for i in {1..300}; do echo "{\"id\":$i,\"input_ids\":[1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2]}"; done >in
    for task in t5 deshuffle; do
        options="--task $task -m v"
        [ $task != t5 ] || options+=" --extra-ids 9 --density 0.5"
        quern corrupt $options --copies 2 in >both
        for e in 0 1; do quern corrupt $options --epoch $e in >$e; done
        paste -d '\n' 0 1 | cmp - both
        same=$(paste -d '\n' 0 1 | jq -c '[.input_ids, .labels]' | awk 'NR % 2 { a = $0; next } a == $0' | wc -l)
        [ "$same" -lt 3 ]
    done
}

@test "a word that a sentence parts is two words, unless its parts meet again" {
    printf '%s\n' '[UNK]' '[MASK]' a b c >v
    echo '{"id":"r","input_ids":[2,3,3,4,2],"word_ids":[0,1,1,2,3],"sentence_tokens":[[0,2],[2,4],[4,5]]}' >in
    quern corrupt --task bart -m v --ratio 0.4 --random 0 --replace-length -1 --copies 200 --also sentence_order,noise_spans in >made
    hidden='[.noise_spans[] | .[1] - .[0]] | add'
    is <(jq -c "select((.sentence_order | tostring | contains(\"0,1\")) | not) | $hidden" made | sort -u) 2
    is <(jq -c "select(.sentence_order | tostring | contains(\"0,1\")) | $hidden" made | sort -u) $'2\n3'
    gives "quern corrupt --task bart -m v --ratio 1 --random 0 --copies 99 --also noise_spans,sentence_order in |
        jq -c 'select(.sentence_order[0] == 1) | [.noise_spans[] | select(.[0] < .[1])]' | sort -u" 0 '[[0,5]]'
}
