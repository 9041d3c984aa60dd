# What confidence counts and says, and that nothing depends on threads.
load ../helper

@test "counters add up" {
    printf '%s\n' '{"id":1,"probs":[0.9,0.1]}' '{"id":2,"probs":[0.5,0.5]}' '{"id":3,"probs":[0.5]}' '{"id":4}' \
        '{"id":5,"label":1,"probs":[1,0]}' >in
    quern confidence --classes 0,1 --threshold 0.8 --invalid mark --emit cross_entropy --stats stats in >out 2>err
    is <(jq -c '.filters[0] | [.labelled,.unlabelled,.invalid,.kept,.masked,.ties,.floored,.unlabelled_kept]' stats) \
        '[1,2,2,2,3,1,1,1]'
    is err "quern-confidence: 1 probability was below --floor: the logarithm of that was taken"
    quern confidence --classes 0,1 --threshold 0.8 --invalid mark --only kept in >out
    is <(jq -c .id out | paste -sd ,) 1,5
}

@test "a threshold that keeps next to nothing, or masks next to nothing, is noted" {
    seq 200 | jq -c '{id:.,probs:[0.9,0.1]}' >in
    echo '{"id":0,"probs":[0.55,0.45]}' >one
    gives "quern confidence --threshold 0.95 in one | wc -l" 0 201 \
        "quern-confidence: 0 of 201 unlabelled records are kept; the threshold is too high to learn anything from them"
    gives "quern confidence --threshold 0.6 in one | wc -l" 0 201 \
        "quern-confidence: 200 of 201 unlabelled records are kept; the threshold is so low that it masks hardly any"
    gives "quern confidence in one | wc -l" 0 201
    seq 3 | jq -c '{id:(. + 300),probs:[0.55,0.45]}' >>one
    gives "quern confidence --threshold 0.6 in one | wc -l" 0 204
}

@test "the first record says how many classes there are, however many threads" {
    { printf '{"id":0,"text":"'; head -c 8000000 /dev/zero | tr '\0' x; printf '","probs":[0.5,0.5]}\n'; } >in
    seq 20000 | jq -c '{id:.,probs:(if . % 100 == 0 then [0.5,0.5] else [0.5,0.25,0.25] end)}' >>in
    for j in 1 4; do
        quern confidence --emit predicted --on-error skip -j $j in 2>err | jq -c 'del(.text)' | md5sum >out.$j
        is <(tail -n 1 err) "quern-confidence: 19800 of 20001 records were bad and were skipped"
    done
    cmp out.1 out.4
}

@test "--dry-run shows what a preset says" {
    shown() { quern confidence -n "$@" | jq -c '.chain[0].options | [.threshold,.compare,.temperature,.hard,.guess,.tsa]'; }
    is <(shown --preset fixmatch) '[0.95,"ge",1,true,"given","none"]'
    is <(shown --preset fixmatch --temperature 0.5 --threshold 0.7) '[0.7,"ge",0.5,false,"given","none"]'
    is <(shown --preset uda-image) '[0.8,"gt",0.4,false,"given","none"]'
    is <(shown --preset mixmatch) '["none","gt",0.5,false,"mean","none"]'
    is <(shown --preset uda-text --step 1 --total 2) '["none","gt",1,false,"given","linear"]'
    is <(quern confidence -n --preset ups | jq '.chain[0].options.passes') true
}

@test "the same with other instructions of the processor, from files and pipes, fused or not" {
    perl "$ROOT/tests/confidence/judge.pl" make 5 6 300 >in
    run='confidence --temperature 0.3 --focal 1.5 --emit target,kl,entropy,loss_weight,cross_entropy --classes 0,1,2,3,4,5'
    eval "quern $run -q in" >out
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 bash -c "quern $run -q in" | cmp - out
    eval "quern $run -q" <in | cmp - out
    eval "quern $run -q -j 3 in" | cmp - out
    quern run "$run | confidence --classes 0,1,2,3,4,5 --emit predicted" -q in >fused
    quern confidence --classes 0,1,2,3,4,5 --emit predicted -q out | cmp - fused
    # Probabilities that one filter has set and the next one reads, as numbers and as text.
    one='confidence --temperature 0.3 --classes 0,1,2,3,4,5 --emit probs,aug_probs' two='confidence --classes 0,1,2,3,4,5 --emit entropy,kl,target'
    quern run "$one | $two | evaluate --classes 0,1,2,3,4,5 --json" -q in >fused
    eval "quern $one -q in" | eval "quern $two -q" | quern evaluate -q --classes 0,1,2,3,4,5 --json | cmp - fused
    quern run "$one | $two" -q in >fused
    eval "quern $one -q in" | eval "quern $two -q" | cmp - fused
}
