#!/bin/bash
# Every run with one failing call either gives exactly the right bytes and status 0, or says what is wrong with status 1,
# leaves no temporary file and what was there before as it was. Of each kind of call that the program makes one is made
# to fail, another one in each run; all of them, one after the other, if NTH_ALL is set (make torture). Prints TAP.
set -u -o pipefail
BUILD=${BUILD:-build}
BUILD=$(realpath "$BUILD")
ROOT=$(realpath "$(dirname "$0")/../..")
PATH=$BUILD/bin:$PATH
export LC_ALL=C.UTF-8
library=$BUILD/tests/faults/nth_call.so

if [[ ! -e $library ]]; then
    echo "ok 1 - the n-th failing call # SKIP this build has no nth_call.so"
    echo "1..1"
    exit
fi

# In memory: each run syncs its files.
[[ -w /dev/shm ]] && export TMPDIR=/dev/shm
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
source "$ROOT/tests/filters.bash"
make_inputs 60
sed -i -e '7i x' -e '20i {"id":"\xff"}' text.jsonl
zstd -q -k text.jsonl
printf '%s\n' '{"id":"a","text":"Ｆｕｌｌ ﬁne e\u0301. 北京很大。"}' '{"id":"b","text":"ภาษาไทยง่าย หมายเลข"}' >world.jsonl
seq -f 'one two three word%.0fword' 30000 >many.txt
quern import --format text --source s many.txt >many.jsonl

# What fails, and how it fails; a + if it goes on failing, as a full disk or exhausted memory does.
failures="write:+:28 write::5 pwrite:+:28 fallocate:+:28 read::5 pread::5 open::24 close::5 fsync::5 ftruncate::5
    rename::1 lseek::22 stat::13 fstat::13 statx::38 readlink::13 realpath::13 fcntl::24 getrandom::38 mkostemp::24
    malloc::12 malloc:+:12 calloc::12 realloc::12 realloc:+:12 mmap::12 mremap::12 pthread_create:+:11"
# These must make no difference.
harmless="write::4 read::4 write::11 read::11"

side="--stats made/counters --on-error quarantine=made/bad"
cases=(
    "quern cat -q $side -o made/out text.jsonl"
    "quern cat -q --on-error skip text.jsonl.zst -o made/out.zst"
    "quern cat -q --on-error quarantine=made/bad <text.jsonl >piped"
    "quern tokenize -q -j 3 -m vocab.txt $side -o made/out text.jsonl"
    "quern run 'normalize --form nfkc | segment' -q $side -o made/out world.jsonl"
    "quern join -q --with side.jsonl --on id --max-memory 0 --temp-dir . $side -o made/out text.jsonl"
    "quern dedup -q --on-error skip --keep least --max-memory 0 --temp-dir . --rejected made/bad -o made/out text.jsonl"
    "quern train count --type wordpiece --max-memory 1M --temp-dir . -q -o made/out many.jsonl"
    "quern stats -q --on-error skip -o made/out text.jsonl"
)

mkdir old
for name in out out.zst counters bad; do echo old >old/$name; done

before() {
    rm -rf made piped
    cp -r old made
}

all_right() { diff -rq made right >/dev/null; }

# The three outcomes that the law allows; prints what is wrong.
judge() {
    local status=$1 left
    if [[ $status == 0 ]]; then
        all_right || echo "status 0 with other files"
        [[ ! -e piped ]] || cmp -s piped right.piped || echo "status 0 with another output"
    elif [[ $status != 1 || ! -s err ]]; then
        echo "status $status"
    elif [[ $command == *">piped" ]]; then
        # What has been written before the failure stays, and with it what was put in quarantine.
        [[ -z $(cmp piped right.piped 2>&1 | grep -v "EOF on .\?piped") ]] || echo "other bytes were written"
        all_right || diff -rq made old >/dev/null || cmp made/bad right/bad 2>&1 | grep -v "EOF on .\?made"
    elif ! diff -rq made old >/dev/null; then
        # The one failure after the names have appeared: a folder that can't be synced.
        grep -q "written, but its folder can't be synced" err && all_right || echo "files have changed"
    fi
    left=$(compgen -G '.quern*'; compgen -G 'quern-*'; compgen -G 'made/.quern*')
    [[ -z $left ]] || echo "left behind: $left"
}

# run COMMAND NTH_CALL: with $status and the file err.
run() {
    status=0
    before
    timeout -s KILL 20 bash -c "NTH_CALL=$2 LD_PRELOAD=$library exec $1" 2>err || status=$?
}

# try COMMAND CALL HOW ERRNO N
try() {
    local command=$1 call=$2 how=$3 errno=$4 n=$5 wrong
    run "$command" "$call:$n$how:$errno"
    wrong=$(judge $status)
    [[ -z $wrong ]] || printf '# errno %s of %s, number %s%s: %s\n# %s\n' "$errno" "$call" "$n" "$how" "$wrong" "$(head -1 err)"
}

# Which of `count` calls fail.
numbers() {
    local count=$1
    if [[ -n ${NTH_ALL-} ]]; then
        seq "$count"
    elif [[ $count -gt 0 ]]; then
        turn=$((turn + 1))
        echo $((turn * 7919 % count + 1))
    fi
}

tests=0
turn=0
for command in "${cases[@]}"; do
    tests=$((tests + 1))
    export NTH_COUNTS=$scratch/counts
    run "$command" none
    unset NTH_COUNTS
    rm -rf right right.piped
    cp -r made right
    [[ ! -e piped ]] || cp piped right.piped
    {
        [[ $status == 0 ]] || echo "# without a failure: status $status"
        for failure in $failures $harmless; do
            IFS=: read -r call how errno <<<"$failure"
            numbers "$(awk -v call="$call" '$1 == call { print $2 }' counts)" >chosen
            while read -r n; do try "$command" "$call" "$how" "$errno" "$n"; done <chosen
        done
    } >report
    cat report
    [[ ! -s report ]] || printf 'not '
    echo "ok $tests - a failing call in: ${command/-q /}"
done
echo "1..$tests"
