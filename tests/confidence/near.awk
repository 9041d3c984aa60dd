# awk -v tolerance=1e-9 -f near.awk EXPECTED FOUND: are the numbers of two files the same, up to this share of them, or
# up to 1e-15, which is what the sums of others have lost? What is not a number must be the same to the letter. Says
# where they differ first.
function fields(line, into) {
    gsub(/[][{}:,]/, " & ", line)
    return split(line, into, " ")
}
function number(word) {
    return word ~ /^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/
}
function near(a, b,    size) {
    if (a == b) return 1
    if (!number(a) || !number(b)) return 0
    size = a < 0 ? -a : a + 0
    return a - b <= tolerance * size + 1e-15 && b - a <= tolerance * size + 1e-15
}
BEGIN {
    while ((getline expected < ARGV[1]) > 0) {
        n++
        if ((getline found < ARGV[2]) <= 0) { print "found has " n - 1 " lines only"; exit 1 }
        count = fields(expected, a)
        if (fields(found, b) != count) { print n ": expected " expected ", found " found; exit 1 }
        for (i = 1; i <= count; i++)
            if (!near(a[i], b[i])) { print n ": " a[i] " expected, " b[i] " found, in " found; exit 1 }
        compared += count
    }
    if ((getline found < ARGV[2]) > 0) { print "found has more than " n " lines"; exit 1 }
    if (compared == 0) { print "nothing was compared"; exit 1 }
    exit 0
}
