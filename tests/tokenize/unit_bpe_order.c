/* unit_bpe_order.c - byte pair encoding by random vocabularies, any order of merges included, against its definition.
 */
#include "small.h"
#include "stages/tokenizer/models/bpe.h"
#include "stages/tokenizer/models/sentencepiece.h"
#include "stages/tokenizer/text/byte_spelling.h"

enum { LETTERS = 3, TOKENS = 16, PAIRS = 60, LONGEST = 300 };

/* Letters are tokens 0 to 2, others are made of two tokens each; a token may come of several pairs, a pair may be
 * of any rank, and pairs may share one. */
struct random_model {
    struct vocab vocab;
    struct bpe bpe;
    char texts[TOKENS][64];
    struct bpe_pair pairs[TOKENS][TOKENS];
};

static void make_tokens(struct random_model *model, unsigned *seed)
{
    vocab_init(&model->vocab, TOKENS);
    for (int32_t byte = 0; byte < 256; byte++) {
        char spelled[4];
        struct slice token = {spelled, text_encode(byte_spelling((unsigned char)byte), spelled)};
        vocab_add(&model->vocab, arena_copy(arena, token), TOKENS + byte);
    }
    for (int32_t id = 0; id < TOKENS;) {
        char *text = model->texts[id];
        const char *left = model->texts[id > 0 ? rand_r(seed) % id : 0];
        const char *right = model->texts[id > 0 ? rand_r(seed) % id : 0];
        struct slice made =
            id < LETTERS ? arena_print(arena, "%c", 'a' + id) : arena_print(arena, "%.30s%.30s", left, right);
        memcpy(text, made.ptr, made.len + 1);
        int32_t known = vocab_id(&model->vocab, slice_of(text));
        if (known >= 0 && known < TOKENS)
            continue;
        vocab_add(&model->vocab, slice_of(text), id++);
    }
}

static void put_pair(struct random_model *model, int32_t left, int32_t right, uint32_t rank)
{
    char text[128];
    (void)snprintf(text, sizeof text, "%s%s", model->texts[left], model->texts[right]);
    int32_t id = vocab_id(&model->vocab, slice_of(text));
    if (id < 0)
        return;
    model->pairs[left][right] = (struct bpe_pair){rank, id};
    assert_int_equal(bpe_add_pair(&model->bpe, left, right, rank, id), 0);
}

/* by_token: the rank is that of the token that comes of the pair, as in a list of ranks. swapped: of the pairs in their
 * order so many have changed places. */
static void make_pairs(struct random_model *model, unsigned *seed, bool by_token, unsigned swapped)
{
    int32_t order[TOKENS * TOKENS][2];
    size_t count = 0;
    model->bpe = (struct bpe){.vocab = &model->vocab, .byte_level = true, .unk = -1};
    bpe_init(&model->bpe, PAIRS);
    memset(model->pairs, 0xff, sizeof model->pairs);
    for (int32_t id = LETTERS; id < TOKENS; id++)
        for (int32_t left = 0; left < TOKENS; left++)
            for (int32_t right = 0; right < TOKENS; right++)
                if (strlen(model->texts[left]) + strlen(model->texts[right]) == strlen(model->texts[id]) &&
                    slice_starts(slice_of(model->texts[id]), slice_of(model->texts[left])) &&
                    strcmp(model->texts[id] + strlen(model->texts[left]), model->texts[right]) == 0) {
                    order[count][0] = left;
                    order[count++][1] = right;
                }
    for (unsigned i = 0; i < swapped && count > 0; i++) {
        size_t one = (size_t)rand_r(seed) % count, other = (size_t)rand_r(seed) % count;
        for (size_t side = 0; side < 2; side++) {
            int32_t moved = order[one][side];
            order[one][side] = order[other][side];
            order[other][side] = moved;
        }
    }
    for (size_t i = 0; i < count; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "%s%s", model->texts[order[i][0]], model->texts[order[i][1]]);
        put_pair(model, order[i][0], order[i][1],
                 by_token ? (uint32_t)vocab_id(&model->vocab, slice_of(text)) : (uint32_t)i);
    }
    bpe_ready(&model->bpe);
}

/* Runs of letters, or something that comes again and again. */
static void make_word(char *word, size_t len, unsigned *seed)
{
    size_t run = 1 + (size_t)rand_r(seed) % 40, period = 1 + (size_t)rand_r(seed) % 7;
    bool periodic = rand_r(seed) % 3 == 0;
    for (size_t i = 0; i < len; i++) {
        bool goes_on = i > 0 && (size_t)rand_r(seed) % run != 0;
        word[i] = goes_on ? word[i - 1] : (char)('a' + (rand_r(seed) >> 8) % LETTERS);
        if (periodic && i >= period && rand_r(seed) % 97 != 0)
            word[i] = word[i - period];
    }
}

static size_t slow_pairs(const struct random_model *model, int32_t *ids, size_t count)
{
    for (;;) {
        struct bpe_pair best = {BPE_NO_RANK, -1};
        size_t at = 0;
        for (size_t i = 0; i + 1 < count; i++)
            if (model->pairs[ids[i]][ids[i + 1]].rank < best.rank) {
                best = model->pairs[ids[i]][ids[i + 1]];
                at = i;
            }
        if (best.rank == BPE_NO_RANK)
            return count;
        ids[at] = best.id;
        memmove(&ids[at + 1], &ids[at + 2], (count - at - 2) * sizeof *ids);
        count--;
    }
}

static void test_any_order_of_ranks(void **state)
{
    (void)state;
    static struct random_model model;
    struct bpe_scratch *scratch = NULL;
    struct subwords found = {0};
    unsigned seed = 1;
    for (unsigned round = 0; round < 400; round++) {
        make_tokens(&model, &seed);
        make_pairs(&model, &seed, round % 4 == 3, round % 3 * round / 20);
        scratch = bpe_scratch_new();
        for (size_t i = 0; i < 60; i++) {
            char word[LONGEST];
            int32_t expected[LONGEST];
            size_t len = 1 + (size_t)rand_r(&seed) % LONGEST;
            make_word(word, len, &seed);
            for (size_t at = 0; at < len; at++)
                expected[at] = word[at] - 'a';
            size_t count = slow_pairs(&model, expected, len), end = 0;
            bpe_word(&model.bpe, scratch, (struct slice){word, len}, &found);
            assert_int_equal(found.len, count);
            for (size_t token = 0; token < count; token++) {
                assert_int_equal(found.items[token].id, expected[token]);
                assert_int_equal(found.items[token].start, end);
                end += strlen(model.texts[expected[token]]);
                assert_int_equal(found.items[token].end, end);
            }
        }
        bpe_scratch_free(scratch);
        bpe_free(&model.bpe);
        vocab_free(&model.vocab);
    }
    vec_free(&found);
}

/* ---- SentencePiece: any two neighbours that spell a piece ---- */

struct random_pieces {
    char texts[TOKENS][64];
    double scores[TOKENS];
    uint8_t types[TOKENS];
    struct trie trie, symbols;
    struct sentencepiece_bpe bpe;
};

static void make_pieces(struct random_pieces *pieces, unsigned *seed)
{
    struct trie_key keys[TOKENS];
    unsigned levels = 1 + (unsigned)rand_r(seed) % (2 * TOKENS); /* so many scores */
    bool in_order = rand_r(seed) % 2 == 0;
    size_t count = 0;
    while (count < TOKENS) {
        char *text = pieces->texts[count];
        bool letter = count < LETTERS - 1; /* the last one is in no piece of its own */
        struct slice made = letter ? arena_print(arena, "%c", 'a' + (int)count)
                            : count < 6
                                ? arena_print(arena, "%c%c", 'a' + rand_r(seed) % LETTERS, 'a' + rand_r(seed) % LETTERS)
                                : arena_print(arena, "%.30s%.30s", pieces->texts[(size_t)rand_r(seed) % count],
                                              pieces->texts[(size_t)rand_r(seed) % count]);
        bool again = false;
        for (size_t i = 0; i < count; i++)
            again |= slice_is(made, pieces->texts[i]);
        if (again)
            continue;
        memcpy(text, made.ptr, made.len + 1);
        pieces->types[count] = PIECE_NORMAL;
        pieces->scores[count] =
            in_order ? -(double)(count * levels / TOKENS) : -(double)((unsigned)rand_r(seed) % levels);
        keys[count] = (struct trie_key){slice_of(text), (int32_t)count};
        count++;
    }
    assert_int_equal(trie_build(&pieces->trie, keys, count), 0);
    pieces->bpe = (struct sentencepiece_bpe){
        .pieces = &pieces->trie, .symbols = &pieces->symbols, .types = pieces->types, .unk = TOKENS};
    sentencepiece_bpe_ready(&pieces->bpe, pieces->scores, count);
}

static int32_t piece_of(const struct random_pieces *pieces, const char *text, size_t len)
{
    for (int32_t id = 0; id < TOKENS; id++)
        if (strlen(pieces->texts[id]) == len && memcmp(pieces->texts[id], text, len) == 0)
            return id;
    return -1;
}

/* ends: where the symbols end, at first after every letter. */
static size_t slow_pieces(const struct random_pieces *pieces, const char *word, size_t *ends, size_t count)
{
    for (;;) {
        int32_t best = -1;
        size_t at = 0;
        for (size_t i = 0; i + 1 < count; i++) {
            size_t start = i > 0 ? ends[i - 1] : 0;
            int32_t id = ends[i + 1] - start < 64 ? piece_of(pieces, word + start, ends[i + 1] - start) : -1;
            if (id >= 0 && (best < 0 || pieces->scores[id] > pieces->scores[best])) {
                best = id;
                at = i;
            }
        }
        if (best < 0)
            return count;
        memmove(&ends[at], &ends[at + 1], (count - at - 1) * sizeof *ends);
        count--;
    }
}

static void test_pieces_of_any_score(void **state)
{
    (void)state;
    static struct random_pieces pieces;
    struct subwords found = {0};
    unsigned seed = 2;
    for (unsigned round = 0; round < 300; round++) {
        make_pieces(&pieces, &seed);
        struct sentencepiece_bpe_scratch *scratch = sentencepiece_bpe_scratch_new();
        for (size_t i = 0; i < 30; i++) {
            enum { LONGEST_TEXT = 60 };
            char word[LONGEST_TEXT];
            size_t ends[LONGEST_TEXT], len = 1 + (size_t)rand_r(&seed) % LONGEST_TEXT;
            make_word(word, len, &seed);
            for (size_t at = 0; at < len; at++)
                ends[at] = at + 1;
            size_t count = slow_pieces(&pieces, word, ends, len);
            found.len = 0;
            sentencepiece_bpe_encode(&pieces.bpe, scratch, (struct slice){word, len}, &found);
            assert_int_equal(found.len, count);
            for (size_t token = 0; token < count; token++) {
                size_t start = token > 0 ? ends[token - 1] : 0;
                int32_t id = piece_of(&pieces, word + start, ends[token] - start);
                assert_int_equal(found.items[token].id, id >= 0 ? id : TOKENS);
                assert_int_equal(found.items[token].end, ends[token]);
            }
        }
        sentencepiece_bpe_scratch_free(scratch);
        sentencepiece_bpe_free(&pieces.bpe);
        trie_free(&pieces.trie);
    }
    vec_free(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order_of_ranks),
        cmocka_unit_test(test_pieces_of_any_score),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
