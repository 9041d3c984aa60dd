# fit shares, fit thresholds, and confidence with their tables.
load ../helper

# make COUNT CLASSES: random distributions in the file in
make() {
    perl -e 'my ($n, $k) = @ARGV; my $s = 7;
        sub draw { $s = ($s * 1103515245 + 12345) % 2147483648; return (($s >> 8) % 10000 + 1) / 10000 }
        for my $i (1 .. $n) {
            my @p = map { draw() ** 4 } 1 .. $k; my $sum = 0; $sum += $_ for @p;
            printf "{\"id\":%d,\"probs\":[%s]}\n", $i, join ",", map { sprintf "%.17g", $_ / $sum } @p
        }' "$1" "$2" >in
}

near() { # TOLERANCE EXPECTED FOUND
    awk -v tolerance="$1" -f "$ROOT/tests/confidence/near.awk" "$2" "$3"
}

@test "shares: means, variance and counts" {
    make 1000 4
    quern fit shares in | jq -c '[.records, .mean, .confidence_mean, .confidence_variance, .counts]' >found
    jq -cs 'length as $n | [.[].probs | max] as $c | ($c | add / $n) as $m |
        [$n, ([.[].probs] | transpose | map(add / $n)), $m, ([$c[] | . - $m | . * .] | add / ($n - 1)),
        (. as $all | [range(4)] | map(. as $k | [$all[].probs | select(index(max) == $k)] | length))]' in >wanted
    near 1e-12 wanted found
}

@test "shares: the same for any order, any number of threads, and from parts" {
    make 5000 7
    quern fit shares --classes a,b,c,d,e,f,g in >whole
    for j in 2 4; do quern fit shares --classes a,b,c,d,e,f,g -j $j in | diff - whole; done
    sort -t: -k2,2r in | quern fit shares --classes a,b,c,d,e,f,g | diff - whole
    split -n l/7 in part.
    for part in part.*; do quern fit shares --classes a,b,c,d,e,f,g "$part" >"$part.table"; done
    quern fit merge part.*.table | diff - whole
    quern fit merge part.aa.table part.ab.table | quern fit merge - part.a[c-g].table | diff - whole
    # A part of no records changes nothing.
    : | quern fit shares --classes a,b,c,d,e,f,g -q | quern fit merge - whole | diff - whole
    : | quern fit shares -q >none
    quern fit merge none whole none | diff - whole
    quern fit merge whole none | diff - whole
    quern fit merge none none | diff - none
}

@test "shares: tables that don't add up" {
    make 10 3
    quern fit shares --classes a,b,c in >abc
    quern fit shares in >positions
    gives "quern fit merge abc positions" 3 "" \
        'quern-fit: positions:1: classes: the table was made with [0,1,2], the first one with ["a","b","c"]'
    jq -c '.sums[1] = "x"' abc >bad
    gives "quern fit merge bad" 3 "" 'quern-fit: bad:1: sums[1]: not a sum as "quern fit" writes it'
    jq -c '.counts[1] += 1' abc >bad
    gives "quern fit merge bad" 3 "" 'quern-fit: bad:1: counts: their sum is not the number of records'
    gives "quern fit merge --min-df 2 abc" 2 "" \
        "quern-fit: abc:1: --min-df, --max-df and --max-features have no effect on a table of columns"
}

@test "shares: alignment, thresholds and weights of classes, by hand" {
    printf '{"id":%s,"probs":%s}\n' 1 '[0.8,0.2]' 2 '[0.6,0.4]' 3 '[0.7,0.3]' 4 '[0.1,0.9]' >in
    quern fit shares --classes a,b in >shares
    is <(jq -c '[.mean,.confidence_mean,.counts]' shares) '[[0.55,0.45],0.75,[3,1]]'
    # p x (1/2) / mean: 0.8 / 0.55 against 0.2 / 0.45.
    quern confidence --shares shares --align uniform --emit probs in | jq -c .probs >found
    jq -c '.probs | [.[0] / 0.55, .[1] / 0.45] | add as $sum | map(. / $sum)' in >wanted
    near 1e-12 wanted found
    quern confidence --shares shares --target-shares 0.75,0.25 --emit probs in | jq -c .probs >found
    jq -c '.probs | [.[0] * 0.75 / 0.55, .[1] * 0.25 / 0.45] | add as $sum | map(. / $sum)' in >wanted
    near 1e-12 wanted found
    # Logits give the same: ln p are some.
    jq -c '{id, logits: (.probs | map(log))}' in >logits
    quern confidence --shares shares --target-shares 0.75,0.25 --emit probs logits | jq -c .probs >found
    near 1e-12 wanted found
    # Thresholds: 0.75 x 0.55 / 0.55, and 0.75 x 0.45 / 0.55.
    quern confidence -q --preset freematch --shares shares --emit threshold,loss_mask in | jq -c '[.threshold,.loss_mask]' >found
    printf '%s\n' '[0.75,1]' '[0.75,0]' '[0.75,0]' '[0.613636363636363636,1]' >wanted
    near 1e-12 wanted found
    # Weights: the variance of the confidence is 0.05 / 3, its mean 0.75.
    quern confidence -q --preset softmatch --shares shares --emit loss_weight in | jq -c .loss_weight >found
    jq '.probs | max - 0.75 | if . > 0 then 0 else . end' in |
        awk '{ printf "%.17g\n", exp(-$1 * $1 / (2 * 0.05 / 3 / 4)) }' >wanted
    near 1e-12 wanted found
}

@test "shares: what confidence refuses" {
    printf '{"id":%s,"probs":%s}\n' 1 '[1,0]' 2 '[1,0]' >in
    quern fit shares --classes a,b in >shares
    gives "quern confidence --shares shares --align uniform in" 2 "" \
        "quern-confidence: shares: mean[1]: 0: no record is of this class, so nothing can be aligned with it"
    gives "quern confidence --classes b,a --shares shares --class-thresholds in" 2 "" \
        'quern-confidence: shares: classes: not those of --classes, ["b","a"]'
    gives "quern confidence --shares shares --target-shares 0.5,0.6 in" 2 "" \
        "quern-confidence: --target-shares: expected shares whose sum is 1"
    gives "quern confidence --thresholds shares in" 2 "" \
        'quern-confidence: shares: kind: expected "thresholds", found "shares"'
    : | quern fit shares 2>err >empty
    is err "quern-fit: there was no record, so the table says nothing of the classes"
    gives "quern confidence --classes a,b --shares empty --class-thresholds in" 2 "" \
        'quern-confidence: empty: mean: missing: the table is of no records'
    gives "quern confidence --shares empty --class-thresholds in" 2 "" \
        'quern-confidence: empty: classes: the table names none'
    : | quern fit shares -q --classes a,b >empty
    gives "quern confidence --shares empty --class-thresholds in" 2 "" \
        'quern-confidence: empty: mean: missing: the table is of no records'
    gives "quern confidence --preset freematch --shares none in" 1 "" 'quern-confidence: none: No such file or directory'
    cp shares a,b
    gives "quern confidence --shares a,b --emit predicted in" 0 '{"id":1,"probs":[1,0],"predicted":"a"}
{"id":2,"probs":[1,0],"predicted":"a"}' ""
    gives "quern confidence --classes a,b --prior none --true-prior none in" 1 "" \
        "quern-confidence: --prior: none: No such file or directory"
}

@test "priors: what resampling did is undone" {
    printf '{"id":%s,"label":"%s"}\n' 1 a 2 a 3 b 4 b 5 c 6 c | quern stats --json >even
    printf '{"id":%s,"label":"%s"}\n' 1 a 2 a 3 a 4 a 5 b 6 b 7 b 8 c | quern stats --json >true
    printf '{"id":%s,"probs":%s}\n' 1 '[0.2,0.3,0.5]' 2 '[0,0,1]' >in
    quern confidence --classes a,b,c --prior even --true-prior true --emit probs in | jq -c .probs >found
    jq -c '.probs | [.[0] * 4, .[1] * 3, .[2]] | add as $sum | map(. / $sum)' in >wanted
    near 1e-12 wanted found
    gives "quern confidence --classes a,b,c,d --prior even --true-prior true in" 2 "" \
        'quern-confidence: --prior: even: no record is of the class "d"'
    gives "quern confidence --classes a,b --prior even --true-prior true in" 2 "" \
        'quern-confidence: --prior: even: label: --classes has no class "c"; it has "a" and "b"'
    gives "quern confidence --prior even --true-prior true in" 2 "" "quern-confidence: --prior needs --classes"
}

@test "thresholds: FlexMatch's, batch by batch, as TorchSSL computes them" {
    DATA=$SHARED/data/uda/flexmatch.json
    [ -e "$DATA" ] || skip "no ../shared/data"
    pool=$(jq .N "$DATA") count=$(jq '.batches|length' "$DATA")
    : >history
    for ((b = 0; b < count; b++)); do
        jq -c ".batches[$b]" "$DATA" >batch
        jq -c '. as $b | range(.ids|length) | {id:$b.ids[.],probs:$b.probs[.]}' batch >records
        quern fit thresholds --classes 0,1,2,3 --tau 0.95 --pool "$pool" history >table
        jq -c .thresholds table >found
        jq -c .threshold batch >wanted
        near 1e-12 wanted found
        quern confidence -q --preset flexmatch --thresholds table --emit loss_mask records | jq .loss_mask >found
        jq '.mask[]' batch | diff - found
        cat records >>history
    done
    [ "$count" -gt 10 ]
}

@test "thresholds: maps, warm-up, pool, by hand" {
    printf '{"id":%s,"probs":%s}\n' 1 '[0.99,0.01]' 2 '[0.99,0.01]' 3 '[0.02,0.98]' 4 '[0.5,0.5]' 5 '[0.6,0.4]' \
        6 '[0.6,0.4]' 3 '[0.4,0.6]' >in
    # Two of class 0, one of class 1, never confident: three.
    table() { quern fit thresholds "$@" in | jq -c '[.ids,.counts,.thresholds]' >found; }
    table --tau 0.9
    printf '[6,[2,1],[%s,%s]]\n' .45 .18 | sed 's/\./0./g' >wanted
    near 1e-12 wanted found
    table --tau 0.9 --map linear --no-warm-up
    echo '[6,[2,1],[0.9,0.675]]' >wanted
    near 1e-12 wanted found
    is <(quern fit thresholds --pool 14 in | jq .options.pool) 14
    table --tau 0.9 --map floor --pool 14
    awk 'BEGIN { printf "[6,[2,1],[%.17g,%.17g]]\n", 0.9 / (2 - 2/11), 0.9 / (2 - 1/11) }' >wanted
    near 1e-12 wanted found
    table --tau 0.9 --map concave
    awk 'BEGIN { d = log(2) + 0.5; printf "[6,[2,1],[%.17g,%.17g]]\n", 0.9 * (log(5/3) + 0.5) / d, 0.9 * (log(4/3) + 0.5) / d }' >wanted
    near 1e-12 wanted found
    gives "quern fit thresholds --pool 5 in" 3 "" "quern-fit: --pool: 5, but the history has 6 ids"
}

@test "thresholds: the last confident prediction of an id counts, and classes can lose" {
    printf '{"id":%s,"probs":%s}\n' 1 '[0.99,0.01]' 1 '[0.01,0.99]' 1 '[0.6,0.4]' >in
    is <(quern fit thresholds in | jq -c '[.ids,.counts]') '[1,[0,1]]'
    printf '{"id":%s,"probs":%s}\n' 1 '[0.01,0.99]' 1 '[0.99,0.01]' >in
    is <(quern fit thresholds in | jq -c '[.ids,.counts]') '[1,[1,0]]'
    # No id is confident: all thresholds are those of a share of 0.
    printf '{"id":%s,"probs":%s}\n' 1 '[0.6,0.4]' >in
    is <(quern fit thresholds in | jq -c '.thresholds') '[0,0]'
    is <(quern fit thresholds --map floor --tau 0.5 in | jq -c '[.counts,.thresholds]') '[[1,0],[0.5,0.25]]'
    gives ": | quern fit thresholds --classes a,b | jq -c .thresholds" 0 '[0,0]'
}

@test "thresholds: by the class's own threshold" {
    # Nothing is known: the threshold is 0, so the first counts, at .6. Then class 0 is at share 1: 0.95. Class 1 likewise.
    printf '{"id":%s,"probs":%s}\n' 1 '[0.6,0.4]' 2 '[0.6,0.4]' 3 '[0.4,0.6]' 4 '[0.3,0.7]' >in
    is <(quern fit thresholds --count-by own --no-warm-up in | jq -c .counts) '[1,1]'
    is <(quern fit thresholds --count-by own --no-warm-up --tau 0.6 in | jq -c .counts) '[2,2]'
    is <(quern fit thresholds in | jq -c .counts) '[0,0]'
}
