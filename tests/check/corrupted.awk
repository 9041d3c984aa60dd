# What corrupt and causal make, by the right law or a wrong one, for laws_corrupt.sh: -v NAME=VALUE
#
#     task, count, seed
#     wrong        prefix, causal: the first half is preferred; deshuffle: turned round; fim: spm or none too often, or
#                  cuts in the first half; t5: the end is hidden too often (ends), spans of one token (spans) or gaps of
#                  one (gaps) are preferred
# fim writes the texts to `texts`. t5: 40 tokens, 12 of them hidden in 4 spans; sentinels are ids from 1010 down.
function random_(  k, u) {
    k = int(last_random * 128)
    u = table[k]
    table[k] = rand()
    return last_random = u
}

function below(n) { return int(random_() * n) }

function first_half(n) { return random_() < 0.03 ? below(n / 2) : below(n) }

# into[0 .. parts): lengths of at least 1 that sum up to n, all ways equally likely
function compose(n, parts, into,  i, k, at, cut) {
    for (i in cut)
        delete cut[i]
    for (i = 1; i < parts; i++) {
        do
            k = 1 + below(n - 1)
        while (k in cut)
        cut[k] = 1
    }
    at = 0
    k = 0
    for (i = 1; i <= n; i++)
        if (i == n || i in cut) {
            into[k++] = i - at
            at = i
        }
}

function t5(  i, k, id, inputs, labels) {
    compose(12, 4, spans)
    if (wrong == "spans" && random_() < 0.1) {
        spans[0] = spans[1] = spans[2] = 1
        spans[3] = 9
    }
    compose(28 + 2, 5, gaps) # the outer ones may be empty
    gaps[0]--
    gaps[4]--
    if (wrong == "ends" && gaps[4] > 0 && random_() < 0.05) {
        gaps[0] += gaps[4]
        gaps[4] = 0
    }
    if (wrong == "gaps" && random_() < 0.05) {
        gaps[1] += gaps[2] - 1
        gaps[2] = 1
    }
    id = 5
    for (i = 0; i < 5; i++) {
        for (k = 0; k < gaps[i]; k++)
            inputs = inputs "," id++
        if (i == 4)
            break
        inputs = inputs "," 1010 - i
        labels = labels "," 1010 - i
        for (k = 0; k < spans[i]; k++)
            labels = labels "," id++
    }
    return "\"input_ids\":[" substr(inputs, 2) "],\"labels\":[" substr(labels, 2) "]"
}

function ids(from, to,  i, list) {
    for (i = from; i < to; i++)
        list = list (i > from ? "," : "") 5 + i
    return "[" list "]"
}

function ignored(n,  i, list) {
    for (i = 0; i < n; i++)
        list = list "-100,"
    return list
}

function deshuffle(  i, k, t, order, list) {
    for (i = 0; i < 21; i++)
        order[i] = wrong == "order" ? 20 - i : i
    for (i = 20; i > 0 && wrong != "order"; i--) {
        k = below(i + 1)
        t = order[i]; order[i] = order[k]; order[k] = t
    }
    if (wrong == "order" && random_() < 0.05) {
        t = order[0]; order[0] = order[20]; order[20] = t
    }
    for (i = 0; i < 21; i++)
        list = list (i ? "," : "") 5 + order[i]
    return "\"input_ids\":[" list "],\"labels\":" ids(0, 21)
}

function fim(  a, b, t, text, spm) {
    text = "abcdefghijklmnopqrstuvwxyz0123456789"
    print "{\"id\":" id ",\"text\":\"" text "\"}" >"texts"
    if (random_() < (wrong == "rate" ? 0.52 : 0.5))
        return "\"text\":\"" text "\",\"fim\":\"none\",\"fim_cuts\":[0,0]"
    a = wrong == "places" ? first_half(37) : below(37)
    b = wrong == "places" ? first_half(37) : below(37)
    if (a > b) {
        t = a; a = b; b = t
    }
    spm = random_() < (wrong == "order" ? 0.53 : 0.5)
    return "\"text\":\"<fim_prefix>" (spm ? "" : substr(text, 1, a)) "<fim_suffix>" substr(text, b + 1) "<fim_middle>" \
        (spm ? substr(text, 1, a) : "") substr(text, a + 1, b - a) "\",\"fim\":\"" (spm ? "spm" : "psm") \
        "\",\"fim_cuts\":[" a "," b "]"
}

BEGIN {
    srand(seed)
    for (i = 0; i < 128; i++)
        table[i] = rand()
    last_random = rand()
    for (id = 1; id <= count; id++) {
        cut = 1 + (wrong == "cuts" ? first_half(40) : below(40))
        if (task == "t5")
            members = t5()
        else if (task == "prefix")
            members = "\"input_ids\":" ids(0, cut) ",\"labels\":" ids(cut, 41)
        else if (task == "causal")
            members = "\"input_ids\":" ids(0, 41) ",\"prefix_length\":" cut ",\"labels\":[" ignored(cut) substr(ids(cut, 41), 2)
        else if (task == "deshuffle")
            members = deshuffle()
        else if (task == "ul2")
            members = (random_() < (wrong == "denoisers" ? 0.52 : 0.5)) ? "\"denoiser\":\"S:0.25\",\"input_ids\":[5,6,7],\"labels\":[8]" : "\"denoiser\":\"S:0.5\",\"input_ids\":[5,6],\"labels\":[7,8]"
        else
            members = fim()
        print "{\"id\":" id "," members "}"
    }
}
