# tests/tokenize/reference.bash - what the scripts share that hold the filter against other people's outputs.
# shellcheck shell=bash disable=SC2034
set -eu -o pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
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

# Reports "not there", status 1, where one of the files is missing.
there() { # DESCRIPTION FILE ...
    local description=$1 file
    shift
    for file in "$@"; do
        if [[ ! -e $file ]]; then
            report ok "$description # SKIP not there"
            return 1
        fi
    done
}

# Is $scratch/made what $scratch/expected says? What went to $scratch/err is shown where it is not.
report_same() { # DESCRIPTION
    if [[ -s $scratch/expected ]] && cmp -s "$scratch/made" "$scratch/expected"; then
        report ok "$1 ($(wc -l <"$scratch/expected") lines)"
    else
        report 'not ok' "$1"
        {
            cat "$scratch/err"
            diff "$scratch/made" "$scratch/expected" | head -n 4
        } | cut -c 1-400 | sed 's/^/# /' || true
    fi
}

# Is what the filter makes of the texts in $scratch/in, but for the texts, what is expected?
same() { # DESCRIPTION OPTION ...
    local description=$1
    shift
    quern tokenize "$@" <"$scratch/in" 2>"$scratch/err" | jq -c 'del(.text, .pair)' >"$scratch/made" || true
    report_same "$description"
}
