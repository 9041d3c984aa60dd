# The methods that look at neighbours, against an oracle that shares no code with them.
load ../helper

@test "random records with heavy ties, mixed ids and labels, groups and angles: what an oracle in integers finds" {
    perl "$BATS_TEST_DIRNAME/neighbors.pl" 1 30 >out || { cat out; return 1; }
    grep -qE '^[6-9][0-9]{2} runs, 0 differences$' out
}
