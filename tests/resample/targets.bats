# How many records of each class there are: every option, against exact integers (targets.pl).
load ../helper

# of CLASS=COUNT...: so many records of each class, mixed.
of() {
    local class id=0
    for class; do
        for ((i = 0; i < ${class##*=}; i++)); do echo "{\"id\":$((++id)),\"label\":${class%=*}}"; done
    done | awk '{ print NR * 7919 % 10007 "\t" $0 }' | sort -n | cut -f 2-
}

# counts: of each class, in the order of the classes: "LABEL COUNT" on a line. Strings without their quotes.
counts() {
    jq -r '"\(.label | type) \(.label)"' "$@" | sort | uniq -c |
        awk '{ print $2, $3, $1 }' | sort -k1,1 -k2,2 | cut -d ' ' -f 2-
}

# tally: how many records of each class, "COUNT LABEL" in one line, numbers first.
tally() {
    grep -o '"label":[^,}]*' | cut -d : -f 2 | sort | uniq -c | awk '{ print /"/, $2, $1 }' | sort -k1,1n -k2 |
        awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $3, $2 } END { if (NR) print "" }'
}
export -f tally

# same_as WAY NAME=VALUE... : a run's counts are those of targets.pl; the options are made of the words.
same_as() {
    local way=$1 method=under word options=()
    shift
    [[ $way != grow ]] || method=over
    [[ $way != total ]] || method=random
    for word; do options+=("--${word%%=*}" "${word#*=}"); done
    quern resample --method $method "${options[@]}" in | counts >got
    perl "$ROOT/tests/resample/targets.pl" "$way" "$@" <counted | awk '$2 > 0' >expected
    diff -u expected got || { echo "$way $*"; return 1; }
}

sizes='
"a"=60 "b"=30 "c"=10
"a"=7 "b"=7 "c"=7
"a"=25 "b"=4 "c"=100 "d"=9 "e"=4
'

@test "targets by strategy, ratio and power are those of exact integers" {
    while read -r some; do
        of $some >in
        counts in >counted
        for way in grow shrink; do
            for strategy in auto minority majority not-minority not-majority all a,c; do
                same_as $way "strategy=$strategy" power=0.5
            done
            for ratio in 0.35 0.05 0.333333333333333333 0.000000000000000001; do same_as $way "ratio=$ratio"; done
            for power in 0 0.2 0.7 1; do same_as $way "power=$power"; done
        done
    done < <(grep . <<<"$sizes")
}

@test "halves are rounded to even" {
    of '"a"=1' '"c"=50' >in
    gives "quern resample --method over --ratio 0.05 in | tally" 0 '2 "a", 50 "c"' # 2.5
    gives "quern resample --method over --ratio 0.07 in | tally" 0 '4 "a", 50 "c"' # 3.5
    gives "quern resample --method over --ratio 0.09 in | tally" 0 '4 "a", 50 "c"' # 4.5
    gives "quern resample --method over --ratio 0.0901 in | tally" 0 '5 "a", 50 "c"'
    of '"a"=10' '"b"=1' >in
    gives "quern resample --method under --ratio 0.4 in | tally" 0 '2 "a", 1 "b"' # 2.5
    gives "quern resample --method under --ratio 0.3999 in | tally" 0 '3 "a", 1 "b"'
    gives "quern resample --method under --ratio 0.16 in | tally" 0 '6 "a", 1 "b"' # 6.25
}

@test "--total: by the largest remainder, of equal ones the first class" {
    while read -r some; do
        of $some >in
        counts in >counted
        for power in 0 0.3 1; do
            for total in 1 2 5 17 100 500; do
                same_as total "power=$power" "total=$total"
                [ "$(awk '{ n += $2 } END { print n }' got)" = $total ]
            done
        done
    done < <(grep . <<<"$sizes")
    of '"b"=3' '"a"=1' 10=3 9=1 >in # numbers are before strings
    gives "quern resample --method random --power 0 --total 2 in | tally" 0 '1 10, 1 9'
    gives "quern resample --method random --power 1 --total 9 in | tally" 0 '4 10, 1 9, 1 "a", 3 "b"'
}

@test "of equal classes the first is the largest, and the smallest" {
    of '"x"=3' 10=3 9=3 '"b"=1' 2=1 >in
    gives "quern resample --method under --strategy majority in | tally" 0 '3 10, 1 2, 1 9, 1 "b", 3 "x"'
    gives "quern resample --method over --strategy minority in | tally" 0 '3 10, 3 2, 3 9, 1 "b", 3 "x"'
    gives "quern resample --method over --strategy not-majority --ratio 1 in | tally" 0 '3 10, 3 2, 3 9, 3 "b", 3 "x"'
    # which it is shows where only one of them changes
    of '"x"=3' 10=3 9=3 >in
    gives "quern resample --method over --target 9=4 in | tally" 0 '3 10, 4 9, 3 "x"'
    gives "quern resample --method random --power 0 --total 10 in | tally" 0 '3 10, 4 9, 3 "x"'
}

@test "7 and \"7\" are two classes, and each can be named" {
    of 7=3 '"7"=5' '"a"=9' >in
    gives "quern resample --method under in | tally" 0 '3 7, 3 "7", 3 "a"'
    gives "quern resample --method under --target 7=1 in | tally" 0 '1 7, 5 "7", 9 "a"'
    gives "quern resample --method under --target '\"7\"=1' in | tally" 0 '3 7, 1 "7", 9 "a"'
    gives "quern resample --method under --target '\"7\"=1,7=2,\"a\"=0' in | tally" 0 '2 7, 1 "7"'
    gives "quern resample --method under --strategy 'a,\"7\"' in | tally" 0 '3 7, 3 "7", 3 "a"'
    # what is no number's name is a string's
    of '"7"=5' '"a"=9' >in
    gives "quern resample --method under --target 7=1 in | tally" 0 '1 "7", 9 "a"'
    # a string is the same however it is escaped
    printf '%s\n' '{"id":1,"label":"a"}' '{"id":2,"label":"\u0061"}' '{"id":3,"label":"b"}' >in
    gives "quern resample --method under in | tally" 0 '1 "a", 1 "b"'
    # a class that is called like a strategy
    of '"all"=5' '"b"=2' >in
    gives "quern resample --method under --strategy '\"all\"' in | tally" 0 '2 "all", 2 "b"'
}

@test "--target: what can't be is an error that says what there is" {
    of '"a"=4' '"b"=2' 7=1 >in
    under="quern resample --method under --target"
    gives "$under x=1 in" 2 "" 'quern-resample: --target: the data has no class "x"; it has 7, "a" and "b"'
    gives "$under a=5 in" 2 "" 'quern-resample: --target: "a" has 4 records and can'\''t shrink to 5'
    gives "quern resample --method over --target b=1 in" 2 "" 'quern-resample: --target: "b" has 2 records and can'\''t grow to 1'
    gives "$under 'a=1,\"a\"=2' in" 2 "" 'quern-resample: --target: "a" is given twice'
    for wrong in a a= a=x a=-1 a=1.5 a=9223372036854775808; do
        gives "$under $wrong in" 2 "" "quern-resample: --target: expected LABEL=N, found \"$wrong\""
    done
    gives "quern resample --method under --strategy a,x in" 2 "" \
        'quern-resample: --strategy: the data has no class "x"; it has 7, "a" and "b"'
    gives "quern resample --method random --target a=0,b=0,7=0 in" 0 ""
    gives "quern resample --method random --target a=5,b=1,7=0 in | tally" 0 '5 "a", 1 "b"'
}

@test "options that do not go together, or do nothing" {
    fails() { # MESSAGE WORD...
        sh "quern resample ${*:2} </dev/null"
        [ "$status" = 2 ]
        is out ""
        grep -qF -e "$1" err || { echo "$*"; cat err; return 1; }
    }
    fails "--ratio does not go with --power" --method under --ratio 0.5 --power 0.5
    fails "--strategy does not go with --target" --method under --strategy all --target a=1
    fails "--ratio: expected a number above 0" --method under --ratio 0
    fails "--total needs --method random" --method under --power 0.5 --total 9
    fails "--strategy does not go with --total" --method random --power 0.5 --total 9 --strategy all
    fails "--method random goes up and down" --method random
    fails "--method random goes up and down" --method random --power 0.3
    fails "--strategy: all goes with nothing else" --method under --strategy all,a
    for method in bootstrap mlros mlrus; do
        for option in "strategy all" "ratio 0.5" "target a=1" "power 0.5"; do
            fails "${option% *}" --method $method --$option
        done
    done
    fails "--total" --method random --total 9
    fails "--ratio" --method under --ratio 0.5 --target a=1
    fails "--power" --method under --power 0.5 --target a=1
    fails "--draw" --method under --draw iid
    fails "--draw" --method mlros --draw iid
    fails "--emit" --method under --emit synthetic
    fails "--emit" --method bootstrap --emit synthetic
    fails "--subsets" --method under --subsets 3
    fails "--subset" --method over --subset 1
    fails "--bags" --method over --bags 3
    fails "--bag" --method easyensemble --bag 1
    fails "--out-of-bag" --method mlros --out-of-bag 1
    fails "--percent" --method over --percent 1
    fails "--label" --method bootstrap --label class
    fails "--subset 3: there are subsets 0 to 2" --method easyensemble --subsets 3 --subset 3
    fails "there are bags 0 to 2" --method bootstrap --bags 3 --bag 3
    fails "there are bags 0 to 2" --method bootstrap --bags 3 --out-of-bag 3
    fails "--bag does not go with --out-of-bag" --method bootstrap --bag 1 --out-of-bag 1
    fails "--within: expected NAME=VALUE" --method under --within split
}
