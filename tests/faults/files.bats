# Files, descriptors and messages: one file under two names, closed descriptors, planted names, what a message shows.
load ../helper
load ../filters

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    echo '{"id":1,"text":"a"}' >in
}

# same A B: what is said of two names of one file.
same() { echo "quern-cat: $1 and $2 are the same file: give ${3-the output} a name of its own"; }

# ---- one file under two names ----

@test "two outputs that are one file are refused before anything is read" {
    echo old >there
    ln there hard
    ln -s there soft
    mkdir sub
    gives "quern cat -o f --stats f nowhere" 2 "" "$(same '--output f' '--stats f' 'each output')"
    gives "quern cat -o f --stats ./f in" 2 "" "$(same '--output f' '--stats ./f' 'each output')"
    gives "quern cat -o f --stats sub/../f in" 2 "" "$(same '--output f' '--stats sub/../f' 'each output')"
    gives "quern cat -o there --stats hard in" 2 "" "$(same '--output there' '--stats hard' 'each output')"
    gives "quern cat --stats there --on-error quarantine=soft in" 2 "" \
        "$(same 'the quarantine soft' '--stats there' 'each output')"
    [ "$(cat there)" = old ]
    [ ! -e f ]
}

@test "an output that is read is refused" {
    cp in kept
    ln in hard
    for name in in ./in hard; do
        gives "quern cat --stats $name in" 2 "" "$(same "--stats $name" 'the input in')"
        gives "quern cat --stats $name <in" 2 "" "$(same "--stats $name" 'the input -')"
        gives "quern cat --on-error quarantine=$name in" 2 "" "$(same "the quarantine $name" 'the input in')"
        sh "quern join --with in --on id -o $name </dev/null"
        [ "$status" = 2 ]
        is err "quern-join: --output $name and --with in are the same file: give the output a name of its own"
    done
    sh "quern tokenize -m ./in -o in </dev/null"
    [ "$status" = 2 ]
    cmp in kept
}

@test "-o may replace the input, which has been read by then" {
    cp in kept
    gives "quern cat in -o ./in" 0 ""
    cmp in kept
    gives "quern cat <in -o in" 0 ""
    cmp in kept
}

@test "what has no end may be named twice, standard output once" {
    gives "quern cat -o /dev/null --stats /dev/null in" 0 ""
    mixed="quern-cat: --stats /dev/stdout is standard output, where the records go: give one of them a file"
    gives "quern cat --stats /dev/stdout in | cat" 2 "" "$mixed"
    gives "quern cat --stats /dev/stdout in" 2 "" "$mixed"
    gives "quern cat --stats - in" 2 "" "${mixed/\/dev\/stdout/-}"
    sh "quern cat -o made --stats - in"
    is made '{"id":1,"text":"a"}'
    is <(jq .out out) 1
}

# ---- the input is the output ----

@test "an input that is standard output is refused as by cat" {
    cp in kept
    ulimit -f 100000 # what reads its own output has no end
    gives "quern cat in >>in" 2 "" "quern-cat: in: the input is also the output: write to another file"
    gives "quern cat <in >>in" 2 "" "quern-cat: standard input: the input is also the output: write to another file"
    gives "quern cat kept in >>in" 2 "" "quern-cat: in: the input is also the output: write to another file"
    cmp in kept
    gives "quern join --with in --on id kept >>in" 2 "" \
        "quern-join: in: the input is also the output: write to another file"
    gives "quern cat kept new >new" 2 "" "quern-cat: new: the input is also the output: write to another file"
    gives "quern cat new >new" 0 "" # it is empty when it is read
    gives "quern cat empty >>empty" 0 ""
}

@test "standard input can be read once" {
    gives "cat in | quern join --with - --on id" 2 "" \
        "quern-join: both --with and the input ask for standard input, which can be read only once: name a file for one of them"
    gives "cat in | quern join --with /dev/stdin --on id" 2 "" \
        "quern-join: both --with and the input ask for standard input, which can be read only once: name a file for one of them"
    gives "quern cat - - <in" 2 "" "quern-cat: the input asks for standard input twice: it can be read only once"
    gives "cat in | quern join -q --with - --on id in" 0 '{"id":1,"text":"a"}'
}

# ---- written in place ----

@test "standard output and descriptors are written where they stand" {
    echo old >log
    gives "quern cat -o /dev/stdout in >>log" 0 ""
    is log $'old\n{"id":1,"text":"a"}'
    gives "quern cat -o log in >>log" 0 ""
    [ "$(wc -l <log)" = 3 ]
    gives "{ echo before; quern cat -o /dev/fd/3 in; echo after; } 3>fd >&3" 0 ""
    is fd $'before\n{"id":1,"text":"a"}\nafter'
    gives "quern cat -o /dev/stdout in | cat" 0 '{"id":1,"text":"a"}'
    gives "quern cat -o /proc/self/fd/1 in | cat" 0 '{"id":1,"text":"a"}'
    gives "quern cat -o >(cat >made) in; wait; sleep 0.1; cat made" 0 '{"id":1,"text":"a"}'
}

@test "a file that is a mount point is written in place" {
    unshare -rm true 2>/dev/null || skip "no mount name space"
    echo old old old old old old old old >under
    touch point
    gives "unshare -rm bash -c 'mount --bind under point && quern cat -o point in && cat point'" 0 '{"id":1,"text":"a"}'
    is under '{"id":1,"text":"a"}'
    gives "unshare -rm bash -c 'mount --bind in point && quern cat -o point in'" 2 "" \
        "$(same '--output point' 'the input in')"
}

@test "an output that does not block is waited for" {
    seq -f '{"n":%.0f}' 200000 >many
    cat >nonblocking.pl <<'END'
use Fcntl;
fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK);
exec @ARGV;
END
    command -v perl >/dev/null || skip "no perl"
    sh "perl nonblocking.pl quern cat many | { sleep 0.2; cat; } | cmp - many"
    [ "$status" = 0 ]
    is err ""
}

# ---- temporary files ----

@test "a planted name is not followed, whatever the process is" {
    mkdir made
    echo mine >victim
    gives "bash -c 'ln -s ../victim made/out.\$\$.tmp; exec quern cat in -o made/out'" 0 ""
    is made/out "$(cat in)"
    [ "$(cat victim)" = mine ]
}

@test "two writers of one output with equal process numbers leave one of two whole outputs" {
    unshare -rpf true 2>/dev/null || skip "no process name space"
    seq -f '{"one":%.0f}' 40000 >one
    seq -f '{"two":%.0f}' 40000 >two
    for _ in {1..5}; do
        unshare -rpf quern cat one -o made &
        unshare -rpf quern cat two -o made &
        wait
        cmp one made 2>/dev/null || cmp two made
        [ "$(ls -A | grep -c quern)" = 0 ]
    done
}

@test "a name of the greatest length, and a link to nothing, can be written to" {
    name=$(printf '%0255d' 0)
    gives "quern cat in -o $name" 0 ""
    cmp "$name" in
    ln -s new link
    gives "quern cat in -o link" 0 ""
    cmp new in
    [ -L link ]
}

@test "counters and quarantine appear only with the output" {
    printf 'x\n{"a":1}\n' >bad
    mkdir made
    sh "quern cat -q -o made/out --stats made/counters --on-error quarantine=made/bad bad nowhere"
    [ "$status" = 1 ]
    [ -z "$(ls -A made)" ]
    sh "quern cat -q -o made/out --stats made/counters --on-error quarantine=made/bad bad"
    [ "$status" = 0 ]
    [ "$(ls -A made | tr '\n' ' ')" = "bad counters out " ]
}

@test "to standard output: the quarantine belongs to what was written before the failure, the counters do not" {
    printf 'x\n{"a":1}\n' >bad
    sh "quern cat -q --stats counters --on-error quarantine=kept bad nowhere"
    [ "$status" = 1 ]
    is out '{"a":1}'
    [ "$(jq -r .raw kept)" = x ]
    [ ! -e counters ]
}

@test "a full disk leaves no torn line in the quarantine" {
    unshare -rm true 2>/dev/null || skip "no mount name space"
    mkdir small
    for _ in {1..3000}; do echo 'not a record, and long enough to fill a small disk soon'; done >bad
    for name in kept kept.zst; do
        sh "unshare -rm bash -c 'mount -t tmpfs -o size=64k none small && quern cat -q --on-error quarantine=small/$name bad; s=\$?; cp small/* .; exit \$s'"
        [ "$status" = 1 ] || [ $name = kept.zst ]
        quern cat -o plain $name
        jq -e -s 'length > 100 and all(.raw | startswith("not a record"))' plain
    done
}

# ---- closed descriptors ----

@test "a closed standard output is an error, unless -o names a file" {
    gives "quern cat in >&-" 1 "" "quern-cat: stdout: closed"
    gives "quern cat </dev/null >&-" 1 "" "quern-cat: stdout: closed"
    gives "quern cat --help >&-" 1 "" "quern-cat: stdout: write: Bad file descriptor"
    gives "quern cat -o made in >&-" 0 ""
    cmp made in
    printf 'x\n' >bad
    gives "quern cat --on-error quarantine=kept bad >&-" 1 "" "quern-cat: stdout: closed"
    [ ! -e kept ]
}

@test "a closed standard error writes into no file" {
    printf 'x\n{"a":1}\n' >bad
    sh "quern cat --on-error quarantine=kept -o made --stats counters bad 2>&-"
    [ "$status" = 0 ]
    is made '{"a":1}'
    is kept '{"file":"bad","line":1,"stage":"cat","error":"'"${NOT_A_RECORD//\"/\\\"}"'","raw":"x"}'
    jq -e .skipped==1 counters
    sh "quern cat -o made bad <&- >&- 2>&-"
    [ "$status" = 3 ]
}

@test "a closed standard input can't be read" {
    gives "quern cat <&-" 1 "" "quern-cat: stdin: Bad file descriptor"
    gives "quern cat in <&-" 0 "$(cat in)"
}

# ---- padding ----

@test "zeros after the last member of a gzip file are passed over" {
    { gzip -c in; gzip -c in; head -c 100000 /dev/zero; } >padded
    gives "quern cat padded" 0 "$(cat in in)"
    gives "{ cat padded; sleep 0.05; head -c 10 /dev/zero; } | quern cat" 0 "$(cat in in)"
    { gzip -c in; printf '\0\0xxxxxxxxxxxxxxxxxxxx'; } >padded
    gives "quern cat padded" 1 "$(cat in)" "quern-cat: padded: gzip: incorrect header check"
}

# ---- messages ----

@test "no message has control characters or marks of direction, whatever names and records hold" {
    printf '{"id":"\xe2\x80\xae\xc2\x9b1m\x7f","text":7}\n' >records
    sh "quern normalize records"
    is err 'quern-normalize: records:1: id "\u202e\u009b1m\x7f": text: expected a string, found a number'
    for name in $'a\e[2Jb' $'a\nquern-cat: b' $'\xe2\x80\xaeb' $'\xff'; do
        for command in "quern cat FILE" "quern cat -o nowhere/FILE in" "quern FILE" "quern run 'cat | FILE'" \
            "quern cat --on-error FILE" "quern join --on x --with FILE" "quern tokenize -m FILE" "quern inspect FILE"; do
            sh "${command//FILE/$(printf %q "$name")}"
            [ "$status" != 0 ]
            [ -s err ]
            if LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f\xff]\|\xe2\x80\xae' err; then cat -v err; return 1; fi
            [ "$(grep -vc '^quern\|^Try ' err)" = 0 ]
            [ "$(grep -c '^quern-cat: b' err)" = 0 ]
        done
    done
}

@test "a long id is cut, so that the reason stays" {
    printf '{"id":"%05000d","text":7}\n' 0 >records
    sh "quern normalize records"
    [ "$(wc -c <err)" -lt 300 ]
    grep -q '^quern-normalize: records:1: id "0*…: text: expected a string, found a number$' err
    name=$(printf '%0250d' 0)
    sh "quern cat $name/$name/$name/$name/$name/$name/$name/$name/$name/$name"
    grep -q '0*…\?: No such file or directory$' err
}

# ---- the status ----

# cause STATUS COMMAND: what a cause gives wherever it is met.
cause() {
    sh "$2"
    [ "$status" = "$1" ] || { echo "$2: status $status, expected $1"; cat err; return 1; }
    [ -s err ] || { echo "$2: no message"; return 1; }
}

@test "the status tells the cause, wherever it is met" {
    make_inputs 40
    echo x >bad
    zstd -qc text.jsonl | head -c -4 >cut.zst
    # 1: what could not be read or written
    cause 1 "quern cat nowhere"
    cause 1 "quern cat cut.zst"
    cause 1 "quern cat text.jsonl >/dev/full"
    cause 1 "quern cat text.jsonl -o nowhere/made"
    cause 1 "quern cat text.jsonl --stats /dev/full"
    cause 1 "quern cat bad --on-error quarantine=/dev/full"
    cause 1 "quern join --on id --with nowhere text.jsonl"
    cause 1 "quern join --on id --with cut.zst text.jsonl"
    cause 1 "quern join --on id --with side.jsonl --max-memory 0 --temp-dir nowhere text.jsonl"
    cause 1 "quern tokenize -m nowhere text.jsonl"
    cause 1 "quern segment --lexicon nowhere text.jsonl"
    cause 1 "quern train count --type wordpiece --temp-dir nowhere --max-memory 1M many.jsonl"
    # 2: what was asked for makes no sense
    cause 2 "quern nofilter"
    cause 2 "quern cat --nosuch"
    cause 2 "quern cat --on-error perhaps text.jsonl"
    cause 2 "quern join --on id --with side.jsonl --member id text.jsonl"
    cause 2 "quern cat -o f --stats f text.jsonl"
    # 3: the data is bad, in whatever stream
    cause 3 "quern cat bad"
    cause 3 "quern join --on id --with bad text.jsonl"
    cause 3 "quern join --on nosuch --with side.jsonl text.jsonl"
    cause 3 "quern cat --on-error skip --max-errors 0 bad"
}

@test "a full disk is status 1 also if it is met while records are read" {
    unshare -rm true 2>/dev/null || skip "no mount name space"
    mkdir small
    seq -f '{"id":%.0f,"v":"0123456789012345678901234567890123456789"}' 20000 >side
    sh "unshare -rm bash -c 'mount -t tmpfs -o size=1m none small && quern join --on id --with side --max-memory 0 --temp-dir small in'"
    [ "$status" = 1 ]
    grep -q "^quern-join: side:[0-9]*: .*No space left on device$" err
}

@test "summaries that do not agree are status 3, with the file" {
    quern cat --stats one in >/dev/null
    quern normalize --stats two in >/dev/null
    sh "quern stats merge one two"
    [ "$status" = 3 ]
    grep -q "^quern-stats: two:1: " err
}
