/* unigram_corpus.c - see unigram_corpus.h. */
#include "unigram_corpus.h"

#include "base/diag.h"
#include "base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

/* Edges have 32-bit numbers, and each symbol has at most `longest` edges. */
static size_t most_symbols(const struct unigram_corpus *corpus)
{
    enum { FEWEST_EDGES = 16 };
    return ((size_t)1 << 32) / (corpus->longest > FEWEST_EDGES ? corpus->longest : FEWEST_EDGES) - 1;
}

/* ---- words to parts ---- */

static void end_part(struct unigram_corpus *corpus, uint64_t count)
{
    size_t start = corpus->ends.len > 0 ? corpus->ends.items[corpus->ends.len - 1] : 0;
    if (start == corpus->symbols.len)
        return;
    vec_push(&corpus->ends, (uint32_t)corpus->symbols.len);
    vec_push(&corpus->counts, count);
}

static int fill_parts(struct unigram_corpus *corpus, const struct map_entry *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = 0;
        for (struct slice rest = words[i]->key; rest.len > 0;) {
            uint32_t symbol = alphabet_symbol(&corpus->alphabet, alphabet_next(&rest));
            if (symbol == 0 || len == UNIGRAM_PART_SYMBOLS) {
                end_part(corpus, words[i]->value);
                len = 0;
            }
            if (symbol != 0) {
                vec_push(&corpus->symbols, symbol);
                len++;
            }
        }
        end_part(corpus, words[i]->value);
        if (corpus->symbols.len > most_symbols(corpus))
            return diag_error("the distinct words have more than %zu letters in total", most_symbols(corpus));
    }
    return 0;
}

/* ---- suffixes ---- */

struct suffix {
    uint64_t head; /* its first symbols, those of the key; the end of a part is 0 */
    uint32_t at, len;
};

struct suffixes {
    const struct unigram_corpus *corpus;
    struct suffix *items;
    uint64_t *weights; /* total count of all suffixes before each one */
    uint32_t head_symbols;
};

static int compare_suffixes(const void *a, const void *b, void *suffixes)
{
    const struct suffix *x = a, *y = b;
    const struct suffixes *all = suffixes;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    const uint32_t *symbols = all->corpus->symbols.items;
    uint32_t len = x->len < y->len ? x->len : y->len;
    for (uint32_t i = all->head_symbols; i < len; i++)
        if (symbols[x->at + i] != symbols[y->at + i])
            return symbols[x->at + i] < symbols[y->at + i] ? -1 : 1;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static uint64_t head_of(const uint32_t *symbols, uint32_t len, uint32_t head_symbols, unsigned bits)
{
    uint64_t head = 0;
    for (uint32_t i = 0; i < head_symbols; i++)
        head = head << bits | (i < len ? symbols[i] : 0);
    return head;
}

static struct suffixes sort_suffixes(const struct unigram_corpus *corpus)
{
    size_t len = corpus->symbols.len;
    unsigned bits = 1;
    while (corpus->alphabet.characters.len >> bits != 0)
        bits++;
    struct suffixes suffixes = {corpus, mem_zalloc(len + 1, sizeof *suffixes.items),
                                mem_zalloc(len + 1, sizeof *suffixes.weights), 64 / bits};
    if (suffixes.head_symbols > corpus->longest)
        suffixes.head_symbols = corpus->longest;
    const uint32_t *symbols = corpus->symbols.items;
    for (uint32_t part = 0, at = 0; part < corpus->ends.len; part++)
        for (; at < corpus->ends.items[part]; at++) {
            uint32_t left = corpus->ends.items[part] - at;
            if (left > corpus->longest)
                left = corpus->longest;
            suffixes.items[at] = (struct suffix){head_of(symbols + at, left, suffixes.head_symbols, bits), at, left};
        }
    qsort_r(suffixes.items, len, sizeof *suffixes.items, compare_suffixes, &suffixes);

    uint64_t *count_of = mem_zalloc(len + 1, sizeof *count_of);
    for (uint32_t part = 0, at = 0; part < corpus->ends.len; part++)
        for (; at < corpus->ends.items[part]; at++)
            count_of[at] = corpus->counts.items[part];
    for (size_t i = 0; i < len; i++)
        suffixes.weights[i + 1] = suffixes.weights[i] + count_of[suffixes.items[i].at];
    mem_free(count_of);
    return suffixes;
}

/* ---- stretches of the order ---- */

/* A piece: the suffixes [low, high) begin with its `len` symbols. */
struct stretch {
    uint32_t low, high, len;
    uint64_t saves;
};

struct stretches {
    struct stretch *items;
    size_t len, cap;
};

static void add_stretch(struct stretches *found, const struct suffixes *suffixes, size_t low, size_t high, uint32_t len)
{
    uint64_t count = suffixes->weights[high] - suffixes->weights[low];
    if (len < 2 || count < 2)
        return;
    struct stretch stretch = {(uint32_t)low, (uint32_t)high, len, 0};
    if (__builtin_mul_overflow(count, (uint64_t)len, &stretch.saves))
        stretch.saves = UINT64_MAX;
    vec_push(found, stretch);
}

static uint32_t shared_symbols(const struct suffixes *suffixes, size_t i, size_t j)
{
    const struct suffix *x = &suffixes->items[i], *y = &suffixes->items[j];
    const uint32_t *symbols = suffixes->corpus->symbols.items;
    uint32_t len = 0;
    while (len < x->len && len < y->len && symbols[x->at + len] == symbols[y->at + len])
        len++;
    return len;
}

/* The stretches for strings that can't be made longer without losing an occurrence: those of the suffix tree's nodes,
 * leaves included (the end of a word counts). A stack holds the nodes above the current suffix. */
static struct stretches find_stretches(const struct suffixes *suffixes, size_t count)
{
    struct stretches found = {0};
    struct {
        size_t low;
        uint32_t len;
    } open[UNIGRAM_PART_SYMBOLS + 2] = {{0, 0}};
    size_t depth = 1;
    for (size_t i = 0; i < count; i++) {
        size_t low = i;
        uint32_t len = suffixes->items[i].len, next = i + 1 < count ? shared_symbols(suffixes, i, i + 1) : 0;
        if (open[depth - 1].len < len) {
            open[depth].low = i;
            open[depth++].len = len;
        }
        while (open[depth - 1].len > next) {
            depth--;
            low = open[depth].low;
            add_stretch(&found, suffixes, low, i + 1, open[depth].len);
        }
        if (open[depth - 1].len < next) {
            open[depth].low = low;
            open[depth++].len = next;
        }
    }
    return found;
}

static int compare_savings(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    if (x->saves != y->saves)
        return x->saves < y->saves ? 1 : -1;
    return x->low != y->low ? (x->low > y->low) - (x->low < y->low) : (x->len > y->len) - (x->len < y->len);
}

static int compare_lengths(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return x->len != y->len ? (x->len > y->len) - (x->len < y->len) : (x->low > y->low) - (x->low < y->low);
}

/* Each symbol has its stretch. */
static void add_alphabet(struct stretches *stretches, const struct suffixes *suffixes, size_t count)
{
    const uint32_t *symbols = suffixes->corpus->symbols.items;
    for (size_t low = 0, high; low < count; low = high) {
        for (high = low + 1; high < count; high++)
            if (symbols[suffixes->items[high].at] != symbols[suffixes->items[low].at])
                break;
        vec_push(stretches, ((struct stretch){(uint32_t)low, (uint32_t)high, 1, 0}));
    }
}

/* ---- pieces and edges ---- */

static void make_edges(struct unigram_corpus *corpus, const struct suffixes *suffixes,
                       const struct stretches *stretches)
{
    size_t len = corpus->symbols.len;
    uint32_t *first = corpus->first_edge = mem_zalloc(len + 2, sizeof *first);
    for (size_t s = 0; s < stretches->len; s++)
        for (uint32_t i = stretches->items[s].low; i < stretches->items[s].high; i++)
            first[suffixes->items[i].at + 2]++;
    for (size_t i = 1; i < len + 2; i++)
        first[i] += first[i - 1];
    corpus->edges = mem_zalloc((size_t)first[len + 1] + 1, sizeof *corpus->edges);
    /* While a symbol's edges are filled in, first_edge of the next symbol counts up from this one's start. */
    for (size_t s = 0; s < stretches->len; s++)
        for (uint32_t i = stretches->items[s].low; i < stretches->items[s].high; i++)
            corpus->edges[first[suffixes->items[i].at + 1]++] = (uint32_t)s;
}

static void make_pieces(struct unigram_corpus *corpus, size_t seeds)
{
    struct suffixes suffixes = sort_suffixes(corpus);
    size_t count = corpus->symbols.len;
    struct stretches found = find_stretches(&suffixes, count);
    if (found.len > seeds) {
        qsort(found.items, found.len, sizeof *found.items, compare_savings);
        found.len = seeds;
    }
    add_alphabet(&found, &suffixes, count);
    if (found.len > 0)
        qsort(found.items, found.len, sizeof *found.items, compare_lengths);
    for (size_t s = 0; s < found.len; s++) {
        const struct stretch *stretch = &found.items[s];
        uint64_t occurs = suffixes.weights[stretch->high] - suffixes.weights[stretch->low];
        vec_push(&corpus->pieces, ((struct unigram_piece){.at = suffixes.items[stretch->low].at,
                                                          .len = stretch->len,
                                                          .expects = (double)occurs * stretch->len}));
    }
    make_edges(corpus, &suffixes, &found);
    vec_free(&found);
    mem_free(suffixes.items);
    mem_free(suffixes.weights);
}

int unigram_corpus_fill(struct unigram_corpus *corpus, const struct map_entry *const *words, size_t count,
                        const struct alphabet_choice *choice, uint32_t longest, size_t seeds)
{
    assert(longest > 0 && longest <= UNIGRAM_PART_SYMBOLS);
    *corpus = (struct unigram_corpus){.longest = longest};
    alphabet_init(&corpus->alphabet);
    for (size_t i = 0; i < count; i++)
        alphabet_count(&corpus->alphabet, words[i]->key, words[i]->value);
    alphabet_choose(&corpus->alphabet, choice);
    if (fill_parts(corpus, words, count) != 0)
        return -1;
    make_pieces(corpus, seeds);
    return 0;
}

void unigram_corpus_keep(struct unigram_corpus *corpus, const bool *keep)
{
    uint32_t *number = mem_zalloc(corpus->pieces.len + 1, sizeof *number);
    size_t kept = 0;
    for (size_t i = 0; i < corpus->pieces.len; i++)
        if (keep[i]) {
            number[i] = (uint32_t)kept;
            corpus->pieces.items[kept++] = corpus->pieces.items[i];
        }
    corpus->pieces.len = kept;

    uint32_t left = 0;
    for (size_t at = 0, edge = 0; at < corpus->symbols.len; at++) {
        for (uint32_t end = corpus->first_edge[at + 1]; edge < end; edge++)
            if (keep[corpus->edges[edge]])
                corpus->edges[left++] = number[corpus->edges[edge]];
        corpus->first_edge[at + 1] = left;
    }
    mem_free(number);
}

void unigram_corpus_text(const struct unigram_corpus *corpus, const struct unigram_piece *piece, struct bytes *out)
{
    for (uint32_t i = 0; i < piece->len; i++)
        bytes_put(out, corpus->alphabet.characters.items[corpus->symbols.items[piece->at + i] - 1]);
}

void unigram_corpus_free(struct unigram_corpus *corpus)
{
    alphabet_free(&corpus->alphabet);
    vec_free(&corpus->symbols);
    vec_free(&corpus->ends);
    vec_free(&corpus->counts);
    vec_free(&corpus->pieces);
    mem_free(corpus->first_edge);
    mem_free(corpus->edges);
}
