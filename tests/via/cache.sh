#!/bin/bash
# The cache: nothing that has an answer is asked again, also after kills, and a data set is rebuilt from it. Prints TAP.
set -u -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
# shellcheck source=tests/via/table.bash
source "$here/table.bash"

records 1000 30 >in
answered in >expected

# judge NAME COMMAND...: fails if the command does or prints anything.
judge() {
    local name=$1 wrong=$scratch/wrong.$BASHPID # the command may change the folder
    shift
    if "$@" >"$wrong" 2>&1 && [[ ! -s $wrong ]]; then
        report ok "$name"
    else
        report "not ok" "$name" "$wrong"
    fi
}

# via OPTION...: with an engine that is called e, whatever its command; leaves its log in the file log.
via() {
    quern via --into reply --engine-id e --cache cache --stats stats "$@"
}

asked() { cat log 2>/dev/null | grep -c "^ask [^9]"; } # the sentinel begins with a 9
is() { [[ $2 == "$3" ]] || echo "$1: expected $3, found $2"; }
afresh() { rm -rf cache log out err stats; }

# ---- a second run ----

second_run() { # OPTIONS ENGINE-OPTIONS
    afresh
    via $1 --command "$engine log=log $2" in >out && cmp expected out
    is asked "$(asked)" 1000
    is counts "$(counts stats)" "requests 1000 cached 0 failed 0 unsent 0"
    via $1 --command "$engine log=log $2" in >out && cmp expected out
    is "asked again" "$(asked)" 1000
    is counts "$(counts stats)" "requests 1000 cached 1000 failed 0 unsent 0"
    is starts "$(grep -c ^start log)" "${3-1}"
    is files "$(ls cache | wc -l)" 1
    via $1 -j 3 --cache-only --command no-such-program in >out && cmp expected out
    if [[ $1 == *"level 0"* ]]; then
        jq -r 'select(.key | test("^[0-9a-f]{32}$") | not)' cache/*.jsonl
        is "requests in the cache" "$(jq -r .request cache/*.jsonl | sort | sha1sum)" "$(jq -r .text in | sort | sha1sum)"
    else
        zstd -tq cache/*.zst
    fi
}

judge "line: a second run asks nothing, and --cache-only starts nothing" second_run "" ""
judge "jsonl: the same" second_run "--protocol jsonl" "protocol=jsonl turn=9"
judge "batch: the same" second_run "--protocol batch --batch 300" "protocol=batch" 4
judge "--cache-level 0: plain lines" second_run "--cache-level 0" ""
judge "--cache-level 19 --window 1 -j 4 --children 2" second_run "--cache-level 19 --window 1 -j 4" ""

equal_texts() {
    afresh
    for i in {1..200}; do printf '{"id":%d,"text":"text %d","more":"%0200d"}\n' $i $((i % 7)) 0; done >equal
    via -j 4 --window 3 --children 2 --command "$engine log=log" equal >out
    answered <(sed 's/,"more".*/}/' equal) | cmp - <(sed 's/,"more":"0*"//' out)
    is asked "$(asked)" 7
}
judge "equal texts are asked once" equal_texts

# ---- kills ----

# 50 kills at random moments, then a run to the end. A kill may lose what was in flight: for line, replies that wait for
# the next sentinel, a window, and the one behind it. So with a window of 2 no more than 4 texts a kill are asked twice.
kills() { # PROTOCOL LEVEL
    local kill pid lost begin
    mkdir "kills.$1"
    cd "kills.$1" || return
    for ((kill = 0; kill < 50; kill++)); do
        begin=$(asked 2>/dev/null)
        quern via --into reply --engine-id e --cache cache --protocol "$1" --window 2 --cache-level "$2" \
            --command "$engine protocol=$1 log=log pace=5" ../in >out 2>&1 &
        pid=$!
        # Not before it has asked some texts, which a cache that is not written would lose.
        while kill -0 $pid && (($(asked) < begin + 7)); do sleep 0.01; done
        sleep "0.0$(printf %02d $((RANDOM % 50)))"
        kill -9 $pid
        wait $pid
    done 2>/dev/null
    is "files before the last run" "$(($(ls cache | wc -l) > 10))" 1
    via --protocol "$1" --window 2 --command "$engine protocol=$1 log=log" ../in >out 2>err && cmp ../expected out
    lost=$(($(asked) - 1000))
    ((lost >= 0 && lost <= 50 * 4)) || echo "$lost texts were asked twice, expected 200 at most"
    echo "$(jq .filters[0].cached stats) of 1000 were cached before the last run, $lost were asked twice" >figures
    ((lost > 0)) || echo "no kill has lost anything: were there any?"
    # All files as one
    mkdir joined
    cat cache/* >joined/all.jsonl
    via --protocol "$1" --cache joined --cache-only --command no-such-program ../in >out 2>err && cmp ../expected out
    head -1 err
}
(judge "line: 50 kills" kills line 3 >kills.tap) &
(judge "jsonl: 50 kills" kills jsonl 0 >kills2.tap) &

# ---- damage ----

# damage NAME LOST COMMAND: at most so many replies are lost by what the command does to the file.
damage() {
    local file # for the command
    afresh
    via --window 5 --command "$engine log=log" in >out
    # shellcheck disable=SC2034 # used by the command
    file=$(ls cache/*)
    eval "$2"
    rm log
    via --command "$engine log=log" in >out 2>err && cmp expected out
    [[ ! -e log ]] || (($(asked) <= $1)) || echo "$(asked) were asked again, expected $1 at most"
    [[ $1 != 0 || ! -e log ]] || echo "an engine was started"
    [[ ! -s err ]] || cat err
}
judge "the end of the file is missing" damage 20 'truncate -s -20 $file'
judge "its end is missing, and another follows" damage 20 'truncate -s -20 $file; (echo | zstd -q) >>$file'
judge "only the mark at its end is missing, and another follows" damage 0 'truncate -s -4 $file; (echo | zstd -q) >>$file'
judge "a byte in its middle is wrong" damage 600 \
    'printf "\377\377" | dd of=$file bs=1 seek=$(($(stat -c %s $file) / 2)) conv=notrunc status=none'
judge "other files in the folder" damage 0 \
    'head -c 9999 /dev/urandom >cache/a.jsonl.zst; seq 99 >cache/b.jsonl; : >cache/c.jsonl; echo "{\"key\":" >cache/d.jsonl
     cp ../in cache/e.jsonl 2>/dev/null || cp in cache/e.jsonl; echo x >cache/f.txt; echo "{\"key\":\"00\",\"reply\":1}" >cache/g.jsonl'
judge "cut before a frame that is whole, with a plain file between" damage 0 \
    '{ head -c 3000 $file; zstd -dcq $file | head -600; tail -c +3001 $file | head -c 100; cat $file; } >cache/all.jsonl; rm $file'

joined() {
    damage 0 'zstd -dcq $file | head -600 | head -c -9 >cache/all.jsonl; cat $file >>cache/all.jsonl; rm $file'
}
judge "a plain file whose end is missing, and a compressed one follows" joined

# ---- several runs ----

together() {
    afresh
    via -j 2 --command "$engine log=log pace=1" in >out &
    via --stats stats2 --children 2 --command "$engine log=log2 pace=1" in >out2
    wait $!
    cmp expected out
    cmp expected out2
    is files "$(ls cache | wc -l)" 2
    rm log
    via --command "$engine log=log" in >out && cmp expected out
    [[ ! -e log ]] || echo "a third run asked $(asked)"
}
judge "two runs at a time" together

shards() {
    local pids=()
    afresh
    split -n r/3 in shard.
    for shard in shard.*; do
        via --stats "stats.$shard" --command "$engine log=log" "$shard" >"out.$shard" &
        pids+=($!)
    done
    wait "${pids[@]}"
    sort out.shard.* | cmp - <(sort expected)
    via --cache-only --command x in >out && cmp expected out
    is asked "$(asked)" 1000
    rm -f shard.* out.shard.*
}
judge "three shards share the folder" shards

most() {
    local i
    afresh
    for i in 1 2 3; do
        via -j 2 --max-requests 300 --command "$engine log=log" in >out 2>err
        is status $? 1
        grep -q "300 requests have been made, no more are allowed (--max-requests); the cache has their replies" err || cat err
        is asked "$(asked)" $((i * 300))
    done
    via --max-requests 300 --command "$engine log=log" in >out && cmp expected out
    is asked "$(asked)" 1000
    via --max-requests 1 --command "$engine log=log" in >out && cmp expected out
    rm -r cache
    via --max-requests 1000 --command "$engine" in >out && cmp expected out
}
judge "--max-requests: the replies are kept, and another run goes on" most

most_batch() {
    local i
    afresh
    for i in 1 2; do
        via --protocol batch --batch 100 --max-requests 400 --command "$engine protocol=batch log=log" in >out 2>err
        is status $? 1
        is asked "$(asked)" $((i * 400))
        is starts "$(grep -c ^start log)" $((i * 4))
    done
    via --protocol batch --max-requests 400 --command "$engine protocol=batch log=log" in >out && cmp expected out
    is asked "$(asked)" 1000
}
judge "--max-requests with batches" most_batch

# ---- what a key depends on ----

keys() {
    afresh
    head -20 in >few
    quern via --into reply --cache cache --command "$engine log=log" few >out
    quern via --into reply --cache cache --command "$engine log=log " few >out
    is "another command: asked" "$(asked)" 40
    quern via --into other --field text --cache cache --window 3 --timeout 9 --command "$engine log=log" few >out
    is "other options: asked" "$(asked)" 40
    quern via --into reply --cache cache --engine-id "$engine log=log" --command x --cache-only few >out 2>err || cat err
    via --command "$engine log=log" few >out
    is "another name: asked" "$(asked)" 60
    via --protocol jsonl --command "$engine log=log protocol=jsonl" few >out
    is "another protocol: asked" "$(asked)" 80
    # A member that is sent is part of the request.
    sed 's/}/,"lang":"en"}/' few >tagged
    via --protocol jsonl --send lang --command "$engine log=log protocol=jsonl" tagged >out
    is "another request: asked" "$(asked)" 100
}
judge "what a key depends on: command or name, protocol, request" keys

misses() {
    afresh
    head -950 in >most
    via --command "$engine log=log" most >out
    via --cache-only --command x in >out 2>err
    is status $? 0
    is counts "$(counts stats)" "requests 1000 cached 950 failed 50 unsent 0"
    cmp out <(head -950 expected; tail -50 in)
    grep -q "in:951: the request has failed: it is not in the cache (--cache-only)" err || cat err
    via --cache-only --command x --max-failed 49 in >out 2>err
    is status $? 1
    grep -q "requests to \"x\" have failed, which is more than --max-failed 49" err || cat err
    rm -r cache
    via --cache-only --command x in >out 2>err
    is status $? 1
}
judge "--cache-only: a miss has failed" misses

useless() {
    local ask='select(.id) | {id, text: "a", set: {x: 1}}'
    afresh
    head -5 in >few
    quern via --cache cache --engine-id e --protocol jsonl --set x --command "jq -c --unbuffered '$ask'" few >out
    is set "$(jq -s 'map(.x) | add' out)" 5
    # This run has no use for such a reply: it may not set x.
    quern via --cache cache --engine-id e --protocol jsonl --set y --command "jq -c --unbuffered '$ask'" --max-failed 100% \
        --stats stats few >out 2>err
    is counts "$(counts stats)" "requests 5 cached 0 failed 5 unsent 0"
    cmp few out
    # Nor is one of use that somebody has put there
    afresh
    via --cache-level 0 --command "$engine" few >out
    sed -i 's/"reply":"[^"]*"/"reply":[1]/' cache/*
    via --command "$engine log=log" few >out && answered few | cmp - out
    is asked "$(asked)" 5
}
judge "a reply in the cache that is of no use is none" useless

failures() {
    afresh
    via --command "$engine log=log odd=empty" in >out 2>err
    is counts "$(counts stats)" "requests 1000 cached 0 failed 1 unsent 0"
    via --command "$engine log=log" in >out 2>err && cmp expected out
    is asked "$(asked)" 1001
    is counts "$(counts stats)" "requests 1000 cached 999 failed 0 unsent 0"
}
judge "a failure is not kept" failures

# ---- what can't be written ----

gone() { # PROTOCOL: the folder vanishes
    afresh
    timeout 60 quern via --protocol "$1" --into r --cache cache \
        --command "sh -c 'rm -rf cache; exec $engine protocol=$1 log=log'" in >out 2>err
    is status $? 1
    grep -q 'cache/quern-.*: No such file or directory' err || cat err
    left log
}
for protocol in line jsonl batch; do judge "$protocol: the folder of the cache is gone" gone $protocol; done

full() {
    afresh
    via --command "$engine log=log" in >/dev/full 2>err
    is status $? 1
    before=$(asked)
    via --command "$engine log=log" in >out && cmp expected out
    is asked "$(asked)" 1000
    [[ $before -gt 0 ]] || echo "nothing was asked before"
}
judge "a full disk loses no reply" full
no_folder() {
    via --cache expected --command cat in >out 2>err
    is status $? 1
    grep -qx "quern-via: --cache expected: Not a directory" err || cat err
}
judge "a cache that is a file" no_folder

wait
for tap in kills.tap kills2.tap; do
    number=$((number + 1))
    sed "s/ok [0-9]* -/ok $number -/" $tap
done
sed 's/^/# /' kills.line/figures kills.jsonl/figures
echo "1..$number"
