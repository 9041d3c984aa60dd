# Pieces, routes, samples, failures, and that a variant depends on nothing but its record.
load ../helper

# jsonl JQ: makes the file engine.jq, by which jq answers what the expression makes of a request.
jsonl() {
    echo "select(.id) | {id} + ($1)" >engine.jq
}
JQ="--command 'jq --unbuffered -c -f engine.jq' --protocol jsonl"

@test "long sentences go in pieces of 300 characters, cut at the best place" {
    perl -Mutf8 -CO -e '
        my @texts = ("word " x 200, "no spaces here" . "x" x 1000, join(", ", ("a clause of some words") x 40),
            join("; ", ("first, a clause", "then another") x 30), "1,000,000" x 60, "子" x 700,
            join("，", ("风吹过山岗") x 90), "\x{1F600}" x 350, "é" x 299, "é" x 300, "é" x 301);
        for (my $i = 0; $i < @texts; $i++) { print "{\"id\":$i,\"text\":\"$texts[$i]\"}\n" }' >in
    # what is sent comes back between brackets
    sh "quern translate --command \"sed -u 's/.*/[&]/'\" --back-command cat --emit synthetic --max-ratio 1 -q in"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 11 ]
    jq -r '.text | scan("\\[[^]]*\\]")[1:-1]' out >pieces
    [ "$(wc -l <pieces)" -ge 29 ] || { wc -l pieces; return 1; }
    is <(jq -R 'select(length > 300 or length == 0 or test("^\\s|\\s$"))' pieces) ""
    # without the brackets it is the text, white space included
    is <(jq -r '.text | gsub("[][]"; "")' out) "$(jq -r .text in)"
    # cut where it should be
    ends() { jq -r "select(.id == \"$1#bt1\") | .text | [scan(\"\\\\[[^]]*\\\\]\")[1:-1]] | .[:-1][] | .[-1:]" out | sort -u; }
    is <(ends 2) ","
    is <(ends 3) ";"
    is <(ends 6) "，"
    is <(jq -r '[.id, (.text | [scan("\\[")] | length)] | @tsv' out | grep -E '^(8|9|10)#') $'8#bt1\t1\n9#bt1\t1\n10#bt1\t2'
}

@test "routes and samples have their numbers, whatever becomes of the others" {
    echo '{"id":"x","text":"a text of some words"}' >in
    jsonl '{texts:[range(.num // 1) as $i | if .target == "de" and $i == 1 then "no" elif .target == "en" then .text else .text + " " + .target + ($i|tostring) end]}'
    sh "quern translate $JQ --source en --pivot fr,de --num 2 -q in | jq -c '[.id,.text]'"
    is out '["x","a text of some words"]
["x#bt1","a text of some words fr0"]
["x#bt2","a text of some words fr1"]
["x#bt3","a text of some words de0"]'
    [ "$status" = 0 ]
}

@test "an engine that is told the direction gets source, target and num" {
    echo '{"id":"x","text":"a text of some words"}' >in
    cat >engine <<'END'
#!/bin/bash
while read -r line; do
    printf '%s\n' "$line" >>seen
    [[ $line != *'"id":'* ]] || jq -c '{id, text: (.text + ".")}' <<<"$line"
done
END
    chmod +x engine
    sh "quern translate --command ./engine --protocol jsonl --pair en-fr --num 3 -q in"
    [ "$status" = 0 ]
    is seen '{"protocol":"quern-via","version":1}
{"id":1,"text":"a text of some words","source":"en","target":"fr","num":3}
{"id":2,"text":"a text of some words.","source":"fr","target":"en","num":1}'
}

# 400 records of two to five sentences.
records() {
    perl -e 'srand 5; for my $i (1 .. 400) {
        print "{\"id\":$i,\"text\":\"", join(" ", map { "Sentence $_ of $i goes on." } 1 .. 2 + $i % 4), "\"}\n" }' >in
}
SAMPLER='{texts:[range(.num) as $i | .text + " \(.target)\($i)"]}'

@test "the same for every number of threads, engines and requests in flight, in shards, in any order" {
    records
    jsonl "$SAMPLER"
    for recombine in 0 3; do
        run=(quern translate --command 'jq --unbuffered -c -f engine.jq' --protocol jsonl --source en --pivot "fr,de"
            --num 2 --recombine "$recombine" --seed 7)
        "${run[@]}" -q in >once
        [ "$(wc -l <once)" -gt 1200 ]
        for other in "-j 1" "-j 4" "--children 2" "--window 1" "--window 7" "--cache cache" "--cache cache --cache-only"; do
            read -ra more <<<"$other"
            "${run[@]}" -q "${more[@]}" in | cmp - once
        done
        rm -r cache
        { "${run[@]}" -q <(head -n 150 in); "${run[@]}" -q <(tail -n +151 in); } | cmp - once
        cmp <(shuf in | "${run[@]}" -q | sort) <(sort once)
        quern run -q "cat | $(printf "'%s' " "${run[@]:1}") | cat" in | cmp - once
    done
}

@test "recombined sentences are drawn evenly, and not all variants alike" {
    jsonl "$SAMPLER"
    perl -e 'print "{\"id\":$_,\"text\":\"Sentence one is here. Sentence two is there.\"}\n" for 1 .. 4000' >in
    sh "quern translate $JQ --source en --pivot fr,de --num 2 --recombine 2 --emit synthetic -q in"
    [ "$status" = 0 ]
    jq -r '.text | [scan("(?:fr|de)[01]")] | join(" ")' out | sort | uniq -c >pairs
    # 16 pairs; of 8,000 variants each has 500, sd 21.7; chi-square with 15 degrees, p < 1e-6 beyond 56.5. The second
    # variant of a record is drawn anew if it equals the first, so both together are not independent: the bound has room.
    [ "$(wc -l <pairs)" = 16 ]
    awk '{ x += ($1 - 500) ^ 2 / 500 } END { exit x > 56.5 }' pairs
    # another seed, other choices
    for seed in 1 2; do
        quern translate --command 'jq --unbuffered -c -f engine.jq' --protocol jsonl --source en --pivot fr,de --num 2 \
            --recombine 1 --seed $seed --emit synthetic -q <(head -n 50 in) >"seed$seed"
    done
    [ "$(<seed1)" != "$(<seed2)" ]
}

@test "a record whose translation fails passes without variants, or is bad" {
    records
    jsonl 'if (.text|test(" of 7 ")) then {error:{code:"too_hard",message:"no idea"}} else {text:(.text+" so")} end'
    sh "quern translate $JQ --pair en-fr in"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 799 ]
    grep -q '^quern-translate: in:7: the request has failed: the engine answered with an error: too_hard: no idea$' err
    [ "$(grep -c 'in:7' err)" = 1 ]
    sh "quern translate $JQ --pair en-fr --failed reject --on-error skip in"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 798 ]
    sh "quern translate $JQ --pair en-fr --failed reject in"
    [ "$status" = 3 ]
    [ "$(wc -l <out)" = 12 ]
    sh "quern translate $JQ --pair en-fr --max-failed 4 in"
    [ "$status" = 1 ]
    grep -q 'max-failed' err
}

@test "a cache holds both directions and is paid for once" {
    records
    all="quern translate --command 'sed -u s/Sentence/Phrase/' --back-command 'sed -u s/goes/runs/' --cache cache -q"
    bash -c "$all in" >once
    sh "$all --stats stats in"
    [ "$status" = 0 ]
    cmp out once
    [ "$(jq '.filters[0] | .requests == .cached' stats)" = true ]
    # together no more than that
    rm -r cache
    sh "$all --max-requests 100 in"
    [ "$status" = 1 ]
    [ "$(zstdcat cache/* | wc -l)" = 100 ]
    for ((i = 0; i < 40 && status == 1; i++)); do sh "$all --max-requests 500 in"; done
    [ "$status" = 0 ]
    cmp out once
}

@test "what is missing or makes no sense is said" {
    bad() { gives "quern translate $1 </dev/null" 2 "" "quern-translate: $2"; }
    bad "" "what translates? Expected --command CMD, or --engine apertium"
    bad "--command cat" "what translates back? Expected --back-command CMD; only a jsonl engine is told the direction"
    bad "--command cat --protocol jsonl" \
        "one command for both directions must be told them: expected --pair, or --source and --pivot"
    bad "--command cat --back-command cat --pivot fr" "--pivot needs --source, the language of the texts"
    bad "--command cat --back-command cat --source en --pivot fr,de" \
        "--pivot: several languages need a jsonl engine, which is told them, or --engine apertium"
    bad "--command cat --protocol jsonl --source en --pivot fr,fr" "--pivot: fr is given twice"
    bad "--command cat --back-command cat --pair en" '--pair: expected two languages such as eng-spa, found "en"'
    bad "--engine apertium" "which languages? Expected --pair, such as eng-spa, or --source and --pivot"
    sh "quern translate --command cat --back-command cat --num 2 </dev/null"
    [ "$status" = 2 ]
    sh "quern translate --engine apertium --pair eng-spa --command cat </dev/null"
    [ "$status" = 2 ]
}

@test "ids of what is derived, and the oldest ancestor" {
    echo '{"id":"a#w0","text":"some words of a window","parent":"a","root":"a","epoch":2}' >in
    gives "quern translate --command 'sed -u s/some/few/' --back-command cat --emit synthetic -q in" 0 \
        '{"id":"a#w0#bt1","text":"few words of a window","parent":"a#w0","root":"a","epoch":2,"op":"bt","edits":[{"start":0,"end":22,"old":"some words of a window","new":"few words of a window"}]}'
}
