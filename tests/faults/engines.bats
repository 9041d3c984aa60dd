# What predict and embed say when their engine fails: the programs in engines/, each with one fault.
load ../helper

ENGINES=$ROOT/tests/faults/engines

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    # The 60th is odd; all are different, so that each is asked.
    awk 'BEGIN { for (i = 1; i <= 100; i++) print "{\"id\":" i ",\"text\":\"" (i == 60 ? "odd" : "text " i) "\"}" }' >in
    sed 's/}$/,"features":[0.25,0.75]}/' in >good.embed
    sed 's/}$/,"probs":[0.25,0.75],"predicted":"b"}/' in >good.predict
}

# What each filter is asked with, but for engine and protocol.
declare -gA filter=([embed]="embed" [predict]="predict --classes a,b")

# ask FILTER PROTOCOL PROGRAM OPTIONS
ask() {
    sh "timeout 60 quern ${filter[$1]} --protocol $2 --command '$ENGINES/$3 $2${argument+ \"$argument\"}' ${*:4} in"
}

# whole FILTER: what was written are the first lines of what should have been.
whole() {
    cmp out <(head -n "$(wc -l <out)" "good.$1")
}

# fails FILTER PROTOCOL PROGRAM OPTIONS -- MESSAGE: status 1 and a message that matches, after the program.
fails() {
    local words="$*"
    local call=${words%% -- *} message=${words##* -- }
    # shellcheck disable=SC2086 # words
    ask $call
    [[ $status == 1 ]] && whole "$1" && grep -qE "^quern-$1: \"$ENGINES/$3 $2\": $message\$" err || {
        echo "$call: status $status, expected: $message"
        cat err
        return 1
    }
}

# works FILTER PROTOCOL PROGRAM OPTIONS
works() {
    ask "$@"
    [[ $status == 0 ]] && cmp out "good.$1" || { echo "$*: status $status"; cat err; return 1; }
}

# over_all FUNCTION PROTOCOLS WORD...: for each filter and protocol.
over_all() {
    local f protocol
    for f in "${!filter[@]}"; do
        for protocol in $2; do "$1" "$f" "$protocol" "${@:3}" || return 1; done
    done
}

UNANSWERED='\(waiting for the answer to in:60\)'

@test "an engine that is well" {
    over_all works "line jsonl" good
    over_all works "line jsonl batch" good --window 1 -j 1
    over_all works "line jsonl batch" good -j 3 --children 2 --window 256
    over_all works "batch" good --batch 7 -j 3 --children 2
    over_all works "jsonl" turns
    over_all works "batch" reads-all
}

@test "it dies of a text" {
    over_all fails "line jsonl" dies -- "the engine was ended by signal 9 \(SIGKILL\) $UNANSWERED"
    over_all fails "line jsonl" dies --restarts 0 -j 3 --window 7 -- \
        "the engine was ended by signal 9 \(SIGKILL\) $UNANSWERED"
    # Not the text but the engine fails, however often it has died of it.
    over_all fails "line jsonl" dies --restarts 6 -- "the engine was ended by signal 9 \(SIGKILL\) $UNANSWERED"
    over_all fails "batch" dies -- "the engine was ended by signal 9 \(SIGKILL\) \(waiting for the answer to in:60\)"
}

@test "it dies once: it is started again, with what it had not answered" {
    for protocol in line jsonl batch; do
        for f in "${!filter[@]}"; do
            rm -f died
            works "$f" "$protocol" dies-once
            [ -e died ]
            rm died
            fails "$f" "$protocol" dies-once --restarts 0 -- \
                "the engine was ended by signal 9 \(SIGKILL\) \(waiting for the answer to in:(1|60)\)"
        done
    done
}

@test "it dies again and again, or ends: not more than --restarts times" {
    # 15 engines answer seven texts each.
    over_all works "jsonl" dies-idle --restarts 14
    over_all works "jsonl" ends-early --restarts 14
    over_all fails "jsonl" dies-idle --restarts 13 -- "the engine was ended by signal 9 \(SIGKILL\) .*in:[0-9]+\)"
    over_all fails "line jsonl" ends-early -- "the engine ended before .* \(.* in:[0-9]+\)"
}

@test "no answer in time" {
    over_all fails "line jsonl" silent --timeout 1 -- "nothing came back for 1 seconds \(--timeout\) $UNANSWERED"
    over_all fails "batch" silent --start-timeout 1 --timeout 1 -- "nothing came back for 1 seconds .*$UNANSWERED"
    over_all fails "line" reads-all --start-timeout 1 -- "nothing came back for 1 seconds \(--start-timeout\)\. Does it .* --protocol batch"
    over_all fails "jsonl" reads-all --start-timeout 1 -- "nothing came back for 1 seconds .*in:1\)"
}

@test "half a line" {
    over_all fails "line jsonl" half-a-line -- "the engine ended before it had answered $UNANSWERED"
    over_all fails "line jsonl" half-at-the-end -- "the engine wrote half a line more than was asked .*in:100\)"
    over_all fails "batch" half-at-the-end -- "the engine answered more lines than the 100 of the batch \(after the answer to in:100\)"
}

@test "another id" {
    over_all fails "jsonl" other-id -- "the engine answered id 123456, which nobody asked for .*in:60\)"
    over_all fails "jsonl" text-id -- 'the engine answered id "odd", which nobody asked for .*in:60\)'
}

@test "an answer too many" {
    over_all fails "jsonl" twice -- "the engine answered id 60, which it had answered before .*in:6.\)"
    over_all fails "line" twice --window 16 -- \
        "the engine (is out of step: |has written a line that answers nothing ).*in:[0-9]+\)"
    over_all fails "line" twice --sentinel none --window 1 -- "the engine has written a line that answers nothing .*in:[0-9]+\)"
    over_all fails "batch" twice -- "the engine answered more lines than the 100 of the batch \(.*in:100\)"
    over_all fails "line" one-more -- "the engine has written a line that answers nothing .*in:100\)"
    over_all fails "jsonl" one-more -- "the engine answered id 100, which it had answered before .*in:100\)"
}

@test "an answer too few" {
    over_all fails "line" loses --window 16 -- "the engine is out of step: .*in:[0-9]+\)"
    over_all fails "line" loses --timeout 1 -- \
        "nothing came back for 1 seconds \(--timeout\) \(waiting for the sentinel, after the answer to in:100\)"
    over_all fails "line" loses --sentinel none --timeout 1 -- "nothing came back for 1 seconds .*in:100\)"
    over_all fails "jsonl" loses --timeout 1 -- "nothing came back for 1 seconds .*$UNANSWERED"
    over_all fails "batch" loses -- "the engine answered 99 lines to a batch of 100 .*in:100\)"
}

@test "a status that is not 0" {
    over_all fails "line jsonl" status -- "the engine ended with status 3 .*in:100\)"
    over_all fails "batch" status -- "the engine ended with status 3 \(after the answer to in:100\)"
}

@test "no such program" {
    for f in "${!filter[@]}"; do
        sh "quern ${filter[$f]} --command 'no-such-engine x' in"
        [ "$status" = 1 ]
        is out ""
        is err "quern-$f: cannot find the program \"no-such-engine\""
    done
}

@test "an answer that is of no use, or an error: the record is bad, and the run goes on" {
    for f in "${!filter[@]}"; do
        for argument in "0.25 x" "0.25 NaN" "1e999 0"; do
            for protocol in line batch; do
                ask "$f" $protocol refuses
                [ "$status" = 3 ] || { cat err; return 1; }
                whole "$f"
                grep -q "^quern-$f: in:60: " err
                ask "$f" $protocol refuses --on-error skip
                [ "$status" = 0 ] || { cat err; return 1; }
                cmp out <(sed 60d "good.$f")
            done
        done
        unset argument
        ask "$f" jsonl reports --on-error skip
        cmp out <(sed 60d "good.$f")
        grep -q "in:60: .*the engine answered with an error: E7: no such word" err
    done
}

@test "an answer that is no distribution over the classes" {
    for argument in "0.25" "0.25 0.5 0.25" "0.2 0.3" "0.9 0.2" "-0.5 1.5" "1 NaN" "1e300 1e300"; do
        for protocol in line jsonl batch; do
            ask predict $protocol refuses
            [ "$status" = 3 ] || { cat err; return 1; }
            whole predict
            grep -q "^quern-predict: in:60: " err
            ask predict $protocol refuses --on-error skip
            [ "$status" = 0 ] || { cat err; return 1; }
            cmp out <(sed 60d good.predict)
        done
    done
}

@test "10 MB both ways, through any window" {
    perl -e 'for (1 .. 20) { printf "{\"id\":%d,\"text\":\"%s%d\"}\n", $_, "word " x 100000, $_ }' >in
    for f in "${!filter[@]}"; do
        for protocol in line jsonl batch; do
            for window in 1 256; do
                ask "$f" $protocol wide --window $window
                [ "$status" = 0 ] || { cat err; return 1; }
                [ "$(grep -cE ',"(features|probs)":\[0.25,0.75\](,"predicted":"b")?\}$' out)" = 20 ]
            done
        done
    done
}
