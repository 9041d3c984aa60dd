# Documents, written to `documents` with -v documents=1, and pairs of them (sources, labels, targets), made by the laws of pair or by wrong
# ones, for laws.sh: -v NAME=VALUE
#
#     count, seed     documents
#     task            nsp, sop, electra
#     length, short   tokens of a record, the share of short targets (of a thousand); a template has 3 special tokens
#     wrong           labels: 1 in 54 %; single: a document of two sentences has label 1 in 60 %; targets: only even
#                     ones; cuts: before the middle too often; pool: the first half of the pool is preferred;
#                     beginnings: the first sentence is preferred; segments: electra, 15 % are one segment
function random_(  k, u) {
    k = int(last_random * 128)
    u = table[k]
    table[k] = rand()
    return last_random = u
}

function below(n) { return int(random_() * n) }

# where whole sentences of document d from token p on end, as far as `room` goes
# (sentence s is the one that p is in)
function fill(d, p, room, s,  end) {
    for (end = p; s <= sentences[d] && ends[d, s] - p <= room; s++)
        end = ends[d, s]
    return end > p ? end : p + room
}

function begin_documents(  d, i, at, ids, spans) {
    for (d = 0; d < count; d++) {
        sentences[d] = d % 2 ? 30 + d % 31 : 2
        ids = spans = ""
        ends[d, 0] = at = 0
        for (i = 1; i <= sentences[d]; i++) {
            spans = spans (i > 1 ? "," : "") "[" at ","
            at += 3 + (d * 7 + i * i * 5) % 8
            ends[d, i] = at
            spans = spans at "]"
        }
        if (!documents)
            continue
        for (i = 0; i < at; i++)
            ids = ids (i ? ",5" : "5")
        print "{\"id\":" d ",\"input_ids\":[" ids "],\"sentence_tokens\":[" spans "]}" >"documents"
    }
}

function source(d, from, to) { return "{\"id\":" d ",\"tokens\":[" from "," to "]}" }

function foreign(d, room,  f, i) {
    do
        f = wrong == "pool" && random_() < 0.1 ? below(count / 2) : below(count)
    while (f == d)
    i = wrong == "beginnings" && random_() < 0.1 ? 0 : below(sentences[f])
    return source(f, ends[f, i], fill(f, ends[f, i], room, i + 1))
}

function middle(  i, best, distance, away) {
    best = 0
    for (i = 1; i < n; i++) {
        away = 2 * borders[i] - from - to
        away = away < 0 ? -away : away
        if (!best || away < distance) {
            best = i
            distance = away
        }
    }
    return best
}

BEGIN {
    srand(seed)
    for (i = 0; i < 128; i++)
        table[i] = rand()
    last_random = rand()
    begin_documents()
    name = task == "nsp" ? "next_sentence_label" : "sentence_order_label"
    for (d = 0; d < count; d++) {
        k = 0
        now = 1 # the sentence that `from` is in
        for (from = 0; from < ends[d, sentences[d]]; from = next_) {
            target = length_
            if (random_() < short / 1000)
                target = wrong == "targets" ? 6 + 2 * below((length_ - 4) / 2) : 5 + below(length_ - 4)
            room = target - 3
            while (ends[d, now] <= from)
                now++
            to = next_ = fill(d, from, room, now)
            if (to - from == 1 && task != "electra") # one word is left out
                continue
            n = 0
            for (i = now; i <= sentences[d] && ends[d, i] <= to; i++)
                borders[++n] = ends[d, i]
            if (n == 0 || borders[n] < to)
                borders[++n] = to
            share = wrong == "labels" ? 0.54 : wrong == "single" && sentences[d] == 2 ? 0.6 : 0.5
            label = random_() < share
            a = n > 1 ? borders[1 + below(n - 1)] : from + 1 + below(to - from - 1)
            if (wrong == "cuts" && n > 2 && random_() < 0.1)
                a = borders[1]
            if (task == "electra")
                a = n > 1 ? borders[middle()] : to
            if (task == "nsp" && label) {
                next_ = a
                pair = source(d, from, a) "," foreign(d, room - (a - from))
            } else if (task == "electra" && (n == 1 || random_() < (wrong == "segments" ? 0.15 : 0.1)))
                pair = source(d, from, to)
            else
                pair = label && task == "sop" ? source(d, a, to) "," source(d, from, a) : source(d, from, a) "," source(d, a, to)
            printf "{\"id\":\"%d#p%d\",\"parent\":%d,\"root\":%d,\"sources\":[%s],\"target_length\":%d", d, k++, d, d, pair, target
            print task == "electra" ? "}" : ",\"" name "\":" label "}"
        }
    }
}
