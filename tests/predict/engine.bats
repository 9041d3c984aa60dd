# What only whole runs of `predict --command` show: the output depends on nothing but the records; fastText, the cache.
# Engines that fail are in tests/faults/engines.bats.
load ../helper

# Probabilities that depend on the text.
ENGINE='perl -ne "BEGIN { \$| = 1 } chomp; print 1 / (1 + length), q( ), length() / (1 + length), qq(\n)"'

@test "the same output for any number of threads and engines, any window, fused and in shards" {
    awk 'BEGIN { for (i = 1; i <= 3000; i++) {
        text = i % 97 ? "text " i : ""
        for (k = 0; k < (i % 97 ? i % 60 : 0); k++) text = text " word" k
        print "{\"id\":" i ",\"text\":\"" text "\"}"
    } }' >in
    sh "quern predict --classes a,b --command '$ENGINE' in"
    [ "$status" = 0 ]
    is err ""
    mv out expected
    [ "$(jq -c 'select(.text == "") | [.probs, .predicted]' expected | sort | uniq -c | xargs)" = "30 [[1,0],a]" ]
    jq -es 'all(.[]; ((.text | length) as $n | .probs[0] - 1 / (1 + $n) | fabs) < 1e-6)' expected
    for protocol in line batch; do
        predict="predict --classes a,b --protocol $protocol --command '$ENGINE'"
        for how in "-j 1 --window 1" "-j 4" "-j 3 --children 2" "--children 4 --window 7" "--window 1000 -j 2"; do
            sh "quern $predict $how in"
            cmp expected out || { echo "$protocol $how"; cat err; return 1; }
        done
        echo "$predict" >chain
        for j in 1 4; do
            sh "quern run \"cat | \$(<chain) | cat\" -j $j in"
            cmp expected out || { echo "$protocol: fused, -j $j"; cat err; return 1; }
        done
        split -n r/3 in shard.
        sh "for shard in shard.a?; do quern $predict -o made.\$shard \$shard; done; sort made.*"
        cmp <(sort expected) out || { echo "$protocol: shards"; return 1; }
    done
}

@test "the cache: a second run starts no engine; answers that these classes have no use for are asked for again" {
    printf '{"id":%s,"text":"%s"}\n' 1 a 2 '' 3 a 4 b >in
    sh "quern predict --classes a,b --command 'sed -u \"s/.*/0.25 0.75/\"' --engine-id E --cache cache in"
    [ "$status" = 0 ]
    mv out expected
    sh "quern predict --classes a,b --command no-such-engine --engine-id E --cache cache --cache-only --stats stats in"
    cmp expected out
    [ "$(jq -c '.filters[0] | [.requests, .cached]' stats)" = "[4,4]" ]
    sh "quern predict --classes a,b,c --command 'sed -u \"s/.*/0.25 0.5 0.25/\"' --engine-id E --cache cache in"
    [ "$(jq -c '.probs' out | sort -u)" = "[0.25,0.5,0.25]" ]
    sh "quern predict --classes a,b --command cat --cache other --cache-only in"
    [ "$status" = 3 ]
}

@test "quern predict --model asks nobody: a MAP in effect, though its class is ASYNC" {
    printf '{"features":[%s],"label":"%s"}\n' 0 no 1 no 2 yes 3 yes >in
    quern fit linear --C 1 in >model
    sh "quern predict --model model --stats stats -j 3 in"
    [ "$(jq -c '.filters[0] | [.in, .out, .requests]' stats)" = "[4,4,0]" ]
}

# train: a small model of two kinds of text.
train() {
    perl -e 'my $s = 7;
        sub draw { $s = ($s * 1103515245 + 12345) % 2147483648; int($s / 65536) % $_[0] }
        for my $i (1 .. 2000) {
            my $kind = draw(2);
            print join(" ", $kind ? "__label__spam" : "__label__ham", map { "w" . (draw(60) + 40 * $kind) } 1 .. 12), "\n";
        }' >labelled
    fasttext supervised -input labelled -output model -dim 8 -epoch 5 -wordNgrams 2 -bucket 1000 -thread 1 >log 2>&1
}

# direct: what fastText says of the texts of direct.txt, divided by the sum, as [spam,ham].
direct() {
    fasttext predict-prob model.bin - -1 <direct.txt | awk '{ p[$1] = $2; p[$3] = $4; s = p["__label__spam"]; h = p["__label__ham"]
        printf "%.12g %.12g\n", s / (s + h), h / (s + h) }'
}

@test "fasttext predict-prob: what it says of the same texts, whatever is in them" {
    type fasttext || skip "no fasttext"
    train
    cat >in.jsonl <<'END'
{"text":"w1 w2 w3"}
{"text":""}
{"text":" \t "}
{"text":"\u0000"}
{"text":"unknown words 磨坊"}
{"text":"w90 </s> w91 w92"}
{"text":"</s>"}
{"text":"w90\nw91\r\nw1\u2028w2\u2029w3\u0085w4\u0000w5\u00a0w6\u3000w7"}
{"text":"__label__ham w95 __label__"}
{"text":"90210"}
END
    perl -e 'print "{\"text\":\"", join(" ", map { "w" . $_ % 97 } 1 .. 6000), "\"}\n"' >>in.jsonl
    sed 's/^__label__[a-z]* \(.*\)/{"text":"\1"}/' labelled >>in.jsonl
    jq -r '.text | gsub("[\\s\u0000\u0085\u00a0\u2028\u2029\u3000]"; " ") | gsub("(^| )(</s>|__label__[a-z]*)(?= |$)"; " ")' \
        in.jsonl >direct.txt
    [ "$(wc -l <direct.txt)" = 2011 ]
    direct >expected
    for how in "" "-j 3" "--window 1" "--children 2"; do
        sh "quern predict --protocol fasttext --command 'fasttext predict-prob model.bin - -1' --classes spam,ham $how in.jsonl"
        [ "$status" = 0 ] || { cat err; return 1; }
        is err "quern-predict: 4 words left out of what was sent: </s>, or beginning with __label__"
        jq -r '.probs | "\(.[0]) \(.[1])"' out | paste -d ' ' - expected | awk '{
            if (($1 - $3) ^ 2 + ($2 - $4) ^ 2 > 1e-20) { print NR ": " $0; bad = 1 } } END { exit bad }'
        jq -es 'all(.[]; .predicted == (if .probs[0] >= .probs[1] then "spam" else "ham" end))' out
    done
}

@test "fasttext with classes that are not all its labels, and one label only" {
    type fasttext || skip "no fasttext"
    train
    printf '{"text":"%s"}\n' 'w1 w2' 'w90 w91' >in.jsonl
    sh "quern predict --protocol fasttext --command 'fasttext predict-prob model.bin - -1' --classes eggs,spam,ham in.jsonl"
    [ "$(jq -c '[.probs[0], .predicted]' out | xargs)" = "[0,ham] [0,spam]" ]
    sh "quern predict --protocol fasttext --command 'fasttext predict-prob model.bin - -1' --classes eggs,spam in.jsonl"
    [ "$status" = 3 ]
    is err 'quern-predict: in.jsonl:1: the reply: --classes has no class for the label "__label__ham"'
}

@test "fastText, from training to prediction: the commands of the manual" {
    type fasttext || skip "no fasttext"
    . "$ROOT/tests/manual/examples.bash"
    train
    sed 's/^__label__\([a-z]*\) \(.*\)/{"label":"\1","text":"\2"}/' labelled >texts.jsonl
    jq -c 'del(.label)' texts.jsonl | cat -n | sed 's/^ *\([0-9]*\)\t{/{"id":\1,/' >pool.jsonl
    blocks_of_manual "$ROOT/man/quern-predict.1" | awk -v RS='\n\f\n' 'index($0, "fasttext supervised") { print }' >commands
    [ -s commands ]
    sh "bash -e commands"
    [ "$status" = 0 ] || { cat err; return 1; }
    cmp <(sed 's/  */ /g' labelled) train.txt
    [ "$(wc -l <more.jsonl)" -gt 1000 ]
    jq -es 'all(.[]; .label == .predicted and .pseudo and ([.probs[]] | max) > 0.9)' more.jsonl
}
