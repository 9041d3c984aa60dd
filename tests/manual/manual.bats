# The manuals say what the filters do: options as in the table, examples that run; and help.
load ../helper
load ../filters
load examples

# options_in_help: the options in the help text on standard input, in order, as "-s --seed" or "--seed" on a line each.
options_in_help() {
    sed -nE 's/^  (-[[:alnum:]]), (--[A-Za-z0-9-]+).*/\1 \2/p; s/^  (--[A-Za-z0-9-]+).*/\1/p'
}

# names: the filters, and the verbs as "train count".
names() {
    cut -f1 <<<"$stage_table"
}

verbs() {
    names | sed -n "s/^$1 //p"
}

# own_help FILTER [VERB]: without the options of every run.
own_help() {
    quern "$@" --help | sed '/^Common to all filters:/,$d'
}

# own_options FILTER [VERB]
own_options() {
    own_help "$@" | options_in_help
}

# all_options FILTER: its own, then those that only its verbs have.
all_options() {
    {
        own_options "$1"
        for verb in $(verbs "$1"); do own_options "$1" "$verb"; done
    } | awk '!seen[$0]++'
}

options_in_manual() {
    sed -n '/^\.Sh OPTIONS/,/^\.Sh [^O]/p' "$ROOT/man/$1.1" |
        sed -nE 's/^\.It Fl ([[:alnum:]]) , Fl Fl ([A-Za-z0-9-]+).*/-\1 --\2/p; s/^\.It Fl Fl ([A-Za-z0-9-]+).*/--\1/p'
}

# options_in_synopsis FILTER VERB: sorted, by the long name if there is one.
options_in_synopsis() {
    mandoc -T ascii -O width=999 "$ROOT/man/quern-$1.1" | sed 's/.\x08//g' |
        sed -n "/^SYNOPSIS/,/^DESCRIPTION/s/^ *quern $1 $2//p" |
        grep -oE -- ' \[?--?[[:alnum:]][a-z0-9-]*' | tr -d ' [' | sort
}

# text_of_manual NAME: in one line, without dashes at line ends.
text_of_manual() {
    mandoc -T ascii -O width=999 "$ROOT/man/quern-$1.1" | sed 's/.\x08//g' | tr -s ' \n' '  '
}

@test "every filter has a manual" {
    for f in $(filters); do [ -e "$ROOT/man/quern-$f.1" ] || { echo "$f"; return 1; }; done
}

@test "mandoc has nothing to say about a manual" {
    for page in "$ROOT"/man/*.[157]; do mandoc -T lint -W warning "$page"; done
}

# wide_lines PAGE: reads the page as it is shown, prints the lines of more than 80 columns that are not of an example.
wide_lines() {
    sed -n '/^\.Bd /,/^\.Ed/p' "$1" | sed "s/\\\\e/\\\\/g; s/\\\\(aq/'/g; s/\\\\-/-/g" >literal
    col -bx | perl -CSD -ne 'chomp; print "$_\n" if length > 80' | while IFS= read -r line; do
        line=${line#"${line%%[! ]*}"}
        grep -qF -e "${line:0:40}" literal || echo "$line"
    done
}

@test "on a terminal of 80 columns nothing but an example is cut, by mandoc and by groff" {
    for page in "$ROOT"/man/*.[157]; do
        is <(mandoc -T utf8 -O width=80 "$page" | wide_lines "$page") ""
        if type groff; then is <(GROFF_NO_SGR=1 groff -mandoc -Tutf8 -K utf8 -rLL=80n "$page" | wide_lines "$page") ""; fi
    done
}

@test "sections are in the same order" {
    for f in $(filters); do
        is <(sed -n 's/^\.Sh //p' "$ROOT/man/quern-$f.1" | grep -vx -e FILES -e STANDARDS -e CAVEATS) \
            $'NAME\nSYNOPSIS\nDESCRIPTION\nOPTIONS\nRECORDS\nEXIT STATUS\nEXAMPLES\nSEE ALSO' || { echo "$f"; return 1; }
    done
}

@test "the one-line description is the filter's own" {
    for f in $(filters); do
        summary=$(quern stages | sed -nE "s/^$f  +[A-Z]+ +[a-z-]+ +//p")
        [ "$(sed -n 's/^\.Nd //p' "$ROOT/man/quern-$f.1")" = "$summary" ] || { echo "$f: $summary"; return 1; }
    done
}

@test "OPTIONS are those of the table, in order" {
    for f in $(filters); do is <(options_in_manual "quern-$f") "$(all_options "$f")" || { echo "$f"; bad=1; }; done
    [ -z "${bad-}" ]
}

@test "SYNOPSIS has the options of every verb" {
    names | while read -r f verb; do
        [ -n "$verb" ] || continue
        options_in_synopsis "$f" "$verb" >found
        while read -r letter option; do
            grep -qx -e "$letter" -e "${option:-$letter}" found ||
                { echo "$f $verb: $letter $option is missing"; return 1; }
        done < <(own_options "$f" "$verb")
        is <(wc -l <found) "$(own_options "$f" "$verb" | wc -l)" || { echo "$f $verb"; return 1; }
    done
}

@test "the manual of quern lists the options of every run, in order" {
    is <(options_in_manual quern) "$(quern normalize --help | sed '1,/^Common to all filters:/d' | options_in_help)"
}

@test "defaults are stated" {
    names | while read -r f verb; do
        text=$(text_of_manual "$f")
        own_help "$f" $verb | tr -s '\n ' '  ' | grep -o '(default: [^)]*)' | sed 's/(default: \(.*\))/\1/' >defaults || true
        while read -r default; do
            [[ $text == *"$default"* ]] || { echo "$f $verb: $default"; return 1; }
        done <defaults
    done
}

@test "members that a filter reads, writes or makes stale are named" {
    names | while read -r f verb; do
        text=$(text_of_manual "$f")
        # quern-record(5) lists the members about tokens
        stale=Makes
        [[ $text != *"members about tokens"* ]] || stale=Reads
        for member in $(quern "$f" $verb --help | sed -n "s/^\(Reads\|Writes\|$stale stale\): //p"); do
            [[ $text == *"$member"* ]] || { echo "$f $verb: $member"; return 1; }
        done
    done
}

@test "SEE ALSO names what is there" {
    for page in "$ROOT"/man/*.[157]; do
        sed -nE 's/^\.Xr (quern[a-z-]*) ([157]).*/\1.\2/p' "$page" | while read -r other; do
            [ -e "$ROOT/man/$other" ] || { echo "${page##*/}: $other"; return 1; }
        done
    done
}

@test "the examples of every manual run" {
    for page in "$ROOT"/man/*.[157]; do
        rm -rf scratch && mkdir scratch && cd scratch
        examples_of_manual "$page" >../examples
        run_examples <../examples || { echo "in ${page##*/}"; return 1; }
        cd ..
    done
}

@test "the commands of the README run" {
    [[ -e /usr/share/common-licenses/GPL-3 ]] || skip "the text that it takes is not on this system"
    examples_of_markdown "$ROOT/README.md" >../readme
    grep -q '^\$ quern import' ../readme
    run_examples <../readme
}

# What a reader has, each in the form that the table of the README says.
make_what_people_have() {
    mkdir -p books/old
    printf 'One.\nTwo.\n' >books/a.txt
    printf 'Three.' >books/old/b.txt
    printf 'A paragraph\nof two lines.\n\nAnother.\n' >novel.txt
    printf 'review,stars\n"好, 很好",5\n' | iconv -t GBK >reviews.csv
    printf '\xef\xbb\xbftext;class\r\n"Win; now";spam\r\n' >mail.csv
    printf '{"_id":"x","_source":{"body":"Hi"}}\n' >dump.jsonl
    printf '[\n  {"id": 1,\n   "body": "Hi"}\n]\n' >articles.json
    printf '{"messages":[{"role":"user","content":"Hi"}]}\n' >chats.jsonl
    printf '磨坊把谷物磨成面粉。面粉做成面包。\n' >news.txt
}

@test "each line of the README's table of data reads such data" {
    make_what_people_have
    sed -n '/^## Your data/,/^## When/s/^|.*| `\(quern .*\)` |$/\1/p' "$ROOT/README.md" | sed 's/\\|/|/g' >commands
    [ "$(wc -l <commands)" = 8 ]
    while read -r command; do
        sh "$command"
        [[ $status == 0 && -s out ]] || { echo "$command"; cat err; return 1; }
        is err ""
        jq -es 'all(.[]; (.id | . != null and . != "") and (.text | length > 0))' out
    done <commands
    is <(sh "$(sed -n 3p commands)" && jq -r '.text' out) '好, 很好'
    is <(sh "$(tail -n 1 commands)" && jq '.sentences | length' out) 2
}

@test "every filter's manual has an example" {
    for f in $(filters); do examples_of_manual "$ROOT/man/quern-$f.1" | grep -q '^\$ .*quern' || { echo "$f"; return 1; }; done
}

@test "the example in the help of every filter and verb runs" {
    names | while read -r name; do
        rm -rf scratch && mkdir scratch && cd scratch
        quern $name --help | example_of_help >../examples
        grep -q "quern $name" ../examples || { echo "$name has none"; return 1; }
        run_examples <../examples || { echo "in $name --help"; return 1; }
        cd ..
    done
    quern run --help | example_of_help | run_examples
}

# ---- help ----

@test "help goes to standard output and names class, property and manual" {
    names | while read -r name; do
        sh "quern $name --help"
        [ "$status" = 0 ]
        is err ""
        row_of "$name"
        property=${property_table[$row]}
        grep -q "^Usage: quern $name " out
        grep -qx "Class: $(class_of "$name")$([ "$property" = - ] || echo ", .*${property##*,}")" out
        grep -q "^Manual: man quern-${name%% *}$" out
        awk '/^ / && length > 80 { print FILENAME ": " $0; found = 1 } END { exit found }' out
    done
}
