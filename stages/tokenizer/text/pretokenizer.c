/* pretokenizer.c - see pretokenizer.h. */
#include "pretokenizer.h"

#include "base/diag.h"
#include "classes.h"
#include "scripts.h"
#include "spell.h"
#include "text/text.h"

int pretokenizer_add(struct pretokenizer *pretokenizer, struct pretokenizer_step step)
{
    if (pretokenizer->count == PRETOKENIZER_STEPS) {
        regex_free(step.pattern);
        return diag_error("pre_tokenizer: more than %d steps are not supported", PRETOKENIZER_STEPS);
    }
    pretokenizer->steps[pretokenizer->count++] = step;
    return 0;
}

int pretokenizer_spell(struct pretokenizer *pretokenizer)
{
    if (!pretokenizer->byte_level)
        return 0;
    pretokenizer->byte_level = false;
    return pretokenizer_add(pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_SPELL});
}

bool pretokenizer_by_hand(struct pretokenizer_step *step, struct slice expression)
{
    const struct gpt4_form *form = gpt4_find(expression);
    const struct run_form *runs = runs_find(expression);
    bool gpt2 = slice_is(expression, gpt2_expression);
    /* If nothing is between the matches, two settings ask for the same. */
    bool covers = gpt2 || (form != NULL && !form->signs);
    bool wanted =
        step->behavior == DELIMITER_ISOLATED || (covers && step->behavior == DELIMITER_REMOVED && step->invert);
    if (!wanted || !(gpt2 || form != NULL || runs != NULL))
        return false;
    step->kind = gpt2 ? PRETOKENIZE_GPT2 : form != NULL ? PRETOKENIZE_GPT4 : PRETOKENIZE_RUNS;
    step->form = form;
    step->runs = runs;
    return true;
}

void pretokenizer_free(struct pretokenizer *pretokenizer)
{
    for (size_t i = 0; i < pretokenizer->count; i++)
        regex_free(pretokenizer->steps[i].pattern);
    pretokenizer->count = 0;
}

/* ---- BERT ---- */

static void cut_bert(struct draft *draft, struct piece piece)
{
    const uint8_t *classes = classes_table();
    const char *text = draft->text;
    size_t word = piece.start; /* where the current word starts */
    for (size_t at = piece.start; at < piece.end;) {
        unsigned char byte = (unsigned char)text[at];
        size_t len = 1;
        unsigned class = classes_of(classes, byte < 0x80 ? byte : text_decode(text + at, &len));
        if (class & (CLASS_SPACE | CLASS_PUNCT)) {
            draft_cut(draft, word, at, PIECE_TEXT);
            if (class & CLASS_PUNCT)
                draft_cut(draft, at, at + len, PIECE_TEXT);
            word = at + len;
        }
        at += len;
        if (byte < 0x80 && (class & CLASS_LETTER))
            at = classes_letters_end(text, at, piece.end);
    }
    draft_cut(draft, word, piece.end, PIECE_TEXT);
}

/* ---- cutting at delimiters ---- */

static void add_chunk(struct chunks *chunks, size_t start, size_t end, bool delimiter)
{
    vec_push(chunks, ((struct chunk){start, end, delimiter}));
}

/* The next delimiter, in bytes of the piece: 1, 0, or -1 with the message. */
static int find_delimiter(const struct pretokenizer_step *step, struct pretokenizer_thread *thread, struct slice text,
                          struct pattern_matches *matches, size_t *start, size_t *end)
{
    if (step->kind == PRETOKENIZE_PATTERN) {
        if (thread->patterns == NULL)
            thread->patterns = regex_work_new();
        return pattern_next(step->pattern, thread->patterns, text, matches, start, end);
    }
    const size_t from = matches->from;
    if (step->kind == PRETOKENIZE_LITERAL) {
        const char *found = memmem(text.ptr + from, text.len - from, step->literal.ptr, step->literal.len);
        if (found == NULL)
            return 0;
        *start = (size_t)(found - text.ptr);
        matches->from = *end = *start + step->literal.len;
        return 1;
    }
    unsigned wanted = step->kind == PRETOKENIZE_WHITESPACE    ? CLASS_SPACE
                      : step->kind == PRETOKENIZE_PUNCTUATION ? CLASS_PUNCT
                                                              : CLASS_NUMERIC;
    const uint8_t *classes = classes_table();
    for (size_t at = from, len; at < text.len; at += len) {
        if (classes_of(classes, text_decode(text.ptr + at, &len)) & wanted) {
            *start = at;
            matches->from = *end = at + len;
            return 1;
        }
    }
    return 0;
}

/* Splits the piece into delimiters and the text between them. 0 or -1. */
static int find_chunks(const struct pretokenizer_step *step, struct pretokenizer_thread *thread, struct slice text)
{
    struct chunks *chunks = &thread->chunks;
    chunks->len = 0;
    struct pattern_matches matches = {0};
    size_t done = 0, start, end;
    int found;
    while ((found = find_delimiter(step, thread, text, &matches, &start, &end)) != 0) {
        if (found < 0)
            return -1;
        if (done < start)
            add_chunk(chunks, done, start, step->invert);
        add_chunk(chunks, start, end, !step->invert);
        done = end;
    }
    if (done < text.len)
        add_chunk(chunks, done, text.len, step->invert);
    return 0;
}

static void cut_merging_next(const struct chunks *chunks, struct draft *draft, size_t base)
{
    /* From the right: a delimiter joins the piece after it unless that already starts with one. */
    for (size_t i = 0; i < chunks->len; i++) {
        struct chunk chunk = chunks->items[i];
        size_t end = chunk.end;
        if (chunk.delimiter && i + 1 < chunks->len && !chunks->items[i + 1].delimiter)
            end = chunks->items[++i].end;
        draft_cut(draft, base + chunk.start, base + end, PIECE_TEXT);
    }
}

static void cut_chunks(const struct chunks *chunks, struct draft *draft, size_t base,
                       enum pretokenizer_behavior behavior)
{
    if (behavior == DELIMITER_MERGED_WITH_NEXT) {
        cut_merging_next(chunks, draft, base);
        return;
    }
    for (size_t i = 0; i < chunks->len; i++) {
        struct chunk chunk = chunks->items[i];
        size_t end = chunk.end;
        if (behavior == DELIMITER_REMOVED && chunk.delimiter)
            continue;
        if (behavior == DELIMITER_MERGED_WITH_PREVIOUS && !chunk.delimiter && i + 1 < chunks->len &&
            chunks->items[i + 1].delimiter)
            end = chunks->items[++i].end;
        while (behavior == DELIMITER_CONTIGUOUS && i + 1 < chunks->len &&
               chunks->items[i + 1].delimiter == chunk.delimiter)
            end = chunks->items[++i].end;
        draft_cut(draft, base + chunk.start, base + end, PIECE_TEXT);
    }
}

static int cut_delimited(const struct pretokenizer_step *step, struct pretokenizer_thread *thread, struct draft *draft,
                         struct piece piece)
{
    struct slice text = {draft->text + piece.start, piece.end - piece.start};
    if (find_chunks(step, thread, text) != 0)
        return -1;
    cut_chunks(&thread->chunks, draft, piece.start, step->behavior);
    return 0;
}

/* ---- \w+|[^\w\s]+ ---- */

static unsigned word_kind(const char *text, size_t at, size_t *len)
{
    uint32_t point = text_decode(text + at, len);
    if (classes_of(classes_table(), point) & CLASS_SPACE)
        return 0;
    return classes_is_word(point) ? 1 : 2;
}

static void cut_words(struct draft *draft, struct piece piece)
{
    for (size_t at = piece.start, len; at < piece.end;) {
        size_t start = at;
        unsigned kind = word_kind(draft->text, at, &len);
        do
            at += len;
        while (at < piece.end && word_kind(draft->text, at, &len) == kind);
        if (kind != 0)
            draft_cut(draft, start, at, PIECE_TEXT);
    }
}

/* ---- pieces of a length ---- */

static void cut_fixed(struct draft *draft, struct piece piece, size_t length)
{
    size_t start = piece.start, count = 0;
    for (size_t at = piece.start, len; at < piece.end; at += len, count++) {
        (void)text_decode(draft->text + at, &len);
        if (count < length)
            continue;
        draft_cut(draft, start, at, PIECE_TEXT);
        start = at;
        count = 0;
    }
    draft_cut(draft, start, piece.end, PIECE_TEXT);
}

/* ---- all of it ---- */

static int add_prefix_spaces(struct draft *draft)
{
    draft_text_begin(draft);
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        const char *text = draft->text + piece.start;
        size_t start = draft->spare.len;
        bool prefix = piece.id == PIECE_TEXT && *text != ' ';
        if (prefix)
            bytes_byte(&draft->spare, ' ');
        bytes_append(&draft->spare, text, piece.end - piece.start);
        if (draft->wants_origins) {
            if (prefix)
                vec_push(&draft->spare_origins, draft_origin(draft, piece.start));
            for (size_t at = piece.start; at < piece.end; at++)
                vec_push(&draft->spare_origins, draft_origin(draft, at));
        }
        draft_cut(draft, start, draft->spare.len, piece.id);
    }
    return draft_text_done(draft, draft->wants_origins);
}

static int cut_piece(const struct pretokenizer_step *step, struct pretokenizer_thread *thread, struct draft *draft,
                     struct piece piece)
{
    switch (step->kind) {
    case PRETOKENIZE_BERT:
        cut_bert(draft, piece);
        return 0;
    case PRETOKENIZE_GPT2:
        gpt2_cut(draft, piece);
        return 0;
    case PRETOKENIZE_GPT4:
        gpt4_cut(step->form, draft, piece);
        return 0;
    case PRETOKENIZE_RUNS:
        runs_cut(step->runs, draft, piece);
        return 0;
    case PRETOKENIZE_WORDS:
        cut_words(draft, piece);
        return 0;
    case PRETOKENIZE_SCRIPTS:
        scripts_cut(draft, piece);
        return 0;
    case PRETOKENIZE_FIXED:
        cut_fixed(draft, piece, step->length);
        return 0;
    default:
        return cut_delimited(step, thread, draft, piece);
    }
}

static int rewrite(const struct pretokenizer_step *step, struct draft *draft)
{
    switch (step->kind) {
    case PRETOKENIZE_PREFIX_SPACE:
        return add_prefix_spaces(draft);
    case PRETOKENIZE_SPELL:
        return spell_apply(draft);
    default:
        return metaspace_apply(&step->metaspace, draft);
    }
}

static int apply_steps(const struct pretokenizer *pretokenizer, size_t count, struct pretokenizer_thread *thread,
                       struct draft *draft)
{
    for (size_t s = 0; s < count; s++) {
        const struct pretokenizer_step *step = &pretokenizer->steps[s];
        if (step->kind == PRETOKENIZE_PREFIX_SPACE || step->kind == PRETOKENIZE_METASPACE ||
            step->kind == PRETOKENIZE_SPELL) {
            if (rewrite(step, draft) != 0)
                return -1;
            continue;
        }
        for (size_t i = 0; i < draft->pieces.len; i++) {
            struct piece piece = draft->pieces.items[i];
            if (piece.id != PIECE_TEXT)
                draft_cut(draft, piece.start, piece.end, piece.id);
            else if (cut_piece(step, thread, draft, piece) != 0)
                return -1;
        }
        draft_pieces_done(draft);
    }
    return 0;
}

int pretokenizer_apply(const struct pretokenizer *pretokenizer, struct pretokenizer_thread *thread, struct draft *draft)
{
    return apply_steps(pretokenizer, pretokenizer->count, thread, draft);
}

bool pretokenizer_leaves_last(const struct pretokenizer *pretokenizer)
{
    if (pretokenizer->count == 0)
        return false;
    enum pretokenizer_kind last = pretokenizer->steps[pretokenizer->count - 1].kind;
    return last == PRETOKENIZE_GPT2 || last == PRETOKENIZE_GPT4;
}

int pretokenizer_apply_most(const struct pretokenizer *pretokenizer, struct pretokenizer_thread *thread,
                            struct draft *draft)
{
    size_t count = pretokenizer->count - (pretokenizer_leaves_last(pretokenizer) ? 1 : 0);
    return apply_steps(pretokenizer, count, thread, draft);
}

struct pretokenizer_cursor pretokenizer_cursor(const struct pretokenizer *pretokenizer, const struct draft *draft,
                                               struct piece piece)
{
    const struct pretokenizer_step *step = &pretokenizer->steps[pretokenizer->count - 1];
    struct pretokenizer_cursor cursor = {.kind = step->kind};
    if (step->kind == PRETOKENIZE_GPT2)
        cursor.gpt2 = gpt2_cursor(draft->text, piece.start, piece.end);
    else
        cursor.gpt4 = gpt4_cursor(step->form, draft->text, piece.start, piece.end);
    return cursor;
}

void pretokenizer_thread_free(struct pretokenizer_thread *thread)
{
    regex_work_free(thread->patterns);
    vec_free(&thread->chunks);
}
