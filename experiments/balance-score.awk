# balance-score.awk FACTORS TRUTH PREDICTIONS - prints macro-F1, balanced accuracy (the mean recall of the classes) and
# the calibration error in percent. FACTORS has a class and a factor on each line, TRUTH a class; PREDICTIONS is what
# "liblinear-predict -b 1" writes. Each probability is multiplied by the factor of its class, and all are divided by
# their sum. The calibration error is that of the highest probability: in 15 bins of equal width, how far its mean is
# from the share of predictions that are right, weighted by how many there are.
FNR == 1 { file++ }
file == 1 { factor[$1] = $2; next }
file == 2 { truth[FNR] = $1; next }
FNR == 1 {
    for (i = 2; i <= NF; i++) class[i] = $i
    next
}
{
    sum = top = 0
    for (i = 2; i <= NF; i++) {
        p = $i * factor[class[i]]
        sum += p
        if (p > top) { top = p; guess = class[i] }
    }
    right = guess == truth[FNR - 1]
    actual[truth[FNR - 1]]++
    guessed[guess]++
    hits[guess] += right
    bin = int(15 * top / sum)
    if (bin > 14) bin = 14
    confidence[bin] += top / sum
    rightly[bin] += right
    records++
}
END {
    for (c in factor) {
        f1 += actual[c] + guessed[c] ? 2 * hits[c] / (actual[c] + guessed[c]) : 0
        if (actual[c]) { recall += hits[c] / actual[c]; classes++ }
    }
    for (bin in confidence) {
        gap = confidence[bin] - rightly[bin]
        error += (gap < 0 ? -gap : gap) / records
    }
    printf "%.4f %.4f %.4f\n", 100 * f1 / length(factor), 100 * recall / classes, 100 * error
}
