# The same bytes in any order, for any number of threads and files, in a chain and on any processor; random choices.
load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    perl "$BATS_TEST_DIRNAME/judge.pl" make 4 2500 | jq -c 'del(.sparse)' >in
    perl "$BATS_TEST_DIRNAME/judge.pl" make 5 50 | jq -c 'del(.sparse)' >labelled
}

ways=('--by entropy' '--by margin --per lang' '--by random --seed 2' '--by std --per predicted --order lowest'
    '--by entropy --diverse kcenter --preselect 300' '--by gain --diverse kcenter --with labelled')

@test "any order, any number of threads, a chain, other processors" {
    shuf --random-source=<(yes) in >other
    for way in "${ways[@]}"; do
        quern query --num 30 $way in >expected
        [ "$(wc -l <expected)" -ge 30 ]
        quern query --num 30 $way other | cmp - expected
        for j in 2 4; do quern query --num 30 $way --classes 0,1,2 -j $j <other | cmp - expected; done
        quern run "cat | query --num 30 $way | cat" in | cmp - expected
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern query --num 30 $way in | cmp - expected
    done
}

@test "the best of the best of parts are the best of the whole" {
    split -n l/7 in part.
    for way in "${ways[@]:0:4}"; do
        for n in 1 30 700; do
            quern query -q --num $n $way in >expected
            for part in part.*; do quern query -q --num $n $way $part; done | quern query -q --num $n $way | cmp - expected
        done
    done
}

@test "what is chosen stays as it was written" {
    printf '{ "id" : 1, "gain":1.50, "text":"\\u0041" }\n' >in
    gives "quern query --num 1 --by gain in" 0 '{ "id" : 1, "gain":1.50, "text":"\u0041","score":1.5,"rank":1 }'
    quern run 'cat | query --num 1 --by gain' in | cmp - out
}

@test "random: other seeds, salts and epochs choose others, and the first of many are the first of few" {
    quern query --num 40 --by random in >expected
    head -n 10 expected | cmp - <(quern query --num 10 --by random in)
    for other in '--seed 1' '--salt x'; do
        quern query --num 40 --by random $other in | cmp -s - expected && return 1
    done
    jq -c '.epoch = 1' in | quern query --num 40 --by random | jq -c 'del(.epoch)' | cmp -s - expected && return 1
    true
}

@test "a record without a vector, with records that have other ones" {
    printf '{"id":%s,"gain":%s,"features":%s}\n' 1 5 '[1,2]' 2 6 '[1,2]' >in
    echo '{"id":1,"features":[1]}' >with
    gives "quern query --num 1 --by gain --diverse kcenter --with with in" 3 '' \
        'quern-query: in:1: id 1: features: expected 1 numbers, as in the first vector, found 2'
    echo '{"id":1}' >with
    gives "quern query --num 1 --by gain --diverse kcenter --with with in" 3 '' \
        'quern-query: with:1: features: missing, and so is sparse ("quern features" writes it); the record has id'
    : >with
    quern query --num 1 --by gain --diverse kcenter --with with in | jq -e '.id == 2'
}

@test "equal distances over many records: the smallest id, and the second" {
    for id in {1..1300}; do echo "{\"id\":$id,\"gain\":$((id == 900)),\"features\":[$((id != 900)),1]}"; done >in
    gives "quern query --num 3 --by gain --diverse kcenter in | jq -c .id" 0 $'900\n1\n2'
}
