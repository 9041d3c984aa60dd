/* sequence.c - see sequence.h. */
#include "sequence.h"

#include "../tokenizer/own_tokens.h"
#include "../tokenizer/parallel.h"
#include "../tokenizer/word_starts.h"
#include "base/diag.h"

#include <inttypes.h>

static int find_maskable(const struct vocabulary *vocabulary, const struct record *in, struct arena *arena,
                         struct sequence *sequence)
{
    const int32_t *special;
    if (parallel_optional(in, SLICE("special_tokens_mask"), sequence->count, arena, &special) < 0)
        return -1;
    uint8_t *maskable = arena_alloc(arena, sequence->count);
    for (size_t i = 0; i < sequence->count; i++) {
        enum id_kind kind = vocabulary_kind(vocabulary, sequence->ids[i]);
        if (kind == ID_ABSENT)
            return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %zu ids", i, sequence->ids[i],
                              vocabulary->size);
        if (special != NULL && special[i] != 0 && special[i] != 1)
            return diag_error("special_tokens_mask[%zu]: expected 0 or 1, found %" PRId32, i, special[i]);
        maskable[i] = kind > ID_PROTECTED && (special == NULL || special[i] == 0);
    }
    sequence->maskable = maskable;
    return 0;
}

int sequence_read(const struct sequence_reader *reader, const struct record *in, struct arena *arena,
                  struct sequence *sequence)
{
    *sequence = (struct sequence){0};
    if (rec_ints(in, SLICE("input_ids"), arena, &sequence->ids, &sequence->count) < 0 ||
        find_maskable(reader->vocabulary, in, arena, sequence) < 0)
        return -1;
    return reader->tokenizer != NULL
               ? own_tokens_check(reader->tokenizer, reader->model, in, sequence->ids, sequence->count, arena)
               : 0;
}

int sequence_read_documents(const struct record *in, struct arena *arena, struct sequence *sequence)
{
    return parallel_optional(in, SLICE("doc_ids"), sequence->count, arena, &sequence->doc_ids);
}

/* The kind of each token's spelling, by the tokenizer or else by `tokens`. *kinds: NULL if there is nothing to know. */
static int read_spelling(const struct sequence_reader *reader, const struct record *in, struct arena *arena,
                         const struct sequence *sequence, uint8_t **kinds)
{
    const uint8_t *known = reader->vocabulary->spelling;
    *kinds = NULL;
    if (reader->tokenizer == NULL && word_starts_read(in, sequence->count, arena, kinds) < 0)
        return -1;
    if (known != NULL)
        *kinds = arena_alloc(arena, sequence->count);
    for (size_t i = 0; *kinds != NULL && i < sequence->count; i++) {
        if (known != NULL)
            (*kinds)[i] = known[sequence->ids[i]];
        else if (!sequence->maskable[i])
            (*kinds)[i] = TOKEN_APART;
    }
    return 0;
}

static const int32_t *turned_round(const int32_t *ints, size_t count, struct arena *arena)
{
    if (ints == NULL)
        return NULL;
    int32_t *turned = arena_array(arena, count, sizeof *turned);
    for (size_t i = 0; i < count; i++)
        turned[i] = ints[count - 1 - i];
    return turned;
}

/* Words by the white space in the spelling, if the given ones have some within. In a record that is turned round
 * (quern stream) a space stands at the end of a word. */
static int find_words(const struct record *in, uint8_t *kinds, struct arena *arena, struct sequence *sequence)
{
    int64_t backward = 0;
    size_t count = sequence->count;
    if (rec_present(in, SLICE("backward")) != NULL && rec_int(in, SLICE("backward"), &backward) < 0)
        return -1;
    if (backward == 0) {
        sequence->word_ids = word_starts(sequence->word_ids, sequence->token_type_ids, kinds, count, arena);
        return 0;
    }
    for (size_t i = 0; i < count / 2; i++) {
        uint8_t kind = kinds[i];
        kinds[i] = kinds[count - 1 - i];
        kinds[count - 1 - i] = kind;
    }
    const int32_t *words = turned_round(sequence->word_ids, count, arena);
    const int32_t *types = turned_round(sequence->token_type_ids, count, arena);
    sequence->word_ids = turned_round(word_starts(words, types, kinds, count, arena), count, arena);
    return 0;
}

int sequence_read_words(const struct sequence_reader *reader, const struct record *in, struct arena *arena,
                        struct sequence *sequence)
{
    uint8_t *kinds;
    if (parallel_ints(in, SLICE("word_ids"), sequence->count, arena, &sequence->word_ids) < 0 ||
        parallel_optional(in, SLICE("token_type_ids"), sequence->count, arena, &sequence->token_type_ids) < 0 ||
        sequence_read_documents(in, arena, sequence) < 0 || read_spelling(reader, in, arena, sequence, &kinds) < 0)
        return -1;
    return kinds != NULL ? find_words(in, kinds, arena, sequence) : 0;
}
