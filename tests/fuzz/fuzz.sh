#!/bin/bash
# Each fuzz target over its seeds and some thousand mutations of them, the same ones every time. What libFuzzer does
# with the same targets: make fuzz.
set -u -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$(cd "$here/../.." && pwd)/build}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

targets=("$here"/fuzz_*.c)
echo "1..${#targets[@]}"
"$here/seeds" "$scratch/seeds" || exit 1
cd "$scratch" || exit 1
number=0 failed=0
for target in "${targets[@]}"; do
    name=$(basename "$target" .c)
    number=$((number + 1))
    count=2000
    if [[ $name == fuzz_pattern ]]; then count=100; fi # compiling one takes milliseconds
    if "$BUILD/tests/fuzz/$name" "$count" "$here/dictionary" "$scratch/seeds/${name#fuzz_}"/* 2>"$scratch/err"; then
        echo "ok $number - $name: the seeds and $count mutations"
    else
        echo "not ok $number - $name"
        tail -n 30 "$scratch/err" | sed 's/^/# /'
        [[ ! -e $name.crash ]] || base64 "$name.crash" | sed 's/^/# /'
        failed=1
    fi
done
exit $failed
