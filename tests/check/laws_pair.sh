#!/bin/bash
# The laws of pair: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

paired() { # COUNT NAME=VALUE...: against `documents`
    if [[ $1 != "$documents" ]]; then
        make_records paired count="$1" documents=1
        mv made documents
        documents=$1
    fi
    make_records paired count="$1" "${@:2}"
}
documents=0
pair_of() { # TASK OPTION...
    echo "pair --task $1 --length 40 --template '#2 \$A #3 \$B:1 #3:1' --template '#2 \$A #3' --against documents" \
        "--emit sources,next_sentence_label,sentence_order_label,target_length" "${@:2}"
}

paired 22000 task=nsp
hold "$(pair_of nsp --pool documents)" labels short
paired 40000 task=nsp
hold "$(pair_of nsp --pool documents)" pool beginnings cuts
paired 22000 task=sop short=900
hold "$(pair_of sop --short-prob 0.9)" short targets labels
paired 22000 task=sop wrong=labels
broken labels "$(pair_of sop)"
paired 30000 task=sop wrong=single
broken labels "$(pair_of sop)"
paired 22000 task=sop short=120
broken short "$(pair_of sop)"
paired 22000 task=sop short=900 wrong=targets
broken targets "$(pair_of sop --short-prob 0.9)"
paired 22000 task=sop wrong=cuts
broken cuts "$(pair_of sop)"
paired 40000 task=nsp wrong=pool
broken pool "$(pair_of nsp --pool documents)"
paired 40000 task=nsp wrong=beginnings
broken beginnings "$(pair_of nsp --pool documents)"
paired 22000 task=electra short=50
hold "$(pair_of electra)" single
paired 22000 task=electra short=50 wrong=segments
broken single "$(pair_of electra)"

echo "1..$number"
