# Loaded by every .bats file: quern in PATH, a scratch directory to stand in, the tree in $ROOT.
ROOT=$(realpath "$BATS_TEST_DIRNAME/../..")
SHARED=$ROOT/../shared
BUILD=${BUILD:-$ROOT/build}
PATH=$BUILD/bin:$PATH
export LC_ALL=C.UTF-8

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# Is this a build with a sanitizer? One needs more address space than there is memory.
sanitized() {
    [[ $BUILD == */san* ]]
}

# Runs a command line with bash; afterwards $status, the files out and err hold what it did.
sh() {
    status=0
    bash -o pipefail -c "$1" >out 2>err || status=$?
}

# is FILE TEXT: the file holds exactly these lines (printf escapes are not read; a newline is added unless empty).
is() {
    if [[ -n $2 ]]; then printf '%s\n' "$2"; fi | diff -u - "$1"
}

# gives COMMAND STATUS STDOUT [STDERR]
gives() {
    sh "$1"
    if [[ $status != "$2" ]]; then
        echo "status $status, expected $2"
        cat err
        return 1
    fi
    is out "$3" && is err "${4-}"
}

# What every filter says about a line that begins with something else than a brace.
# shellcheck disable=SC2034 # used by tests
NOT_A_RECORD='expected a record, one object in braces ("quern import" makes records of text and tables)'
# And at the end of one that is cut off.
# shellcheck disable=SC2034 # used by tests
CUT_OFF='; the line ends here ("quern import --format json" reads JSON of several lines)'
