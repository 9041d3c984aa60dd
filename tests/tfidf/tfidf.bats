load ../helper

LABELLED=$SHARED/data/labelled

# texts N: records of words that are frequent, rare, no ASCII and hard to spell, with three labels.
texts() {
    awk -v n="$1" 'BEGIN {
        for (i = 1; i <= n; i++) {
            line = "{\"id\":" i ",\"label\":\"" substr("xyz", i % 3 + 1, 1) "\",\"text\":\""
            for (j = (i * 31) % 17; j > 0; j--)
                line = line (j % 5 ? "w" (i * i * j) % (11 * j + 3) : j % 2 ? "Straße’s" : "\\u00c9T\\u00c9") " "
            print line "石" i % 11 " …\"}"
        }
    }'
}

# What show should print, by jq: of the words that segment finds.
expected_show() {
    quern segment --emit words "$1" | jq -c '.text as $text | [.words[] | $text[.[0]:.[1]] | ascii_downcase |
            gsub("’"; "\u0027") | gsub("É"; "é") | gsub("ß"; "ss") | select(test("[\\p{L}\\p{N}]"))] | select(length >= 0)' |
        jq -s -r '. as $docs | ($docs | length) as $n |
            (reduce $docs[] as $doc ({}; reduce ($doc | group_by(.)[]) as $same (.;
                .[$same[0]] |= {d: ((.d // 0) + 1), a: ((.a // 0) + ($same | length) / ($doc | length))}))) |
            map_values({d, idf: (($n / .d) | log), s: ((($n / .d) | log) * .a)}) as $words |
            ([$words[].s] | max) as $most | ([$words[] | $most - .s] | add) as $sum |
            $words | to_entries[] | [.key, .value.d, .value.idf, .value.s, ($most - .value.s) / $sum] | @tsv' |
        LC_ALL=C sort
}

# close FILE FILE: the same words, and numbers that differ by 1e-9 at most, absolutely and relatively.
close() {
    paste "$1" "$2" | awk -F'\t' 'function far(a, b) { d = a - b; d = d < 0 ? -d : d; return d > 1e-9 || (d > 1e-9 * b && d > 1e-15) }
        NF != 10 || ($8 $9 $10) ~ /[a-df-z]/ || $8 !~ /^[0-9]/ || $1 != $6 || $2 != $7 || far($3, $8) || far($4, $9) || far($5, $10) { print "line " NR ": " $0; bad = 1 }
        END { exit NR == 0 || bad }'
}

shown() {
    quern tfidf count "$1" | quern tfidf show | jq -r '[.word, .documents, .idf, .score, .draw] | @tsv'
}

@test "idf, score and draw are those of another computation to 1e-9, and add up to 1" {
    texts 400 >generated
    inputs=(generated)
    if [ -d "$LABELLED" ]; then
        head -n 500 "$LABELLED/trec/TREC.train.all" | quern import --format text --source t >trec
        head -n 500 "$LABELLED/sst2/stsa.binary.dev" | quern import --format text --source s >sst2
        inputs+=(trec sst2)
    fi
    for input in "${inputs[@]}"; do
        expected_show "$input" >expected
        shown "$input" >got
        close expected got || { echo "$input"; return 1; }
        awk -F'\t' '{ sum += $5 } $5 < 0 || $5 > 1 { exit 1 } END { exit !(sum > 1 - 1e-9 && sum < 1 + 1e-9) }' got
    done
    # The comparison sees a wrong number: mutants.
    for mutant in '$4 *= 1 + 3e-9' '$5 += 2e-9' '$2++' '$3 = "nan"'; do
        awk -F'\t' -v OFS='\t' -v CONVFMT=%.17g -v OFMT=%.17g "NR == 7 { $mutant } 1" got >changed
        if close expected changed >/dev/null; then echo "not seen: $mutant"; return 1; fi
    done
    sed 1d got >changed
    if close expected changed >/dev/null; then return 1; fi
}

@test "one, three and seven shards, any order, any number of threads, little memory: the same bytes" {
    texts 3000 >in
    for how in "" "--case keep" "--label label"; do
        quern tfidf count $how in >whole
        [ "$(wc -l <whole)" -gt 100 ]
        sed 1d whole | jq -r .word | LC_ALL=C sort -c
        quern tfidf count $how -j 8 in | cmp - whole
        shuf --random-source=in in | quern tfidf count $how -j 2 | cmp - whole
        for parts in 1 3 7; do
            rm -f part.* table.*
            split -n r/$parts in part.
            for part in part.*; do quern tfidf count $how "$part" >"table.$part"; done
            quern tfidf merge table.* | cmp - whole
            quern tfidf merge -j 4 $(ls -r table.*) | cmp - whole
        done
        quern tfidf merge whole /dev/null | cmp - whole
        quern tfidf show whole >shown
        quern tfidf show -j 8 whole | cmp - shown
        quern tfidf show <whole | cmp - shown
    done
    quern tfidf keywords --per-class 5 whole >words
    quern tfidf keywords --per-class 5 -j 4 whole | cmp - words
}

@test "more words than fit into memory, by themselves and with labels" {
    awk 'BEGIN { for (i = 0; i < 20000; i++) { line = "{\"label\":" i % 40 ",\"text\":\"";
        for (j = 0; j < 12; j++) line = line "w" (i * 7919 + j * j * 104729) % 100003 "x "; print line "\"}" } }' >in
    for how in "" "--label label"; do
        quern tfidf count $how in >whole
        quern tfidf count $how --max-memory 1M -j 2 in | cmp - whole
        message=$(quern tfidf count $how --max-memory 1M --temp-dir /nowhere in 2>&1 >/dev/null || true)
        [[ $message == *"/nowhere: "* ]]
        split -n r/3 in part.
        for part in part.*; do quern tfidf count $how --max-memory 1M "$part" >"table.$part"; done
        quern tfidf merge --max-memory 1M table.* | cmp - whole
    done
}

@test "the weights of a record add up to 1, but for rounding" {
    texts 1 | quern tfidf count | sed 1d | jq -s -e '([.[].weight] | add) as $sum | ($sum - 1099511627776 | fabs) <= length / 2'
    printf '{"text":"a b c"}\n' | quern tfidf count | sed 1d | jq -s -e 'all(.weight == 366503875925)'
    # A text of a million words, one of them 10^6 - 1 times.
    awk 'BEGIN { printf "{\"text\":\"b"; for (i = 1; i < 1000000; i++) printf " a"; print "\"}" }' | quern tfidf count >out
    is out '{"format":"quern-tfidf-1","records":1,"options":{"case":"fold"},"documents":2}
{"word":"a","documents":1,"weight":1099510528264}
{"word":"b","documents":1,"weight":1099512}'
}

@test "show in one process with count and merge, and through pipes" {
    texts 200 >in
    quern tfidf count in | quern tfidf merge | quern tfidf show >pipes
    quern run 'tfidf count | tfidf merge | tfidf show' in | cmp - pipes
    quern run 'tfidf count | tfidf show | select "draw < 0.001"' in >fused
    quern select 'draw < 0.001' pipes | cmp - fused
    [ -s fused ]
    quern tfidf count --label label in | quern tfidf keywords >pipes
    quern run 'tfidf count --label label | tfidf keywords' in | cmp - pipes
    if grep -iE 'nan|inf|null' pipes fused; then return 1; fi
}

@test "keywords are ranked by their log-odds, and are a lexicon" {
    texts 900 >in
    quern tfidf count --label label in >table
    sed 1d table | jq -r --argjson n 300 '.documents as $d | .word as $w | .labels | to_entries |
            map(.key as $c | .value as $a | ($d - $a) as $b |
                {c: $c, odds: ((($a + 1) / ($n - $a + 1) | log) - (($b + 1) / (2 * $n - $b + 1) | log))}) |
            sort_by(-.odds)[0] | select(.odds > 0) | [.c, .odds, $w] | @tsv' |
        LC_ALL=C sort -t$'\t' -k1,1 -k2,2gr -k3,3 | awk -F'\t' '++seen[$1] <= 7 { print $3 "\t" $1 }' >expected
    quern tfidf keywords --per-class 7 table >got
    is got "$(cat expected)"
    [ "$(cut -f2 got | uniq -c | wc -l)" = 3 ]
    head -n 1 got | cut -f1 >word
    printf '{"text":"%s"}\n' "$(cat word)" | quern entities find --gazetteer got | jq -e '.entities | length == 1'
}
