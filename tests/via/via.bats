# What only whole runs show: counts, notes, and that the output depends on nothing but the records.
load ../helper

ENGINE=$BUILD/tests/via/engine

# texts COUNT: records with a text of a few hundred bytes.
texts() {
    awk -v count="$1" 'BEGIN {
        for (k = 0; k < 40; k++) more = more " word" k
        for (i = 1; i <= count; i++) print "{\"id\":" i ",\"text\":\"" (i % 97 ? "text" : "odd") " " i more "\"}" }'
}

# counts FILTER NAME...: of the file stats.
counts() {
    jq -r --arg names "${*:2}" ".filters[$1] as \$f | \$names | split(\" \") | map(\$f[.]) | join(\" \")" stats
}

@test "the same output for any number of threads and engines, any window, fused and in shards" {
    texts 3000 >in
    for protocol in line jsonl batch; do
        via="via --protocol $protocol --command '$ENGINE protocol=$protocol odd=empty' --into reply"
        [[ $protocol != batch ]] || via+=" --batch 1000"
        sh "quern $via -q in"
        [ "$status" = 0 ]
        mv out expected
        [ "$(grep -c '"reply":"re text' expected)" = 2970 ]
        for how in "-j 1 --window 1" "-j 4" "-j 3 --children 2" "--children 4 --window 7" "--window 1000 -j 2"; do
            sh "quern $via $how -q in"
            cmp expected out || { echo "$protocol $how"; return 1; }
        done
        for j in 1 4; do
            sh "quern run 'cat | ${via//\'/\"} --children 2 | cat' -j $j -q in"
            cmp expected out || { echo "$protocol: fused, -j $j"; return 1; }
        done
        split -n r/3 in shard.
        # each into a file: what several write into one pipe is mixed within lines
        sh "for shard in shard.a?; do quern $via -q -o made.\$shard \$shard & done; wait; sort made.*"
        cmp <(sort expected) out || { echo "$protocol: shards"; return 1; }
    done
}

@test "two engines in one chain" {
    texts 1500 >in
    sh "quern run 'via --command \"$ENGINE start=300\" --into a | via --protocol jsonl --command \"$ENGINE protocol=jsonl turn=9\" --field a --into b | via --protocol batch --command \"tr a-z b-za\" --op next --emit synthetic' -j 2 --stats stats in"
    [ "$status" = 0 ] || { cat err; return 1; }
    is err ""
    [ "$(wc -l <out)" = 1500 ]
    jq -es 'all(.[]; (.parent as $n | .b == "re " + .a and (.a | startswith("re ")) and .id == "\($n)#next1"
        and (.a[3:] | explode | map(if . >= 97 and . < 122 then . + 1 else . end) | implode) == .text))' out
    [ "$(counts 0 requests failed)" = "1500 0" ]
    [ "$(counts 2 requests variants)" = "1500 1500" ]
}

@test "--stats: requests, failures, what was not sent, variants, equal ones, lost entities" {
    cat >in <<'END'
{"id":1,"text":"the mill"}
{"id":2,"text":" "}
{"id":3,"text":"a text that is too long"}
{"id":4,"text":"same"}
{"id":5,"text":"odd"}
{"id":6,"text":"the mill of Ann","entities":[{"start":12,"end":15}]}
{"id":7,"text":"the ox of Ann","entities":[{"start":10,"end":13}]}
END
    sh "quern via --command 'sed -u \"s/the/a/;s/odd//;s/ox.*//\"' --op v --max-chars 20 --max-failed 1 --stats stats in"
    [ "$status" = 0 ]
    [ "$(counts 0 requests cached failed unsent variants equal entity_lost in out)" = "5 0 1 2 2 1 1 7 9" ]
    is err 'quern-via: in:5: the request has failed: the reply is empty
quern-via: 1 of 5 requests have failed; their records have no variants
quern-via: 2 texts not sent: blank, or longer than --max-chars'
}

@test "an edit taken back gives the parent's text; offsets of entities are those of their surfaces" {
    perl -Mutf8 -CO -e '
        my @words = ("mill", "Ann", "北京", "\x{1F600}", "New York", "é", "quern", "and");
        for my $i (1 .. 300) {
            my ($text, @spans) = ("");
            for my $k (0 .. $i % 9) {
                my $word = $words[($i * 7 + $k * 3) % 8];
                push @spans, "{\"start\":" . length($text) . ",\"end\":" . (length($text) + length($word)) . ",\"k\":$k}"
                    if ($i + $k) % 3 == 0;
                $text .= "$word ";
            }
            print "{\"id\":$i,\"text\":\"$text\",\"entities\":[" . join(",", @spans) . "],\"words\":[[0,1]]}\n";
        }' >in
    # the words in the opposite order
    sh "quern via --protocol jsonl --command 'jq --unbuffered -c \"select(.id)|{id,text:(.text|gsub(\\\"New York\\\";\\\"New_York\\\")|split(\\\" \\\")|reverse|join(\\\" \\\")|gsub(\\\"New_York\\\";\\\"New York\\\"))}\"' --op back -q --stats stats in"
    [ "$status" = 0 ] || { cat err; return 1; }
    [ "$(counts 0 variants)" -gt 100 ]
    [ "$(counts 0 requests)" = 300 ]
    jq -es '(map(select(.parent == null)) | INDEX(.id)) as $parents | map(select(.parent)) | length > 100 and
        all(.[]; $parents[.parent|tostring] as $p | . as $v
            | (.edits | length == 1) and .edits[0].old == $p.text and .edits[0].new == .text
            and .edits[0].start == 0 and .edits[0].end == ($p.text | length)
            and (has("words") | not)
            and [.entities[] | $v.text[.start:.end]] == [$p.entities[] | $p.text[.start:.end]]
            and [.entities[].k] == [$p.entities[].k])' out
}

@test "the first ten failures are noted, the others counted; rejected records go to the quarantine" {
    for i in {1..30}; do printf '{"id":%d,"text":"%s %d"}\n' $i "$([ $((i % 2)) = 0 ] && echo odd || echo text)" $i; done >in
    sh "quern via --command '$ENGINE odd=empty' --into r --max-failed 50% in"
    [ "$status" = 0 ]
    [ "$(grep -c 'the request has failed: the reply is empty$' err)" = 10 ]
    is <(tail -2 err) 'quern-via: further failed requests are counted but not shown
quern-via: 15 of 30 requests have failed; their records have no reply'
    [ "$(grep -c '"r":' out)" = 15 ] && [ "$(wc -l <out)" = 30 ]
    sh "quern via --command '$ENGINE odd=empty' --into r --max-failed 49% in"
    [ "$status" = 1 ]
    grep -q '^quern-via: 15 of 30 requests to ".*" have failed, which is more than --max-failed 49%; the last one: the reply is empty$' err
    sh "quern via --command '$ENGINE odd=empty' --into r --max-failed 14 in"
    [ "$status" = 1 ]
    sh "quern via --command '$ENGINE odd=empty' --into r --max-failed 15 -o made in"
    [ "$status" = 0 ] && [ -s made ]
    sh "quern via --command '$ENGINE odd=empty' --into r --max-failed 14 -o unmade in"
    [ "$status" = 1 ] && [ ! -e unmade ]
    sh "quern via --command '$ENGINE odd=empty' --into r --max-failed 50% --failed reject --on-error quarantine=bad -j 2 in"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 15 ]
    is <(jq -r .raw bad) "$(grep odd in)"
    is <(jq -r .error bad | sort -u) "the request has failed: the reply is empty"
}

@test "a share of failures is judged after 1000 requests, or at the end" {
    texts 20000 | sed 's/"text /"odd /' >in
    sh "quern via --command '$ENGINE odd=empty log=log' --into r in"
    [ "$status" = 1 ]
    grep -q 'which is more than --max-failed 10%' err
    [ "$(grep -c '^ask odd' log)" -ge 100 ]
    [ "$(grep -c '^ask odd' log)" -lt 20000 ]
}

@test "replies that a sentinel's could be mistaken for" {
    # as a classifier answers, which says one of two words
    texts 300 >in
    sh "quern via --command 'perl -ne \"BEGIN { \\\$| = 1 } print /7/ ? qq(yes\n) : qq(no\n)\"' --into r --window 20 -q in"
    [ "$status" = 0 ] || { cat err; return 1; }
    jq -es 'all(.[]; .r == (if .text | test("7") then "yes" else "no" end))' out
}

@test "an engine that answers 0, 1 or many characters for each: no text beside another" {
    texts 2000 >in
    sh "quern via --command 'perl -pe \"BEGIN { \\\$| = 1 } s/^\\\\w+ (\\\\d+).*/\\\$1 x (\\\$1 % 50 * 40 + 1)/e\"' --into r -q in"
    [ "$status" = 0 ] || { cat err; return 1; }
    jq -es 'all(.[]; (.id | tostring) as $n | .r == $n * (.id % 50 * 40 + 1))' out
}
