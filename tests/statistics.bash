# For scripts that judge random choices by their frequencies, and print TAP. Sourced; end with: echo "1..$number"
# shellcheck shell=bash
# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# Reads values, one a line; are all of the COUNT values that there should be equally frequent? p < 1e-6 by the cube
# root of the chi square, which is nearly normal. Prints "even", "uneven" or "few", and the figures.
frequencies() { # COUNT
    awk -v count="$1" '{ seen[$0]++; n++ }
        END {
            for (value in seen) { kinds++; chi += (seen[value] - n / count) ^ 2 / (n / count) }
            chi += (count - kinds) * n / count
            df = count - 1
            z = ((chi / df) ^ (1 / 3) - (1 - 2 / (9 * df))) / sqrt(2 / (9 * df))
            print (n < 10 * count ? "few" : kinds <= count && z < 4.75 ? "even" : "uneven"), n, kinds, chi, z
        }'
}

even() { # DESCRIPTION COUNT
    frequencies "$2" >verdict
    if grep -q '^even' verdict; then report ok "$1"; else report 'not ok' "$1: $(cat verdict)"; fi
}

uneven() { # DESCRIPTION COUNT
    frequencies "$2" >verdict
    if grep -q '^uneven' verdict; then report ok "caught: $1"; else report 'not ok' "caught: $1: $(cat verdict)"; fi
}
