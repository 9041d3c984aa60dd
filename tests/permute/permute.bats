# Targets, orders, and their matrices.
load ../helper

# a vocabulary of 1000, as that of tests/mask/records.awk
vocabulary() {
    { printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]'; seq -f w%g 995; } >vocab.txt
}

records() { # COUNT TOKENS SEED
    awk -v count="$1" -v tokens="$2" -v seed="$3" -f "$ROOT/tests/mask/records.awk"
}

# judge PLAIN SPARSE DENSE R NUM-PREDICT: prints the rules that do not hold. SPARSE and DENSE are of one run.
judge() {
    jq -nrc --argjson R "$4" --argjson N "$5" --slurpfile plain "$1" --slurpfile sparse "$2" --slurpfile dense "$3" '
        def share($n): ($n * 1667 / 10000) as $x | ($x | floor) as $f |
            if $x - $f > 0.5 or ($x - $f == 0.5 and $f % 2 == 1) then $f + 1 else $f end | if . == 0 and $n > 0 then 1 else . end;
        range($plain | length) as $k | $plain[$k] as $p | $sparse[$k] as $s | $dense[$k] as $d |
        ($p.input_ids | length) as $n | (if $R > 0 and $R < $n then $R else $n end) as $split |
        ([range($n) | {i: ., part: (if . < $split then 0 else 1 end), target: ($s.labels[.] != -100),
            special: ($p.special_tokens_mask[.] == 1), order: $s.perm_order[.]}]) as $t |
        # a word is a run of equal numbers within a part and a text; one with an unknown token is none
        ([range($n) | [$p.word_ids[.], $p.token_type_ids[.], $t[.].part, (if $p.word_ids[.] < 0 then . else 0 end)]]) as $w |
        (reduce range($n) as $i ([]; if $i > 0 and $w[$i] == $w[$i - 1] then .[-1] += [$i] else . + [[$i]] end)) as $words |
        (reduce range($n) as $i ([]; if $i > 0 and $w[$i][:2] == $w[$i - 1][:2] and $w[$i][3] == $w[$i - 1][3] then .[-1] += [$i] else . + [[$i]] end)
            | map(select(all(.[]; $p.input_ids[.] != 1 and $t[.].special == false))) | add // []) as $maskable |
        (if $s.input_ids != $p.input_ids or $d.input_ids != $p.input_ids then "inputs" else empty end),
        (if any($t[]; .target and ($s.labels[.i] != $p.input_ids[.i] or .special or $p.input_ids[.i] == 1)) then "labels" else empty end),
        (if any($words[]; map($t[.].target) | unique | length > 1) then "whole" else empty end),
        (range(2) as $part | [$t[] | select(.part == $part)] as $own |
            ([$maskable[] | select($t[.].part == $part)] | length) as $m | ([$own[] | select(.target)] | length) as $selected |
            (if $R == 0 then $N elif $part == 0 then (($N + 1) / 2 | floor) else ($N / 2 | floor) end) as $most |
            ([share($m), $most] | min) as $budget |
            (if $selected > $budget or $selected < $budget - 2 then "budget" else empty end),
            (if [$own[] | select(.target or .special).order] | sort != [range(length)] then "order" else empty end),
            (if any($own[]; (.target or .special | not) and .order != -1) then "order" else empty end)),
        (if ($s.perm_split // 0) != $R then "split" else empty end),
        # the matrix by its rules, not by the formula
        (range($n) as $i | range($n) as $j | $d.perm_mask[$i][$j] as $hidden |
            if $t[$i].part != $t[$j].part then (if $hidden != $t[$j].part then "parts" else empty end)
            elif ($t[$j].target or $t[$j].special | not) then (if $hidden != 0 then "ordinary" else empty end)
            elif $i == $j then (if $hidden != (if $t[$i].target then 1 else 0 end) then "self" else empty end)
            elif ($t[$i].target or $t[$i].special | not) then (if $hidden != 1 then "ordinary" else empty end)
            else (if $hidden != (if $t[$j].order > $t[$i].order then 1 else 0 end) then "pairs" else empty end) end),
        ([$t[] | select(.target).i]) as $targets |
        (if $d.target_mapping != [range($N) as $r | [range($n) | if $targets[$r] == . then 1 else 0 end]] then "mapping" else empty end),
        (if $d.labels != [range($N) | if . < ($targets | length) then $p.input_ids[$targets[.]] else -100 end] then "targets" else empty end),
        (if $d.perm_order != $s.perm_order then "dense" else empty end)' | sort -u
}

@test "every rule of targets, orders and matrices, in one part and in two" {
    vocabulary
    records 60 40 1 >plain
    for settings in "0 85" "15 85" "21 5" "7 1" "100 9"; do
        read -r R N <<<"$settings"
        quern permute -q -m vocab.txt --reuse $R --num-predict $N plain >sparse
        quern permute -q -m vocab.txt --reuse $R --num-predict $N --dense plain >dense
        is <(judge plain sparse dense $R $N) ''
        [ "$(jq -c '.labels[] | select(. != -100)' sparse | wc -l)" -gt 20 ]
    done
}

@test "each rule fails on a mutant" {
    vocabulary
    records 12 30 1 >plain
    quern permute -m vocab.txt --reuse 12 --num-predict 9 plain >sparse
    quern permute -m vocab.txt --reuse 12 --num-predict 9 --dense plain >dense
    # mutant RULE FILTER-OF-SPARSE FILTER-OF-DENSE
    mutant() {
        jq -c "$2" sparse >other_sparse
        jq -c "$3" dense >other_dense
        judge plain other_sparse other_dense 12 9 | grep -qx "$1" || { echo "not caught: $1"; return 1; }
    }
    first='([.labels | to_entries[] | select(.value != -100).key][0])'
    mutant inputs "$first as \$i | .input_ids[\$i] = 4" .
    mutant labels "$first as \$i | .labels[\$i] = 7" .
    mutant whole '. as $r | ([range(1; 29) | select($r.word_ids[.] >= 0 and $r.word_ids[.] == $r.word_ids[. - 1] and $r.labels[.] == -100)][0]) as $i | .labels[$i] = .input_ids[$i]' .
    mutant budget '.labels = .input_ids' .
    mutant budget '.labels |= map(-100)' .
    mutant order "$first as \$i | .perm_order[\$i] += 1" .
    mutant order '.perm_order |= map(if . == -1 then 0 else . end)' .
    mutant order '.perm_order[13:] |= map(if . >= 0 then . + 3 else . end)' .
    mutant split '.perm_split = 13' .
    mutant parts . '.perm_mask[0][20] = 0'
    mutant parts . '.perm_mask[20][0] = 1'
    mutant self . '.perm_mask |= [range(length) as $i | .[$i] | .[$i] = 0]'
    mutant pairs . '.perm_mask |= map(map(0))'
    mutant ordinary . '.perm_mask |= transpose'
    mutant mapping . '.target_mapping |= reverse'
    mutant targets . '.labels |= reverse'
    mutant dense . '.perm_order[0] = 9'
}

@test "the order is uniform" {
    vocabulary
    echo '{"id":1,"input_ids":[2,7,3],"word_ids":[-1,0,-1]}' >in
    sh "quern permute -m vocab.txt --prob 1 --copies 30000 in | jq -c .perm_order | sort | uniq -c |
        awk '{ d = \$1 - 5000; print \$2, d * d < 25 * 30000 / 6 * 5 / 6 }'"
    is out '[0,1,2] 1
[0,2,1] 1
[1,0,2] 1
[1,2,0] 1
[2,0,1] 1
[2,1,0] 1'
}

# Five targets of words of one token: units of lengths by 1/n in random order, and of the first that does not fit the
# first words. The runs of targets then have these lengths.
runs() { # OPTION...
    quern permute -m vocab.txt --prob 0.003333333 --copies 4000 "$@" in | awk '
        BEGIN {
            for (i = 1; i <= 5; i++) { p[i] = 60 / 137 / i; atleast[i] = 1; for (k = 1; k < i; k++) atleast[i] -= p[k] }
            e["5"] = p[5]; e["41"] = p[4] + p[1] * atleast[4]; e["32"] = p[3] * atleast[2] + p[2] * atleast[3]
            e["311"] = 2 * p[3] * p[1] + p[1] ^ 2 * atleast[3]
            e["221"] = p[2] ^ 2 + 2 * p[2] * p[1] * atleast[2]
            e["2111"] = 3 * p[2] * p[1] ^ 2 + p[1] ^ 3 * atleast[2]; e["11111"] = p[1] ^ 4
        }
        { # a run of targets becomes a field, each of its labels ends with a comma
            $0 = substr($0, index($0, "\"labels\":[") + 10)
            $0 = substr($0, 1, index($0, "]") - 1) ","
            gsub(/-100,/, " ")
            kind = ""
            n = NF
            for (k = 1; k <= n; k++) { text = $k; length_of[k] = gsub(/,/, "", text) }
            for (size = 5; size > 0; size--) for (k = 1; k <= n; k++) if (length_of[k] == size) kind = kind size
            seen[kind]++
        }
        END {
            for (kind in e) { chi += (seen[kind] - NR * e[kind]) ^ 2 / (NR * e[kind]); all += seen[kind] }
            print all == NR, chi < 38.3 # 6 degrees of freedom, p = 1e-6
        }'
}

@test "lengths of units, and what becomes of the first that does not fit" {
    vocabulary
    jq -nc '{id: 1, input_ids: [range(1500) | . % 900 + 5], word_ids: [range(1500)]}' >in
    is <(runs) '1 1'
    is <(runs --seed 1) '1 1'
    is <(runs --lengths 1,1,1,1,1) '1 0'
    is <(runs --lengths inverse:4) '1 0'
}

@test "all positions alike, short words and long ones" {
    vocabulary
    records 3000 160 1 >plain
    alike() { # FILE: deviations of 10 bins of position, over records, and of words of 1 to 3 tokens
        paste <(jq -c .labels "$1") <(jq -c .word_ids plain) | tr -d '[]' | awk -F'\t' '
            {
                n = split($1, labels, ","); split($2, words, ","); selected = 0; all = 0; split("", bin); split("", of)
                for (i = 1; i <= n; i++) if (words[i] >= 0) { selected += labels[i] != -100; all++ }
                p = selected / all; k = 0
                for (i = 1; i <= n; i++) if (words[i] >= 0) bin[int(k++ * 10 / all)] += (labels[i] != -100) - p
                for (b = 0; b < 10; b++) { sum[b] += bin[b]; square[b] += bin[b] ^ 2 }
            }
            END { for (b = 0; b < 10; b++) if (sum[b] ^ 2 > 5.5 ^ 2 * square[b]) bad++; print bad + 0 }'
    }
    quern permute -m vocab.txt plain >made
    is <(alike made) 0
    # the last tenth is never selected
    jq -c '.special_tokens_mask[150:] |= map(1)' plain | quern permute -m vocab.txt >mutant
    ! is <(alike mutant) 0 || false
}

@test "special tokens by special_tokens_mask, or by the vocabulary" {
    vocabulary
    echo '{"id":1,"input_ids":[2,7,8,3],"word_ids":[-1,0,1,-1]}' >in
    ordered='[.perm_order[] >= 0]'
    is <(quern permute -m vocab.txt --copies 50 in | jq -c "$ordered" | sort -u) '[true,false,true,true]
[true,true,false,true]'
    jq -c '.special_tokens_mask = [0,0,0,1]' in >marked
    is <(quern permute -m vocab.txt --copies 50 marked | jq -c "$ordered" | sort -u) '[false,false,true,true]
[false,true,false,true]'
}

@test "units end at borders: of parts, of documents, of the texts of a pair" {
    vocabulary
    # one word of four tokens; the border of the parts cuts it
    echo '{"id":1,"input_ids":[7,8,9,10],"word_ids":[0,0,0,0]}' >in
    is <(quern permute -m vocab.txt --prob 1 --reuse 2 --num-predict 4 in | jq -c .labels) '[7,8,9,10]'
    is <(quern permute -m vocab.txt --prob 1 --reuse 2 --num-predict 3 -q in | jq -c .labels) '[7,8,-100,-100]'
    echo '{"id":1,"input_ids":[7,8,9,10],"word_ids":[0,1,2,3],"doc_ids":[1,1,2,2]}' >in
    is <(quern permute -m vocab.txt --prob 0.5 --lengths 0,1 --copies 50 in | jq -c .labels | sort -u) '[-100,-100,9,10]
[7,8,-100,-100]'
    jq -c '.token_type_ids = [0,0,1,1] | del(.doc_ids)' in >pair
    is <(quern permute -m vocab.txt --prob 0.5 --lengths 0,1 --copies 50 pair | jq -c .labels | sort -u) '[-100,-100,9,10]
[7,8,-100,-100]'
}

@test "--copies N writes what --epoch 0 to N-1 write; seed, salt and id change it, threads do not" {
    vocabulary
    records 100 50 1 >in
    quern permute -m vocab.txt --copies 2 --reuse 20 in >both
    for epoch in 0 1; do quern permute -m vocab.txt --reuse 20 --epoch $epoch in | cmp - <(grep "\"epoch\":$epoch}" both); done
    quern permute -m vocab.txt in >one
    quern permute -m vocab.txt -j 8 in | cmp - one
    tac in | quern permute -m vocab.txt | tac | cmp - one
    for change in '--seed 1' '--salt x' '--epoch 1'; do
        [ "$(quern permute -m vocab.txt $change in | jq -c .labels | paste -d'|' - <(jq -c .labels one) | awk -F'|' '$1 == $2' | wc -l)" -lt 5 ]
    done
}

bad() { # RECORD MESSAGE OPTION...
    printf '%s\n' "$1" >in
    gives "quern permute -m vocab.txt ${*:3} in" 3 "" "quern-permute: in:1: id \"b\": $2"
}

@test "bad records" {
    vocabulary
    bad '{"id":"b"}' 'input_ids: missing ("quern tokenize" writes it); the record has id'
    bad '{"id":"b","input_ids":[5]}' 'word_ids: missing ("quern tokenize" writes it); the record has id, input_ids'
    bad '{"id":"b","input_ids":[5],"word_ids":[0,1]}' 'word_ids: expected 1 items, as in input_ids, found 2'
    bad '{"id":"b","input_ids":[1000],"word_ids":[0]}' 'input_ids[0]: 1000 is not in the vocabulary of 1000 ids'
    bad '{"id":"b","input_ids":[5],"word_ids":[0],"special_tokens_mask":[7]}' 'special_tokens_mask[0]: expected 0 or 1, found 7'
    bad '{"id":"b","input_ids":[5],"word_ids":[0],"labels":[5]}' \
        'labels: already present, so the record has targets already (or rename them: quern fields --rename NEW=labels)'
    jq -nc '{id: "b", input_ids: [range(16385) | 7], word_ids: [range(16385)]}' >in
    gives "quern permute -m vocab.txt --dense in" 3 "" \
        'quern-permute: in:1: id "b": input_ids: 16385 tokens; with --dense at most 16384, as perm_mask has the square of them'
    gives "quern permute -m vocab.txt in | jq -c '.perm_order | length'" 0 16385
}

@test "nothing to predict" {
    vocabulary
    gives "quern permute -m vocab.txt </dev/null" 0 ""
    note='no token to predict: all labels are -100, also where the first word is longer than the budget'
    gives "echo '{\"id\":1,\"input_ids\":[],\"word_ids\":[]}' | quern permute -m vocab.txt --dense --num-predict 2 --reuse 3" 0 \
        '{"id":1,"input_ids":[],"word_ids":[],"labels":[-100,-100],"perm_order":[],"perm_split":3,"perm_mask":[],"target_mapping":[[],[]]}' \
        "quern-permute: 1 of 1 record has $note"
    gives "echo '{\"id\":1,\"input_ids\":[7,8,2],\"word_ids\":[0,0,-1]}' | quern permute -m vocab.txt --stats stats | jq -c .perm_order" 0 \
        '[-1,-1,0]' "quern-permute: 1 of 1 record has $note"
    gives "jq -c '.filters[0] | [.tokens, .maskable, .selected, .budget, .unmasked_records, .capped_records]' stats" 0 '[3,2,0,1,1,0]'
    gives "echo '{\"id\":1,\"input_ids\":[7],\"word_ids\":[0]}' | quern permute -m vocab.txt | jq -c .labels" 0 '[7]'
}

@test "wrong options" {
    vocabulary
    first() { # OPTIONS MESSAGE
        gives "quern permute $1 </dev/null 2>&1 | sed -n 1p" 2 "quern-permute: $2"
    }
    first '' 'expected --model, the tokenizer that made the ids'
    first '-m vocab.txt --prob 0' '--prob: expected a share greater than 0'
    first '-m vocab.txt --lengths 0' '--lengths: all weights are 0: "0"'
    first '-m vocab.txt --num-predict 0' '--num-predict: expected 1 to 2147483647, found "0"'
    first '-m vocab.txt --dense --num-predict 20000' '--num-predict: with --dense at most 16384'
    # a mask token is not needed
    grep -v MASK vocab.txt >other
    gives "quern permute -m other </dev/null" 0 ""
}
