#!/bin/bash
# Is what pack writes what reference.jq says, which knows nothing of tapes, runs and heaps?
set -eu -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

# compare NAME OPTION=VALUE...: the options of pack, with _ for -, which are those of the reference too.
compare() {
    local name=$1 arguments=() json="" pair key value
    shift
    for pair in mode=full overflow=split buffer=10000 stride=0 "$@"; do
        key=${pair%%=*} value=${pair#*=}
        json+="${json:+,}\"$key\":$(if [[ $value =~ ^[0-9]+$|^true$ ]]; then echo "$value"; else echo "\"$value\""; fi)"
    done
    for pair in "$@"; do
        key=${pair%%=*} value=${pair#*=}
        case $key in
        begin | end | before_document | after_document | after_sentence) value="#$value" ;;
        esac
        arguments+=("--${key//_/-}")
        [[ $value == true ]] || arguments+=("$value")
    done
    jq -nc --argjson o "{$json}" -f "$here/reference.jq" documents >expected
    quern pack -q "${arguments[@]}" documents >found
    if [[ -s expected ]] && diff expected found >differences; then
        report ok "$name: $(wc -l <found) records"
    else
        report 'not ok' "$name" differences
    fi
}

marks=(before_document=1 after_document=2 after_sentence=3)
for seed in 1 2 3; do
    awk -v seed=$seed -v count=40 -v most=$((seed * seed * 7)) -f "$here/documents.awk" >documents
    for length in 6 9 40; do
        for mode in full doc sentence; do
            compare "$mode, length $length, documents $seed" mode=$mode length=$length
            compare "$mode with markers" mode=$mode length=$length begin=4 end=5 after_sentence=3
            compare "$mode with all markers" mode=$mode length=$length begin=4 "${marks[@]}"
            compare "$mode, dropping" mode=$mode length=$length overflow=drop after_sentence=3 after_document=2
        done
        compare "none" mode=none length=$length
        compare "none with markers" mode=none length=$length begin=4 end=5 after_sentence=3
        compare "none, stride" mode=none length=$length stride=2 "${marks[@]}"
        compare "none, stride, no last" mode=none length=$length stride=1 drop_last=true after_document=2
        compare "best" mode=best length=$length
        compare "best with markers" mode=best length=$length buffer=7 begin=4 before_document=1 after_document=2
        compare "best with sentence markers" mode=best length=$length after_sentence=3 after_document=2
        compare "best, dropping" mode=best length=$length overflow=drop buffer=20 end=5
    done
done
echo "1..$number"
