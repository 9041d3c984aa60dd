#!/bin/bash
# Every record is as likely to be chosen at random as any other.
# shellcheck source=tests/statistics.bash
source "$(dirname "$0")/../statistics.bash"

for id in {1..50}; do echo "{\"id\":$id,\"gain\":$id}"; done >in
for seed in {1..120}; do quern query --num 10 --by random --seed $seed in; done | jq .id >chosen
even "chosen at random" 50 <chosen
for seed in {1..120}; do quern query --num 10 --by random --seed $((seed % 3)) in; done | jq .id >chosen
uneven "always the same" 50 <chosen
for seed in {1..120}; do quern query --num 10 --by gain in; done | jq .id >chosen
uneven "the best" 50 <chosen
for id in {1..4000}; do echo "{\"id\":$id}"; done | quern query -q --num 4000 --by random | jq .score >scores
even "scores" 100 < <(awk '{ print int($1 * 100) }' scores)
even "the last bits of scores" 8 < <(awk '{ print $1 * 2 ^ 53 % 8 }' scores)
echo "1..$number"
