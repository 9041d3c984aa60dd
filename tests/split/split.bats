# Parts by a keyed hash of the root: their sizes, who is with whom, files.
load ../helper

# ids COUNT: records whose ids are numbers.
ids() {
    seq -f '{"id":%.0f}' "$1"
}

parts() {
    jq -r .split | sort | uniq -c | awk '{ print $2, $1 }'
}

@test "the parts have their shares, over several seeds" {
    ids 40000 >in
    for seed in 0 1 2 3 4; do
        quern split --into train=0.8,dev=0.15,test=0.05,none=0 --seed $seed in | parts >got
        # binomial, p < 1e-6
        awk -v n=40000 'BEGIN { share["train"] = 0.8; share["dev"] = 0.15; share["test"] = 0.05 }
            { p = share[$1]; s = 5 * sqrt(n * p * (1 - p)); if ($2 < n * p - s || $2 > n * p + s) bad = 1; sum += $2 }
            END { exit bad || NR != 3 || sum != n }' got
        cp got "got.$seed"
    done
    ! cmp -s got.0 got.1
}

@test "draws are even: twenty parts of a twentieth each" {
    ids 100000 >in
    into=$(printf 'p%d=0.05,' {1..19})p20=0.05
    for seed in 0 1 2; do
        # chi-square with 19 degrees of freedom, p < 1e-6 at both ends
        quern split --into "$into" --seed $seed in | parts |
            awk '{ chi += ($2 - 5000) ^ 2 / 5000 } END { print chi; exit NR != 20 || chi < 1.3 || chi > 63 }'
    done
}

@test "each record passes in place, with one member more" {
    printf '%s\n' '{ "id" : 1 , "x": 1e2 }' '{"split":"old","id":2}' >in
    gives "quern split --into a=1 in" 0 '{ "id" : 1 , "x": 1e2,"split":"a" }
{"split":"a","id":2}'
}

@test "a record stays in its part whatever else is there, in any order" {
    ids 20000 >in
    quern split --into a=0.3,b=0.3,c=0.4 in | sort >expected
    sort -R in | head -n 5000 | quern split --into a=0.3,b=0.3,c=0.4 -j 3 | sort >got
    [ "$(comm -23 got expected | wc -l)" = 0 ]
}

# of PART: the ids that a part has.
of() {
    jq -c "select(.split == \"$1\") | .id" | sort
}

@test "to move a bound moves records between its two parts only" {
    ids 20000 >in
    quern split --into train=0.8,dev=0.1,test=0.1 in >before
    quern split --into train=0.85,dev=0.05,test=0.1 in >after
    cmp <(of test <before) <(of test <after)
    [ "$(comm -23 <(of train <before) <(of train <after) | wc -l)" = 0 ]
    [ "$(comm -13 <(of dev <before) <(of dev <after) | wc -l)" = 0 ]
    # a part that is cut in two, by names that have nothing to do with it
    quern split --into x=0.8,y=0.04,z=0.06,test=0.1 in >after
    cmp <(of test <before) <(of test <after)
    cmp <(of dev <before) <(cat <(of y <after) <(of z <after) | sort)
}

@test "no root is on two sides: windows, augmented records, copies" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b >vocab.txt
    {
        for i in {1..300}; do printf '{"id":"d%d","text":"%s"}\n' $i "$(printf 'a b %.0s' {1..10})"; done
        for i in {1..300}; do printf '{"id":"d%d#sr1","root":"d%d","text":"%s"}\n' $i $i "$(printf 'b a %.0s' {1..10})"; done
    } >in
    quern run 'tokenize -m vocab.txt --max-length 8 --overflow split | mask -m vocab.txt --copies 3 | split --into a=0.5,b=0.5' in >got
    [ "$(wc -l <got)" = $((600 * 4 * 3)) ]
    [ "$(jq -r '.root + " " + .split' got | sort -u | wc -l)" = 300 ]
    # and the documents themselves are where their windows are
    quern split --into a=0.5,b=0.5 in | jq -r '(.root // .id) + " " + .split' | sort -u >documents
    jq -r '.root + " " + .split' got | sort -u | cmp - documents
}

@test "--by: what has the same value is together, as if it were the id" {
    awk 'BEGIN { for (i = 0; i < 5000; i++) print "{\"id\":" i ",\"author\":\"a" i % 500 "\",\"year\":" 1500 + i % 500 "}" }' >in
    quern split --into a=0.5,b=0.5 --by author in >got
    [ "$(jq -r '.author + " " + .split' got | sort -u | wc -l)" = 500 ]
    seq -f '{"id":"a%.0f"}' 0 499 | quern split --into a=0.5,b=0.5 | jq -r '.id + " " + .split' | sort >expected
    jq -r '.author + " " + .split' got | sort -u | cmp - expected
    [ "$(quern split --into a=0.5,b=0.5 --by year in | jq -r '"\(.year) \(.split)"' | sort -u | wc -l)" = 500 ]
}

@test "another salt is another split; another filter's draws are not these" {
    ids 10000 >in
    quern split --into a=0.5,b=0.5 in | of a >one
    quern split --into a=0.5,b=0.5 --salt x in | of a >two
    quern sample --share 0.5 in | jq .id | sort >three
    for other in two three; do
        comm -12 one $other | wc -l | awk '{ exit $1 < 2500 - 300 || $1 > 2500 + 300 }'
    done
}

# ---- files ----

@test "--files: each part in a file of its own, in the order of the input, for any number of threads" {
    for i in {1..9000}; do printf '{"id":%d,"text":"%090d"}\n' $i 0; done >in
    quern split --into a=0.6,b=0.3,c=0.1,none=0 in >all
    for j in 1 2 8; do
        gives "quern split --into a=0.6,b=0.3,c=0.1,none=0 --files made -j $j in" 0 ""
        for part in a b c none; do grep "\"split\":\"$part\"" all | cmp - made.$part.jsonl; done
        rm made.*
        gives "quern run 'cat | split --into a=0.6,b=0.3,c=0.1,none=0 --files made --suffix .zst' -j $j in" 0 ""
        for part in a b c none; do zstd -dcq made.$part.zst | cmp - <(grep "\"split\":\"$part\"" all); done
        rm made.*
    done
    sh "quern split --into a=0.6,b=0.4 --files made --suffix '' --stats counters in"
    [ "$(ls made.*)" = $'made.a\nmade.b' ]
    is <(jq -c '[.in, .out]' counters) '[9000,9000]'
}

@test "--files: all of them appear, or none" {
    ids 5000 >in
    mkdir made
    none() { [ -z "$(ls -A made)" ] || { ls -A made; return 1; }; }
    gives "(cat in; echo x) | quern split --into a=0.5,b=0.5 --files made/p" 3 "" \
        "quern-split: stdin:5001: $NOT_A_RECORD"
    none
    gives "quern split --into a=0.5,b=0.5 --files made/p in nowhere" 1 "" "quern-split: nowhere: No such file or directory"
    none
    gives "quern split --into a=0.5,b=0.5 --files nowhere/p in" 1 "" "quern-split: nowhere/p.a.jsonl: No such file or directory"
    mkdir made/p.b.jsonl
    gives "quern split --into a=0.5,b=0.5 --files made/p in" 1 "" "quern-split: made/p.b.jsonl: Is a directory"
    rmdir made/p.b.jsonl
    none
    ln -s /dev/full made/p.b.jsonl
    gives "quern split --into a=0.5,b=0.5 --files made/p in" 1 "" "quern-split: made/p.b.jsonl: write: No space left on device"
    rm made/p.b.jsonl
    none
    echo old >made/p.a.jsonl
    sh "(cat in; echo x) | quern split --into a=0.5,b=0.5 --files made/p"
    [ "$(ls -A made)" = p.a.jsonl ]
    is made/p.a.jsonl old
}

@test "--files: bad records that are skipped leave their places in no file" {
    awk 'BEGIN { for (i = 1; i <= 20000; i++) print (i % 100 ? "{\"id\":" i "}" : i % 200 ? "{}" : "x") }' >in
    for j in 1 4; do
        sh "quern split --into a=0.5,b=0.5 --files p -j $j --on-error skip in"
        [ "$status" = 0 ]
        grep '"id"' in | quern split --into a=0.5,b=0.5 >all
        for part in a b; do grep "\"split\":\"$part\"" all | cmp - p.$part.jsonl; done
    done
}

# ---- wrong uses ----

@test "usage errors" {
    ids 10 >in
    wrong() { gives "quern split $1" 2 "" "quern-split: $2"; }
    try=$'\nTry "quern-split --help".'
    wrong "in" "--into NAME=SHARE,... is required: the parts, and the share of the records that each gets; the shares add up to 1$try"
    wrong "--into '' in" "--into: expected words separated by commas, found \"\"$try"
    for word in a a= a=2 a=-1 a=80 a=1e0 a=0.3333333333333333333 a==1; do
        wrong "--into $word in" "--into: expected NAME=SHARE, a share from 0 to 1 with at most 18 decimals, found \"$word\""
    done
    wrong "--into =1 in" '--into: expected NAME=SHARE, found "=1"'
    wrong "--into \$'\\xff=1' in" '--into: expected NAME=SHARE, found "\xff=1"'
    wrong "--into a=1,b in" '--into: expected NAME=SHARE, a share from 0 to 1 with at most 18 decimals, found "b"'
    wrong "--into a=0.5,b=0.6 in" "--into: the shares add up to more than 1"
    wrong "--into a=1,b=0.000000000000000001 in" "--into: the shares add up to more than 1"
    less='--into: the shares add up to less than 1; give the rest a part of its own, and leave it out with "quern select"'
    wrong "--into a=0.5,b=0.4 in" "$less"
    wrong "--into a=0.333333,b=0.333333,c=0.333333 in" "$less"
    wrong "--into a=0 in" "$less"
    wrong "--into a=0.5,b=0,a=0.5 in" "--into: a is given twice"
    wrong "--into a/b=1 --files p in" '--into: "a/b" has a slash, which the name of a file can'"'"'t have (--files)'
    wrong "--into $(printf 'p%d=0,' {1..250})q=1 in" "--into: 251 parts are more than 250"
    wrong "--into a=1 --suffix .x in" "--suffix goes only with --files$try"
    gives "quern run 'split --into a=1 --files p | cat' in" 2 "" \
        "quern-split: split writes files of its own: it can only be the last filter"
    cp in p.a.jsonl
    wrong "--into a=1 --files p p.a.jsonl" \
        "the filter's output p.a.jsonl and the input p.a.jsonl are the same file: give the output a name of its own"
    cmp in p.a.jsonl
    # shares that add up to 1 only if they are exact
    gives "quern split --into a=0.1,b=0.2,c=0.7,a/b=0 in -o out2" 0 ""
    gives "quern split --into a=0.333333333333333333,b=0.333333333333333333,c=0.333333333333333334 in -o out2" 0 ""
}

@test "records that can't be split" {
    bad() { gives "quern split --into a=1 $2 <<<'$1'" 3 "" "quern-split: stdin:1: $3"; }
    bad '{}' "" 'id: missing, and there is no text to stand in for it ("quern import" writes it); the record has no members'
    bad '{"text":5}' "" "text: expected a string, found a number"
    bad '{"id":null}' "" 'id null: id: null, and there is no text to stand in for it ("quern import" writes it); the record has id'
    bad '{"id":1,"root":[]}' "" "id 1: root: expected a string or a number, found an array"
    bad '{"id":1}' "--by k" "id 1: k: missing; the record has id"
    bad '{"id":1,"k":true}' "--by k" "id 1: k: expected a string or a number, found a boolean"
    bad '{"body":"x"}' "" 'id: missing, and there is no text to stand in for it ("quern import" writes it); the record has body'
    gives "quern split --into a=1 --field body <<<'{\"body\":\"x\"}'" 0 '{"body":"x","split":"a"}'
}
