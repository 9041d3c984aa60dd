/* reply.c - see reply.h. */
#include "reply.h"

#include "../engines/asker.h"
#include "base/visible.h"

#include <math.h>

enum { SHOWN_BYTES = 40 /* of a label, in a message */ };

/* What fastText puts before each label. */
#define LABEL_START "__label__"

/* ---- objects ---- */

static int read_passes(const struct distribution_rules *rules, struct slice value, struct arena *arena,
                       struct reply *read)
{
    struct record *one = rec_new(arena);
    struct distribution *rows;
    size_t count;
    rec_set_json(one, SLICE("pass_probs"), value);
    if (distribution_rows(rules, one, SLICE("pass_probs"), arena, &rows, &count) < 0)
        return -1;
    distribution_mean(rows, count, arena, &read->answer);
    read->passes = rows;
    read->pass_count = count;
    return 0;
}

static int read_object(const struct distribution_rules *rules, struct slice reply, struct arena *arena,
                       struct reply *read)
{
    struct slice probs, logits, passes;
    bool has_probs = json_member(reply, "probs", &probs), has_logits = json_member(reply, "logits", &logits);
    bool has_passes = json_member(reply, "pass_probs", &passes);
    if (has_probs + has_logits + has_passes != 1)
        return diag_error("expected one of \"probs\", \"logits\" and \"pass_probs\", found %s",
                          has_probs || has_logits || has_passes ? "several" : "none of them");
    if (has_passes)
        return json_kind(passes) == '['
                   ? read_passes(rules, passes, arena, read)
                   : diag_error("pass_probs: expected an array of arrays, found %s", json_kind_name(json_kind(passes)));
    struct slice name = has_probs ? SLICE("probs") : SLICE("logits"), value = has_probs ? probs : logits;
    if (json_kind(value) != '[' && json_kind(value) != '{')
        return diag_error("%.*s: expected an array of numbers, found %s", (int)name.len, name.ptr,
                          json_kind_name(json_kind(value)));
    return distribution_read(rules, name, value, has_logits, arena, &read->answer);
}

/* ---- lines ---- */

static int read_line(const struct distribution_rules *rules, struct slice line, struct arena *arena, struct reply *read)
{
    const char *start = json_space(line.ptr, line.ptr + line.len);
    const double *numbers;
    size_t count;
    struct slice object = slice_between(start, line.ptr + line.len);
    while (object.len > 0 && (object.ptr[object.len - 1] == ' ' || object.ptr[object.len - 1] == '\t'))
        object.len--;
    if (object.len > 0 && object.ptr[0] == '{') {
        if (json_check(object, JSON_DEPTH) < 0)
            return -1;
        return distribution_read(rules, SLICE("probs"), object, false, arena, &read->answer);
    }
    if (asker_numbers(line, arena, &numbers, &count) < 0)
        return -1;
    return distribution_take(rules, SLICE("probs"), numbers, count, false, arena, &read->answer);
}

/* The next word of a line that has spaces between words; false at the end. */
static bool next_word(struct slice *rest, struct slice *word)
{
    while (rest->len > 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t'))
        *rest = (struct slice){rest->ptr + 1, rest->len - 1};
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != '\t')
        len++;
    *word = (struct slice){rest->ptr, len};
    *rest = (struct slice){rest->ptr + len, rest->len - len};
    return len > 0;
}

static int read_label(const struct class_list *classes, struct slice label, struct slice number, double *numbers)
{
    struct slice name = label, shown = visible_cut(label, SHOWN_BYTES);
    const char *end = number.ptr + number.len;
    size_t class;
    double read;
    if (slice_starts(name, SLICE(LABEL_START)))
        name = (struct slice){label.ptr + sizeof LABEL_START - 1, label.len - (sizeof LABEL_START - 1)};
    if (!class_list_named(classes, name, &class))
        return diag_error("%s has no class for the label \"%.*s\"", classes->classes->path, (int)shown.len, shown.ptr);
    if (number.len == 0 || json_skip(number.ptr, end, 1, NULL) != end || json_kind(number) != '0' ||
        number_read(number.ptr, end, &read) == NULL) {
        struct slice found = visible_cut(number, SHOWN_BYTES);
        return diag_error("\"%.*s\": expected a number, found \"%.*s\"", (int)shown.len, shown.ptr, (int)found.len,
                          found.ptr);
    }
    if (!isnan(numbers[class]))
        return diag_error("the label \"%.*s\" comes twice", (int)shown.len, shown.ptr);
    numbers[class] = read;
    return 0;
}

/* "__label__ham 0.9 __label__spam 0.1", the most probable first. A class that is not named has no part of it. */
static int read_labels(const struct distribution_rules *rules, struct slice line, struct arena *arena,
                       struct reply *read)
{
    size_t count = rules->classes->count;
    double *numbers = arena_array(arena, count, sizeof *numbers);
    for (size_t c = 0; c < count; c++)
        numbers[c] = NAN;
    for (struct slice label, number; next_word(&line, &label);) {
        (void)next_word(&line, &number);
        if (read_label(rules->classes, label, number, numbers) < 0)
            return -1;
    }
    for (size_t c = 0; c < count; c++)
        numbers[c] = isnan(numbers[c]) ? 0 : numbers[c];
    return distribution_take(rules, SLICE("probs"), numbers, count, false, arena, &read->answer);
}

/* ---- all of them ---- */

int reply_read(const struct reply_rules *rules, struct slice reply, struct arena *arena, struct reply *read)
{
    struct distribution_rules how = {.classes = rules->classes};
    read->passes = NULL;
    int done = rules->protocol == ASKER_JSONL      ? read_object(&how, reply, arena, read)
               : rules->protocol == ASKER_FASTTEXT ? read_labels(&how, reply, arena, read)
                                                   : read_line(&how, reply, arena, read);
    return done < 0 ? diag_within("the reply: %s", diag_message()) : 0;
}

void reply_set_passes(const struct reply *reply, struct record *made, struct arena *arena)
{
    struct bytes text = {0};
    for (size_t i = 0; i < reply->pass_count; i++) {
        bytes_byte(&text, i == 0 ? '[' : ',');
        json_put_floats(&text, reply->passes[i].p, reply->passes[i].count);
    }
    bytes_byte(&text, ']');
    rec_set_json(made, SLICE("pass_probs"), arena_copy(arena, bytes_slice(&text)));
    vec_free(&text);
}
