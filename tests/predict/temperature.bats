# fit temperature and --calibrate: against bisection; logits and probabilities; order and threads; borders.
load ../helper

# logits COUNT CLASSES SHARPNESS: labels drawn from the softmax of logits that are SHARPNESS times too large
logits() {
    perl -e 'my ($n, $k, $sharp) = @ARGV; my $s = 3; sub u { $s = ($s * 1103515245 + 12345) % 2147483648; $s / 2147483648 }
        for my $i (1 .. $n) {
            my @z = map { 4 * u() - 2 } 1 .. $k;
            my $sum = 0;
            $sum += exp $_ for @z;
            my ($y, $draw) = (0, u() * $sum);
            $draw -= exp $z[$y++] while $y < $k - 1 && $draw >= exp $z[$y];
            printf "{\"id\":%d,\"logits\":[%s],\"label\":%d}\n", $i, join(",", map { sprintf "%.6g", $sharp * $_ } @z), $y
        }' "$1" "$2" "$3"
}

flat() {
    jq -r '[.label] + .logits | map(tostring) | join(" ")' "$1"
}

close() { # WITHIN <pairs, relative
    awk -v within="$1" '{ d = $1 / $2 - 1; if ($2 !~ /^-?[0-9]/ || (d < 0 ? -d : d) > within) { print "line " NR ": " $0; bad = 1 } }
        END { exit NR == 0 || bad }'
}

@test "the temperature is that of least log loss" {
    for words in "500 3 2.5" "300 2 0.4" "2500 10 1" "40 100 7"; do
        logits $words >in
        quern fit temperature in >table
        flat in | perl "$ROOT/tests/predict/temperature.pl" >expected
        paste -d ' ' <(jq '.temperature, .log_loss, .calibrated_log_loss' table) <(tr ' ' '\n' <expected) | close 1e-8 ||
            { echo "$words"; return 1; }
    done
    # what it was multiplied by is found again
    logits 5000 4 3 >in
    quern fit temperature in | jq -e '.temperature > 2.8 and .temperature < 3.2' >/dev/null
}

@test "probabilities: their logarithms, and what is 0" {
    logits 400 4 2 >in
    jq -c '(.logits | map(exp)) as $e | .probs = ($e | map(. / ($e | add))) | del(.logits)' in >probs
    paste -d ' ' <(quern fit temperature in | jq .temperature) <(quern fit temperature probs | jq .temperature) | close 1e-8
    printf '{"probs":%s,"label":%d}\n' '[1,0]' 0 '[1,0]' 0 '[1,0]' 1 >in
    quern fit temperature --stats stats in >table
    grep -q '"floored":3' stats
    # ln 10^-12 is -27.63, and 27.63 / T is to be ln 2
    paste -d ' ' <(jq .temperature table) <(awk 'BEGIN { print exp(3) }') | close 1e-5
    printf '{"probs":%s,"label":%d}\n' '[0.999,0.001]' 0 '[0.999,0.001]' 0 '[0.999,0.001]' 1 | quern fit temperature >table
    paste -d ' ' <(jq .temperature table) <(awk 'BEGIN { printf "%.15g\n", log(999) / log(2) }') | close 1e-9
}

@test "the same bytes in any order, for any number of threads, and on any processor" {
    logits 5000 3 2 >in
    quern fit temperature -j1 in >expected
    perl -e 'my $s = 5; print map { $_->[1] } sort { $a->[0] <=> $b->[0] } map { [($s = ($s * 1103515245 + 12345) % 2147483648), $_] } <>' in >shuffled
    for j in 1 2 4; do quern fit temperature -j$j shuffled | cmp - expected; done
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern fit temperature shuffled | cmp - expected
}

@test "borders, and logits that say nothing" {
    for words in '[9,0] 0 [1,0] 0|0.049787068367863944|nearly all labels are those of the largest logits, or the logits differ very little' \
        '[0.01,0] 0 [0.01,0] 0 [0.01,0] 1|0.049787068367863944|nearly all labels are those of the largest logits, or the logits differ very little' \
        '[99,0] 0 [99,0] 0 [99,0] 1|20.085536923187668|the logits say nothing about the labels, or the opposite, or they differ very much' \
        '[9,0] 1 [1,0] 1|20.085536923187668|the logits say nothing about the labels, or the opposite'; do
        IFS='|' read -r input expected note <<<"$words"
        printf '{"logits":%s,"label":%s}\n' $input >in
        sh "quern fit temperature in"
        [ "$status" = 0 ]
        paste -d ' ' <(jq .temperature out) <(echo "$expected") | close 1e-12
        grep -q "^quern-fit: the temperature is at the border, e^-\?3: $note" err
    done
    gives "printf '{\"logits\":%s,\"label\":%s}\n' '[2,2]' 0 '[0,0]' 1 | quern fit temperature | jq .temperature" 0 1
    gives "printf '{\"logits\":%s,\"label\":%s}\n' '[700,-700]' 0 '[-700,700]' 1 '[700,-700]' 1 '[0,1e300]' 1 '[-1e300,1e300]' 1 | quern fit temperature -q | jq '.temperature | isnormal'" 0 true
}

@test "records without a label are passed over" {
    logits 100 3 2 >in
    quern fit temperature in >expected
    { cat in; echo '{"logits":[1,2,3]}'; echo '{"label":null,"logits":"x"}'; } >more
    gives "quern fit temperature more | cmp - expected" 0 '' 'quern-fit: 2 records without label were passed over'
    gives "echo '{\"logits\":[1,2]}' | quern fit temperature" 3 '' 'quern-fit: there is no good record with label to learn from'
    jq -c '.split = (if .id < 50 then "dev" else "train" end)' in >two
    sh "quern fit temperature two"
    [ "$status" = 3 ]
    quern fit temperature --within split=dev two | jq -c '[.split, .records]' >got
    is got '["dev",49]'
}

@test "predict divides by it, and decides the same" {
    logits 200 3 1 | jq -c '.features = .logits | .label |= "c\(.)" | del(.logits)' >in
    quern fit linear --C 5 --folds 3 in >model
    quern predict --model model --out-of-fold --emit logits in >logits
    quern fit temperature --classes model logits >table
    quern predict --model model --out-of-fold --emit logits --calibrate table in >divided
    paste -d ' ' <(jq '.logits[]' divided) <(jq --slurpfile t table '.logits[] / $t[0].temperature' logits) | close 1e-14
    cmp <(jq .predicted logits) <(jq .predicted divided)
    quern predict --model model --out-of-fold --calibrate table in >probs
    paste -d ' ' <(jq '.probs[]' probs) <(jq '(.logits | map(exp)) as $e | $e[] / ($e | add)' divided) | close 1e-12
    # divided once, there is nothing more to divide by
    quern fit temperature --classes model divided | jq '[.temperature, 1] | .[]' | paste -d ' ' - - | close 1e-8
}

@test "files that are no temperature" {
    printf '{"id":%s,"features":[%s],"label":"%s"}\n' 1 1 a 2 0 b >in
    quern fit linear --C 5 in >model
    refused() {
        sh "quern predict --model model --calibrate table in"
        [ "$status" != 0 ] && [ ! -s out ] && is err "quern-predict: table: $1"
    }
    cp model table
    refused 'kind: expected "temperature", found "linear"'
    printf '{"logits":[1,2],"label":%s}\n' 0 1 1 | quern fit temperature >good
    jq -c '.temperature = 0' good >table
    refused 'temperature: expected a number above 0'
    jq -c '.temperature = "2"' good >table
    refused 'temperature: expected a number, found a string'
    jq -c 'del(.temperature)' good >table
    refused 'temperature: missing; the record has format, kind, options, classes, records, log_loss, calibrated_log_loss'
}
