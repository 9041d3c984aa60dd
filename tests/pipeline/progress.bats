# The line on standard error, on terminals of several widths.
load ../helper

# lines COLUMNS COMMAND: what a command shows on a terminal, a line for each time that it draws.
lines() {
    "$BUILD/tests/pipeline/pty" "$1" bash -c "$2" </dev/null | tr '\r' '\n' | grep -v '^ *$'
}

records() {
    seq -f '{"id":%.0f,"text":"the man jumped over the lazy dog"}' "$1"
}

@test "a bar, the share, the rate and the records; it fits any width" {
    records 300000 >in
    for columns in 10 20 40 60 80 200; do
        lines $columns "quern cat --progress always -o out in" >shown
        awk -v most=$columns '{ if (length($0) >= most) { print; found = 1 } } END { exit found }' shown
        cmp in out
    done
    lines 100 "quern cat --progress always -o out in" >shown
    sed '$d' shown | grep -vE '^\[#*\.*\] +[0-9]+%(  [0-9:]+ left)?  [0-9.]+ .?B/s  [0-9.]+ .{0,2}records$' && return 1
    lines 40 "quern cat --progress always -o out in" | grep -E '^\[#*\.*\] +[0-9]+%'
}

@test "the last line has the totals" {
    records 3000 >in
    lines 80 "quern head -n 1000 --progress always -o out in" | tail -1 | grep -E '^1000 in  1000 out  0:0[0-9]  [0-9]+ kB  '
    lines 80 "quern select 'id < 11' --progress always -o out in" | tail -1 | grep -E '^3000 in  10 out  0:0[0-9]  160 kB  '
}

@test "compressed input counts by its size, and shows the bytes of its text" {
    records 3000 | tee in | zstd -q >in.zst
    lines 80 "quern cat --progress always -o out in.zst" >shown
    tail -1 shown | grep -E '^3000 in  3000 out  0:0[0-9]  160 kB  '
    grep '%' shown
}

@test "input of unknown size: no share of it" {
    records 300000 >in
    lines 80 "cat in | quern cat --progress always -o out" >shown
    [ "$(wc -l <shown)" -gt 1 ]
    grep '%' shown && return 1
    sed '$d' shown | grep -vE '^[-|/\\]  [0-9.]+ .?.?records  [0-9.]+ .?B/s  0:0[0-9]  [0-9.]+ .?B$' && return 1
    cmp in out
}

@test "a second pass says so" {
    records 1500000 >in
    lines 80 "quern sample -n 1000000 --progress always -o out in" >shown
    grep -E '^\[.*\] +[0-9]+%  .*pass 2' shown
}

@test "a message clears the line first" {
    { records 1000; echo x; records 300000; echo y; } >in
    "$BUILD/tests/pipeline/pty" 80 bash -c "quern cat --on-error skip --progress always -o out in" </dev/null >shown
    # Nothing but blanks comes before a message on its line.
    tr '\n' '\r' <shown | tr '\r' '\n' | grep -E 'quern-cat: ' >messages
    grep -v '^quern-cat: ' messages && return 1
    [ "$(wc -l <messages)" = 3 ]
}

@test "nothing is drawn into a file, over records, or with -q" {
    records 1000 >in
    sh "quern cat -o made in"
    is err ""
    is <(lines 80 "quern cat -q -o made in") ""
    is <(lines 80 "quern head -n 1 in") "$(head -1 in)"
    is <(lines 80 "quern cat --progress never -o made in") ""
}
