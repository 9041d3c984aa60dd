# features.awk TRAIN TEST - lines for fastText become lines for liblinear: words and pairs of neighbours that occur in
# TRAIN, as 0 or 1. Writes the files named by -v train=FILE and -v test=FILE. For gawk.
function add(feature) {
    if (!(feature in numbers)) {
        if (training) numbers[feature] = ++features
        else return
    }
    feature = numbers[feature]
    if (last[feature] != NR) {
        last[feature] = NR
        found[++count] = feature
    }
}

FNR == 1 { training = NR == FNR }

{
    delete found
    count = 0
    add($2)
    for (i = 3; i <= NF; i++) {
        add($i)
        add($(i - 1) " " $i)
    }
    if (!($1 in classes)) classes[$1] = ++class
    asort(found)
    line = classes[$1]
    for (i = 1; i <= count; i++) line = line " " found[i] ":1"
    print line >(training ? train : test)
}
