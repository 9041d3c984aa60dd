#!/bin/bash
# However a run ends, its engines end with it, and those that started them; and what engines inherit. Prints TAP.
set -u -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
# shellcheck source=tests/via/table.bash
source "$here/table.bash"

records 3000 20 >in

# Engines of every kind: slow, so that the run is under way when it is ended.
kinds=("" "deaf=yes linger=yes" "grandchild=yes" "linger=yes" "odd=sleep deaf=yes" "hoard=yes deaf=yes" "protocol=batch start=5000")

# command KIND
command_of() {
    local engine_of="$engine pace=20 log=log $1"
    [[ $shell == no ]] && echo "$engine_of" || echo "sh -c \"$engine_of; exit 0\""
}

# started LOG: waits until the engine has been asked something, or has begun.
started() {
    local i
    for ((i = 0; i < 300; i++)); do
        ! grep -qs "${1:-ask text 9}" log || return 0
        sleep 0.05
    done
    echo "the engine was not asked"
}

# end_by SIGNAL KIND: prints what is wrong.
end_by() {
    local pid status=0 wait_for=
    [[ $2 != *hoard* && $2 != *batch* ]] || wait_for=start
    rm -f log
    env --default-signal quern via --command "$(command_of "$2")" --into r -j 2 --children 2 in >out 2>err &
    pid=$!
    started "$wait_for"
    kill -s "$1" $pid
    { wait $pid || status=$?; } 2>/dev/null # or the shell says how it ended
    ((status == 128 + $(kill -l "$1"))) || echo "$1: status $status"
    left log
}

# all_kinds SIGNAL SHELL: in a folder, beside others.
all_kinds() {
    local shell=$2 kind
    for kind in "${kinds[@]}"; do
        end_by "$1" "$kind" 2>&1 | sed "s/^/$kind: /"
    done
}

for signal in INT TERM KILL HUP; do
    for shell in no yes; do
        folder=$signal.$shell
        mkdir "$folder"
        cp in "$folder"
        (cd "$folder" && all_kinds $signal $shell >wrong) &
    done
done

shell=no
mkdir full closed keeper
cp in full
cp in closed
cp in keeper
(
    cd full || exit
    for kind in "" "deaf=yes linger=yes"; do
        rm -f log
        status=0
        quern via --command "$engine log=log $kind" --into r in >/dev/full 2>err || status=$?
        [[ $status == 1 ]] && grep -q "No space left on device" err || echo "$kind: status $status"
        left log
    done >wrong 2>&1
) &
(
    cd closed || exit
    for kind in "" "deaf=yes linger=yes"; do
        rm -f log
        quern via --command "$engine log=log $kind" --into r in 2>err | head -1 >out
        cmp <(head -1 in | sed 's/,"text":"\(.*\)"}/,"text":"\1","r":"re \1"}/') out
        [[ ! -s err ]] || cat err
        left log
    done >wrong 2>&1
) &
# Somebody kills what stands between quern and the engine: the engine dies too, and is started again.
(
    cd keeper || exit
    quern via --command "$engine pace=2 log=log" --into r in >out 2>err &
    started >wrong
    kill -9 "$(sed -n 's/^parent //p' log | head -1)"
    wait $! || echo "status $?" >>wrong
    { sed 's/"text":"\(.*\)"}/"text":"\1","r":"re \1"}/' in | cmp - out; left log; } >>wrong 2>&1
    [[ $(grep -c ^start log) == 2 ]] || echo "expected a second start" >>wrong
) &
wait

for folder in *.no *.yes full closed keeper; do
    case $folder in
    full) name="a full disk" ;;
    closed) name="an output that nobody reads" ;;
    keeper) name="the process between quern and the engine is killed" ;;
    *.yes) name="quern is ended by ${folder%.*}, the engine runs in a shell" ;;
    *) name="quern is ended by ${folder%.*}" ;;
    esac
    if [[ -s $folder/wrong ]]; then report "not ok" "$name" "$folder/wrong"; else report ok "$name"; fi
done

# ---- what engines inherit ----

# same NAME OUTPUT EXPECTED
same() {
    if [[ $2 == "$3" ]]; then
        report ok "$1"
    else
        printf 'expected %s\nfound %s\n' "$3" "$2" >wrong
        report "not ok" "$1" wrong
    fi
}

# replies COUNT COMMAND OPTIONS: what a command says to so many texts.
replies() {
    (
        trap '' INT TERM USR1
        head "-$1" in | quern via --protocol batch --command "$2" --into r --cache cache -j 3 ${3-} 7<in | jq -r .r | paste -sd' '
    )
}

same "only three descriptors: the fourth is that of the folder that ls reads" \
    "$(replies 8 'ls /proc/self/fd' '--batch 4 --children 2')" "0 1 2 3 0 1 2 3"
# Signals 32 and 33 are the C library's own: a program can't change what it has inherited for them.
unusual=$(replies 1 'sed -nE "s/^Sig(Blk|Ign):[[:space:]]*//p" /proc/self/status | paste -sd" "')
read -r blocked ignored <<<"$unusual"
same "no signal is ignored or blocked" "$((16#$blocked & ~0x180000000)) $((16#$ignored & ~0x180000000))" "0 0"
group=$(replies 1 'cut -d " " -f 5 /proc/self/stat')
same "a group of its own" "$([[ -n $group && $group != "$(cut -d ' ' -f 5 /proc/$$/stat)" ]] && echo yes)" yes
same "a command that is not there" \
    "$(quern via --command 'no-such-engine x' --into r in 2>&1; echo $?)" \
    'quern-via: cannot find the program "no-such-engine"
2'

echo "1..$number"
