#!/bin/bash
# Compares the filter with the reference outputs of SentencePiece for .model files, where they are: ids, tokens and
# offsets of every string.
# shellcheck source=tests/tokenize/reference.bash
. "$(dirname "$0")/reference.bash"

all_of() { # REFERENCE MODEL
    local file=$data/reference/spm/$1.jsonl.zst model=$data/vocabs/$2
    there "$1 from $2" "$file" "$model" || return 0
    zstd -dc "$file" | jq -c '{text}' >"$scratch/in"
    zstd -dc "$file" | jq -c '{tokens, input_ids: .ids, offset_mapping: .offsets}' >"$scratch/expected"
    same "$1 from $2" -m "$model" --emit tokens,input_ids,offset_mapping
    # Ids alone are made in another way than with offsets.
    zstd -dc "$file" | jq -c '{input_ids: .ids}' >"$scratch/expected"
    same "$1 from $2, ids alone" -m "$model" --emit input_ids
}

all_of albert-base albert-base-v1-v2/spiece.model
all_of xlnet-base-cased xlnet-base-cased/spiece.model
all_of test_model spm-test/test_model.model
all_of test_ja_model spm-test/test_ja_model.model
all_of hf_test_sentencepiece_bpe spm-test/hf_test_sentencepiece_bpe.model
all_of bpe_m1 spm-bpe-example/m1.model
all_of laser_50k spm-bpe-example/laser_50k.model
echo "1..$number"
