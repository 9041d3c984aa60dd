# Judges what quern corrupt --task bart --also sentence_order,noise_spans,rotation made of the record
#
#     {"id":…,"input_ids":[2,5,6,7,8,9,10,3],"word_ids":[-1,0,1,1,2,3,4,-1],"sentence_tokens":[[1,4],[4,6],[6,7]]}
#
# whose mask is 4 and whose ordinary tokens are 5 to 16. With --ratio 0.4 two of the five words are hidden.
#
#     awk -f bart.awk -v what=spans|random|others|rotate [-v masks_of_span=1|0|-1] MADE
#
# Prints a line "PROPERTY ok|FAIL VALUE" for each property; each is bounded at p = 1e-6 or, if it is exact, at 0.
#
# Few records differ in more than their ids, so each different one is judged once, and counts `weight` times.

BEGIN {
    split("5 6 7 8 9 10", token, " ")
    split("0 1 1 2 3 4", word, " ")
    start[0] = 1; start[1] = 4; start[2] = 6; start[3] = 7 # of sentences, in token[]
    e = exp(-3.5)
}

function numbers(name, into,    text) {
    match($0, "\"" name "\":\\[[][0-9,-]*")
    text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
    gsub(/[][]/, "", text)
    sub(/,$/, "", text)
    return split(text, into, ",")
}

function add(property, times) {
    broken[property] += times
}

# The permuted text: tokens p[1 .. 6], and whether a word begins there.
function permute(    n, i, k, key) {
    n = numbers("sentence_order", order)
    add("order", n != 3)
    at = 0
    for (i = 1; i <= n; i++) {
        key = key order[i]
        for (k = start[order[i]]; k < start[order[i] + 1]; k++) { p[++at] = token[k]; w[at] = word[k] }
    }
    add("order", at != 6)
    orders[key] += weight
    w[0] = w[7] = "none"
}

# What the source must be, with 4 for a mask, from the spans and insertions; and their kinds.
function expect(    n, i, k, m, key, covered, last, free, place) {
    n = numbers("noise_spans", span) / 2
    m = 0; covered = 0; last = -1; key = ""
    split("", want)
    for (i = 1; i <= 7; i++) hidden[i] = 0
    at = 1
    for (k = 1; k <= n; k++) {
        first = span[2 * k - 1]; behind = span[2 * k]
        add("sorted", first < at)
        for (; at < first; at++) want[++m] = p[at]
        if (first == behind) {
            want[++m] = 4; insertions += weight
            add("words", w[first] == w[first - 1]) # not within a word
            continue
        }
        add("words", w[first] == w[first - 1] || w[behind] == w[behind - 1] || behind > 7)
        for (i = first; i < behind; i++) { hidden[i] = 1; if (i == first || w[i] != w[i - 1]) covered++ }
        add("apart", last == first)
        last = behind
        for (i = 0; i < (length_of_mask < 0 ? behind - first : length_of_mask); i++) want[++m] = 4
        at = behind
    }
    for (; at <= 6; at++) want[++m] = p[at]
    add("budget", covered != 2)
    # by words: which are hidden, and before which of the others insertions stand
    free = 0; key = ""
    for (i = 1; i <= 6; i++) if (w[i] != w[i - 1]) key = key (hidden[i] ? "#" : ".")
    keys[key] += weight
    if (key !~ /##/) pairs += weight
    for (k = 1; k <= n; k++)
        if (span[2 * k - 1] == span[2 * k]) {
            free = 0
            for (i = 1; i < span[2 * k]; i++) if (w[i] != w[i - 1] && !hidden[i]) free++
            add("places", hidden[span[2 * k]])
            places[free] += weight
        }
    return m
}

function judge_spans(    n, m, i, k) {
    permute()
    m = expect()
    n = numbers("input_ids", source)
    add("ends", source[1] != 2 || source[n] != 3)
    add("source", n != m + 2)
    for (i = 1; i <= m; i++) {
        if (what == "random" && want[i] == 4) {
            masks += weight
            if (source[i + 1] != 4) { random += weight; drawn[source[i + 1]] += weight; add("source", source[i + 1] < 5 || source[i + 1] > 16) }
        } else {
            add("source", source[i + 1] != want[i])
        }
    }
}

# No spans: each token is dropped, or followed by a mask.
function judge_others(    n, i, k) {
    permute()
    n = numbers("input_ids", source)
    k = 2
    for (i = 1; i <= 6; i++) {
        tokens += weight
        if (source[k] == p[i]) k++
        else dropped += weight
        if (source[k] == 4) { k++; inserted += weight }
    }
    add("source", source[k] != 3 || k != n)
}

function judge_rotation(    n, i, r) {
    match($0, /"rotation":[0-9]+/)
    r = substr($0, RSTART + 11, RLENGTH - 11) + 0
    n = numbers("input_ids", source)
    add("source", n != 8)
    for (i = 1; i <= 6; i++) add("source", source[i + 1] != token[(i - 1 + r) % 6 + 1])
    offsets[r] += weight
}

function judge(    n, i) {
    n = numbers("labels", label)
    add("labels", n != 8 || label[1] != 2 || label[8] != 3)
    for (i = 1; i <= 6; i++) add("labels", label[i + 1] != token[i])
    length_of_mask = masks_of_span == "" ? 1 : masks_of_span
    if (what == "others") judge_others()
    else if (what == "rotate") judge_rotation()
    else judge_spans()
}

{
    sub(/"id":"[^"]*",/, "")
    times[$0]++
}

function say(property, value, limit) {
    print property, (value <= limit && value >= -limit ? "ok" : "FAIL"), value
}

function share(property, count, p, of) {
    say(property, (count - p * of) / sqrt(of * p * (1 - p) + 1e-9), 5)
}

function chi(seen, expected) {
    return expected > 0 ? (seen - expected) ^ 2 / expected : seen > 0 ? 1e9 : 0
}

END {
    for (record in times) {
        $0 = record
        weight = times[record]
        judge()
    }
    if (NR < 20000) print "records FAIL", NR
    for (k in broken) say(k, broken[k], 0)
    if (what != "rotate") {
        sum = 0
        split("012 021 102 120 201 210", o, " ")
        for (k = 1; k <= 6; k++) sum += chi(orders[o[k]], NR / 6)
        say("orders", sum, 35.89)
    }
    if (what == "spans") {
        # A first length of 1 needs another one: two spans.
        one = 3.5 * e / (1 - e)
        share("lengths", pairs, one, NR)
        # each length above 0 has so many lengths of 0 before it, in the mean; their variance is that of geometric numbers
        mean = e / (1 - e) * (1 + one) * NR
        say("insertions", (insertions - mean) / sqrt(mean * 1.2), 5)
        sum = 0
        split("##... .##.. ..##. ...##", k2, " ")
        for (k = 1; k <= 4; k++) sum += chi(keys[k2[k]], (NR - pairs) / 4)
        say("spans", sum, 30.66)
        sum = 0
        split("#.#.. #..#. #...# .#.#. .#..# ..#.#", k1, " ")
        for (k = 1; k <= 6; k++) sum += chi(keys[k1[k]], pairs / 6)
        say("pairs", sum, 35.89)
        sum = 0
        for (k = 0; k <= 3; k++) sum += chi(places[k], insertions / 4)
        say("places", sum, 30.66)
    }
    if (what == "random") {
        share("random", random, 0.1, masks)
        sum = 0
        for (k = 5; k <= 16; k++) sum += chi(drawn[k], random / 12)
        say("drawn", sum, 48.87)
    }
    if (what == "others") {
        share("dropped", dropped, 0.2, tokens)
        share("inserted", inserted, 0.1, tokens)
    }
    if (what == "rotate") {
        sum = chi(offsets[0], NR * (0.5 + 0.5 / 6))
        for (k = 1; k <= 5; k++) sum += chi(offsets[k], NR * 0.5 / 6)
        say("offsets", sum, 35.89)
    }
}
