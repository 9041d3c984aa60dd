# entities untag and the way back, on real sentences. What is compared is made by jq of the files.
load ../helper
load real

# options_of LANGUAGE: the options of untag.
options_of() {
    if [ "$1" = en ]; then echo "--tags ner_tags"; else echo "--tags ner_tags --lenient --join="; fi
}

# spans_of LANGUAGE: records with entities, made by untag.
spans_of() {
    arrays_of "$1" | quern entities untag $(options_of "$1")
}

# fitting: of the records on standard input those whose tags are well-formed BIO.
fitting() {
    jq -c 'select([["O"] + .ner_tags, .ner_tags] | transpose | .[:-1] |
        all(.[1][:2] != "I-" or (.[0] != "O" and .[0][2:] == .[1][2:])))'
}

@test "untag makes of arrays what import makes of the file, byte for byte" {
    needs_real
    for lang in en zh; do
        spans_of $lang >got
        entities_of $lang | quern fields -q --drop lang | cmp - got
        [ "$(jq '.entities | length' got | paste -sd+ | bc)" -gt 800 ]
    done
}

@test "arrays -> entities -> arrays: every word and tag comes back, and other members keep their bytes" {
    needs_real
    for lang in en zh; do
        arrays_of $lang | fitting | sed 's/^{/{"n": 1.0,/' >in
        quern entities untag $(options_of $lang) in | quern entities tags --scheme bio --words tokens |
            quern fields --drop text,words,entities --rename ner_tags=tags | cmp in -
        quern run "entities untag $(options_of $lang) | entities tags --scheme bio --words tokens |
            fields --drop text,words,entities --rename ner_tags=tags" in | cmp in -
        [ "$(wc -l <in)" -gt 900 ]
    done
}

@test "numbers of labels are the tags that they stand for" {
    needs_real
    for lang in en zh; do
        arrays_of $lang >in
        labels=O,$(jq -r '.ner_tags[] | select(. != "O")' in | sort -u | paste -sd,)
        jq -c --arg labels "$labels" '($labels / ",") as $l | .ner_tags[] |= (. as $t | $l | index($t))' in >numbers
        quern entities untag $(options_of $lang) --labels "$labels" numbers >got
        spans_of $lang | cmp - got
    done
}

@test "entities -> tags -> entities: through every scheme text, words and entities come back, byte for byte" {
    needs_real
    for lang in en zh; do
        spans_of $lang >in
        for scheme in bio iob1 bioes; do
            quern entities tags --scheme $scheme --words tokens in | quern fields --drop text,words,entities >tags
            quern entities untag --scheme $scheme $(options_of $lang | sed 's/--tags ner_tags//; s/--lenient//') tags |
                cmp in -
        done
        is <(jq -r '.tags[]' tags | cut -c1 | sort -u | paste -sd '') BEIOS
    done
}

# variants LANGUAGE: arrays of variants in made, those of their parents in in.
variants() {
    arrays_of "$1" | fitting | head -n 500 >in
    quern entities untag $(options_of "$1") in |
        quern augment --lang "$1" --ops rs,rd --num 4 --alpha 0.3 --emit synthetic -q |
        quern entities tags --scheme bio --words tokens |
        quern fields --keep id,parent,op,tokens,tags --rename ner_tags=tags >made
}

# entities_in: of each record on standard input "id<TAB>entities", each a label and the words, sorted.
entities_in() {
    jq -r '[.tokens, .ner_tags] as [$w, $t] |
        (reduce range($t | length) as $i ([]; if $t[$i][:1] == "B" then . + [[$t[$i][2:], $w[$i]]]
            elif $t[$i][:1] == "I" then .[-1] += [$w[$i]] else . end) | sort) as $e |
        (.parent // .id) + "\t" + ($e | tojson)'
}

# laws: says of made what does not hold.
laws() {
    fitting <made | cmp -s - made || echo "BIO"
    entities_in <in | sort >expected
    entities_in <made | sort -u | comm -23 - expected | grep -q . && echo "entities"
    # rs moves words, rd leaves some out
    jq -nr --slurpfile in in --slurpfile made made '
        ($in | map({key: .id, value: .tokens}) | from_entries) as $parents |
        [$made[] | .tokens as $w | $parents[.parent] as $p |
            if .op == "rs" then ($w | sort) == ($p | sort) and $w != $p
            else (reduce $p[] as $x (0; if $w[.] == $x then . + 1 else . end)) == ($w | length) and $w != $p end] |
        if all then empty else "words" end'
    return 0
}

@test "augment between: the tags of variants are BIO, every entity is there, and words move or go" {
    needs_real
    for lang in en zh; do
        variants $lang
        [ "$(wc -l <made)" -gt 1500 ]
        is <(laws) ""
        head -n 200 made >good
        # each of the laws finds what breaks it
        jq -c 'if .ner_tags[0] == "O" then .ner_tags[0] = "I-x" else . end' good >made
        laws | grep -qx BIO
        jq -c '(.ner_tags | index("O")) as $i | if $i then .ner_tags[$i] = "B-x" else . end' good >made
        is <(laws) entities
        jq -c '([.ner_tags[] | .[:1]] | index("B")) as $i | if $i then .tokens[$i] += "x" else . end' good >made
        laws | grep -qx entities
        jq -c '.ner_tags |= map(if .[:1] == "B" then "O" else . end) | .ner_tags |= map(if .[:1] == "I" then "O" else . end)' good >made
        is <(laws) entities
        jq -c '(.ner_tags | index("O")) as $i | if $i then .tokens[$i] += "x" else . end' good >made
        is <(laws) words
    done
}
