#!/bin/bash
# What the SMOTE family draws, by its statistics over several seeds: which bases, which neighbours, where between them,
# and ROSE's noise. Each property fails on a mutant, made from the outside.
set -eu -o pipefail

# shellcheck source=tests/statistics.bash
source "$(dirname "$0")/../statistics.bash"

# 60 rows of the class b among 30 others, and where they are.
awk 'BEGIN {
    srand(3)
    for (i = 0; i < 90; i++)
        printf "{\"id\":%d,\"label\":\"%s\",\"features\":[%.3f,%.3f,%.3f]}\n", i, i % 3 ? "b" : "a", rand() * 2, rand(), rand() * 9
}' >in
jq -r '"\(.id) \(.label) \(.features | join(" "))"' in >points

# ranks: reads lines "BASE OTHER GAP" of made rows, prints "BASE RANK GAP OTHER-LABEL": the place of the other one among
# the neighbours of the base, from 0; with -v all=1 among all rows, else in the class.
ranks() {
    awk "$@" 'NR == FNR { label[$1] = $2; x[$1] = $3; y[$1] = $4; z[$1] = $5; next }
        function square(a, b) { return (x[a] - x[b]) ^ 2 + (y[a] - y[b]) ^ 2 + (z[a] - z[b]) ^ 2 }
        !(($1, $2) in rank) {
            n = 0
            for (other in x)
                if (other != $1 && (all || label[other] == label[$1]) && square($1, other) < square($1, $2)) n++
            rank[$1, $2] = n
        }
        { print $1, rank[$1, $2], $3, label[$2] }' points -
}

# made METHOD OPTION...: what is made, as ranks reads it.
made() {
    quern resample -q --emit recipe --method "$@" in | jq -r '"\(.parents[0]) \(.parents[1]) \(.gap)"'
}

for seed in 1 2 3; do
    made smote --target b=40060,a=30 --seed $seed | ranks >"smote.$seed"
    even "gaps, seed $seed" 200 < <(awk '{ print int($3 * 200) }' "smote.$seed")
    even "the last bits of gaps, seed $seed" 8 < <(awk '{ print $3 * 2 ^ 53 % 8 }' "smote.$seed")
    even "ranks of neighbours, seed $seed" 5 < <(awk '{ print $2 }' "smote.$seed")
    even "ranks of neighbours of each base, seed $seed" 300 < <(awk '{ print $1, $2 }' "smote.$seed")
    even "gaps of each base, seed $seed" 600 < <(awk '{ print $1, int($3 * 10) }' "smote.$seed")
    even "gaps and ranks, seed $seed" 100 < <(awk '{ print $2, int($3 * 20) }' "smote.$seed")
    even "gaps and those of the row before, seed $seed" 400 < <(awk 'NR > 1 { print last, int($3 * 20) } { last = int($3 * 20) }' "smote.$seed")
    even "gaps and ranks of the row before, seed $seed" 100 < <(awk 'NR > 1 { print last, int($3 * 20) } { last = $2 }' "smote.$seed")
    even "ranks and those of the row before, seed $seed" 25 < <(awk 'NR > 1 { print last, $2 } { last = $2 }' "smote.$seed")
done
made smote --target b=40060,a=30 --seed 1 --epoch 1 | ranks >epoch
even "gaps of two seeds" 400 < <(paste smote.1 smote.2 | awk '{ print int($3 * 20), int($7 * 20) }')
even "gaps of two epochs" 400 < <(paste smote.1 epoch | awk '{ print int($3 * 20), int($7 * 20) }')
even "ranks of two seeds" 25 < <(paste smote.1 smote.2 | awk '{ print $2, $6 }')
even "ranks of two epochs" 25 < <(paste smote.1 epoch | awk '{ print $2, $6 }')

uneven "gaps of 52 bits" 8 < <(awk '{ print int($3 * 2 ^ 52) * 2 % 8 }' smote.1)
uneven "the gap is cut at 0.99" 200 < <(awk '{ print int($3 * 198) }' smote.1)
uneven "the nearest neighbour a little more often" 5 < <(awk '{ print NR % 20 ? $2 : 0 }' smote.1)
uneven "a base that has four neighbours" 300 < <(awk '{ print $1, $1 == 7 ? $2 % 4 : $2 }' smote.1)
uneven "one draw for gap and neighbour" 100 < <(awk '{ print int($3 * 5), int($3 * 20) }' smote.1)
uneven "every tenth gap is that of the row before" 400 < <(awk 'NR % 10 == 0 { $3 = gap } { gap = $3 } NR > 1 { print last, int($3 * 20) } { last = int($3 * 20) }' smote.1)
uneven "seeds that share every tenth gap" 400 < <(paste smote.1 smote.2 | awk 'NR % 10 == 0 { $7 = $3 } { print int($3 * 20), int($7 * 20) }')

# ---- towards another class half of the way ----

for seed in 1 2 3; do
    made borderline2 --target b=20060,a=20030 --seed $seed | ranks -v all=1 >"two.$seed"
    awk '{ print $3 * (is_own($1, $4) ? 1 : 2), $2 }
        function is_own(base, label) { return (base % 3 ? "b" : "a") == label }' "two.$seed" >"doubled.$seed"
    even "borderline2: gaps, doubled towards another class, seed $seed" 100 < <(awk '{ print int($1 * 100) }' "doubled.$seed")
    even "borderline2: ranks among all rows, seed $seed" 5 < <(awk '{ print $2 }' "doubled.$seed")
    awk '(($1 % 3 ? "b" : "a") != $4) { print $3 }' "two.$seed" >"other.$seed"
    even "borderline2: gaps towards another class, seed $seed" 50 < <(awk '{ print int($1 * 100) }' "other.$seed")
done
uneven "the product of two draws" 50 < <(paste other.1 other.2 | awk '{ print int($1 * 2 * $2 * 100) }')
uneven "the whole way" 50 < <(awk '{ print int($1 * 200) }' other.1)

# ---- ROSE ----

# noise OPTION...: lines "BASE COLUMN NOISE", in deviations of the kernel: 60 rows of b in 3 dimensions, 90 rows in all.
noise() {
    quern resample -q --emit synthetic --double --method rose --target b=20060,a=30 "$@" in |
        jq -r '"\(.parent) \(.features | join(" "))"' |
        awk 'NR == FNR { for (j = 0; j < 3; j++) { x[$1, j] = $(j + 3); if ($2 == "b") { sum[j] += $(j + 3); sumsq[j] += $(j + 3) ^ 2 } } next }
            { for (j = 0; j < 3; j++)
                printf "%d %d %.12g\n", $1, j, ($(j + 2) - x[$1, j]) / (sqrt(sumsq[j] / 60 - (sum[j] / 60) ^ 2) * (4 / (5 * 90)) ^ (1 / 7)) }' points -
}

# Which of 16 equally likely parts of the normal distribution: by its quantiles.
part() {
    awk 'BEGIN { n = split("-1.5341205443525463 -1.1503493803760079 -0.8871465590188759 -0.6744897501960817 -0.48877641111466963 " \
                "-0.31863936396437515 -0.15731068461017067 0 0.15731068461017067 0.31863936396437515 0.48877641111466963 " \
                "0.6744897501960817 0.8871465590188759 1.1503493803760079 1.5341205443525463", cut, " ") }
        { for (i = 1; i <= n && $3 > cut[i]; i++); print $1, $2, i }'
}

for seed in 1 2 3; do
    noise --seed $seed >"rose.$seed"
    part <"rose.$seed" >"part.$seed"
    even "rose: normal, of the right width, seed $seed" 16 < <(cut -d ' ' -f 3 "part.$seed")
    even "rose: in each column, seed $seed" 48 < <(cut -d ' ' -f 2- "part.$seed")
    even "rose: of each base, seed $seed" 960 < <(cut -d ' ' -f 1,3 "part.$seed")
    even "rose: no column knows of the next one, seed $seed" 256 < <(awk '$2 > 0 { print last, $3 } { last = $3 }' "part.$seed")
    even "rose: nor a row of the row before, seed $seed" 256 < <(awk '$2 == 1 { print last, $3; last = $3 }' "part.$seed" | tail -n +2)
done
even "rose: nor do seeds" 256 < <(paste part.1 part.2 | awk '{ print $3, $6 }')
even "rose: --shrinkage 0.5" 16 < <(noise --shrinkage 0.5 | awk '{ $3 *= 2; print }' | part | cut -d ' ' -f 3)
uneven "3 % too wide" 16 < <(awk '{ $3 *= 1.03; print }' rose.1 | part | cut -d ' ' -f 3)
uneven "deviations of 59 instead of 60 rows, and the width of 60 instead of 90" 16 < <(awk '{ $3 *= sqrt(60 / 59) * (90 / 60) ^ (1 / 7); print }' rose.1 | part | cut -d ' ' -f 3)
uneven "uniform" 16 < <(awk 'BEGIN { srand(1) } { $3 = (rand() - 0.5) * sqrt(12); print }' rose.1 | part | cut -d ' ' -f 3)
uneven "one draw for all columns" 256 < <(awk '$2 == 0 { first = $3 } $2 > 0 { print first, first }' part.1)

# ---- bases ----

# 600 rows in the order of a line, so that neighbours are close in the input.
awk 'BEGIN {
    for (i = 0; i < 600; i++) printf "{\"id\":%d,\"label\":\"b\",\"features\":[%d]}\n", i, i * i
    for (i = 600; i < 1800; i++) printf "{\"id\":%d,\"label\":\"a\",\"features\":[%d]}\n", i, i
}' >line
# uses SEEDS OPTION...: a line for each row: how often it is a base, for each seed.
uses() {
    local seed
    for ((seed = 1; seed <= $1; seed++)); do
        quern resample -q --emit recipe --seed $seed "${@:2}" line | jq -r --arg seed $seed '"\($seed) \(.parent)"'
    done | awk -v seeds="$1" '{ n[$2, $1]++ }
        END { for (i = 0; i < 600; i++) for (j = 1; j <= seeds; j++) printf "%d%s", n[i, j], j < seeds ? " " : "\n" }'
}
judge() { # DESCRIPTION TABLE MEAN VARIANCE [SPREAD]
    awk -v mean="$3" -v variance="$4" -v spread="${5-}" -f "$here/judge.awk" "$2" >verdict
    if grep -q FAIL verdict || [[ $(wc -l <verdict) != $((5 + ${5:-0})) ]]; then
        report 'not ok' "$1" verdict
    else
        report ok "$1"
    fi
}
caught() { # PROPERTY DESCRIPTION TABLE MEAN VARIANCE [SPREAD]
    awk -v mean="$4" -v variance="$5" -v spread="${6-}" -f "$here/judge.awk" "$3" >verdict
    if grep -q "^$1 FAIL" verdict; then report ok "caught: $2"; else report 'not ok' "caught: $2" verdict; fi
}

uses 24 --method smote --target b=1400 >even # once each, and 200 once more
uses 24 --method smote --target b=1800 --draw iid >iid
if awk '{ for (j = 1; j <= NF; j++) if ($j != 1 && $j != 2) exit 1 }' even; then
    report ok "uses of bases differ by at most one"
else
    report 'not ok' "uses of bases differ by at most one"
fi
awk '{ for (j = 1; j <= NF; j++) $j--; print }' even >extra
judge "which bases are used once more" extra 0.3333333333 0.2222222222
judge "--draw iid" iid 2 2 1
caught rows "the first 60 are taken a little more often" <(awk 'BEGIN { srand(2) } NR <= 60 { for (j = 1; j <= NF; j++) if (rand() < 0.4) $j = 1 } 1' more) 0.3333333333 0.2222222222
caught order "the first rows" <(awk '{ for (j = 1; j <= NF; j++) $j = NR <= 200; print }' extra) 0.3333333333 0.2222222222
caught columns "two seeds with one choice" <(awk '{ $2 = $1; print }' extra) 0.3333333333 0.2222222222
caught spread "--draw iid that is even" even 1.3333333333 1.3333333333 1

echo "1..$number"
