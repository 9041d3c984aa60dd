#!/bin/bash
# Compares the filter with the reference outputs of SentencePiece for .model files, where they are: ids, tokens and
# offsets of every string.
set -eu -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$root/build}
PATH=$BUILD/bin:$PATH
data=$root/../shared/data/tokenizers
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

number=0
report() { # ok|"not ok" DESCRIPTION
    number=$((number + 1))
    echo "$1 $number - $2"
}

all_of() { # REFERENCE MODEL
    local file=$data/reference/spm/$1.jsonl.zst model=$data/vocabs/$2 status=0
    if [[ ! -e $file || ! -e $model ]]; then
        report ok "$1 from $2 # SKIP not there"
        return
    fi
    zstd -dc "$file" | jq -c '{text}' >"$scratch/in"
    zstd -dc "$file" | jq -c '{tokens, input_ids: .ids, offset_mapping: .offsets}' >"$scratch/expected"
    quern tokenize -m "$model" --emit tokens,input_ids,offset_mapping <"$scratch/in" |
        jq -c 'del(.text)' >"$scratch/out" || status=$?
    if [[ $status == 0 ]] && cmp -s "$scratch/out" "$scratch/expected"; then
        report ok "$1 from $2 ($(wc -l <"$scratch/in") texts)"
    else
        report 'not ok' "$1 from $2"
        diff "$scratch/out" "$scratch/expected" | head -n 4 | cut -c 1-300 | sed 's/^/# /' || true
    fi
}

all_of albert-base albert-base-v1-v2/spiece.model
all_of xlnet-base-cased xlnet-base-cased/spiece.model
all_of test_model spm-test/test_model.model
all_of test_ja_model spm-test/test_ja_model.model
all_of hf_test_sentencepiece_bpe spm-test/hf_test_sentencepiece_bpe.model
all_of bpe_m1 spm-bpe-example/m1.model
all_of laser_50k spm-bpe-example/laser_50k.model
echo "1..$number"
