# judge.awk - judges pairs from the outside: lines "document epoch label target length A-start A-end B-document B-start
# B-end", as rows.jq prints them, of documents of documents.awk.
#
# -v law=cover|label|target|cut|words|foreign|middle|single, and what that law needs: task, sentences, size, pool (number
# of documents), length, prob. Prints "ok", or "FAIL" and why.
function fail(why) {
    if (wrong == "")
        wrong = why
}

# The bound of chi square at p = 1e-6 (Wilson and Hilferty).
function bound(df, part) {
    part = 2 / (9 * df)
    return df * (1 - part + 4.7534 * sqrt(part)) ^ 3
}

# Are seen[1..bins] alike?
function uniform(seen, bins, what, i, total, square) {
    for (i = 1; i <= bins; i++)
        total += seen[i]
    for (i = 1; i <= bins; i++)
        square += (seen[i] - total / bins) ^ 2 / (total / bins)
    if (total < 20 * bins || square > bound(bins - 1))
        fail(what ": chi square " square " of " total)
}

# Is it a share p of all, within five standard deviations?
function share(seen, all, p, what) {
    if (all < 1000 || (seen - all * p) ^ 2 > 25 * all * p * (1 - p))
        fail(what ": " seen " of " all)
}

# Where sentence k of document d starts, and the sentence that begins at a token; -1: none.
function start(d, k) {
    if (!((d, k) in starts))
        starts[d, k] = k == 0 ? 0 : start(d, k - 1) + (size ? size : 3 + (7 * d + 5 * (k - 1)) % 11)
    return starts[d, k]
}

function sentence_at(d, token, k) {
    for (k = 0; k <= sentences; k++)
        if (start(d, k) == token)
            return k
    return -1
}

{
    d = substr($1, 2) + 0; epoch = $2; label = $3; target = $4; size_of_record = $5
    a = $6; a_end = $7; other = substr($8, 2) + 0; b = $9; b_end = $10
    foreign = task == "nsp" && label == 1
    records++
}

# Each token of a document once, in order; at most a word is left out between two chunks; segments are whole sentences but
# where a chunk has one.
law == "cover" {
    if (task == "sop" && label == 1) {
        x = a; a = b; b = x
        x = a_end; a_end = b_end; b_end = x
    }
    if (size_of_record > target || target > length_)
        fail("longer than its target: " $0)
    key = d " " epoch
    if (key != last) {
        if (records > 1 && start(before, sentences) - reached > 6)
            fail("the end of " last " is missing")
        reached = 0
    }
    if (a < reached || a - reached > 6)
        fail("not where the chunk before ended, " reached ": " $0)
    if (b_end > 0 && !foreign && b != a_end)
        fail("B does not follow A: " $0)
    if (sentence_at(d, a_end) < 0 && sentence_at(d, a) >= 0 && start(d, sentence_at(d, a) + 1) < (b_end && !foreign ? b_end : a_end))
        fail("A ends within a sentence: " $0)
    if (foreign && (other == d || other < 1 || b_end - b < 1))
        fail("B is not foreign: " $0)
    if (b_end > 0 && !foreign && other != d)
        fail("B is foreign: " $0)
    reached = b_end > 0 && !foreign ? b_end : a_end
    last = key; before = d
}
law == "label" { seen[label + 1]++ }
law == "target" {
    short += target < length_
    if (target < length_)
        targets[target - least + 1]++
    if (target < least)
        fail("a target too small: " $0)
}
law == "cut" { cuts[sentence_at(d, a_end)]++ }
law == "words" {
    if (a_end % 2)
        fail("within a word: " $0)
    words[a_end / 2]++
}
law == "foreign" && foreign {
    documents[other]++
    k = sentence_at(other, b)
    if (k < 0)
        fail("B does not begin with a sentence: " $0)
    begins[k + 1]++
    room = target - 3 - (a_end - a)
    if (b_end - b > room || (b_end - b < room && b_end != start(other, sentences) && start(other, sentence_at(other, b_end) + 1) - b <= room))
        fail("B does not fill the room: " $0)
}
law == "middle" && b_end > 0 {
    best = -1
    for (k = 1; k < sentences; k++) {
        distance = 2 * start(d, k) - b_end
        if (distance < 0)
            distance = -distance
        if (best < 0 || distance < best) {
            best = distance
            where = start(d, k)
        }
    }
    if (a_end != where)
        fail("not the border nearest to the middle, " where ": " $0)
}
law == "single" || law == "middle" { alone += b_end == 0 }

END {
    if (records < 1000)
        fail("too few records: " records)
    if (law == "label")
        share(seen[2], records, 0.5, "label 1")
    if (law == "target") {
        # a short target may be drawn as the full length
        share(short, records, prob * (1 - 1 / (length_ - least + 1)), "short targets")
        uniform(targets, length_ - least, "targets")
    }
    if (law == "cut")
        uniform(cuts, sentences - 1, "sentences in A")
    if (law == "words")
        uniform(words, size / 2 - 1, "words in A")
    if (law == "foreign") {
        uniform(documents, pool, "documents")
        uniform(begins, sentences, "sentences")
    }
    if (law == "single" || law == "middle")
        share(alone, records, prob, "single segments")
    print wrong == "" ? "ok" : "FAIL " wrong
}
