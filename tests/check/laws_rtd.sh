#!/bin/bash
# The laws of rtd: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

filled() { # WRONG
    awk -v seed=1 -v count=10000 -v wrong="$1" -f "$here/filled.awk" >made
}
RTD="rtd -m $here/ids.txt --also masked_input_ids,mlm_labels"
filled none
hold "$RTD" generator replaced copies
filled law
broken generator "$RTD"
filled copies
broken copies "$RTD"
filled original
broken replaced "$RTD"

echo "1..$number"
