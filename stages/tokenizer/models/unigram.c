/* unigram.c - see unigram.h.
 *
 * Viterbi's algorithm without a stored lattice: for each character in turn, the tokens that start there improve the
 * places where they end. No token is longer than the longest one, so the time is linear in the text. The edges are
 * those of unigram_walk.h, written out in both searches: going through its struct makes Chinese a third slower. */
#include "unigram.h"

#include "base/diag.h"
#include "base/vec.h"
#include "unigram_walk.h"

#include <math.h>

#define UNREACHED UINT32_MAX

/* A later path must be better, not just as good. `narrow`: totals are kept in single precision, but compared before
 * they are rounded. */
static inline void offer(struct unigram_node *node, double total, size_t start, int32_t id, bool narrow)
{
    if (node->start == UNREACHED || total > node->total) {
        node->total = narrow ? (double)(float)total : total;
        node->start = (uint32_t)start;
        node->id = id;
    }
}

static inline void search(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice text,
                          double before, bool narrow)
{
    scratch->len = 0;
    vec_reserve(scratch, text.len + 1);
    struct unigram_node *nodes = scratch->items;
    for (size_t i = 1; i <= text.len; i++)
        nodes[i].start = UNREACHED;
    nodes[0].total = before;
    for (size_t at = 0, len; at < text.len; at += len) {
        const double total = nodes[at].total;
        uint32_t node = 0;
        bool alone = false;
        len = unigram_character(text, at);
        for (size_t end = at; end < text.len && trie_step(&unigram->trie, &node, text.ptr[end]);) {
            int32_t id = unigram->trie.nodes[node].value;
            end++;
            if (id < 0)
                continue;
            offer(&nodes[end], unigram->scores[id] + total, at, id, narrow);
            alone |= end == at + len;
        }
        if (!alone) { /* this sum is in single precision, unlike the others */
            double sum = unigram->unk_score + total;
            offer(&nodes[at + len], narrow ? (double)(float)sum : sum, at, unigram->unk, narrow);
        }
    }
}

static void reverse(struct subwords *out, size_t first)
{
    for (size_t i = first, j = out->len; i + 1 < j; i++) {
        struct subword left = out->items[i];
        out->items[i] = out->items[--j];
        out->items[j] = left;
    }
}

/* Appends the tokens of the path. */
static void trace_back(const struct unigram_scratch *scratch, size_t end, struct subwords *out)
{
    size_t first = out->len;
    for (size_t at = end; at > 0; at = scratch->items[at].start)
        vec_push(out, ((struct subword){scratch->items[at].id, scratch->items[at].start, (uint32_t)at}));
    reverse(out, first);
}

void unigram_stretch(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice text, float *total,
                     struct subwords *out)
{
    search(unigram, scratch, text, (double)*total, true);
    *total = (float)scratch->items[text.len].total;
    trace_back(scratch, text.len, out);
}

/* ---- Hugging Face ---- */

/* The token that a run of unknown characters makes as a whole, if any. */
static int32_t whole(const struct unigram *unigram, struct slice text)
{
    uint32_t node = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!trie_step(&unigram->trie, &node, text.ptr[i]))
            return -1;
    return unigram->trie.nodes[node].value;
}

static bool has_bytes(const struct unigram *unigram, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (unigram->byte_ids[(unsigned char)text.ptr[i]] < 0)
            return false;
    return unigram->byte_fallback;
}

/* Adjacent unknown tokens become one. */
static void fuse_unknown(const struct unigram *unigram, struct subwords *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->len; i++) {
        struct subword subword = out->items[i];
        if (kept > 0 && subword.id == unigram->unk && out->items[kept - 1].id == unigram->unk)
            out->items[kept - 1].end = subword.end;
        else
            out->items[kept++] = subword;
    }
    out->len = kept;
}

/* Unknown tokens become bytes, each of which covers the whole of the unknown text. */
static void replace_unknown(const struct unigram *unigram, struct slice word, struct subwords *out)
{
    size_t count = out->len;
    for (size_t i = 0; i < count; i++) {
        struct subword subword = out->items[i];
        struct slice text = {word.ptr + subword.start, subword.end - subword.start};
        int32_t id = subword.id == unigram->unk ? whole(unigram, text) : subword.id;
        if (id < 0 && has_bytes(unigram, text)) {
            for (size_t byte = 0; byte < text.len; byte++) {
                subword.id = unigram->byte_ids[(unsigned char)text.ptr[byte]];
                vec_push(out, subword);
            }
            continue;
        }
        subword.id = id < 0 ? unigram->unk : id;
        vec_push(out, subword);
    }
    memmove(out->items, out->items + count, (out->len - count) * sizeof *out->items);
    out->len -= count;
}

int unigram_word(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice word,
                 struct subwords *out)
{
    out->len = 0;
    search(unigram, scratch, word, 0, false);
    trace_back(scratch, word.len, out);
    return unigram_word_unknown(unigram, word, out);
}

int unigram_word_unknown(const struct unigram *unigram, struct slice word, struct subwords *out)
{
    bool unknown = false;
    for (size_t i = 0; i < out->len; i++)
        unknown |= out->items[i].id == unigram->unk;
    if (unknown && unigram->unk < 0)
        return diag_error("a character is not in the vocabulary, and the model has no unk_id");
    if (unknown) {
        fuse_unknown(unigram, out);
        replace_unknown(unigram, word, out);
    }
    return 0;
}

/* ---- the margin ---- */

struct two_best {
    double best, second;
    uint32_t start; /* of the last token of the best path */
    int32_t id;
};

/* Extends the two best paths that end where a token starts with that token. */
static inline void offer_two(struct two_best *node, const struct two_best *before, double score, size_t start,
                             int32_t id)
{
    double best = before->best + score, second = before->second + score;
    if (best > node->best) {
        node->second = node->best > second ? node->best : second;
        node->best = best;
        node->start = (uint32_t)start;
        node->id = id;
    } else if (best > node->second) {
        node->second = best;
    }
}

struct unigram_margin unigram_clear(const struct unigram *unigram, struct slice text, struct subwords *out)
{
    struct two_best nodes[UNIGRAM_CLEAR_BYTES + 1];
    for (size_t i = 0; i <= text.len; i++)
        nodes[i] = (struct two_best){.best = -INFINITY, .second = -INFINITY};
    nodes[0].best = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        uint32_t node = 0;
        bool alone = false;
        len = unigram_character(text, at);
        for (size_t end = at; end < text.len && trie_step(&unigram->trie, &node, text.ptr[end]);) {
            int32_t id = unigram->trie.nodes[node].value;
            end++;
            if (id < 0)
                continue;
            offer_two(&nodes[end], &nodes[at], unigram->scores[id], at, id);
            alone |= end == at + len;
        }
        if (!alone)
            offer_two(&nodes[at + len], &nodes[at], unigram->unk_score, at, unigram->unk);
    }
    size_t first = out->len;
    for (size_t at = text.len; at > 0; at = nodes[at].start)
        vec_push(out, ((struct subword){nodes[at].id, nodes[at].start, (uint32_t)at}));
    reverse(out, first);
    struct two_best last = nodes[text.len];
    return (struct unigram_margin){last.best - last.second, last.best};
}
