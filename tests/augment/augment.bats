# Large and strange texts, classes, and that a variant depends on nothing but its record.
load ../helper

LABELLED=$SHARED/data/labelled

# A table of slips, synonyms, names and words for every operation.
lexicons() {
    printf 'good\tfine\tnice\nmill\tgrinder\nthe\tthis\n很好\t不错\nx\ty\n' >synonyms
    printf 'Boston\tLOC\nParis\tLOC\n' >names
    printf 'o\t0\n很\t狠\n' >chars
    printf '%s\n' '{"id":1,"text":"good mill here"}' '{"id":2,"text":"the good corn"}' | quern tfidf count -q >table
    every=(--ops "sr,ri,rs,rd,aeda,tfidf,uniform,entity,chars,typo,shuffle,drop,window" --synonyms synonyms
        --entities names --chars chars --table table --window 1)
}

@test "a megabyte of one word, 300,000 words, as many sentences and entities: under 5 s for each operation" {
    sanitized && skip "sanitizers are slow"
    lexicons
    perl -e 'print "{\"id\":1,\"text\":\"", "x" x 1000000, "\"}\n"' >word
    perl -e 'print "{\"id\":1,\"lang\":\"en\",\"text\":\"", "good mill. the " x 100000, "\"}\n"' >words
    perl -e 'print "{\"id\":1,\"text\":\"", "in Boston. " x 50000, "\",\"entities\":[",
        join(",", map { sprintf "{\"start\":%d,\"end\":%d,\"label\":\"LOC\"}", $_ * 11 + 3, $_ * 11 + 9 } 0 .. 49999), "]}\n"' >entities
    perl -e 'print "{\"id\":1,\"lang\":\"zh\",\"text\":\"", "很好。" x 100000, "\"}\n"' >chinese
    for in in word words entities chinese; do
        for policy in each all; do
            [[ $policy == each || $in == words ]] || continue
            sh "ulimit -t 60; exec quern augment -q --num 13 --policy $policy ${every[*]} $in"
            [ "$status" = 0 ]
        done
        for op in sr,ri rs rd aeda entity chars typo shuffle drop window; do
            uses=()
            [[ $op != sr,ri ]] || uses=(--synonyms synonyms)
            [[ $op != entity ]] || uses=(--entities names)
            [[ $op != chars ]] || uses=(--chars chars)
            sh "ulimit -t 5; exec quern augment -q --ops $op ${uses[*]} $in"
            [ "$status" = 0 ] || { echo "$op $in: $(<err)"; return 1; }
        done
    done
}

@test "words of the record or those that are found: the same variants" {
    lexicons
    perl "$BATS_TEST_DIRNAME/generate.pl" 40 >in
    quern segment in >segmented
    quern augment -q --num 13 "${every[@]}" in | jq -c '[.id, .text, .edits, .entities]' >expected
    quern augment -q --num 13 "${every[@]}" segmented | jq -c '[.id, .text, .edits, .entities]' | cmp - expected
    [ "$(wc -l <expected)" -gt 400 ]
}

@test "several fields, every operation after the other: tfidf looks at all fields as they are then" {
    lexicons
    echo '{"id":1,"lang":"en","text":"good mill here now","title":"the good corn of the mill"}' >in
    quern augment -q --num 9 --policy all --emit synthetic --fields text,title "${every[@]}" in >got
    [ "$(wc -l <got)" = 9 ]
    quern augment -q --num 9 --policy all --emit synthetic --fields text,title "${every[@]}" -j 4 in | cmp - got
    # a field that the operations find nothing in stays as it is
    echo '{"id":1,"text":"!","words":[[0,1]],"title":"one two three four"}' |
        quern augment --ops rs,rd --policy all --fields text,title --num 2 --emit synthetic | jq -c '[.text, .words]' | uniq >got
    is got '["!",[[0,1]]]'
}

@test "what a variant is does not depend on --num, other operations, or other records" {
    lexicons
    perl "$BATS_TEST_DIRNAME/generate.pl" 60 >in
    quern augment -q --num 16 --ops sr,rs,rd,aeda --synonyms synonyms --emit synthetic in | sort >all
    quern augment -q --num 4 --ops sr,rs,rd,aeda --synonyms synonyms --emit synthetic in | sort >some
    comm -13 all some >differ
    [ ! -s differ ]
    for op in rs rd aeda; do
        quern augment -q --num 2 --ops $op --emit synthetic in | sort >one
        # All of them, but where one is the same as a variant of another operation.
        comm -13 all one >differ
        [ "$(wc -l <differ)" -le $(($(wc -l <one) / 20)) ]
    done
    tac in | quern augment -q --num 16 --ops sr,rs,rd,aeda --synonyms synonyms --emit synthetic | sort | cmp - all
}

@test "one process, threads, fused, in shards, shuffled, in another place: the same bytes; another seed or salt: not" {
    lexicons
    for seed in 1 2 3 4 5 6 7 8; do
        perl "$BATS_TEST_DIRNAME/generate.pl" 60 | sed "s/\"id\":\"/&$seed/; s/\"id\":\([0-9]\)/\"id\":$seed\1/"
    done >in
    augment="augment --num 13 ${every[*]} --seed 5"
    quern segment in | quern $augment -q >reference
    for j in 1 4; do
        quern run "segment | $augment" -q -j $j in | cmp - reference
        quern segment in | quern $augment -q -j $j | cmp - reference
    done
    quern segment in | env -i TZ=Asia/Shanghai LC_ALL=zh_CN.UTF-8 LANG=tr_TR "$BUILD/bin/quern" $augment -q | cmp - reference
    quern segment in | env -i LC_ALL=C "$BUILD/bin/quern" $augment -q | cmp - reference
    for n in 2 7 64; do
        rm -f shard.*
        split -n "l/$n" -d -a 3 in shard.
        for shard in shard.*; do quern segment "$shard" | quern $augment -q; done | cmp - reference
    done
    sort reference >sorted
    awk '{ print NR * 7919 % 1009 "\t" $0 }' in | sort -n | cut -f2- | quern segment | quern $augment -q | sort | cmp - sorted
    quern segment in | quern ${augment% *} 6 -q >other
    cmp -s other reference && return 1
    quern segment in | quern $augment -q --salt x >other
    ! cmp -s other reference
}

@test "--per-class: the sum is near what is wanted, the share of each record right" {
    awk 'BEGIN { for (i = 0; i < 3000; i++) print "{\"id\":" i ",\"text\":\"one two three four five six\",\"label\":\"" (i % 3 ? "many" : "few") "\"}" }' >in
    quern stats --json in >counts
    quern augment -q --ops rs --per-class max --counts counts --emit synthetic --stats stats in >out
    # 1000 of few, 2000 of many: each of few gets one.
    [ "$(wc -l <out)" = 1000 ]
    [ "$(jq -r .label out | sort -u)" = few ]
    # (2700 - 1000) / 1000 = 1.7 each of few, 0.35 each of many: 1,700 and 700, within five deviations.
    quern augment -q --ops rs --per-class 2700 --counts counts --emit synthetic in >out
    few=$(grep -c '"few"' out)
    many=$(grep -c '"many"' out)
    [ "$few" -gt 1627 ]
    [ "$few" -lt 1773 ]
    [ "$many" -gt 593 ]
    [ "$many" -lt 807 ]
    [ "$(jq -r 'select(.label == "few") | .parent' out | sort | uniq -c | awk '{ print $1 }' | sort -u | paste -sd ' ')" = "1 2" ]
    gives "quern augment --ops rs --per-class 5 --counts $BATS_TEST_TMPDIR/nowhere in" 1 "" \
        "quern-augment: $BATS_TEST_TMPDIR/nowhere: No such file or directory"
    jq -c '.label = "new"' in | head -1 >new
    sh "quern augment --ops rs --per-class 5 --counts counts new"
    [ "$status" = 3 ]
}

@test "entities are found again through tags, after every operation that keeps them" {
    [ -d "$LABELLED/wnut17" ] || skip "no ../shared/data"
    quern import --format conll --source wnut --lang en "$LABELLED/wnut17/emerging.dev.conll" | grep '"label"' >all
    head -n 300 all >in
    for op in rs rd aeda typo; do
        quern augment -q --ops $op --emit synthetic in | quern entities tags --scheme bio |
            jq -r '.text as $t | ([.words, .tags] | transpose[] | $t[.[0][0]:.[0][1]] + "\t" + .[1]), ""' >tags
        quern import --format conll --source x tags | jq -c '.text as $t | [.entities[] | [.label, $t[.start:.end]]]' >got
        quern augment -q --ops $op --emit synthetic in | jq -r .parent >parents
        jq -c '.id as $id | .text as $t | [$id, [.entities[] | [.label, $t[.start:.end]]]]' in |
            jq -cn --rawfile parents parents '(reduce inputs as [$id, $e] ({}; .[$id] = $e)) as $of |
                $parents | split("\n")[:-1][] | $of[.]' | cmp - got
    done
}
