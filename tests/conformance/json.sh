#!/bin/bash
# JSONTestSuite: no n_ file is accepted, no y_ file refused, what RFC 8259 leaves open (i_) stays as it is; each
# file as a document of its own, and, where it is one line, as the value of a member.
set -u -o pipefail
export LC_ALL=C
root=$(realpath "$(dirname "$0")/../..")
build=${BUILD:-$root/build}
suite=$root/../shared/data/JSONTestSuite/test_parsing
if [[ ! -d $suite ]]; then
    echo "1..1"
    echo "ok 1 - JSONTestSuite # SKIP the suite is not here"
    exit 0
fi

# Of the open ones these are refused: what is not UTF-8, and a byte order mark (the reader of files drops it).
refused_open="i_string_UTF-16LE_with_BOM.json
i_string_UTF-8_invalid_sequence.json
i_string_UTF8_surrogate_U+D800.json
i_string_invalid_utf-8.json
i_string_iso_latin_1.json
i_string_lone_utf8_continuation_byte.json
i_string_not_in_unicode_range.json
i_string_overlong_sequence_2_bytes.json
i_string_overlong_sequence_6_bytes.json
i_string_overlong_sequence_6_bytes_null.json
i_string_truncated-utf-8.json
i_string_utf16BE_no_BOM.json
i_string_utf16LE_no_BOM.json
i_structure_UTF-8_BOM_empty_object.json"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 number=0

# ok NAME WANTED GOT: one TAP line.
ok() {
    number=$((number + 1))
    if [[ $2 == "$3" ]]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        diff <(echo "$2") <(echo "$3") | sed 's/^/# /'
        failed=1
    fi
}

# verdicts FILE HOW: the three rules over lines "accepted NAME" and "refused NAME".
verdicts() {
    ok "$2: no n_ is accepted" "" "$(sed -n 's/^accepted \(n_.*\)/\1/p' "$1")"
    ok "$2: no y_ is refused" "" "$(sed -n 's/^refused \(y_.*\)/\1/p' "$1")"
}

echo "1..8"
"$build/tests/conformance/json_check" "$suite"/*.json >"$work/alone" || exit 1
ok "the suite has 95 y_, 188 n_ and 35 i_ files" "35 i 188 n 95 y" \
    "$(sed 's/^[a-z]* \(.\).*/\1/' "$work/alone" | sort | uniq -c | xargs)"
verdicts "$work/alone" "alone"
ok "alone: the open ones" "$refused_open" "$(sed -n 's/^refused \(i_.*\)/\1/p' "$work/alone")"

# Each file that is one line becomes a record; all go through one run.
for file in "$suite"/*.json; do
    if [[ $(tr -cd '\n' <"$file" | wc -c) == 0 ]]; then
        printf '{"value":' && cat "$file" && printf '}\n'
        echo "${file##*/}" >&3
    fi
done >"$work/records" 3>"$work/names"
"$build/bin/quern" cat --on-error quarantine="$work/refused" "$work/records" >"$work/out" 2>"$work/err"
ok "as a member: the run ends well" "0" "$?"
sed 's/.*"line":\([0-9]*\),.*/\1/' "$work/refused" |
    awk 'NR == FNR { refused[$1]; next } { print (FNR in refused ? "refused " : "accepted ") $0 }' - "$work/names" \
        >"$work/member"
verdicts "$work/member" "as a member"
awk 'NR == FNR { accepted[FNR] = $1 == "accepted"; next } accepted[FNR]' "$work/member" "$work/records" >"$work/expected"
ok "as a member: what is accepted passes byte for byte" "$(sha256sum <"$work/expected")" "$(sha256sum <"$work/out")"
exit $failed
