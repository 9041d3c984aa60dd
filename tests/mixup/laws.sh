#!/bin/bash
# The law of the shares (Kolmogorov-Smirnov) and of the partners (chi square), and that wrong ones are caught.
# shellcheck source=tests/statistics.bash
source "$(dirname "$0")/../statistics.bash"

for id in {1..20}; do echo "{\"id\":$id,\"features\":[$id],\"target\":[1,0]}"; done >pool
for id in {101..2100}; do echo "{\"id\":$id,\"features\":[$id],\"target\":[1,0]}"; done >in

law() { # DESCRIPTION ALPHA fits|differs
    perl "$here/law.pl" "$2" >verdict
    if grep -q "^$3 " verdict; then report ok "$1"; else report 'not ok' "$1: $(cat verdict)"; fi
}

for alpha in 0.01 0.2 0.5 0.75 1 2 7.5 100; do
    quern mixup --with pool --alpha $alpha --emit synthetic --copies 5 --seed 3 in | jq .lambda >shares.$alpha
    law "shares of alpha $alpha" $alpha fits <shares.$alpha
done
law "caught: another alpha" 0.85 differs <shares.0.75
law "caught: another alpha, large ones" 120 differs <shares.100
law "caught: shares of normal variables in place of Student's" 2 differs < <(
    perl -e 'srand 1; for (1 .. 10000) { $n = -6; $n += rand for 1 .. 12; $t = abs $n; print 0.5 + $t / sqrt(4 + $t * $t) / 2, "\n" }')
law "caught: x, not the larger of x and 1 - x" 1 differs < <(awk 'NR % 2 { print $1; next } { print 1 - $1 }' shares.1)
law "caught: one in twenty is 1" 0.75 differs < <(awk 'NR % 20 == 0 { $1 = 1 } { print $1 }' shares.0.75)

# partners SEED: of the records of the pool among themselves, "RECORD PARTNER SHARE"
partners() {
    quern mixup --with pool --alpha 1 --emit synthetic --copies 1000 --seed "$1" pool |
        jq -r '"\(.parents[0]) \(.parents[1]) \(.lambda)"'
}

for seed in 1 2 3; do
    partners $seed >partners.$seed
    even "partners of each record, seed $seed" 380 < <(cut -d ' ' -f 1,2 partners.$seed)
    even "partners and shares, seed $seed" 200 < <(awk '{ print $2, int(($3 - 0.5) * 20) }' partners.$seed)
    even "partners and those of the copy before, seed $seed" 361 < <(awk '{ if ($1 == base) print last - (last > $1), $2 - ($2 > $1); last = $2; base = $1 }' partners.$seed)
done
if awk '$1 == $2 { exit 1 }' partners.?; then report ok "no record is its own partner"; else report 'not ok' "own partner"; fi
even "partners of two seeds" 361 < <(paste -d ' ' partners.1 partners.2 | awk '{ print $2 - ($2 > $1), $5 - ($5 > $4) }')
uneven "a partner that is drawn again where it is the next record" 380 < <(awk '{ if ($2 == $1 + 1 && NR % 4 == 0) $2 = 20 - $1; print $1, $2 }' partners.1)
uneven "one draw for the partner and the share" 200 < <(awk '{ print $2, int($2 / 2.01) }' partners.1)
quern mixup --with pool --alpha 1 --emit synthetic --copies 10 in | jq '.parents[1]' >others
even "partners of records that are not in the pool" 20 <others
echo "1..$number"
