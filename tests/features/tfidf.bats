# tf-idf: tables and vectors against another program, shards, order, memory.
load ../helper

# texts COUNT: frequent and rare words, white space of all kinds, empty texts, several scripts.
texts() {
    printf '%s\n' '{"id":"e","text":""}' '{"id":"s","text":" \t\u3000 \u2028"}' '{"id":"n","text":"a\u0000b \u0000"}' \
        '{"id":"w","text":"\ta\nb\u000bc\fd\re f\u0085g\u00a0h\u1680i\u2000j\u2001k\u2002l\u2003m\u2004n\u2005o\u2006p\u2007q\u2008r\u2009s\u200at\u2028u\u2029v\u202fw\u205fx\u3000y"}' \
        '{"id":"u","text":"no space: a\u200bb\u001cc\u001dd\u001ee\u001ff\u180eg\u2060h\ufeffi"}' \
        '{"id":"z","text":"北京 大学　北京大学 在 北京 。"}' '{"id":"q","text":"\"quoted\" back\\slash \ud83d\ude42 \ud83d\ude42"}'
    # every ASCII character between letters, at different places of a block of 64
    awk -v n="$1" 'BEGIN {
        printf "{\"id\":\"c\",\"text\":\""
        for (i = 0; i < 3; i++)
            for (c = 0; c < 128; c++)
                printf "x%s\\u%04x", substr("yyyyyyy", 1, (c + i) % 7), c
        print "\"}"
        for (i = 1; i <= n; i++) {
            line = "{\"id\":" i ",\"text\":\""
            for (j = (i * 31) % 23; j > 0; j--)
                line = line (j % 6 ? "w" (i * i * j) % (11 * j + 3) : j % 4 ? "Straße" : "a-very-long-word-of-" i % 9) (j % 5 ? " " : "  ")
            print line "石" i % 11 "\"}"
        }
    }'
}

# points FILE: what tfidf.pl reads.
points() {
    jq -r '.text | explode | join(" ")' "$1"
}

# table FILE, vectors FILE: as tfidf.pl prints them.
table() {
    jq -r 'range(.terms | length) as $i | "term \(.terms[$i] | explode | join(" ")) \(.df[$i])"' "$1"
}

vectors() {
    jq -r '.sparse | [.indices, .values] | transpose | map(" \(.[0]):\(.[1])") | "vector" + join("")' "$1"
}

# same_as_oracle FILE UNIT OPTION...: table and vectors, in 32 and in 64 bits.
same_as_oracle() {
    local in=$1 unit=$2 words=() option
    shift 2
    for option; do words+=("--${option%%=*}" "${option#*=}"); done
    quern fit tfidf --unit "$unit" "${words[@]}" "$in" -o table
    words=("unit=$unit")
    for option; do
        case $option in
            ngrams=*-*) option=${option#*=} words+=("least=${option%-*}" "most=${option#*-}") ;;
            *) words+=("${option//-/_}") ;;
        esac
    done
    perl "$ROOT/tests/features/tfidf.pl" "${words[@]}" <points >expected
    { table table; quern features --table table --double -q "$in" | vectors -; } >got
    awk -v within=1e-12 -f "$ROOT/tests/features/close.awk" expected got
    { table table; quern features --table table -q "$in" | vectors -; } >got
    awk -v within=1.2e-7 -f "$ROOT/tests/features/close.awk" expected got
}

@test "tables and vectors are those of another program" {
    texts 150 >in
    points in >points
    for unit in space chars; do
        for ngrams in 1-1 1-2 2-3; do
            same_as_oracle in $unit ngrams=$ngrams
            same_as_oracle in $unit ngrams=$ngrams tf=log idf=plain norm=l1
            same_as_oracle in $unit ngrams=$ngrams tf=binary idf=none norm=none
        done
        for pruning in "min-df=2" "max-df=0.03" "max-features=1" "max-features=50" "min-df=3 max-df=0.4 max-features=20" \
            "max-features=100000"; do
            same_as_oracle in $unit ngrams=1-2 $pruning
        done
    done
    # The comparison sees what is wrong: mutants.
    cp got right
    for mutant in 's/^(term .*) ([0-9]+)$/\1 9\2/' 's/^term .* 1$//' '$s/:(0\.[0-9]*)/:1\1/' 's/^vector 0:.*/vector/'; do
        sed -E "$mutant" right >got
        if cmp -s right got; then echo "no mutant: $mutant"; return 1; fi
        if awk -v within=1.2e-7 -f "$ROOT/tests/features/close.awk" expected got >/dev/null; then echo "not seen: $mutant"; return 1; fi
    done
}

@test "words of segment, and ids" {
    texts 60 | quern segment --emit words >in
    jq -r '"\(.text | explode | join(" "))|\(.words | flatten | map(tostring) | join(" "))"' in >points
    same_as_oracle in words ngrams=1-1
    same_as_oracle in words ngrams=1-3 min-df=2
    awk 'BEGIN { for (i = 0; i < 90; i++) { line = ""; for (j = 0; j < i % 7; j++) line = line (j ? "," : "") (i * j * 37) % 113 - 5
        print "{\"id\":" i ",\"input_ids\":[" line "]}" } }' >in
    jq -r '.input_ids | map(tostring) | join(" ")' in >points
    same_as_oracle in ids ngrams=1-1
    same_as_oracle in ids ngrams=2-2 tf=log
}

@test "the numbers of scikit-learn" {
    # scikit.py made the file. A line has the options, the texts, the terms and the vectors.
    while read -r line; do
        jq -c '.texts[] | {text: .}' <<<"$line" >in
        options=$(jq -r '.options | join(" ")' <<<"$line")
        jq -r '(.terms[] | "term \(explode | join(" "))"), (.vectors[] | transpose | map(" \(.[0]):\(.[1])") | "vector" + join(""))' \
            <<<"$line" >expected
        if [[ $options == *--hash* ]]; then
            quern features $options --double -q in | vectors - >got
            awk -v within=1e-12 -f "$ROOT/tests/features/close.awk" expected got
            quern features $options -q in | vectors - >got
            awk -v within=3e-7 -f "$ROOT/tests/features/close.awk" expected got
            continue
        fi
        quern fit tfidf $options in -o table -q
        { jq -r '.terms[] | "term \(explode | join(" "))"' table; quern features --table table --double -q in | vectors -; } >got
        awk -v within=1e-12 -f "$ROOT/tests/features/close.awk" expected got
        { jq -r '.terms[] | "term \(explode | join(" "))"' table; quern features --table table -q in | vectors -; } >got
        awk -v within=3e-7 -f "$ROOT/tests/features/close.awk" expected got
    done < <(grep '"texts"' "$ROOT/tests/features/scikit.jsonl")
}

@test "one, three and seven shards, any order, any number of threads: the same bytes" {
    texts 2000 >in
    for how in "--unit space" "--unit chars --ngrams 1-3"; do
        for pruning in "" "--min-df 3 --max-df 0.5" "--max-features 77" "--min-df 2 --max-features 300"; do
            quern fit tfidf $how $pruning in >whole
            quern fit tfidf $how $pruning -j 8 in | cmp - whole
            tac in | quern fit tfidf $how $pruning | cmp - whole
            shuf --random-source=in in | quern fit tfidf $how $pruning -j 2 | cmp - whole
            quern run "cat | fit tfidf $how $pruning" -j 3 in | cmp - whole
            for parts in 1 3 7; do
                for partial in "" --partial; do
                    rm -f part.* table.*
                    split -n r/$parts in part.
                    for part in part.*; do quern fit tfidf $how $partial "$part" >"table.$part"; done
                    quern fit merge $pruning table.* | cmp - whole
                    cat table.* | tac | quern fit merge $pruning -j 4 | cmp - whole
                done
            done
            # Partly merged, and a part without records.
            quern fit merge --partial table.part.aa table.part.ab >first
            quern fit tfidf $how </dev/null >empty
            quern fit merge $pruning first empty table.part.a[c-g] | cmp - whole
        done
        jq -r '.terms[]' whole | LC_ALL=C sort -c
    done
    jq -e '.partial' first
    jq -e '.documents == 0 and .terms == [] and .df == []' empty
    quern features --table whole in -q >vectors
    quern features --table whole -j 8 in -q | cmp - vectors
    quern run 'cat | features --table whole | cat' -q in | cmp - vectors
    zstd -q whole && quern features --table whole.zst -q in | cmp - vectors
}

@test "more terms than fit into memory" {
    awk 'BEGIN { for (i = 0; i < 20000; i++) { line = "{\"text\":\""
        for (j = 0; j < 12; j++) line = line " w" (i * 7919 + j * j * 104729) % 100003 (j % 2 ? "x" : "-and-many-more-letters"); print line "\"}" } }' >in
    for pruning in "" "--max-features 1000"; do
        quern fit tfidf --unit space $pruning in >whole
        quern fit tfidf --unit space $pruning --max-memory 1M in | cmp - whole
        quern fit tfidf --unit space $pruning --max-memory 1M -j 2 in | cmp - whole
        split -n r/3 in part.
        for part in part.*; do quern fit tfidf --unit space --max-memory 1M "$part" >"table.$part"; done
        quern fit merge --max-memory 1M $pruning table.* | cmp - whole
        for command in "fit tfidf --unit space in" "fit merge table.part.*"; do
            sh "quern $command $pruning --max-memory 1M --temp-dir /nowhere"
            [ "$status" = 1 ]
            grep -q "^quern-fit: .*/nowhere: " err
        done
    done
    unshare -rm true 2>/dev/null || skip "no mount name space"
    mkdir small
    for command in "fit tfidf --unit space in" "fit merge table.part.aa table.part.ab table.part.ac"; do
        sh "unshare -rm bash -c 'mount -t tmpfs -o size=100k none small && quern $command --max-memory 1M --temp-dir small'"
        [ "$status" = 1 ]
        grep -q "^quern-fit: .*No space left on device$" err
    done
}

@test "splits" {
    texts 50 | jq -c '.split = (if .id == "e" or (.id | type) == "number" and .id % 4 == 0 then "test" else "train" end)' >in
    gives "quern fit tfidf --unit space in" 3 "" \
        'quern-fit: split: there are records with different values, such as "test" and "train"; --within split=train says which ones are counted'
    jq -c 'select(.split == "train")' in >train
    jq -c 'select(.split == "test")' in >tested
    quern fit tfidf --unit space train >whole
    quern fit tfidf --unit space --within split=train in | cmp - whole
    quern fit tfidf --unit space --within split=train in --stats stats >/dev/null
    jq -e --slurpfile test tested '.filters[0].others == ($test | length)' stats
    jq -e '.split == "train"' whole
    quern fit tfidf --unit space tested >other
    gives "quern fit merge whole other" 3 "" \
        'quern-fit: other:1: split: the table is of records with another value than those before'
    jq -c 'del(.split)' train | quern fit tfidf --unit space >none
    jq -e 'has("split") | not' none
    sh "quern fit merge none whole"
    [ "$status" = 3 ]
    quern fit tfidf --unit space </dev/null >empty
    quern fit merge empty whole | cmp - whole
    quern fit tfidf --unit space --within split=dev in >got 2>err
    is err 'quern-fit: no record has split=dev (--within), so the table is empty'
    jq -e '.documents == 0' got
    printf '%s\n' '{"text":"a","split":"tr\u0061in"}' | quern fit tfidf --unit space | jq -e '.split == "train"'
    printf '%s\n' '{"text":"a","split":"tr\u0061in"}' '{"text":"b","split":"train"}' | quern fit tfidf --unit space | jq -e '.documents == 2'
    printf '%s\n' '{"text":"a","split":1}' '{"text":"b"}' >in
    gives "quern fit tfidf --unit space in" 3 "" \
        'quern-fit: split: there are records with different values, such as 1 and none; --within split=train says which ones are counted'
}

@test "no byte depends on the processor" {
    texts 300 >in
    for way in "--tf log --idf plain" "--norm l1 --ngrams 1-3"; do
        quern fit tfidf --unit space $way in >table
        quern features --table table --double -q in >expected
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-AVX512F quern fit tfidf --unit space $way in | cmp - table
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-AVX512F quern features --table table --double -q in | cmp - expected
        LC_ALL=tr_TR.UTF-8 TZ=UTC quern features --table table --double -q in | cmp - expected
    done
}
