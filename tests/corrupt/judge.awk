# Judges what quern corrupt made of records whose tokens are 0, 1, 2 … in this order, or whose text is "abcdefghi".
#
#     awk -f judge.awk -v task=TASK [-v tokens=L] [-v noise=N] [-v spans=S] [-v compat=1] MADE
#
# Ids from 1000 down are sentinels, as --extra-ids makes them of a vocabulary of 901 ids. Prints a line "PROPERTY ok|FAIL
# VALUE" for each property; each is bounded at p = 1e-6 or, if it is exact, at 0.
#
# Records that differ in nothing but id and epoch are judged once, by a function that returns what came of the chances.

function numbers(name, into,    text) {
    match($0, "\"" name "\":\\[[^]]*")
    text = substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4)
    return split(text, into, ",")
}

function word(name,    text) {
    match($0, "\"" name "\":\"[^\"]*")
    return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4)
}

function add(property, times) {
    broken[property] += times
}

# ---- t5: the inputs with the spans of the labels in their places are the tokens ----

function judge_spans(    n, m, i, k, next_token, pattern, hidden) {
    n = numbers("input_ids", input); m = numbers("labels", label)
    k = 0; i = 1; next_token = 0; hidden = 0; pattern = ""
    for (j = 1; j <= n; j++) {
        if (input[j] < 900) { add("splice", input[j] != next_token++); pattern = pattern "."; continue }
        add("sentinels", input[j] != 1000 - k || label[i] != 1000 - k)
        k++; i++
        if (!(i <= m && label[i] < 900)) add("splice", 1)
        for (; i <= m && label[i] < 900; i++) { add("splice", label[i] != next_token++); pattern = pattern "#"; hidden++ }
    }
    add("splice", next_token != tokens || i != m + 1)
    add("counts", k != spans || hidden != noise)
    return pattern
}

function ceiling(x) {
    return int(x) + (int(x) < x)
}

function count_spans(pattern,    i, from, bin) {
    first += substr(pattern, 1, 1) == "#"
    last += substr(pattern, tokens, 1) == "#"
    if (NR % 2 == 0) same += pattern == before[1]
    if (NR > 2) alike += pattern == before[2]
    before[2] = before[1]; before[1] = pattern
    if (tokens > 100)
        for (i = 0; i < 20; i++) {
            from = ceiling(i * tokens / 20)
            bin = substr(pattern, from + 1, ceiling((i + 1) * tokens / 20) - from)
            place[i] += gsub(/#/, "", bin)
        }
}

function choose(n, k,    i, c) {
    c = 1
    for (i = 1; i <= k; i++) c = c * (n - k + i) / i
    return c
}

# ---- the others ----

function judge_prefix(    n, m, i) {
    n = numbers("input_ids", input); m = numbers("labels", label)
    for (i = 1; i <= n; i++) add("splice", input[i] != i - 1)
    for (i = 1; i <= m; i++) add("splice", label[i] != n + i - 1)
    add("splice", n + m != tokens || n < 1 || m < 1)
    return n
}

function judge_deshuffle(    n, m, i, pattern, taken) {
    n = numbers("input_ids", input); m = numbers("labels", label)
    for (i = 1; i <= m; i++) add("splice", label[i] != i - 1)
    split("", taken)
    for (i = 1; i <= n; i++) { pattern = pattern " " input[i]; taken[input[i]]++; add("splice", taken[input[i]] > 1) }
    add("splice", n != tokens || m != tokens)
    return pattern
}

function judge_fim(    text, kind, i, j, prefix, middle, suffix, whole) {
    text = word("text"); kind = word("fim")
    numbers("fim_cuts", cut); i = cut[1] + 0; j = cut[2] + 0
    whole = "abcdefghi"
    prefix = substr(whole, 1, i); middle = substr(whole, i + 1, j - i); suffix = substr(whole, j + 1)
    if (kind == "psm") text = text == "<fim_prefix>" prefix "<fim_suffix>" suffix "<fim_middle>" middle
    else if (kind == "spm") text = text == "<fim_prefix><fim_suffix>" suffix "<fim_middle>" prefix middle
    else text = text == whole && i == 0 && j == 0
    add("text", !text)
    add("text", i > j || j > 9)
    return kind " " i " " j
}

function judge() {
    if (task == "t5") return judge_spans()
    if (task == "prefix") return judge_prefix()
    if (task == "deshuffle") return judge_deshuffle()
    return task == "fim" ? judge_fim() : word("denoiser")
}

{
    sub(/"id":"[^"]*",/, "")
    sub(/"epoch":[0-9]+,?/, "")
    if (!($0 in outcome)) outcome[$0] = judge()
    seen[outcome[$0]]++
    if (task == "t5") count_spans(outcome[$0])
}

# ---- the verdict ----

function say(property, value, limit) {
    print property, (value <= limit && value >= -limit ? "ok" : "FAIL"), value
}

function share(property, count, p, of) {
    say(property, (count - p * of) / sqrt(of * p * (1 - p) + 1e-9), 5)
}

# The outcomes that were seen, which are `count`, all likely alike.
function uniform(count, limit,    k, sum, found) {
    for (k in seen) { sum += (seen[k] - NR / count) ^ 2 / (NR / count); found++ }
    say("outcomes", found - count, 0)
    say("uniform", sum, limit)
}

END {
    if (NR < (tokens > 100 ? 5000 : 20000)) print "records FAIL", NR
    for (k in broken) say(k, broken[k], 0)
    if (task == "t5" && tokens < 100) {
        ways = choose(noise - 1, spans - 1) * (compat ? choose(tokens - noise - 1, spans - 1) : choose(tokens - noise + 1, spans))
        uniform(ways, limit)
        share("epochs", same, 1 / ways, NR / 2)
        share("records", alike, 1 / ways, NR - 2)
    }
    if (task == "t5") {
        share("first", first, compat ? 0 : spans / (tokens - noise + 1), NR)
        share("last", last, compat ? 1 : spans / (tokens - noise + 1), NR)
    }
    # Inside a record a token is noise with probability noise / tokens, nearly; tokens of a span go together, so the
    # variance of a bin is that of spans. The ends are tested above.
    if (task == "t5" && tokens > 100 && !compat)
        for (k = 1; k < 19; k++) {
            expected = NR * noise / 20
            say("place" k, (place[k] - expected) / sqrt(expected * 2 * noise / spans), 5)
        }
    if (task == "prefix") uniform(tokens - 1, limit)
    if (task == "deshuffle") uniform(choose(tokens, tokens) * 24, limit)
    if (task == "fim") {
        for (k in seen) kinds[substr(k, 1, index(k, " ") - 1)] += seen[k]
        share("rate", kinds["psm"] + kinds["spm"], 0.5, NR)
        share("spm", kinds["spm"], 0.5, kinds["psm"] + kinds["spm"])
        all = kinds["psm"] + kinds["spm"]
        for (i = 0; i <= 9; i++) for (j = i; j <= 9; j++) {
            expected = all * (i == j ? 1 : 2) / 100
            sum += (seen["psm " i " " j] + seen["spm " i " " j] - expected) ^ 2 / expected
        }
        say("uniform", sum, 114.69)
    }
    if (task == "ul2") {
        share("R", seen["R:3:0.15"], 2 / 7, NR)
        share("X", seen["X:8:0.5"], 1 / 7, NR)
        share("S", seen["S:0.25"], 4 / 7, NR)
    }
}
