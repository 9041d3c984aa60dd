# Judges two orders of the same records: awk -f order.awk FIRST SECOND, lines {"id":"GROUP.MEMBER"}, 8 members a group.
# Prints "PROPERTY ok VALUE" or "PROPERTY FAIL VALUE":
#
#     complete   each record once in both
#     position   where a record stands does not depend on where it stood: input against FIRST, 20 x 20 bins,
#                chi square of 361 degrees of freedom
#     members    which member of a group comes at which place: 8 x 8 bins, 49 degrees of freedom
#     pairs      which of two members comes first: half and half, the worst of 28 deviations
#     streams    the place within the group in FIRST against that in SECOND, 49 degrees of freedom
#
# Chi squares are bounded at p = 1e-6, deviations at 5.6 standard deviations (28 of them).
function say(name, value, limit) {
    printf "%s %s %.2f\n", name, value <= limit ? "ok" : "FAIL", value
}

# The sum over n x n bins.
function chi_square(counts, n, expected,    i, k, sum) {
    for (i = 0; i < n; i++)
        for (k = 0; k < n; k++)
            sum += (counts[i, k] - expected) ^ 2 / expected
    return sum
}

{
    split($0, part, "[\".]")
    id = part[4] "." part[5]
    group = part[4] + 0; member = part[5] + 0
    file = FNR == NR ? 1 : 2
    if (group >= groups) groups = group + 1
    if ((file, id) in place) twice++
    place[file, id] = taken[file, group]++
    position[file, id] = FNR - 1
    seen[file]++
}

END {
    records = groups * 8
    complete = seen[1] == records && seen[2] == records && !twice
    print "complete " (complete ? "ok 0" : "FAIL 1")
    if (!complete) exit
    for (g = 0; g < groups; g++)
        for (m = 0; m < 8; m++) {
            id = g "." m
            bins[int((g * 8 + m) * 20 / records), int(position[1, id] * 20 / records)]++
            members[m, place[1, id]]++
            streams[place[1, id], place[2, id]]++
            for (k = 0; k < m; k++)
                before[k, m] += place[1, g "." k] < place[1, id]
        }
    # Counts of permutations of 8 vary by 8/7 of what counts of independent draws do.
    say("position", chi_square(bins, 20, records / 400), 503)
    say("members", chi_square(members, 8, groups / 8) * 7 / 8, 110)
    worst = 0
    for (m = 0; m < 8; m++)
        for (k = 0; k < m; k++) {
            deviation = (before[k, m] - groups / 2) / sqrt(groups / 4)
            if (deviation < 0) deviation = -deviation
            if (deviation > worst) worst = deviation
        }
    say("pairs", worst, 5.6)
    say("streams", chi_square(streams, 8, groups / 8) * 7 / 8, 110)
}
