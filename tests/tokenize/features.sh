#!/bin/bash
# Compares truncation, windows, padding and pairs with the reference outputs of Hugging Face tokenizers, where they
# are: every window of every case, and every case that the reference refuses.
# shellcheck disable=SC2016 # what has a $ in single quotes is for jq
# shellcheck source=tests/tokenize/reference.bash
. "$(dirname "$0")/reference.bash"
file=$data/reference/hf/features.jsonl.zst

# The options that a configuration of the reference means.
options_of() { # CONFIGURATION
    jq -r '[
        (.max // empty | "--max-length", .),
        (.strategy // empty | "--truncation", {OnlyFirst: "only_first", OnlySecond: "only_second"}[.]),
        (.dir // empty | "--side", .),
        (.stride // empty | "--stride", .),
        (.pad // empty | (.maxLength // empty | "--padding", "max_length"),
            (.padToMultipleOf // empty | "--pad-multiple", .), (.direction // empty | "--pad-side", .))
    ] | map(tostring) | join(" ")' <<<"$1"
}

# What the reference makes, a line for each window; of a case that it refuses only the number.
expected() {
    jq -c '.number as $number | if .error then {number: $number, error: true} else
        [.result] + .overflowing | to_entries[] | .key as $key | .value |
        {id: "\($number)#w\($key)", parent: $number, root: $number, tokens, input_ids: .ids,
         offset_mapping: .offsets, word_ids: (.word_ids | map(. // -1)), special_tokens_mask, attention_mask,
         token_type_ids: .type_ids} end' "$scratch/cases"
}

# The same of what the filter makes; bad records come from the quarantine.
made() { # OPTION ...
    local status=0
    jq -c '{id: .number, text, pair}' "$scratch/cases" |
        quern tokenize --pair-field pair --on-error "quarantine=$scratch/bad" -q "$@" >"$scratch/good" 2>"$scratch/err" || status=$?
    # Windows have part of the texts, and the reference tells places in the whole: a token is of the second text where
    # its type or a special token before it says so.
    jq -c 'def of_second($i): . as $r
            | [range(1; .tokens | length) | select($r.special_tokens_mask[. - 1:. + 1] == [1, 0])] as $starts
            | .token_type_ids[$i] == 1 or .window[0] == [0, 0] or (($starts | length) > 1 and $starts[1] <= $i);
        . as $r
        | if .window then
              .offset_mapping = [range(.tokens | length) as $i
                  | (if $r.special_tokens_mask[$i] == 1 then 0 else .window[if of_second($i) then 1 else 0 end][0] end) as $at
                  | .offset_mapping[$i] | map(. + $at)]
          else . end
        | {id, parent, root, tokens, input_ids, offset_mapping, word_ids, special_tokens_mask,
        attention_mask, token_type_ids}' "$scratch/good"
    if [[ -s $scratch/bad ]]; then
        jq -c '{number: .id, error: (.error | test("tokens must be cut|too short for a stride"))}' "$scratch/bad"
    fi
    return "$status"
}

# Lines in the order of the cases, whether a case was good or bad.
by_case() {
    jq -c -s 'to_entries | sort_by((.value.parent // .value.number), .key)[].value'
}

cases_of() { # TOKENIZER MODEL CONFIGURATION
    local model=$data/vocabs/$2 config=$3
    local -a with
    read -ra with <<<"$(options_of "$config")"
    if [[ $config == *max* ]]; then with+=(--overflow split); fi
    if [[ $1 == gpt2 && $config == *pad* ]]; then with+=(--pad-token '<|endoftext|>'); fi
    zstd -dc "$file" | jq -c --arg of "$1" --argjson config "$config" \
        'select(.tokenizer == $of and .config == $config) | .number = input_line_number' >"$scratch/cases"
    rm -f "$scratch/bad"
    expected | by_case >"$scratch/expected"
    if [[ $config != *max* ]]; then # without a limit there are no windows
        jq -c '{id: .parent} + del(.id, .parent, .root)' "$scratch/expected" >"$scratch/whole"
        made -m "$model" "${with[@]}" | jq -c 'del(.parent, .root)' >"$scratch/made" || true
        mv "$scratch/whole" "$scratch/expected"
    else
        made -m "$model" "${with[@]}" | by_case >"$scratch/made" || true
    fi
    report_same "$1 $config"
}

while read -r name model; do
    there "windows and padding of $name" "$file" "$data/vocabs/$model" || continue
    while read -r config; do
        cases_of "$name" "$model" "$config"
    done < <(zstd -dc "$file" | jq -c .config | sort -u)
done <<'END'
bert-base-uncased bert-base-uncased/tokenizer.json
gpt2 gpt2/tokenizer.json
roberta-base roberta-base/tokenizer.json
albert-base.hf albert-base-v1-v2/tokenizer.json
END

# Offsets in bytes of every string.
for name in bert-base-uncased bert-base-cased bert-base-chinese gpt2 roberta-base qwen3; do
    strings=$data/reference/hf/$name.jsonl.zst
    there "offsets in bytes of $name" "$strings" "$data/vocabs/$name" || continue
    zstd -dc "$strings" | jq -c '{text}' >"$scratch/in"
    zstd -dc "$strings" | jq -c '{offset_mapping: .byte_offsets}' >"$scratch/expected"
    same "offsets in bytes of $name" -m "$data/vocabs/$name/tokenizer.json" --no-special --offsets bytes \
        --emit offset_mapping
done
echo "1..$number"
