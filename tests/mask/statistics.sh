#!/bin/bash
# Masks by their statistics: over several seeds they have every property of statistics.c, and each property fails on
# a mutant that lacks it. The mutants are made from the outside: by options, or by what sed, awk and jq do to the
# records.
# shellcheck disable=SC2016 # what has a $ in single quotes is for jq or sed
set -eu -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

records() { # COUNT TOKENS SEED
    awk -v count="$1" -v tokens="$2" -v seed="$3" -f "$here/records.awk"
}

mask() {
    quern mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 "$@"
}

# every property holds, and there is enough to judge by
holds() { # DESCRIPTION UNIT PLAIN MASKED COPIES
    local description=$1
    shift
    "$BUILD/tests/mask/statistics" "$@" >verdict
    if grep -q FAIL verdict || [ "$(awk '/^selected/ { print $2 }' verdict)" -lt 100000 ]; then
        report 'not ok' "$description"
        sed 's/^/# /' verdict
    else
        report ok "$description"
    fi
}

# this property does not hold
fails() { # PROPERTY DESCRIPTION UNIT PLAIN MASKED COPIES
    local property=$1 description=$2
    shift 2
    "$BUILD/tests/mask/statistics" "$@" >verdict
    if grep -q "^$property FAIL" verdict && ! grep -q '^selected 0$' verdict; then
        report ok "caught by $property: $description"
    else
        report 'not ok' "caught by $property: $description"
        sed 's/^/# /' verdict
    fi
}

# ---- what quern makes ----

records 3000 128 1 >plain
for seed in 0 1 2; do
    mask --seed $seed --copies 2 plain >masked
    holds "tokens, seed $seed" token plain masked 2
    mask --seed $seed --copies 2 --unit word plain >masked
    holds "words, seed $seed" word plain masked 2
done
records 9000 41 2 >short
for seed in 3 4 5; do
    mask --seed $seed --copies 2 --unit word short >masked
    holds "words of short records, seed $seed" word short masked 2
done

# ---- shares ----

mutant_of_options() { # PROPERTY DESCRIPTION UNIT PLAIN [OPTION...]
    local property=$1 description=$2 unit=$3 plain=$4
    shift 4
    mask --unit "$unit" "$@" "$plain" >mutant
    fails "$property" "$description" "$unit" "$plain" mutant 1
}

records 6000 128 3 >plain
mutant_of_options replace 'all become the mask' token plain --replace 100,0,0
mutant_of_options replace '80/2/18, a wrong second draw' token plain --replace 80,2,18
mutant_of_options budget 'one token too few' token plain --prob 0.145
mutant_of_options share 'words, 15.5 % instead of 15 %' word plain --prob 0.155
mutant_of_options size 'words that would overshoot are skipped' word short --max-predictions 6
records 500 124 4 >other # 18.6 of 124 tokens, 18.3 or 18.15 of those that may be masked
mutant_of_options budget 'the share of all tokens' token other --budget all

# ---- tokens that are no units of words, words that are none of the language ----

mask plain >mutant
fails whole 'single tokens of words' word plain mutant 1

# without special_tokens_mask only the ids tell what is special
sed 's/"special_tokens_mask":[^]]*],//' plain >blind
restore() { # puts special_tokens_mask back where a plain record has it
    paste -d '\n' plain /dev/stdin | awk '
        NR % 2 == 1 { match($0, /"special_tokens_mask":[^]]*],/); member = substr($0, RSTART, RLENGTH); next }
        { sub(/"word_ids":/, member "\"word_ids\":"); print }'
}
blindly() { # PROPERTY DESCRIPTION SPECIAL-IDS
    quern mask --mask-id 4 --vocab-size 1000 --special-ids "$3" blind | restore >mutant
    fails "$1" "$2" token plain mutant 1
}
blindly specials '[CLS] and [SEP] masked' 0,1
blindly specials 'the unknown token masked' 0,2,3
quern mask --mask-id 4 --vocab-size 1000 --special-ids 1 plain >mutant
fails specials 'special tokens drawn' token plain mutant 1
quern mask --mask-id 4 --vocab-size 1000 --special-ids "$(seq -s, 0 3),$(seq -s, 900 999)" plain >mutant
fails random 'a tenth of the vocabulary never drawn' token plain mutant 1

# ---- where, and how independent ----

# the last tenth of each record is protected, as a budget that is spent from the left would do
awk '{
    match($0, /"special_tokens_mask":[^]]*/)
    n = split(substr($0, RSTART + 23, RLENGTH - 23), special, ",")
    list = ""
    for (i = 1; i <= n; i++)
        list = list (i > 1 ? "," : "") (i > n * 0.9 ? 1 : special[i])
    print substr($0, 1, RSTART + 22) list substr($0, RSTART + RLENGTH)
}' plain >front
mask front >mutant
fails position 'the tail is never masked' token plain mutant 1

sed 's/"id":"r[0-9]*"/"id":"r"/' plain | mask |
    awk '{ sub(/"id":"r"/, "\"id\":\"r" NR "\""); print }' >mutant
fails streams 'all records share one stream' token plain mutant 1
awk '{ sub(/"id":"r[0-9]*"/, "\"id\":\"r" int((NR + 3) / 4) "\""); print }' plain | mask |
    awk '{ sub(/"id":"r[0-9]*"/, "\"id\":\"r" NR "\""); print }' >mutant
fails streams 'four neighbours share a stream' token plain mutant 1
mask --epoch 0 plain | awk '{
    print
    sub(/"epoch":0/, "\"epoch\":1"); print
}' >mutant
fails overlap 'two epochs share a stream' token plain mutant 2

# ---- the record ----

head -n 200 plain >few
mask --copies 2 few >masked
alter() { # PROPERTY DESCRIPTION COMMAND...
    local property=$1 description=$2
    shift 2
    "$@" masked >mutant
    fails "$property" "$description" token few mutant 2
}
alter shape 'a label too few' jq -c 'if .id == "r7" then .labels |= .[1:] else . end'
alter labels 'the label is what the model sees' jq -c '[.labels, .input_ids] as [$l, $i] |
    .labels = [range($l | length) | if $l[.] == -100 then -100 else $i[.] end]'
alter untouched 'a token changed that is not selected' jq -c '(.labels | index(-100)) as $i | .input_ids[$i] += 1'
alter untouched 'kept tokens have no label, some others none either' jq -c '[.labels, .input_ids] as [$l, $i] |
    .labels = [range($l | length) | if $l[.] != -100 and $i[.] != 4 then -100 else $l[.] end]'
alter copies 'a copy lost' sed '7d'
alter copies 'a copy too many' sed '$p'
alter copies 'two copies in the wrong order' sed '5{h;d};6G'

echo "1..$number"
