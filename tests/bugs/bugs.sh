#!/bin/bash
# Every bug that was mended, so that it does not come back: NAME.args is what quern is called with (as the shell reads
# it), NAME.in its standard input, NAME.ok its output, then its messages, then its status. With --write the .ok files
# are made anew, to be looked at as a diff.
set -u -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

happens() { # NAME
    local status=0
    eval "quern $(<"$here/$1.args")" <"$here/$1.in" >out 2>err || status=$?
    cat out err
    echo "status $status"
}

bugs=("$here"/*.args)
number=0 failed=0
echo "1..${#bugs[@]}"
for args in "${bugs[@]}"; do
    name=$(basename "$args" .args)
    number=$((number + 1))
    happens "$name" >happened
    if [[ ${1-} == --write ]]; then cp happened "$here/$name.ok"; fi
    if diff -u "$here/$name.ok" happened >difference; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' difference
        failed=1
    fi
done
exit $failed
