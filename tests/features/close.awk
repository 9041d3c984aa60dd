# close.awk - are these lines the same but for numbers after ":" that differ by the share `within` at most?
#
#     awk -v within=1e-12 -f close.awk EXPECTED GOT
function far(a, b, d) {
    d = a - b
    return (d < 0 ? -d : d) > within * (a < 0 ? -a : a)
}
FNR == NR { expected[FNR] = $0; lines = FNR; next }
{
    n = split(expected[FNR], a, /[ :]/)
    m = split($0, b, /[ :]/)
    bad = n != m
    for (i = 1; i <= n && !bad; i++)
        bad = a[1] == "vector" && i > 2 && i % 2 == 1 ? b[i] !~ /^-?[0-9]/ || far(a[i], b[i]) : a[i] != b[i]
    if (bad) {
        print "line " FNR ": expected " expected[FNR] "\nfound " $0
        wrong = 1
        exit
    }
    seen = FNR
}
END { exit wrong || lines == 0 || seen != lines }
