#!/bin/bash
# The laws of mask: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

masked() { # VARIABLE=VALUE...
    make_records masked count=6000 tokens=64 seed=1 prob=300 mask=80 random=10 keep=10 "$@"
}
MASK='mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --prob 0.3'

masked unit=token
hold "$MASK" share replacement position epochs neighbours
masked unit=token mask=80 random=2
broken replacement "$MASK"
masked unit=token mask=0 random=100
hold "$MASK --replace 0,100,0" random
masked unit=token mask=0 random=100 wrong=random
broken random "$MASK --replace 0,100,0"
masked unit=token wrong=tail
broken position "$MASK"
masked unit=token wrong=epochs
broken epochs "$MASK"
masked unit=token wrong=neighbours
broken neighbours "$MASK"
masked unit=word
hold "$MASK --unit word" share replacement position size epochs neighbours
masked unit=word wrong=share
broken share "$MASK --unit word" budget
masked unit=word wrong=skip
broken size "$MASK --unit word"
SPAN="$MASK --unit span --lengths geometric:0.2:4 --also masked_spans"
masked unit=span count=30000
hold "$SPAN" lengths share
masked unit=span wrong=lengths count=30000
broken lengths "$SPAN"
masked unit=token prob=0 count=52000 tokens=26
hold "$MASK --prob uniform" uniform position
masked unit=token prob=0 count=52000 tokens=26 wrong=uniform
broken uniform "$MASK --prob uniform"
masked unit=mix count=52000 tokens=12
hold "$MASK --unit mix --mix token=1,word=1" levels
masked unit=mix count=52000 tokens=12 wrong=levels
broken levels "$MASK --unit mix --mix token=1,word=1"

# ---- similar words: a line of five, and twenty-nine words that have none ----

{ printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]'; printf '%s\n' {a..z} {A..H}; } >cased.txt
printf '%s\t' {a..e} >similar.txt
similar() { # WRONG: the first of the others is preferred, more are replaced, or random tokens are of one half
    awk -v wrong="$1" 'BEGIN {
        srand(6)
        for (id = 0; id < 17000; id++) {
            from = to = words = ""
            for (i = 0; i < 20; i++) {
                was = 5 + int(rand() * (rand() < 0.5 ? 5 : 34))
                u = rand() * 100
                if (was < 10 && u < (wrong == "replacement" ? 51 : 50)) {
                    is = 5 + (wrong == "choice" && rand() < 0.02 ? 0 : int(rand() * 4))
                    is += is >= was
                } else if (u < 80)
                    is = 5 + int(rand() * (wrong == "random" && was >= 10 && rand() < 0.1 ? 17 : 34))
                else
                    is = was
                if (was >= 10 && u < 50 && wrong != "random")
                    is = 5 + int(rand() * 34)
                from = from (i ? "," : "") was; to = to (i ? "," : "") is; words = words (i ? "," : "") i
            }
            print "{\"id\":" id ",\"input_ids\":[" to "],\"word_ids\":[" words "],\"labels\":[" from "]}"
        }
    }' >made
}
SIMILAR='mask -m cased.txt --unit word --prob 1 --replace 50,30,20 --replace-by word --similar similar.txt'
similar none
hold "$SIMILAR" choice replacement random
for law in choice replacement random; do
    similar $law
    broken $law "$SIMILAR"
done
awk 'BEGIN { for (id = 0; id < 50000; id++) print "{\"id\":" id ",\"input_ids\":[5,6,7,8,9,20,30,7,6,5],\"word_ids\":[0,1,2,3,4,5,6,7,8,9]}" }' >plain
# shellcheck disable=SC2086 # options are words
quern ${SIMILAR/--prob 1/--prob 0.5} plain >made
hold "${SIMILAR/--prob 1/--prob 0.5} --against plain" choice replacement
NGRAM="${SIMILAR/unit word --prob 1/unit ngram --lengths 4,3,2,1 --prob 0.9} --also masked_spans"
NGRAM=${NGRAM/replace-by word/replace-by unit}
# shellcheck disable=SC2086 # options are words
quern $NGRAM plain >made
hold "$NGRAM --against plain" choice replacement

# ---- rtd ----

{ printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]'; seq 5 999; } >vocab.txt
fill() { # WRONG: fills the masks of `masks`
    awk -v wrong="$1" 'BEGIN { srand(3) }
    {
        split(substr($0, index($0, "input_ids") + 12), ids, /[],]/)
        n = split(substr($0, index($0, "labels") + 9), labels, /[],]/) - 1
        text = marks = ""
        for (i = 1; i <= n && labels[i] != "}"; i++) {
            id = ids[i]
            original = labels[i] == -100 ? id : labels[i]
            if (id == 4 && labels[i] != -100)
                id = wrong == "replaced" && rand() < 0.02 ? original : 5 + int(rand() * (wrong == "generator" ? 900 : 995))
            text = text (i > 1 ? "," : "") id
            marks = marks (i > 1 ? "," : "") (id != original)
        }
        match($0, /"epoch":[0-9]*/)
        print substr($0, 1, index($0, ",") - 1) "," substr($0, RSTART, RLENGTH) ",\"input_ids\":[" text "],\"labels\":[" marks "]}"
    }' masks >made
}
masked unit=token mask=100 random=0 keep=0
sed 's/"word_ids":[^]]*],//' made >masks
RTD='rtd -m vocab.txt --against masks'
fill none
hold "$RTD" replaced generator
for law in replaced generator; do
    fill $law
    broken $law "$RTD"
done

echo "1..$number"
