# What a table of choices says: a line for each record, in the order of the input, with the same number of columns, each
# of its own seed, epoch, subset or bag: how often the record was chosen. -v mean=M -v variance=V: what a cell should
# have. -v spread=1: the columns are drawn with replacement. Prints for each property "NAME ok|FAIL z"; z is nearly
# normal (Wilson and Hilferty), the bounds are those of p < 1e-6 for both sides.
{
    columns = NF
    for (j = 1; j <= NF; j++) x[NR, j] = $j - mean
}
function judge(name, chi, df, z) {
    z = ((chi / df) ^ (1 / 3) - (1 - 2 / (9 * df))) / sqrt(2 / (9 * df))
    printf "%s %s %.2f\n", name, (z < 4.9 && z > -4.9 ? "ok" : "FAIL"), z
}
# how alike neighbours at this distance are, in each column
function lag(distance, j, i, sum, chi) {
    chi = 0
    for (j = 1; j <= columns; j++) {
        sum = 0
        for (i = 1; i + distance <= NR; i++) sum += x[i, j] * x[i + distance, j]
        chi += (sum / variance) ^ 2 / (NR - distance)
    }
    return chi
}
END {
    for (i = 1; i <= NR; i++) { # every record is chosen equally often
        sum = 0
        for (j = 1; j <= columns; j++) sum += x[i, j]
        rows += sum ^ 2 / (columns * variance)
    }
    judge("rows", rows, NR)
    for (j = 1; j <= columns; j++) { # no column says anything about another
        for (k = 1; k < j; k++) {
            sum = 0
            for (i = 1; i <= NR; i++) sum += x[i, j] * x[i, k]
            pairs += (sum / variance) ^ 2 / NR
        }
        sum = 0
        for (i = 1; i <= NR; i++) {
            sum += x[i, j] * (i - (NR + 1) / 2)
            all += x[i, j] ^ 2 / variance
        }
        order += sum ^ 2 / (variance * NR * (NR * NR - 1) / 12)
    }
    judge("columns", pairs, columns * (columns - 1) / 2)
    judge("order", order, columns)           # nor the place in the input about the choice
    judge("neighbours", lag(1), columns)     # nor a record about the next one, which is of another class
    judge("class", lag(10), columns)         # nor about the next one of its class
    if (spread) judge("spread", all, columns * (NR - 1)) # drawn with replacement
}
