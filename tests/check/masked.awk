# Masked records, made by the laws of mask or by wrong ones, for laws.sh: -v NAME=VALUE
#
#     count, tokens, seed     how many records, of about how many tokens
#     unit                    token, word, span (with masked_spans), mix (token=1,word=1, with mask_level)
#     prob                    of a thousand
#     mask, random, keep      percentages
#     wrong                   which law is broken:
#         tail        the last tenth of a record is selected half as often
#         random      random tokens are of one half of the vocabulary
#         epochs      two copies are alike
#         neighbours  two records of one length are alike
#         share       the budget is one too many in a tenth of the records
#         skip        a word that would exceed the budget is passed over, so that long words are too rare
#         lengths     all lengths of a span are equally likely
#         levels      twice as many of one level as of the other
#         uniform     budgets of the lower half are twice as likely
#
# The vocabulary: 0 to 3 special, 4 the mask, 5 to 999. --prob uniform: prob=0.
# rand() of mawk is a plain congruential generator, whose neighbours depend on each other: shuffled as by Bays and Durham
function random_(  k, u) {
    k = int(last_random * 128)
    u = table[k]
    table[k] = rand()
    return last_random = u
}

function below(n) { return int(random_() * n) }

function word_length(  u) { u = random_(); return u < 0.6 ? 1 : u < 0.85 ? 2 : 3 }

function span_length(  u, n, p, sum) {
    if (wrong == "lengths")
        return 1 + below(4)
    u = random_() * (1 - 0.8 ^ 4) / 0.2
    for (n = 1; n < 4; n++) {
        sum += 0.8 ^ (n - 1)
        if (u < sum)
            break
    }
    return n
}

# words of `total` tokens: start[], size[]
function make_words(  at) {
    words = 0
    for (at = 0; at < total; at += size[words++]) {
        start[words] = at
        size[words] = unit == "token" ? 1 : word_length()
        if (at + size[words] > total)
            size[words] = total - at
    }
}

# units of words: first[], length_[]
function make_units(budget,  at, n, tokens_) {
    units = 0
    for (at = 0; at < words; at += n) {
        n = unit == "span" ? span_length() : 1
        first[units] = start[at]
        tokens_ = 0
        long[units] = 0
        for (n_ = 0; n_ < n && at + n_ < words && (n_ == 0 || tokens_ + size[at + n_] <= budget); n_++)
            tokens_ += size[at + n_]
        n = n_
        extent[units++] = tokens_
    }
}

function shuffle_units(  i, k, t) {
    for (i = 0; i < units; i++)
        order[i] = i
    for (i = units - 1; i > 0; i--) {
        k = below(i + 1)
        t = order[i]; order[i] = order[k]; order[k] = t
    }
}

function take(u,  k) {
    picked[u] = 1
    for (k = first[u]; k < first[u] + extent[u]; k++)
        selected[k] = 1
    got += extent[u]
}

# the arc of `budget` tokens from a random one on
function select_balanced(budget,  offset, i, at, low, high, overlap) {
    offset = below(total)
    at = -offset
    for (i = 0; i < 2 * units; i++) {
        low = at < 0 ? 0 : at
        high = at + extent[order[i % units]]
        high = high > budget ? budget : high
        overlap = high - low
        if (overlap > 0 && below(extent[order[i % units]]) < overlap && !picked[order[i % units]])
            take(order[i % units])
        at += extent[order[i % units]]
    }
    if (got == 0)
        take(order[0])
}

function select_skipping(budget,  i) {
    for (i = 0; i < units && got < budget; i++) {
        if (got + extent[order[i]] <= budget)
            take(order[i])
    }
}

function select_(budget,  i) {
    delete selected
    delete picked
    got = 0
    shuffle_units()
    if (wrong == "tail")
        for (i = 0; i < units; i++)
            if (order[i] >= units * 0.9 && i < budget && random_() < 0.5) {
                k = budget + below(units - budget)
                t = order[i]; order[i] = order[k]; order[k] = t
            }
    if (wrong == "skip" || unit == "token")
        select_skipping(budget)
    else
        select_balanced(budget)
}

function half_even(x,  low) {
    low = int(x)
    return x - low > 0.5 || (x - low == 0.5 && low % 2) ? low + 1 : low
}

function print_record(id, epoch,  i, u, ids, labels, list, word, spans) {
    for (i = 0; i < total; i++) {
        u = random_() * 100
        token = original[i]
        if (selected[i] && u < mask)
            token = 4
        else if (selected[i] && u < mask + random)
            token = wrong == "random" ? 5 + below(497) : 5 + below(995)
        ids = ids (i ? "," : "") token
        labels = labels (i ? "," : "") (selected[i] ? original[i] : -100)
    }
    for (i = 0; i < words; i++)
        for (k = 0; k < size[i]; k++)
            word = word (word == "" ? "" : ",") i
    for (i = 0; i < units; i++)
        if (picked[i])
            spans = spans (spans == "" ? "" : ",") "[" first[i] "," first[i] + extent[i] "]"
    printf "{\"id\":\"r%d\",\"epoch\":%d,\"input_ids\":[%s],\"word_ids\":[%s],\"labels\":[%s]", id, epoch, ids, word, labels
    if (unit == "span")
        printf ",\"masked_spans\":[%s]", spans
    if (level != "")
        printf ",\"mask_level\":\"%s\"", level
    print "}"
}

BEGIN {
    srand(seed)
    for (i = 0; i < 128; i++)
        table[i] = rand()
    last_random = rand()
    mixed = unit == "mix"
    for (id = 1; id <= count; id++) {
        total = wrong == "neighbours" ? tokens : tokens - below(6)
        if (mixed) {
            level = random_() < (wrong == "levels" ? 0.66 : 0.5) ? "token" : "word"
            unit = level
        }
        make_words()
        for (i = 0; i < total; i++)
            original[i] = 5 + below(995)
        for (epoch = 0; epoch < 2; epoch++) {
            budget = half_even(total * prob / 1000)
            if (prob == 0)
                budget = 1 + (wrong == "uniform" && random_() < 0.5 ? below(total / 2) : below(total))
            make_units(budget)
            budget += wrong == "share" && random_() < 0.1
            if (epoch == 0 || wrong != "epochs")
                if (wrong != "neighbours" || id % 2)
                    select_(budget)
            print_record(id, epoch)
        }
        if (mixed)
            unit = "mix"
    }
}
