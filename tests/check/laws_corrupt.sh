#!/bin/bash
# The laws of corrupt, causal and contrast: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

# a vocabulary of 1000 tokens, so that sentinel 0 of 11 is 1010
{ echo '[UNK]'; seq 999; } >vocab.txt

# both TASK COUNT COMMAND LAW...: each law holds, and is broken by records that are made wrong in it
both() {
    local task=$1 count=$2 command=$3 law wrong
    shift 3
    make_records corrupted task="$task" count="$count" seed=1
    hold "$command" "${@%=*}"
    for law; do
        wrong=${law#*=}
        make_records corrupted task="$task" count="$count" seed=1 wrong="$wrong"
        broken "${law%=*}" "$command"
    done
}
make_records corrupted count=210000 texts=1
mv made texts
both t5 101000 't5 -m vocab.txt --extra-ids 11 --density 0.3 --mean 3' ends spans gaps
both prefix 101000 prefix cuts
both deshuffle 10000 deshuffle order
both causal 101000 'causal --prefix' prefixes=cuts
both ul2 101000 'ul2 -m vocab.txt --extra-ids 11 --denoisers S:0.25,S:0.5' denoisers
both fim 210000 'fim --against texts' rate order places

# ---- contrast ----

for i in {1..400}; do echo "{\"id\":\"p$i\",\"text\":\"text $i\"}"; done >pool
# drawn WRONG: two negatives of each of two copies; WRONG is pool, the first half of it is preferred; same or apart, a copy
# has those of the one before now and then, or never one of them.
drawn() {
    awk -v wrong="$1" 'BEGIN {
        srand(5)
        a = b = 0
        for (n = 0; n < 101000; n++) {
            if (!(wrong == "same" && n % 2 == 1 && rand() < 0.005)) {
                c = a; d = b
                do {
                    a = 1 + int(rand() * (wrong == "pool" && rand() < 0.1 ? 200 : 400))
                    do b = 1 + int(rand() * 400); while (b == a)
                } while (wrong == "apart" && n % 2 == 1 && (a == c || a == d || b == c || b == d))
            }
            print "{\"id\":" int(n / 2) ",\"epoch\":" n % 2 ",\"text\":\"a\",\"sent0\":\"a\",\"sent1\":\"a\",\"hard_neg_1\":\"text " a "\",\"hard_neg_2\":\"text " b "\"}"
        }
    }' >made
}
CONTRAST='contrast --task self --pool pool --negatives 2 --copies 2'
drawn none
hold "$CONTRAST" pool copies
drawn pool
broken pool "$CONTRAST"
for wrong in same apart; do
    drawn "$wrong"
    broken copies "$CONTRAST"
done
awk 'BEGIN { for (id = 0; id < 55000; id++) print "{\"id\":" id ",\"text\":\"a\"}" }' >plain
# shellcheck disable=SC2086 # options are words
quern $CONTRAST plain >made
hold "$CONTRAST --against plain" pool copies
# a record that is there twice is no copy: it has its negatives twice
sed p plain | quern ${CONTRAST/--copies 2/} >made
hold "${CONTRAST/--copies 2/}" pool
echo "1..$number"
