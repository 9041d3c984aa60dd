/* tokens.c - see tokens.h. */
#include "tokens.h"

#include "../tokenizer/parallel.h"
#include "../tokenizer/word_starts.h"

#include <inttypes.h>

/* The text follows its question: by the types of the tokens or, for tokenizers that give both type 0, behind the
 * special tokens between the two. */
static int leave_question_out(const struct text_tokens *tokens, bool *in_text)
{
    const int32_t *types = tokens->token_type_ids;
    bool typed = false;
    for (size_t i = 0; types != NULL && i < tokens->count; i++)
        typed = typed || (in_text[i] && types[i] == 1);
    size_t first = 0;
    while (!typed && first < tokens->count && !in_text[first])
        first++;
    while (!typed && first < tokens->count && in_text[first])
        first++;
    for (size_t i = 0; i < tokens->count; i++)
        in_text[i] = in_text[i] && (typed ? types[i] == 1 : i >= first);
    for (size_t i = 0; i < tokens->entity_count; i++) {
        struct span place = tokens->places[i];
        for (uint32_t j = place.start; j < place.end; j++)
            if (!in_text[j])
                return diag_error("entity_tokens[%zu]: not in the text, which follows the question (quern tokenize "
                                  "--field question --pair-field text)",
                                  i);
    }
    return 0;
}

static int read_text(const struct record *record, struct arena *arena, struct text_tokens *tokens)
{
    const int32_t *special;
    if (parallel_ints(record, SLICE("special_tokens_mask"), tokens->count, arena, &special) < 0)
        return -1;
    bool *in_text = arena_array(arena, tokens->count, sizeof *in_text);
    for (size_t i = 0; i < tokens->count; i++) {
        if (special[i] != 0 && special[i] != 1)
            return diag_error("special_tokens_mask[%zu]: expected 0 or 1, found %" PRId32, i, special[i]);
        in_text[i] = special[i] == 0;
    }
    tokens->in_text = in_text;
    return rec_present(record, SLICE("question")) != NULL ? leave_question_out(tokens, in_text) : 0;
}

static int read_places(const struct record *record, struct arena *arena, struct text_tokens *tokens)
{
    if (rec_present(record, SLICE("entity_tokens")) == NULL) {
        (void)member_missing(record, SLICE("entity_tokens"), "");
        return -1;
    }
    if (rec_spans(record, SLICE("entity_tokens"), arena, &tokens->places, &tokens->entity_count) < 0)
        return -1;
    for (size_t i = 0; i < tokens->entity_count; i++) {
        struct span place = tokens->places[i];
        if (place.start > place.end)
            return diag_error("entity_tokens[%zu]: the start is greater than the end", i);
        if (place.end > tokens->count)
            return diag_error("entity_tokens[%zu]: ends at %u, the record has %zu tokens", i, place.end, tokens->count);
    }
    return 0;
}

static int read_words(const struct record *record, struct arena *arena, struct text_tokens *tokens)
{
    uint8_t *kinds;
    if (parallel_ints(record, SLICE("word_ids"), tokens->count, arena, &tokens->word_ids) < 0 ||
        word_starts_read(record, tokens->count, arena, &kinds) < 0)
        return -1;
    for (size_t i = 0; kinds != NULL && i < tokens->count; i++)
        if (!tokens->in_text[i])
            kinds[i] = TOKEN_APART;
    if (kinds != NULL)
        tokens->word_ids = word_starts(tokens->word_ids, tokens->token_type_ids, kinds, tokens->count, arena);
    return 0;
}

int text_tokens_read(const struct record *record, bool words, struct arena *arena, struct text_tokens *tokens)
{
    const int32_t *ids;
    *tokens = (struct text_tokens){0};
    if (rec_ints(record, SLICE("input_ids"), arena, &ids, &tokens->count) < 0)
        return -1;
    bool typed = words || rec_present(record, SLICE("question")) != NULL;
    if (typed && rec_present(record, SLICE("token_type_ids")) != NULL &&
        parallel_ints(record, SLICE("token_type_ids"), tokens->count, arena, &tokens->token_type_ids) < 0)
        return -1;
    if (read_places(record, arena, tokens) < 0 || read_text(record, arena, tokens) < 0)
        return -1;
    return words ? read_words(record, arena, tokens) : 0;
}
