#!/bin/bash
# tests/translate/order.sh - through Apertium a text is translated the same way whatever was translated before it: 1,000
# texts (TEXTS=3000: so many) forward, backward and shuffled, with one engine and with two, and a round trip of every
# character of ASCII. Prints TAP.
set -u -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
export LC_ALL=C.UTF-8
data=$root/../shared/data/labelled
modes=/usr/share/apertium/modes

skip() { # DESCRIPTION REASON
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# texts COUNT: records of public texts where they exist, else sentences made of a few words, known and unknown ones.
texts() {
    if [[ -e $data/sst2/stsa.binary.train && -e $data/trec/TREC.raw.train && -e $data/sms/SMSSpamCollection ]]; then
        { cut -d ' ' -f 2- "$data/sst2/stsa.binary.train"; cut -d ' ' -f 2- "$data/trec/TREC.raw.train"
            cut -f 2 "$data/sms/SMSSpamCollection"; } | iconv -f UTF-8 -t UTF-8 -c | awk 'NR % 6 == 0'
    else
        awk 'BEGIN {
            srand(7)
            split("the a lot of glorps zindle known drunk bore house dogs sing sings glorped walk very old is are IS " \
                "to in Wade thanks near fit Windows included elected till we they it not and green", word, " ")
            for (i = 0; i < 3000; i++) {
                text = ""
                for (n = 4 + int(rand() * 12); n > 0; n--) text = text word[1 + int(rand() * 35)] " "
                print text i
            }
        }'
    fi | awk -v most="$1" 'n < most && NF > 2 { print; n++ }' | jq -R -c '{id: input_line_number, text: .}'
}

# translated PAIR FILE [OPTION]...: the variants, in the order of their ids.
translated() {
    quern translate -q --engine apertium --pair "$1" --emit synthetic --max-ratio 10 --min-chars 0 "${@:3}" "$2" |
        jq -c '[.id, .text]' | sort
}

same() { # PAIR: any order
    local what="$1: forward, backward and shuffled the same" back="${1#*-}-${1%-*}"
    if [[ ! -e $modes/$1.mode || ! -e $modes/$back.mode ]]; then
        skip "$what" "apertium-$1 is not installed"
        return
    fi
    translated "$1" in.jsonl >forward
    tac in.jsonl >backward.jsonl
    translated "$1" backward.jsonl >backward
    shuf --random-source=<(yes "$1") in.jsonl >shuffled.jsonl
    translated "$1" shuffled.jsonl --children 2 -j 2 >shuffled
    diff forward backward >differ
    diff forward shuffled >>differ
    # most of them have a variant: else nothing was compared
    if [[ ! -s differ && $(wc -l <forward) -gt $((count / 2)) ]]; then
        report ok "$what"
    else
        { wc -l forward backward shuffled; head -n 20 differ; } >shown
        report "not ok" "$what" shown
    fi
}

if ! quern translate --help >/dev/null 2>&1; then
    skip "translation in any order" "quern has no translate"
    echo "1..$number"
    exit
fi

texts "${TEXTS:-1000}" >in.jsonl
count=$(wc -l <in.jsonl)
for pair in ${PAIRS:-eng-spa}; do same "$pair"; done

# Every character of ASCII, U+00AD and U+FFFF, in 5,000 texts: none is lost, none gets another's translation.
what="5,000 texts with every character of ASCII planted"
if [[ -e $modes/eng-spa.mode && -e $modes/spa-eng.mode ]]; then
    perl -e 'for my $i (0 .. 4999) {
        my $c = $i % 130; $c = $c == 128 ? 0xad : $c == 129 ? 0xffff : $c;
        my $char = $c < 32 || $c == 34 || $c == 92 || $c > 126 ? sprintf("\\u%04x", $c) : chr $c;
        printf "{\"id\":%d,\"text\":\"%d %s the houses and the trees %s %d\"}\n", $i, $i, $char, $char, $i }' >planted
    quern translate -q --engine apertium --pair eng-spa --emit synthetic --stats stats planted >out 2>err
    # each variant has the number of its own record at both ends, and those that are marks have come back between them
    jq -r '(.parent | tostring) as $id | .text | select(startswith($id + " ") and endswith(" " + $id) | not)' out >wrong
    jq -r '.parent as $i | ($i % 130) as $c | ([$c] | implode) as $char |
        select(([35, 36, 42, 47, 60, 62, 64, 91, 92, 93, 94, 123, 124, 125, 126] | index($c)) and
            (.text | split($char) | length) != 3) | .text' out >>wrong
    if [[ ! -s wrong && ! -s err && $(jq '.filters[0].failed' stats) == 0 ]]; then
        report ok "$what"
    else
        { head -n 20 wrong; cat err; jq -c '.filters[0]' stats; } >shown
        report "not ok" "$what" shown
    fi
else
    skip "$what" "apertium-eng-spa is not installed"
fi

echo "1..$number"
