# What only whole runs show: the output depends on nothing but the records; dimensions, the cache, fastText. Engines that
# fail are in tests/faults/engines.bats.
load ../helper

# A vector that depends on the text: its words, its letters, and a third.
ENGINE='perl -ne "BEGIN { \$| = 1 } chomp; print scalar(split), q( ), length, q( ), length() / 8, qq(\n)"'

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    awk 'BEGIN { for (i = 1; i <= 3000; i++) {
        text = i % 97 ? "text " i : ""
        for (k = 0; k < (i % 97 ? i % 60 : 0); k++) text = text " word" k
        print "{\"id\":" i ",\"text\":\"" text "\"}"
    } }' >in
}

@test "the same output for any number of threads and engines, any window, fused and in shards" {
    jq -r .text in | awk '{ print NF, length($0), length($0) / 8 }' >numbers
    paste -d ' ' in numbers | sed -E 's/\} ([0-9.]+) ([0-9.]+) ([0-9.]+)$/,"features":[\1,\2,\3]}/' >expected
    for protocol in line fasttext batch; do
        embed="embed --protocol $protocol --command '$ENGINE'"
        for how in "" "-j 1 --window 1" "-j 4" "-j 3 --children 2" "--children 4 --window 7" "--window 1000 -j 2"; do
            sh "quern $embed $how in"
            is err ""
            cmp expected out || { echo "$protocol $how"; return 1; }
        done
        echo "$embed" >chain
        for j in 1 4; do
            sh "quern run \"cat | \$(<chain) | cat\" -j $j in"
            cmp expected out || { echo "$protocol: fused, -j $j"; cat err; return 1; }
        done
        split -n r/3 in shard.
        sh "for shard in shard.a?; do quern $embed -o made.\$shard \$shard; done; sort made.*"
        cmp <(sort expected) out || { echo "$protocol: shards"; return 1; }
    done
}

@test "the cache: a second run starts no engine, and an answer of another length is asked for again" {
    head -n 200 in >some
    sh "quern embed --command '$ENGINE' --cache cache some"
    mv out expected
    sh "quern embed --command '$ENGINE' --cache cache --cache-only --dim 3 --stats stats some"
    cmp expected out
    [ "$(jq -c '.filters[0] | [.requests, .cached]' stats)" = "[200,200]" ]
    head -n 201 in | tail -n 1 >new
    sh "quern embed --command '$ENGINE' --cache cache --cache-only new"
    [ "$status" = 3 ]
    is err "quern-embed: new:1: id 201: it is not in the cache (--cache-only)"
    # an answer of 3 numbers is none where 2 are asked for
    sh "quern embed --command 'sed -u \"s/.*/1 2/\"' --engine-id '$ENGINE' --cache cache --dim 2 -j 3 some"
    [ "$status" = 0 ]
    cmp out <(sed 's/}$/,"features":[1,2]}/' some)
}

@test "--max-requests ends the run" {
    sh "quern embed --command '$ENGINE' --max-requests 100 in"
    [ "$status" = 1 ]
    is err "quern-embed: 100 requests have been made, no more are allowed (--max-requests)"
}

@test "two lengths end the run; with --dim the record is bad" {
    printf '{"id":%s,"text":"%s"}\n' 1 '1 2' 2 '1 2 3' 3 '4 5' >two
    for j in 1 4; do
        sh "quern embed --command cat --protocol batch --on-error skip -j $j two"
        [ "$status" = 1 ]
        is err 'quern-embed: two:2: "cat" answered vectors of 2 and of 3 numbers (with --dim N, another length makes a record bad)'
        sh "quern embed --command cat --protocol batch --on-error skip --dim 2 -j $j two"
        [ "$status" = 0 ]
        is out $'{"id":1,"text":"1 2","features":[1,2]}\n{"id":3,"text":"4 5","features":[4,5]}'
        grep -qx 'quern-embed: two:2: id 2: the reply has 3 numbers, expected 2 (--dim)' err
    done
}

@test "options that contradict each other, and values that mean nothing" {
    sh "quern embed in"
    [ "$status" = 2 ]
    sh "quern embed --command 'cat' --dim 0 in"
    [ "$status" = 2 ]
    sh "quern embed --command 'cat' --restarts -1 in"
    [ "$status" = 2 ]
    sh "quern embed --command 'cat \"' in"
    [ "$status" = 2 ]
    sh "quern embed --command cat --protocol jsonl --sentinel x in"
    [ "$status" = 2 ]
    sh "quern embed --command cat </dev/null"
    [ "$status" = 0 ]
    is out ""
}

@test "fasttext print-sentence-vectors, out of the box" {
    type fasttext || skip "no fasttext"
    for ((i = 0; i < 100; i++)); do echo "the mill grinds the corn and the wind turns the mill by day $i"; done >words
    fasttext skipgram -input words -output words -dim 4 -bucket 100 -epoch 1 -thread 1 >log 2>&1
    sed 's/^/__label__a /' words >labelled
    fasttext supervised -input labelled -output classes -dim 4 -epoch 1 -thread 1 >log 2>&1
    # Texts of known words, unknown ones, none, many, equal ones, that of the sentinel
    for ((i = 0; i < 300; i++)); do
        case $((i % 6)) in
        0) echo "?" ;;
        1) echo "the wind $i" ;;
        2) printf 'corn %.0s' $(seq $((i * 20 + 1))) && echo ;;
        3) echo "mill" ;;
        4) echo "90210 磨坊" ;;
        5) echo "" ;;
        esac
    done >texts
    jq -cR '{id: input_line_number, text: .}' texts >texts.jsonl
    for model in words classes; do
        fasttext print-sentence-vectors $model.bin <texts | jq -cR '[splits(" +") | tonumber?]' >expected
        sh "quern embed --protocol fasttext --command 'fasttext print-sentence-vectors $model.bin' -j 2 texts.jsonl"
        [ "$status" = 0 ] || { cat err; return 1; }
        cmp <(jq -c .features out) expected
        # What would end its line or vanish from it
        jq -c '.text += " </s> \n __label__a \u0000\u2028mill"' texts.jsonl >odd.jsonl
        sh "quern embed --protocol fasttext --command 'fasttext print-sentence-vectors $model.bin' odd.jsonl"
        [ "$status" = 0 ] || { cat err; return 1; }
        is err "quern-embed: 600 words left out of what was sent: </s>, or beginning with __label__"
        cmp <(jq -c .features out) <(sed 's/$/ mill/' texts | fasttext print-sentence-vectors $model.bin |
            jq -cR '[splits(" +") | tonumber?]')
    done
}
