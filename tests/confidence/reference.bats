# Against numbers that others computed, with numpy: ../shared/data/uda.
load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    DATA=$SHARED/data/uda
    [ -d "$DATA" ] || skip "no ../shared/data"
}

near() { # TOLERANCE EXPECTED FOUND
    awk -v tolerance="$1" -f "$ROOT/tests/confidence/near.awk" "$2" "$3"
}

# of K: sets in and expect to the records of K classes
of() {
    jq -c "select((.logits|length)==$1)" "$DATA/records.jsonl" >in
    jq -c "select((.probs|length)==$1)" "$DATA/records.expect.jsonl" >expect
    [ -s in ]
}

@test "records: probabilities, confidence, targets, divergences" {
    for k in 2 3 5 20; do
        of $k
        for t in 0.4 0.5 0.85 1.0 2.0; do
            quern confidence --as unlabelled --temperature $t in \
                --emit probs,aug_probs,confidence,predicted,tie,margin,entropy,target,kl >out
            jq -c '[.id,.probs,.aug_probs,.confidence,.predicted,.tie,.margin,.entropy,.target,.kl]' out >found
            jq -c "[.id,.probs,.aug_probs,.max_prob,.argmax,.tie,.margin,.entropy_nats,.\"target_T$t\",.\"kl_T$t\"]" \
                expect >wanted
            near 1e-9 wanted found
        done
    done
}

@test "records: the same from probabilities, as far as those hold it" {
    for k in 2 3 5 20; do
        of $k
        quern confidence --as unlabelled --emit probs,aug_probs in >probs
        quern confidence --as unlabelled --floor 1e-300 --emit confidence,predicted,target,kl --temperature 0.5 -q probs |
            jq -c '[.id,.confidence,.predicted,.target,.kl]' >found
        jq -c '[.id,.max_prob,.argmax,."target_T0.5",."kl_T0.5"]' expect >wanted
        near 1e-9 wanted found
    done
}

@test "records: masks of unlabelled ones, bit for bit" {
    for k in 2 3 5 20; do
        of $k
        for b in 0.5 0.8 0.9 0.95; do
            quern confidence -q --as unlabelled --threshold $b --emit loss_mask in | jq -c '[.id,.loss_mask]' >found
            jq -c "[.id,.uda_mask[\"$b\"]]" expect | diff - found
            quern confidence -q --as unlabelled --threshold $b --compare ge --emit loss_mask in |
                jq -c '[.id,.loss_mask]' >found
            jq -c "[.id,.fixmatch_mask[\"$b\"]]" expect | diff - found
        done
    done
}

@test "records: labelled ones, annealed and weighed" {
    for k in 2 3 5 20; do
        of $k
        for b in 0.3 0.5 0.8 0.95; do
            quern confidence --tsa $b --emit loss_mask in | jq -c '[.id,.loss_mask]' >found
            jq -c "[.id,.tsa_mask_th[\"$b\"]]" expect | diff - found
        done
        # Where 1 - p has lost its digits there, it is computed again, as the sum of the others.
        jq -c .label in | paste -d ' ' - expect >both
        for g in 0 0.5 1 2 5; do
            quern confidence --focal $g --emit loss_weight,label_prob,cross_entropy in |
                jq -c '[.id,.loss_weight,.label_prob,.cross_entropy]' >found
            jq -c -n "[inputs] as \$all | range(0; \$all|length; 2) as \$i | \$all[\$i] as \$given | \$all[\$i+1] |
                ([.probs[:\$given][], .probs[\$given+1:][]] | add) as \$rest |
                [.id, (if .correct_prob < 0.999 then .focal_weight.\"g$g\" elif $g == 0 then 1 else pow(\$rest; $g) end),
                .correct_prob, .cross_entropy]" both >wanted
            near 1e-9 wanted found
        done
        alpha=$(yes 0.25 | head -n $k | paste -sd ,)
        quern confidence --focal 2 --alpha "$alpha" --emit loss_weight,cross_entropy in |
            jq -c 'select(.cross_entropy > 0.001) | [.id,.loss_weight*.cross_entropy]' >found
        jq -c 'select(.cross_entropy > 0.001) | [.id,."focal_loss_g2_a0.25"]' expect >wanted
        near 1e-9 wanted found
    done
}

@test "guesses of MixMatch" {
    for k in 2 4 10; do
        jq -c "select((.mean|length)==$k)" "$DATA/mixmatch.jsonl" >expect
        jq -c '{id,aug_probs:.probs_of_augmentations}' expect >in
        quern confidence --preset mixmatch --emit probs,target in | jq -c '[.id,.probs,.target]' >found
        jq -c '[.id,.mean,.target]' expect >wanted
        near 1e-9 wanted found
    done
}

@test "the schedules of TSA" {
    jq -r '"\(.num_classes) \(.total)"' "$DATA/tsa.jsonl" | sort -u >kinds
    [ "$(wc -l <kinds)" -ge 4 ]
    while read -r k n; do
        jq -c "select(.num_classes==$k and .total==$n)" "$DATA/tsa.jsonl" >expect
        jq -c "{id:.step,step,label:0,logits:[range($k)|0]}" expect >in
        for how in linear log exp; do
            quern confidence --tsa $how --step-field step --total "$n" --emit threshold in |
                jq -c '[.id,.threshold]' >found
            jq -c "[.step,.$how]" expect >wanted
            near 1e-12 wanted found
        done
    done <kinds
}

@test "passes of UPS" {
    for k in $(jq '.cases[].mean|length' "$DATA/ups.json" | sort -u); do
        jq -c ".cases[]|select((.mean|length)==$k)" "$DATA/ups.json" >expect
        jq -c '{id,pass_probs:.passes}' expect >in
        quern confidence -q --preset ups in | jq -c '[.id,.probs,.std,.loss_mask,.negative_mask]' >found
        jq -c '[.id,.mean,.std,(if .pos then 1 else 0 end),.neg]' expect >wanted
        near 1e-9 wanted found
    done
}
