# documents.awk - tokenized documents: awk -v seed=N -v count=N -v most=TOKENS -f documents.awk
#
# Sentences with tokens between them, sentences that share a token, sentences without tokens, none at all; empty documents;
# words of one to four tokens, which sentences may cut.
function below(n) {
    return int(rand() * n)
}

function list(first, more) {
    return first == "" ? more : first "," more
}

BEGIN {
    srand(seed)
    for (d = 1; d <= count; d++) {
        n = below(8) ? below(most) + 1 : below(3)
        ids = words = sentences = spans = ""
        for (i = 0; i < n; i++)
            ids = list(ids, d * 1000 + i)
        for (i = word = 0; i < n; word++) {
            first = i
            for (size = below(4) + 1; i < n && size > 0; size--) {
                words = list(words, word)
                i++
            }
            spans = list(spans, "[" first "," i "]")
        }
        start = 0
        if (below(10) > 0)
            for (i = below(3); i < n; i = end + (below(3) ? 0 : below(5) - 2)) {
                start = i = i < start ? start : i
                end = i + 1 + below(most / 3)
                if (end > n)
                    end = n
                sentences = list(sentences, below(12) ? "[" i "," end "]" : "[0,0]")
                if (end == n)
                    break
            }
        printf "{\"id\":%s,\"input_ids\":[%s],\"word_ids\":[%s],\"sentence_tokens\":[%s],\"word_tokens\":[%s]}\n",
            d % 3 ? "\"d" d "\"" : d, ids, words, sentences, spans
    }
}
