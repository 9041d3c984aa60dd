#!/bin/bash
# The laws of rtd: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

RTD="rtd -m $here/ids.txt --also masked_input_ids,mlm_labels"
make_records filled seed=1 count=10000
hold "$RTD" generator replaced copies
make_records filled seed=1 count=10000 wrong=law
broken generator "$RTD"
make_records filled seed=1 count=10000 wrong=copies
broken copies "$RTD"
make_records filled seed=1 count=10000 wrong=original
broken replaced "$RTD"

echo "1..$number"
