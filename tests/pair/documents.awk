# documents.awk - tokenized documents: awk -v count=N -v sentences=S -v first=NUMBER [-v size=TOKENS] -f documents.awk
#
# Sentence k of document d has 3 + (7 d + 5 k) mod 11 tokens, or `size`; a word has two tokens, whose ids are 5 and 6.
BEGIN {
    for (d = first; d < first + count; d++) {
        ids = words = spans = ""
        for (k = n = 0; k < sentences; k++) {
            length_ = size ? size : 3 + (7 * d + 5 * k) % 11
            spans = spans (k ? "," : "") "[" n "," n + length_ "]"
            for (i = 0; i < length_; i++) {
                ids = ids (n ? "," : "") (5 + n % 2)
                words = words (n ? "," : "") int(n / 2)
                n++
            }
        }
        printf "{\"id\":\"d%d\",\"input_ids\":[%s],\"word_ids\":[%s],\"sentence_tokens\":[%s]}\n", d, ids, words, spans
    }
}
