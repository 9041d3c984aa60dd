# What a mixture is made of, that nothing but the records matters, and wrong input.
load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    perl -e 'for (1 .. 200) { my $x = $_ * 37 % 101; my $p = $x / 101;
        my $id = $_ % 3 ? $_ : "\"r$_\"";
        my $target = $_ % 4 ? "\"target\":[$p," . (1 - $p) . "]" : "\"label\":" . $_ % 2;
        print "{\"id\":$id,\"text\":\"t\",\"features\":[$x," . $x / 8 . ",1],$target}\n" }' >in
    jq -c '.sparse = {indices: [0, .features[0] + 5], values: .features[1:]} | del(.features)' in >sparse
}

# The mixture of a record and its partner, from the share, by jq.
mixture='INDEX($all[]; .id) as $by | def target: .target // (if .label == 0 then [1, 0] else [0, 1] end);
    def near($other): [., $other] | transpose | all((.[0] - .[1]) | fabs < 1e-5);
    def dense: if .sparse then [range(200)] as $n | (reduce ([.sparse.indices, .sparse.values] | transpose)[] as $x ([range(200)] | map(0); .[$x[0]] = $x[1])) else .features end;
    . as $m | $by[.parents[0] | tostring] as $a | $by[.parents[1] | tostring] as $b | .lambda as $l |
    (.lambda >= 0.5 and .lambda <= 1 and .parents[0] != .parents[1] and .parent == $a.id and .root == $a.id and
     .id == "\($a.id)#mu1" and .synthetic and .method == "mixup" and (has("text") | not) and (has("label") | not) and
     ($m | dense | near([($a | dense), ($b | dense)] | transpose | map(.[0] * $l + .[1] * (1 - $l)))) and
     ($m.target | near([($a | target), ($b | target)] | transpose | map(.[0] * $l + .[1] * (1 - $l)))))'

@test "vectors and targets are mixed alike" {
    for file in in sparse; do
        for way in '' '--double --alpha 3'; do
            quern mixup --with $file --emit synthetic $way $file >out
            [ "$(wc -l <out)" = 200 ]
            jq -c --slurpfile all $file "$mixture" out | sort | uniq -c | grep -qx ' *200 true'
        done
    done
    quern mixup --with sparse sparse | jq -e 'select(.sparse.values | any(. == 0))' && return 1
    true
}

@test "64-bit numbers, and 32-bit ones" {
    printf '{"id":%s,"features":[%s],"target":[1]}\n' 1 0.1 2 0.3 >pool
    gives "quern mixup --with pool --emit synthetic --double pool | head -n 1 | jq '.features[0] == 0.1 + (1 - .lambda) * (0.3 - 0.1)'" 0 true
    gives "quern mixup --with pool --emit synthetic pool | head -n 1 | jq '.features[0] == 0.1 + (1 - .lambda) * (0.3 - 0.1)'" 0 false
}

@test "any order of both files, any number of threads, shards, a chain, other processors" {
    shuf --random-source=<(yes) in >other
    for way in '' '--copies 3' '--alpha 0.1 --seed 4 --emit synthetic --double'; do
        quern mixup --with in $way in >expected
        for j in 1 2 4; do quern mixup --with other $way -j $j in | cmp - expected; done
        { head -n 90 in | quern mixup --with in $way && tail -n +91 in | quern mixup --with in $way; } | cmp - expected
        quern run "cat | mixup --with other $way | cat" in | cmp - expected
        GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 quern mixup --with in $way in | cmp - expected
        sort expected | cmp - <(quern mixup --with in $way other | sort)
    done
}

@test "copies are epochs, and other seeds, salts and epochs mix otherwise" {
    quern mixup --with in --copies 3 in | sort >expected
    for e in 0 1 2; do quern mixup --with in --epoch $e in; done | sort | cmp - expected
    quern mixup --with in --emit synthetic in | jq -c 'del(.epoch)' >first
    for way in '--seed 1' '--salt x' '--epoch 1'; do
        quern mixup --with in --emit synthetic $way in | jq -c 'del(.epoch)' | cmp -s - first && return 1
    done
    jq -c '.epoch = 1' in >later
    quern mixup --with in --emit synthetic later | jq -c .lambda | cmp - <(quern mixup --with in --emit synthetic --epoch 1 in | jq .lambda)
    [ "$(quern mixup --with in --emit synthetic later | jq .epoch | sort -u)" = 1 ]
}

@test "other ids draw from the whole pool; records of one id never meet" {
    printf '{"id":%s,"epoch":%s,"features":[%s],"target":[1,0]}\n' 1 0 1 1 1 2 2 0 3 >pool
    [ "$(quern mixup --with pool --emit synthetic pool | jq -c .parents | sort | uniq -c | tr -s ' \n' ' ')" = ' 2 [1,2] 1 [2,1] ' ]
    gives "head -n 2 pool | quern mixup --with <(head -n 2 pool)" 3 '' \
        'quern-mixup: stdin:1: id 1: the pool (--with) has no record with another id'
    echo '{"id":"1","features":[1],"target":[1,0]}' | quern mixup --with <(head -n 2 pool) --emit synthetic | jq -e '.parents == ["1", 1]'
}

@test "weights are mixed, a split is kept, and that of others refused" {
    printf '{"id":%s,"split":"train","features":[%s],"target":[1,0]%s}\n' 1 1 ',"weight":3' 2 2 '' >pool
    quern mixup --with pool --emit synthetic pool | jq -e '.split == "train"'
    gives "quern mixup --with pool --emit synthetic pool | jq '((.weight - (if .parent == 1 then .lambda * 3 + 1 - .lambda else .lambda + 3 * (1 - .lambda) end)) | fabs) < 1e-9'" 0 $'true\ntrue'
    gives "echo '{\"id\":3,\"split\":\"test\",\"features\":[1],\"target\":[1,0]}' | quern mixup --with pool" 3 '' \
        'quern-mixup: stdin:1: id 3: split: expected "train", as in the pool (--with), found "test": a mixture of two parts belongs to neither (quern select picks the records of one)'
    sed -i '2s/train/test/' pool
    gives "quern mixup --with pool pool" 3 '' \
        'quern-mixup: pool:2: split: expected "train", as in the pool (--with), found "test": a mixture of two parts belongs to neither (quern select picks the records of one)'
}

@test "what is no pool" {
    bad() {
        printf '%s\n' "${@:3}" >pool
        sh "quern mixup --with pool in"
        [[ $status == "$1" && $(<err) == "quern-mixup: $2"* ]] || { cat err && return 1; }
    }
    bad 2 'pool: has no records (--with)' ''
    bad 3 'pool:2: features: expected 2 numbers, as in the pool (--with), found 1' \
        '{"id":1,"features":[1,2],"target":[1]}' '{"id":2,"features":[1],"target":[1]}'
    bad 3 'pool:2: target: expected 1 number, one for each class (as in the first record), found 2' \
        '{"id":1,"features":[1],"target":[1]}' '{"id":2,"features":[1],"target":[1,0]}'
    bad 3 'pool:1: target: missing, and so is label' '{"id":1,"features":[1]}'
    bad 3 'pool:1: features: missing' '{"id":1,"target":[1]}'
    bad 3 'pool:1: target: expected probabilities' '{"id":1,"features":[1],"target":[1,1]}'
    bad 2 'pool: has labels but no target, so nothing says how many classes there are (--classes does)' \
        '{"id":1,"features":[1],"label":0}'
    bad 2 'pool: id 1: label: expected the position of a class, from 0 to 1, found 2' \
        '{"id":1,"features":[1],"label":2}' '{"id":2,"features":[1],"target":[1,0]}'
    sh "quern mixup --with missing in"
    [[ $(<err) == 'quern-mixup: missing: '* ]] || { cat err && return 1; }
}

@test "records that do not fit the pool" {
    bad() {
        sh "echo '$2' | quern mixup --with in"
        [[ $status == 3 && $(<err) == "quern-mixup: stdin:1: $1"* ]] || { cat err && return 1; }
    }
    bad 'id 1: features: expected 3 numbers, as in the pool (--with), found 1' '{"id":1,"features":[1],"target":[1,0]}'
    bad 'id 1: sparse: the vectors of the pool (--with) are features' '{"id":1,"sparse":{"indices":[],"values":[]},"target":[1,0]}'
    bad 'id 1: target: expected 2 numbers' '{"id":1,"features":[1,2,3],"target":[1]}'
    bad 'id 1: label: expected the position' '{"id":1,"features":[1,2,3],"label":2}'
    bad 'id 1: weight: expected a weight of 0 or more' '{"id":1,"features":[1,2,3],"label":1,"weight":-1}'
    bad 'id: missing' '{"features":[1,2,3],"label":1}'
    gives "quern mixup --with in --alpha 0.0001 in" 2 '' 'quern-mixup: --alpha: expected a number from 0.001 to 1000'
    gives "quern mixup --with in </dev/null" 0 ''
}

@test "a target may be an object where classes have names" {
    printf '{"id":%s,"features":[1],"target":%s}\n' 1 '{"b":0.25,"a":0.75}' 2 '[0.75,0.25]' >named
    gives "quern mixup --with named --classes a,b --emit synthetic named | jq -c .target" 0 $'[0.75,0.25]\n[0.75,0.25]'
    gives "quern mixup --with named named" 3 '' 'quern-mixup: named:1: target: expected an array of numbers; an object needs --classes'
}

@test "records of one id in the pool, in any order" {
    for x in 1 2 3 4; do echo "{\"id\":7,\"features\":[$x],\"target\":[1,0],\"weight\":1}"; done >pool
    for x in 1 2 3; do echo "{\"id\":7,\"features\":[4],\"target\":[0.$x,0.$((10 - x))],\"weight\":$x}"; done >>pool
    echo '{"id":1,"features":[0],"target":[1,0]}' >in
    quern mixup --with pool --copies 100 --emit synthetic in >expected
    quern mixup --with <(tac pool) --copies 100 --emit synthetic in | cmp - expected
    [ "$(jq -c '[.weight, .features, .target]' expected | sort -u | wc -l)" = 100 ]
}
