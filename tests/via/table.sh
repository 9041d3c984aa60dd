#!/bin/bash
# Engines with faults: the right reply beside each record, or a counted failure; and a process of an engine is never
# left behind. A thousand records each. Prints TAP.
set -u -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
# shellcheck source=tests/via/table.bash
source "$here/table.bash"

records 1000 80 >in # 700 KB: several blocks
records 1000 0 >short
for texts in in short; do
    answered $texts >$texts.all
    not_odd $texts >$texts.but_one
done
all="requests 1000 cached 0 failed 0 unsent 0"
but_one="requests 1000 cached 0 failed 1 unsent 0"
none="requests 1000 cached 0 failed 1000 unsent 0"
good=$PWD/in.all one_less=$PWD/in.but_one nothing=$PWD/in

# Only where an engine falls silent: a loaded machine may be slow.
quick="--timeout 2 --start-timeout 3"

# ---- those that end with an error, and those that wait, first: they sleep most of the time ----
for protocol in line jsonl; do
    p="protocol=$protocol" via="--protocol $protocol"
    row "$protocol: sleeps for ever on one text" 0 "$one_less" "$but_one" "$p odd=sleep" "$via $quick"
    row "$protocol: sleeps for ever on one text, and is deaf to TERM" 0 "$one_less" "$but_one" "$p odd=sleep deaf=yes" \
        "$via $quick"
    row "$protocol: keeps everything to the end of input" 1 - - "$p hoard=yes" "$via --start-timeout 1"
    row "$protocol: ends at once" 1 - - "$p exit=0" "$via"
    row "$protocol: ends at once, with a status" 1 - - "$p exit=7" "$via"
done
row "jsonl: answers something else, without end" 0 "$one_less" "$but_one" "protocol=jsonl odd=stray" \
    "--protocol jsonl $quick"
row "batch: ends at once" 1 - - "protocol=batch exit=0" "--protocol batch --batch 100 --max-failed 100%"
row "batch: sleeps for ever on one text: its batch has failed" 0 - - "protocol=batch odd=sleep" \
    "--protocol batch --batch 100 --max-failed 20% --start-timeout 5 --timeout 5"
row "line: one in 300 lines is dropped, without a sentinel" 0 - - "drop=300" "--sentinel none $quick"

# ---- slow, noisy, and well ----
declare -A linger=([line]=linger=yes [jsonl]=linger=yes [batch]="")
for protocol in line jsonl batch; do
    p="protocol=$protocol" via="--protocol $protocol"
    row "$protocol: answers" 0 "$good" "$all" "$p" "$via"
    row "$protocol: answers late" 0 "$good" "$all" "$p late=100" "$via"
    input=short row "$protocol: answers in pieces of 3 bytes" 0 "$PWD/short.all" "$all" "$p pieces=3" "$via"
    row "$protocol: floods standard error" 0 "$good" "$all" "$p noise=2000" "$via"
    row "$protocol: needs 2 seconds to start" 0 "$good" "$all" "$p start=2000" "$via"
    row "$protocol: in a shell" 0 "$good" "$all" "$p" "$via --command 'sh -c \"$engine log=log $p; exit 0\"'"
    row "$protocol: deaf to TERM, and stays" 0 "$good" "$all" "$p deaf=yes ${linger[$protocol]}" "$via --timeout 5"
    row "$protocol: leaves a process that holds its output" 0 "$good" "$all" "$p grandchild=yes" "$via"
    for window in 1 7; do
        row "$protocol: --window $window" 0 "$good" "$all" "$p" "$via --window $window"
    done
    for more in "-j 4" "--children 2" "-j 3 --children 3 --window 5"; do
        row "$protocol: $more" 0 "$good" "$all" "$p" "$via $more"
    done
done

# ---- dies, loses and adds ----
for protocol in line jsonl; do
    p="protocol=$protocol" via="--protocol $protocol"
    row "$protocol: dies after every 50 replies" 0 "$good" "$all" "$p die=50" "$via"
    row "$protocol: ends with status 0 after every 50 replies" 0 "$good" "$all" "$p die=50 status=0" "$via"
    row "$protocol: dies after every 50 replies, --children 2 --window 7" 0 "$good" "$all" "$p die=50" \
        "$via --children 2 --window 7"
    row "$protocol: dies of one text" 0 "$one_less" "$but_one" "$p odd=die" "$via"
    row "$protocol: dies of one text, --children 2 -j 4" 0 "$one_less" "$but_one" "$p odd=die" "$via --children 2 -j 4"
    row "$protocol: dies of one text twice, not the third time" 0 "$good" "$all" "$p odd=third" "$via"
    row "$protocol: dies of one text, --window 1" 0 "$one_less" "$but_one" "$p odd=die" "$via --window 1"
done
for fault in "drop=300" "repeat=300" "add=300"; do
    row "line: $fault, all asked again" 0 "$good" "$all" "$fault" "$quick"
    row "line: $fault, --window 7 --children 2" 0 "$good" "$all" "$fault" "--window 7 --children 2 $quick"
    row "jsonl: $fault" 0 "$good" "$all" "protocol=jsonl $fault" "--protocol jsonl $quick"
    often=${fault/300/10}
    row "batch: $often: all have failed" 1 - - "protocol=batch $often" "--protocol batch"
    row "batch: $often: --max-failed 100%" 0 "$nothing" "$none" "protocol=batch $often" \
        "--protocol batch --max-failed 100%"
done
row "batch: dies after 50 replies" 0 "$nothing" "$none" "protocol=batch die=50" "--protocol batch --max-failed 100%"
row "batch: dies of one text: its batch has failed" 0 - - "protocol=batch odd=die" \
    "--protocol batch --batch 100 --max-failed 20%"
row "batch: writes lines without end" 0 "$nothing" "$none" "protocol=batch" \
    "--protocol batch --max-failed 100% --command yes"
row "batch: --batch 7" 0 "$good" "$all" "protocol=batch" "--protocol batch --batch 7"
row "batch: closes its output and ends some time later" 0 "$good" "$all" "protocol=batch slow_end=300" \
    "--protocol batch"

# ---- ids ----
row "jsonl: in another order" 0 "$good" "$all" "protocol=jsonl turn=40" "--protocol jsonl"
row "jsonl: in another order, -j 3" 0 "$good" "$all" "protocol=jsonl turn=7" "--protocol jsonl -j 3"
row "jsonl: with unknown ids" 0 "$good" "$all" "protocol=jsonl unknown=3" "--protocol jsonl"
row "jsonl: answers twice" 0 "$good" "$all" "protocol=jsonl twice=1 turn=9" "--protocol jsonl"

# ---- replies that are no use: the engine lives on ----
for odd in bytes nul empty huge; do
    row "line: one reply: $odd" 0 "$one_less" "$but_one" "odd=$odd" "--max-reply 100000"
    row "line, no sentinel: one reply: $odd" 0 "$one_less" "$but_one" "odd=$odd" "--max-reply 100000 --sentinel none"
    row "batch: one reply: $odd" 0 "$one_less" "$but_one" "protocol=batch odd=$odd" "--protocol batch --max-reply 100000"
done
for odd in bytes nul empty huge error broken; do
    row "jsonl: one reply: $odd" 0 "$one_less" "$but_one" "protocol=jsonl odd=$odd" "--protocol jsonl --max-reply 100000"
done

# more FOLDER: what else is wrong with a row.
more() {
    local starts name=${rows[${1#row.}]}
    case $name in
    *"ends at once, with"*) expect_message "$1" 'was started 3 times and never answered; the last time: the engine ended with status 7' ;;
    *"ends at once"*) expect_message "$1" 'was started 3 times and never answered; the last time: the engine ended before it had answered' ;;
    "line: keeps"*) expect_message "$1" 'nothing came back for 1 seconds (--start-timeout). Does it read all of its input before it answers? Then it needs --protocol batch' ;;
    "jsonl: keeps"*) expect_message "$1" 'never answered; the last time: nothing came back for 1 seconds (--start-timeout)' ;;
    *"one reply: huge") expect_message "$1" 'the reply is longer than --max-reply' ;;
    *"one reply: error") expect_message "$1" 'the engine answered with an error: 7: I will not' ;;
    *"one reply: bytes" | *broken) expect_message "$1" 'the reply is not' ;;
    *"one reply: empty") expect_message "$1" 'empty' ;;
    *"dies of one text") expect_message "$1" 'SIGSEGV' ;;
    "jsonl: with unknown ids") expect_message "$1" ' answered 333 times with an id that was unknown or had its answer already$' ;;
    "jsonl: answers twice") expect_message "$1" ' answered 1000 times with an id that was unknown or had its answer already$' ;;
    "batch: drop"*) expect_message "$1" "answered [0-9]* lines to a batch of [0-9]*$\|which is more than --max-failed" ;;
    *"its batch has failed") one_batch "$1" ;;
    esac
    [[ -e $1/log ]] || return 0
    starts=$(grep -c ^start "$1/log")
    case $name in
    "line: one reply:"* | "jsonl: one reply:"* | "jsonl: with unknown"* | "jsonl: repeat"* | "jsonl: add"*)
        [[ $starts == 1 ]] || echo "the engine was started $starts times" ;;
    *"ends at once"* | *": keeps"*) [[ $starts == 3 ]] || echo "the engine was started $starts times, expected 3" ;;
    esac
}

# A batch may have less than 100 texts where the input comes slowly.
one_batch() {
    local failed
    failed=$(grep -vc '"reply":' "$1/out")
    ((failed > 0 && failed <= 100)) || echo "$failed have failed"
    diff in.all "$1/out" | grep '^>' | cut -c3- | cmp - <(grep -v '"reply":' "$1/out")
}

expect_message() {
    grep -q -- "$2" "$1/err" || echo "expected on standard error: $2"
}

judge more
echo "1..$number"
