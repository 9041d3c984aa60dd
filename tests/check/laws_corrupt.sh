#!/bin/bash
# The laws of corrupt, causal, permute and contrast: see laws.bash.
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
both t5 101000 't5 -m vocab.txt --extra-ids 11 --density 0.3 --mean 3' ends spans gaps
both prefix 101000 prefix cuts
both deshuffle 10000 deshuffle order
both causal 101000 'causal --prefix' prefixes=cuts
both ul2 101000 'ul2 -m vocab.txt --extra-ids 11 --denoisers S:0.25,S:0.5' denoisers
both fim 210000 'fim --against texts' rate order places

# ---- permute ----

ordered() { # WRONG: records of twelve targets, of which a tenth are in order if WRONG
    awk -v wrong="$1" 'BEGIN {
        srand(4)
        for (id = 0; id < 9000; id++) {
            for (i = 0; i < 12; i++)
                order[i] = i
            for (i = 11; i > 0 && !(wrong && rand() < 0.01); i--) {
                k = int(rand() * (i + 1)); t = order[i]; order[i] = order[k]; order[k] = t
            }
            list = ids = words = ""
            for (i = 0; i < 12; i++) {
                list = list (i ? "," : "") order[i]; ids = ids (i ? "," : "") 5 + i; words = words (i ? "," : "") i
            }
            print "{\"id\":" id ",\"input_ids\":[" ids "],\"word_ids\":[" words "],\"labels\":[" ids "],\"perm_order\":[" list "]}"
        }
    }' >made
}
ordered 0
hold 'permute -m vocab.txt --prob 1' permutation
ordered 1
broken permutation 'permute -m vocab.txt --prob 1'

# ---- contrast ----

for i in {1..400}; do echo "{\"id\":\"p$i\",\"text\":\"text $i\"}"; done >pool
drawn() { # WRONG: the first half of the pool is preferred
    awk -v wrong="$1" 'BEGIN {
        srand(5)
        for (id = 0; id < 101000; id++) {
            i = 1 + int(rand() * (wrong && rand() < 0.05 ? 200 : 400))
            print "{\"id\":" id ",\"text\":\"a\",\"sent0\":\"a\",\"sent1\":\"a\",\"hard_neg\":\"text " i "\"}"
        }
    }' >made
}
drawn 0
hold 'contrast --task self --pool pool' pool
drawn 1
broken pool 'contrast --task self --pool pool'
echo "1..$number"
