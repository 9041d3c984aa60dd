#!/bin/bash
# Compares the filter with the reference outputs of Hugging Face tokenizers, where they are: ids, tokens, offsets and
# word ids of every string, with and without special tokens; pairs and truncation.
# shellcheck disable=SC2016 # what has a $ in single quotes is for jq
# shellcheck source=tests/tokenize/reference.bash
. "$(dirname "$0")/reference.bash"

all_of() { # REFERENCE MODEL
    local file=$data/reference/hf/$1.jsonl.zst model=$data/vocabs/$2
    there "$1 from $2" "$file" "$model" || return 0
    zstd -dc "$file" | jq -c '{text}' >"$scratch/in"
    zstd -dc "$file" | jq -c '{tokens, input_ids: .ids, offset_mapping: .offsets, word_ids}' >"$scratch/expected"
    same "$1 from $2" -m "$model" --no-special --emit tokens,input_ids,offset_mapping,word_ids
    zstd -dc "$file" | jq -c '{input_ids: .ids_with_special}' >"$scratch/expected"
    same "$1 from $2, with special tokens" -m "$model" --emit input_ids
}

# The first window of each case; those that were padded or cut from the left are for other options.
features() { # MODEL CONFIGURATION OPTION ...
    local file=$data/reference/hf/features.jsonl.zst model=$data/vocabs/$1 of=$1 config=$2
    shift 2
    there "pairs of $of, $config" "$file" "$model" || return 0
    zstd -dc "$file" |
        jq -c --arg of "$of" --argjson config "$config" 'select(.tokenizer == $of and .result
            and (.config | del(.pad, .stride)) == $config and (.result.attention_mask | all(. == 1)))' >"$scratch/cases"
    jq -c '{text, pair}' "$scratch/cases" >"$scratch/in"
    jq -c '.result | {tokens, input_ids: .ids, offset_mapping: .offsets, word_ids: (.word_ids | map(. // -1)),
        special_tokens_mask, attention_mask, token_type_ids: .type_ids}' "$scratch/cases" >"$scratch/expected"
    same "pairs of $of, $config" -m "$model" --pair-field pair "$@"
}

for name in bert-base-uncased bert-base-cased bert-base-chinese bert-base-multilingual-cased; do
    all_of "$name" "$name/tokenizer.json"
    all_of "$name" "$name/vocab.txt"
done
for name in gpt2 roberta-base; do
    all_of "$name" "$name/tokenizer.json"
    all_of "$name" "$name/vocab.json"
    all_of "$name" "$name/merges.txt"
done
all_of roberta-base.add_prefix_space roberta-base/tokenizer.add_prefix_space.json
all_of qwen3 qwen3/tokenizer.json
all_of albert-base.hf albert-base-v1-v2/tokenizer.json
all_of xlnet-base-cased.hf xlnet-base-cased/tokenizer.json
all_of spm-test_model.hf spm-test/test_model.tokenizer.json

for name in bert-base-uncased gpt2 roberta-base; do
    features "$name" '{}'
    features "$name" '{"max":16}' --max-length 16
    features "$name" '{"max":16,"strategy":"OnlyFirst"}' --max-length 16 --truncation only_first
    features "$name" '{"max":16,"strategy":"OnlySecond"}' --max-length 16 --truncation only_second
    features "$name" '{"max":24,"strategy":"OnlySecond"}' --max-length 24 --truncation only_second
done
echo "1..$number"
