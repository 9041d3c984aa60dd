# The same bytes in any order, for any number of threads and files, in a chain and on any processor.
load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    for part in 1 2 3; do perl "$BATS_TEST_DIRNAME/judge.pl" make $part 4 3000 | sed "s/\"id\":/&$part/"; done >in
    perl "$BATS_TEST_DIRNAME/judge.pl" make 3 4 3000 multi >several
    CLASSES=0,1,2,3
}

@test "any number of threads, from a file and a pipe" {
    for way in '' '--method predicted' joint; do
        quern suspect $way in >expected
        for j in 1 2 4; do
            quern suspect $way -j $j in | cmp - expected
            quern suspect $way --classes $CLASSES -j $j in | cmp - expected
            quern suspect $way --classes $CLASSES -j $j <in | cmp - expected
        done
    done
    for verb in '' joint; do
        quern suspect $verb --multi-label several >expected
        for j in 2 4; do quern suspect $verb --multi-label --classes $CLASSES -j $j several | cmp - expected; done
    done
}

@test "any order and any files" {
    quern suspect in | LC_ALL=C sort >expected
    quern suspect joint in >joint
    tac in >back
    split -n l/5 in part.
    quern suspect back | LC_ALL=C sort | cmp - expected
    quern suspect --classes $CLASSES -j 2 part.* | LC_ALL=C sort | cmp - expected
    quern suspect joint back | cmp - joint
    quern suspect joint part.ae part.a[a-d] | cmp - joint
}

@test "a chain, and a processor without its newer instructions" {
    quern suspect in >expected
    quern suspect joint in >joint
    cp in out
    quern run 'cat | suspect | cat' in | cmp - expected
    quern run 'cat | suspect joint' in | cmp - joint
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern suspect in | cmp - expected
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern suspect joint in | cmp - joint
}

@test "sums are exact: numbers of all magnitudes" {
    printf '{"label":%s,"probs":%s}\n' 0 '[1,0]' 0 '[1e-300,1]' 0 '[1e-17,1]' 1 '[1,0]' >in
    gives "quern suspect joint in | jq -c '.thresholds[0]'" 0 '0.3333333333333333'
    # a third of 1 + 2^-52, which a sum of floats takes for 1
    printf '{"label":%s,"probs":%s}\n' 0 '[1,0]' 0 '[1.1102230246251565e-16,1]' 0 '[1.1102230246251565e-16,1]' 1 '[0,1]' >in
    gives "quern suspect joint in | jq -c '.thresholds[0]'" 0 '0.3333333333333334'
}

@test "counters, and options that contradict" {
    printf '{"label":%s,"probs":%s}\n' 0 '[0.9,0.1]' 1 '[0.2,0.8]' 1 '[0.95,0.05]' 0 '[0.6,0.4]' 1 '[0.7,0.3]' >in
    quern suspect --stats stats in >out
    [ "$(jq -c '.filters[0] | [.in, .out, .suspects, .undecided]' stats)" = '[5,5,1,1]' ]
    quern suspect joint --stats stats in >out
    [ "$(jq -c '.filters[0] | [.suspects, .undecided]' stats)" = '[0,1]' ]
    gives "quern suspect joint --method predicted in" 2 '' $'quern-suspect: unknown option "--method"\nTry "quern-suspect --help".'
    seq 4097 >many
    gives "quern suspect joint --classes many" 2 '' 'quern-suspect: --classes: expected at most 4096 classes, found 4097'
}
