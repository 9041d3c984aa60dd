# For scripts that print TAP; to be sourced first, and the script ends with: echo "1..$number"
#
# quern in PATH, a scratch folder to stand in; the script's own folder is $here, the tree $root.
# shellcheck shell=bash disable=SC2034 # used by the scripts
here=$(cd "$(dirname "${BASH_SOURCE[-1]}")" && pwd)
root=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$root/build}
PATH=$BUILD/bin:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

number=0
report() { # ok|"not ok" DESCRIPTION [FILE]...: what the files hold is shown if it is not ok
    number=$((number + 1))
    echo "$1 $number - $2"
    if [[ $1 != ok && $# -gt 2 ]]; then sed 's/^/# /' "${@:3}"; fi
}
