#!/bin/bash
# The laws of mask: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

masked() { # NAME=VALUE...
    make_records masked "$@"
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
SIMILAR='mask -m cased.txt --unit word --prob 1 --replace 50,30,20 --replace-by word --similar similar.txt'
make_records similar
hold "$SIMILAR" choice replacement random
for law in choice replacement random; do
    make_records similar wrong=$law
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
masked unit=token mask=100 random=0
sed 's/"word_ids":[^]]*],//' made >masks
RTD='rtd -m vocab.txt --against masks'
masked unit=token mask=100 random=0 filled=none
hold "$RTD" replaced generator
for law in replaced generator; do
    masked unit=token mask=100 random=0 filled=$law
    broken $law "$RTD"
done

echo "1..$number"
