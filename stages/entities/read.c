/* read.c - see read.h. */
#include "read.h"

#include "../tokenizer/parallel.h"
#include "../tokenizer/word_starts.h"

#include <inttypes.h>

/* ---- entities ---- */

static int read_end(size_t number, const char *name, struct slice value, uint32_t *point)
{
    int64_t found;
    if (value.len > 0 && json_int(value, &found) && found >= 0 && found <= UINT32_MAX) {
        *point = (uint32_t)found;
        return 0;
    }
    return diag_error("entities[%zu].%s: %s", number, name, value.len == 0 ? "missing" : "not an offset");
}

static int read_entity(struct slice json, size_t number, size_t text_points, struct arena *arena, struct entity *entity)
{
    struct slice start = {0}, end = {0}, label = {0};
    if (json_kind(json) != '{')
        return diag_error("entities[%zu]: expected an object with start and end", number);
    for (struct json_walk walk = json_walk(json); json_next(&walk);) {
        if (json_name_is(walk.name, SLICE("start")))
            start = walk.value;
        else if (json_name_is(walk.name, SLICE("end")))
            end = walk.value;
        else if (json_name_is(walk.name, SLICE("label")))
            label = walk.value;
    }
    *entity = (struct entity){.json = json};
    if (read_end(number, "start", start, &entity->place.start) < 0 ||
        read_end(number, "end", end, &entity->place.end) < 0)
        return -1;
    if (entity->place.start > entity->place.end)
        return diag_error("entities[%zu]: the start is greater than the end", number);
    if (entity->place.end > text_points)
        return diag_error("entities[%zu]: ends at %u, the text has %zu characters", number, entity->place.end,
                          text_points);
    if (label.len == 0 || json_kind(label) == 'n')
        return 0;
    if (json_kind(label) != '"')
        return diag_error("entities[%zu].label: expected a string, found %s", number, json_kind_name(json_kind(label)));
    entity->label = json_string(label, arena);
    return 0;
}

int entities_read(const struct record *record, size_t text_points, struct arena *arena, const struct entity **entities,
                  size_t *count)
{
    const struct value *value = rec_present(record, SLICE("entities"));
    if (value == NULL) {
        (void)member_missing(record, SLICE("entities"), "");
        return -1;
    }
    struct slice array = rec_json(value, arena);
    if (json_kind(array) != '[') {
        (void)rec_mismatch(SLICE("entities"), "an array of objects", value);
        return -1;
    }
    size_t n = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk);)
        n++;
    struct entity *read = arena_array(arena, n, sizeof *read);
    *entities = read;
    *count = n;
    n = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk); n++)
        if (read_entity(walk.value, n, text_points, arena, &read[n]) < 0)
            return -1;
    return 0;
}

int entities_no_label(size_t number)
{
    return diag_error("entities[%zu].label: missing (in a gazetteer it follows the entry and a tab)", number);
}

void entities_put(struct bytes *out, struct span place, struct slice label)
{
    bytes_put(out, out->len > 1 ? SLICE(",{\"start\":") : SLICE("{\"start\":"));
    json_put_int(out, place.start);
    bytes_put(out, SLICE(",\"end\":"));
    json_put_int(out, place.end);
    if (label.ptr != NULL) {
        bytes_put(out, SLICE(",\"label\":"));
        json_put_string(out, label);
    }
    bytes_byte(out, '}');
}

/* ---- tokens ---- */

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
