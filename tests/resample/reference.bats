# The methods that look at neighbours, against the published vectors of ../shared/data/imbalance.
load ../helper

# For each case: sets $case, $in, $expected.
cases() {
    DATA=$SHARED/data/imbalance
    [ -d "$DATA" ] || skip "no ../shared/data"
    names=()
    for expected in "$DATA"/*.expect.json; do
        case=${expected##*/}
        case=${case%.expect.json}
        [[ $case == nominal ]] || names+=("$case")
    done
    [ ${#names[@]} -ge 8 ]
}

take() { # CASE
    case=$1 in=$DATA/$1.jsonl expected=$DATA/$1.expect.json
}

# Prints the ids of the records of a file, in one line.
ids() {
    sed -E 's/^\{"id":([^,]*),.*/\1/' "${1--}" | paste -sd ,
}

# The options that give what a key of the expected values describes.
options_of() {
    local name=$1 word
    case $name in
    tomek_auto | nearmiss?) echo "--method ${name%_auto}" ;;
    tomek_*) echo "--method tomek --strategy ${name#tomek_}" ;;
    enn_* | renn_* | allknn_*)
        IFS=_ read -r name word kind <<<"$name"
        echo "--method $name --strategy $word --kind $kind"
        ;;
    ncr_0.12) echo "--method ncr" ;;
    # What an old release of imbalanced-learn does, and another rule.
    ncr_0.10_* | ncr_paper_vote3) echo older ;;
    cnn | oss) echo seeded ;;
    *) echo unknown ;;
    esac
}

@test "what removes: canonical_indices, index for index, and the lines byte for byte" {
    cases
    for name in "${names[@]}"; do
        take "$name"
        checked=0
        while IFS=$'\t' read -r key indices <&8; do
            options=$(options_of "$key")
            [[ $options != unknown ]] || { echo "$key is not known"; return 1; }
            [[ $options != older && $options != seeded ]] || continue
            quern resample $options -q "$in" >got || { echo "$case: $options"; return 1; }
            [[ $(ids got) == "$indices" ]] || { echo "$case: $key"; return 1; }
            awk 'NR == FNR { stays[$0]; next } $0 in stays' got "$in" | cmp - got
            checked=$((checked + 1))
        done 8< <(jq -r 'to_entries[] | select(.value | type == "object" and has("canonical_indices")) |
            "\(.key)\t\(.value.canonical_indices | map(tostring) | join(","))"' "$expected")
        ((checked >= 15)) || { echo "$case: $checked"; return 1; }
    done
}

# The draws of a record depend on its epoch: an epoch is looked for in which that of the published seed row is the
# lowest of its class.
@test "cnn, oss: canonical_indices, if the seed rows are the published ones" {
    cases
    checked=0
    for name in "${names[@]}"; do
        take "$name"
        jq -e 'has("cnn")' "$expected" >/dev/null || continue
        jq -r '.cnn.seed_rows[]' "$expected" >seeds
        : >epochs
        while read -r seed; do
            awk -v id="$seed" 'BEGIN { for (e = 0; e < 20000; e++) print "{\"id\":" id ",\"epoch\":" e ",\"label\":\"" e "\"}" }' |
                quern resample count --method under | sed -n 's/.*"label":"\([0-9]*\)","rows":"\(.\{16\}\).*/\2 \1/p' | sort | head -n 1 |
                awk -v id="$seed" '{ print id, $2 }' >>epochs
        done <seeds
        awk 'NR == FNR { epoch[$1] = $2; next }
            { split($0, part, /[:,]/); if (part[2] in epoch) sub(/,/, ",\"epoch\":" epoch[part[2]] ","); print }' epochs "$in" >seeded
        for key in cnn oss; do
            indices=$(jq -r ".$key.canonical_indices | sort | map(tostring) | join(\",\")" "$expected") # the seed is first
            quern resample --method $key -q seeded >got
            [[ $(ids got) == "$indices" ]] || { echo "$case: $key"; return 1; }
            checked=$((checked + 1))
        done
    done
    ((checked >= 10))
}

# counts CLASS-KEY EXPRESSION: "LABEL=N" for --target, of the classes under a key, each with so many more.
targets() {
    jq -r ".counts as \$counts | .$1 | to_entries | map(\"c\(.key)=\(\$counts[.key] + (.value | $2))\") | join(\",\")" "$expected"
}

@test "borderline: the rows in danger are parents, each once, and no others" {
    cases
    for name in "${names[@]}"; do
        take "$name"
        for method in borderline1 borderline2; do
            quern resample --method $method --emit recipe -q --target "$(targets borderline '.danger_canonical | length')" "$in" |
                jq -r .parent | paste -sd , >got
            jq -r '[.borderline | to_entries | sort_by(.key)[].value.danger_canonical[]] | map(tostring) | join(",")' "$expected" |
                cmp got -
        done
    done
}

@test "adasyn: how many are made of each row" {
    cases
    for name in "${names[@]}"; do
        take "$name"
        jq -r '.adasyn[] | [.rows, .generate_canonical] | transpose[] | select(.[1] > 0) | "\(.[0]) \(.[1])"' "$expected" >rint
        quern resample --method adasyn --round rint --emit recipe -q "$in" | jq -r .parent | uniq -c | awk '{ print $2, $1 }' |
            cmp - rint
        # exactly the target, and no row is more than one away from its share
        quern resample --method adasyn -q "$in" | jq -r .label | sort | uniq -c | awk '{ print $2, $1 }' |
            cmp - <(jq -r '.smote_counts_after | to_entries[] | "c\(.key) \(.value)"' "$expected")
        quern resample --method adasyn --emit recipe -q "$in" | jq -r '"\(.label) \(.parent)"' | uniq -c >got
        jq -r '.adasyn | to_entries[] | .key as $c | (.value.n_other_of_5 | add) as $sum | .value |
            .requested as $n | [.rows, .n_other_of_5] | transpose[] | "c\($c) \(.[0]) \(.[1] * $n / $sum)"' "$expected" |
            awk 'NR == FNR { made[$2, $3] = $1; next }
                { d = made[$1, $2] - $3; if (d >= 1 || d <= -1) { print; bad = 1 } } END { exit bad }' got -
    done
}

@test "smote: counts, and all of the five neighbours of a row and no others" {
    cases
    for name in "${names[@]}"; do
        take "$name"
        quern resample --method smote -q "$in" | jq -r .label | sort | uniq -c | awk '{ print $2, $1 }' |
            cmp - <(jq -r '.smote_counts_after | to_entries[] | "c\(.key) \(.value)"' "$expected")
        # with 60 of each row, one of five neighbours is missing with p = 1e-5: in no case of those that are here
        quern resample --method smote --emit recipe -q --target "$(targets smote '.rows | length * 60')" "$in" |
            jq -r '"\(.label) \(.parents[0]) \(.parents[1])"' | sort -u >got
        jq -r '.smote | to_entries[] | .key as $c | [.value.rows, .value.neighbours] | transpose[] |
            .[0] as $row | .[1][] | "c\($c) \($row) \(.)"' "$expected" | sort >neighbours
        comm -13 neighbours got >foreign
        is foreign ""
        (($(comm -23 neighbours got | wc -l) <= 1))
    done
}

@test "smote: every record lies between its parents, the second one of the k nearest, for k from 1 to more than there are" {
    cases
    for name in "${names[@]}"; do
        take "$name"
        few=$(jq '[.counts[]] | min' "$expected")
        for k in 1 5 $((few - 1)) $((few + 3)); do
            ((k <= 1000)) || k=1000
            [[ $case != [gi]_* || $k == 5 ]] || continue # they are large
            quern resample --method smote -k $k -q "$in" >got
            perl "$BATS_TEST_DIRNAME/between.pl" "$in" got $k || { echo "$case, k = $k"; return 1; }
        done
    done
}

@test "rose: deviations and the smoothing constant" {
    cases
    # In two data sets the draws of a record are the same, so the noise tells both numbers: in the first one, of two
    # dimensions and five records, the deviations are 1 and 3, and the constant is (4 / ((2 + 2) * 5))^(1 / 6).
    for name in "${names[@]}"; do
        take "$name"
        read -r id label <<<"$(jq -r 'select(.label == "c1" or .label == "c2") | "\(.id) \(.label)"' "$in" | tail -n 1)"
        class=${label#c}
        printf '{"id":%s,"label":"%s","features":[%s]}\n' "$id" "$label" 1,3 '"b"' "$label" -1,-3 '"c"' z 0,0 '"d"' z 1,9 '"e"' z 2,5 >known
        count=$(jq ".counts[\"$class\"]" "$expected")
        noise() { # FILE TARGET
            quern resample --method rose --double --emit synthetic --target "$label=$2" "$1" |
                jq -c --argjson id "$id" --slurpfile from "$1" 'select(.parent == $id and (.id | endswith("#rs1"))) |
                    [.features, ($from[] | select(.id == $id).features)] | transpose | map(.[0] - .[1])'
        }
        noise known 4 >standard
        noise "$in" $((2 * count)) >got
        jq -e --slurpfile standard standard --slurpfile got got '
            .rose.smoothing_constant as $h | .rose.std["'"$class"'"] as $s | pow(0.2; 1 / 6) as $known |
            ($got[0] | length) == .d and
            ([range(2)] | all(($got[0][.] / ($h * $s[.]) - $standard[0][.] / ($known * (. * 2 + 1))) | fabs < 1e-12))' "$expected" ||
            { echo "$case"; return 1; }
    done
}
