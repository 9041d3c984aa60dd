# Entities of real texts, against what jq makes of the same records.
load ../helper
load real

VOCABS=$SHARED/data/tokenizers/vocabs

tokens_of() {
    if [ "$1" = en ]; then model=bert-base-cased; else model=bert-base-chinese; fi
    [ -d "$VOCABS/$model" ] || skip "no ../shared/data"
    entities_of "$1" | quern tokenize -q -m "$VOCABS/$model" --word-ids words --spans entities
}

@test "tags of words are those of the file; in every scheme they are read back as the same entities" {
    needs_real
    entities_of en >en
    quern entities tags --scheme bio en | jq -r '.text as $t | [.words, .tags] | transpose[] | [$t[.[0][0]:.[0][1]], .[1]] | @tsv' |
        grep -v '\\' >got
    grep . "$NER/wnut17/emerging.dev.conll" | sed 's/[ \r]*$//' | grep -v '^	' | grep -v '\\' | cmp - got
    [ "$(grep -c '	B-' got)" -gt 800 ]
    for lang in en zh; do
        entities_of $lang >in
        for scheme in bio iob1 bioes; do
            quern entities tags --scheme $scheme in | jq -r '.text as $t | ([.words, .tags] | transpose[] |
                $t[.[0][0]:.[0][1]] + "\t" + .[1]), ""' >tags
            quern import --format conll --source x --scheme $scheme --join '' tags | jq -c '[.entities[].label]' >got
            jq -c '[.entities[].label]' in | cmp - got
        done
        is <(cut -f2 tags | cut -c1 | sort -u | paste -sd '') BEIOS
    done
}

@test "labels of tokens: the tag of the entity that shares a character with the token, in English and Chinese" {
    for lang in en zh; do
        tokens_of $lang >in
        labels=O,$(jq -r '.entities[].label' in | sort -u | sed 's/.*/B-&,I-&/' | paste -sd,)
        for pieces in all first; do
            quern entities tags --scheme bio --level tokens --labels "$labels" --pieces $pieces in >tagged
            jq -c --arg labels "$labels" --arg pieces $pieces '($labels | split(",")) as $names |
                .entities as $e | .words as $w |
                # the characters by which a token is judged: its own, or those of its word
                [range(.input_ids | length) as $i | if .special_tokens_mask[$i] == 1 then null
                    elif $pieces == "all" then .offset_mapping[$i] else $w[.word_ids[$i]] // .offset_mapping[$i] end] as $place |
                [range($place | length) as $i | $place[$i] as $p | if $p == null then null
                    else [range($e | length) as $k | select($e[$k].start < $p[1] and $e[$k].end > $p[0]) | $k][0] // -1 end] as $of |
                [range($of | length) as $i | $of[$i] as $k |
                    if $k == null then -100
                    elif $pieces == "first" and $of[$i - 1] != null and .word_ids[$i] == .word_ids[$i - 1] and $i > 0 then -100
                    elif $k == -1 then 0
                    else $names | index((if $i > 0 and $of[$i - 1] == $k then "I-" else "B-" end) + $e[$k].label) end]
                ' in >expected
            jq -c .labels tagged | cmp - expected
        done
        [ "$(jq -c '.labels | map(select(. > 0)) | length' tagged | paste -sd+ | bc)" -gt 1000 ]
    done
}

@test "negatives: as many as asked for, whole words, no entity, no special token, ascending" {
    for lang in en zh; do
        tokens_of $lang >in
        labels=$(jq -r '.entities[].label' in | sort -u | paste -sd,)
        for overlap in allow forbid; do
            quern entities negatives --labels "$labels" --per-token 0.35 --max-width 5 --overlap $overlap -q in >out
            jq -c --arg labels "$labels" --arg overlap $overlap '
                [.entity_tokens[] | select(.[1] > 0)] as $gold | .word_ids as $w | ($gold | length) as $g |
                (.special_tokens_mask | length - add) as $tokens | .spans[$g:] as $n |
                [range($w | length) as $i | select($w[$i] >= 0 and $w[$i] != $w[$i - 1]) | $i] as $starts |
                [$starts[] as $s | range($s + 1; [$s + 6, ($w | length)] | min) as $e |
                    select($w[$e] != $w[$e - 1]) | [$s, $e] as $span | select($gold | index([$span]) | not) |
                    select($overlap == "allow" or all($gold[]; .[0] >= $e or .[1] <= $s)) | $span] as $all |
                select(.spans[:$g] != $gold or ($n | unique) != $n or ($n - $all) != [] or
                    ($n | length) != ([($tokens * 35 + 99) / 100 | floor, ($all | length)] | min) or
                    .span_labels != ([.entities[].label as $l | $labels | split(",") | index($l) + 1] + [$n[] | 0]))
                | .id' out >bad
            is bad ""
            [ "$(jq '.spans | length' out | paste -sd+ | bc)" -gt 5000 ]
        done
    done
}

@test "find: entries without spaces are the words that segment --lexicon cuts" {
    needs_real
    for lang in en zh; do
        entities_of $lang >in
        jq -r '.text as $t | .entities[] | $t[.start:.end] | select(test("^\\S+$"))' in | grep -v '^#' | sort -u >names
        quern entities find --gazetteer names --existing replace in | jq -c '[.entities[] | [.start, .end]]' >got
        quern segment --emit words --lexicon names in | jq -c --rawfile names names '
            (reduce ($names | split("\n")[]) as $n ({}; .[$n] = 1)) as $known | .text as $t |
            [.words[] | select($known[$t[.[0]:.[1]]] == 1)]' | cmp - got
        [ "$(jq length got | paste -sd+ | bc)" -gt 400 ]
        # what is there stays, and is found again
        quern entities find --gazetteer names in | jq -c '[.entities[] | [.start, .end]] | sort' >kept
        jq -c '[.entities[] | [.start, .end]] | sort' in | paste kept - | jq -cn '[inputs] | [_nwise(2)] | map(select(.[1] - .[0] != [])) | length' >lost
        is lost 0
    done
}

@test "questions: each entity is in one record, with BERT-MRC's labels" {
    needs_real
    tokens_of en >/dev/null
    entities_of en | grep -v $'\ufeff' >in # which tokens leave out of their words
    jq -r '.entities[].label' in | sort -u | sed 's/.*/&\tWhich & is it?/' >questions
    quern entities questions --questions questions in >asked
    jq -c '[.parent, .entities[]]' asked | jq -cs 'map(.[0] as $p | .[1:][] | [$p, .]) | sort' >got
    jq -cs '[.[] | .id as $i | .entities[] | [$i, .]] | sort' in | cmp - got
    quern tokenize -q -m "$VOCABS/bert-base-cased" --field question --pair-field text --spans entities asked |
        quern entities tags --scheme mrc | jq -c '
            [.start_labels, .end_labels] as [$s, $e] |
            [range($s | length) as $i | select($s[$i] == 1) | .offset_mapping[$i][0]] as $starts |
            [range($e | length) as $i | select($e[$i] == 1) | .offset_mapping[$i][1]] as $ends |
            [range($s | length) | if $s[.] == -100 then 1 else 0 end] as $outside |
            [.special_tokens_mask, .token_type_ids] as [$special, $type] |
            select($starts != [.entities[].start] or $ends != [.entities[].end] or
                $outside != [range($s | length) | if $special[.] == 1 or $type[.] == 0 then 1 else 0 end]) | .id' >bad
    is bad ""
    [ "$(wc -l <asked)" = $(($(wc -l <in) * 6)) ]
}

@test "a record of a million tokens" {
    awk 'BEGIN {
        printf "{\"id\":1,\"entities\":[{\"start\":0,\"end\":1,\"label\":\"A\"}],\"entity_tokens\":[[5,7]],\"input_ids\":["
        for (i = 0; i < 1000000; i++) printf "%s7", i ? "," : ""
        printf "],\"special_tokens_mask\":["
        for (i = 0; i < 1000000; i++) printf "%s0", i ? "," : ""
        printf "],\"word_ids\":["
        for (i = 0; i < 1000000; i++) printf "%s%d", i ? "," : "", i / 2
        print "]}"
    }' >in
    sh "quern entities negatives --labels A --per-token 0.35 --max-width 1000 in | jq -c '.spans | [length, .[0], (.[1:] == (.[1:] | unique))]'"
    is out '[350001,[5,7],true]'
    sh "quern entities tags --scheme bio --level tokens --labels O,B-A,I-A --pieces first in | jq -c '.labels | [length, .[4:8], (map(select(. == -100)) | length)]'"
    is out '[1000000,[1,-100,2,-100],500000]'
}

@test "copies are epochs" {
    head -n 2 "$ROOT/tests/entities/input" >in
    quern entities negatives --labels A,B --negatives 2 --copies 3 in >all
    for epoch in 0 1 2; do
        quern entities negatives --labels A,B --negatives 2 --epoch $epoch in | cmp - <(grep "\"epoch\":$epoch" all)
    done
    [ "$(jq -c .spans all | sort -u | wc -l)" -gt 3 ]
}

@test "new words make tags stale" {
    printf '%s\n' '{"id":1,"text":"a bc","words":[[0,1],[2,3],[3,4]],"tags":["O","O","O"]}' >in
    gives "quern segment --emit words in" 3 '' \
        'quern-segment: in:1: id 1: tags: stale: segment changed what it describes (--drop-stale removes it)'
    gives "quern segment --emit words --drop-stale in" 0 '{"id":1,"text":"a bc","words":[[0,1],[2,4]]}'
    gives "quern normalize --case lower in" 0 '{"id":1,"text":"a bc","words":[[0,1],[2,3],[3,4]],"tags":["O","O","O"]}'
}
