/* view.c - show records to people.
 *
 *     quern view [--limit N] [--color WHEN] [--width N] [-m FILE] [-f NAME] [--pair-field NAME] [--offsets UNIT]
 *                [FILE …]
 *
 * Each record becomes a few lines: its short members; its text with marked spans (view/marks.h) and, in colour, shaded
 * tokens (view/shades.h); its tokens (view/tokens.h). text/screen.h wraps the lines and makes strange bytes safe for a
 * terminal. */
#include "quern.h"
#include "text/screen.h"
#include "tokenizer/shared.h"
#include "view/marks.h"
#include "view/shades.h"
#include "view/tokens.h"

enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum {
    DEFAULT_COLUMNS = 80,
    COLUMNS_MIN = 20,   /* of a line; a narrower terminal wraps by itself */
    VALUE_COLUMNS = 32, /* of a member's value in the first line */
};

struct view_options {
    int64_t limit, width;
    int color, offsets;
    const char *field, *pair_field, *model;
    int64_t mask_id;
};

enum { OFFSETS_CHARS, OFFSETS_BYTES };

static const char *const offset_units[] = {"chars", "bytes", NULL};
static const char *const color_choices[] = {"auto", "always", "never", NULL};

static const struct option options[] = {
    {"limit", 'l', OPT_INT, OPT_AT(struct view_options, limit), .value = "N", .fallback = "0", .min = 0,
     .max = INT64_MAX, .help = "show the first N records; 0: all"},
    {"color", 0, OPT_CHOICE, OPT_AT(struct view_options, color), .value = "WHEN", .fallback = "auto",
     .choices = color_choices, .help = "mark spans and tokens by colour instead of brackets"},
    {"width", 'w', OPT_INT, OPT_AT(struct view_options, width), .value = "N", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "columns of a line; 0: as wide as the terminal, or 80"},
    OPTION_FIELD(struct view_options, field),
    {"pair-field", 0, OPT_TEXT, OPT_AT(struct view_options, pair_field), .value = "NAME",
     .help = "the member with the second text of a pair"},
    {"offsets", 0, OPT_CHOICE, OPT_AT(struct view_options, offsets), .value = "UNIT", .fallback = "chars",
     .choices = offset_units, .help = "what offset_mapping counts: code points, or bytes of UTF-8"},
    OPTION_MODEL(struct view_options, model),
    {"mask-id", 0, OPT_INT, OPT_AT(struct view_options, mask_id), .value = "N", .fallback = "-1", .min = -1,
     .max = INT32_MAX, .help = "without --model: the id of the mask token; -1: unknown"},
    {0},
};

static const char *const reads[] = {
    "id",      "text",      "entities", "sentences",           "words",          "phrases",
    "tokens",  "input_ids", "labels",   "special_tokens_mask", "offset_mapping", "token_type_ids",
    "doc_ids", NULL};

/* Runs in one thread, in order, so the shared state is also the thread's. */
struct view {
    const struct view_options *options;
    struct slice fields[2]; /* the second has a NULL ptr if there is no pair */
    struct token_names names;
    bool color;
    size_t width;
    int64_t shown;
    struct marks marks;
    struct screen screen;
    struct bytes out;
};

/* ---- open ---- */

static int find_names(struct stage_context *context, const struct view_options *given, struct token_names *names)
{
    *names = (struct token_names){.mask_id = (int32_t)given->mask_id};
    if (given->model == NULL)
        return 0;
    if (given->mask_id >= 0)
        return diag_error("--mask-id does not go with --model, which supplies it");
    names->tokenizer = shared_tokenizer(context, given->model);
    if (names->tokenizer == NULL)
        return -1;
    names->mask_id = tokenizer_mask_id(names->tokenizer);
    return 0;
}

static int view_open(struct stage_context *context, void **shared)
{
    const struct view_options *given = context->options;
    if (given->width > 0 && given->width < COLUMNS_MIN)
        return diag_error("--width: expected at least %d columns", COLUMNS_MIN);
    struct token_names names;
    if (find_names(context, given, &names) != 0)
        return -1;
    struct view *view = mem_zalloc(1, sizeof *view);
    view->options = given;
    view->fields[0] = slice_of(given->field);
    if (given->pair_field != NULL)
        view->fields[1] = slice_of(given->pair_field);
    view->names = names;
    view->color = given->color == COLOR_ALWAYS || (given->color == COLOR_AUTO && context->color);
    view->width = given->width > 0 ? (size_t)given->width : context->columns;
    if (view->width == 0)
        view->width = DEFAULT_COLUMNS;
    if (view->width < COLUMNS_MIN)
        view->width = COLUMNS_MIN;
    *shared = view;
    return 0;
}

/* ---- record ---- */

static void flush(struct view *view, const char *first, const char *rest)
{
    const struct screen_layout layout = {.width = view->width, .color = view->color, .first = first, .rest = rest};
    screen_flush(&view->screen, &layout, &view->out);
}

/* Members shown below the first line, and so not in it; and those that only tell how the tokens were made. */
static bool is_drawn(const struct view *view, const struct record *in, struct slice name,
                     const struct token_row *tokens)
{
    if (slice_equal(name, view->fields[0]) || (view->fields[1].ptr != NULL && slice_equal(name, view->fields[1])))
        return true;
    const struct member_kind *kind = member_find(name);
    if (kind != NULL && kind->of == MEMBER_OF_EACH_TOKEN)
        return slice_is(name, "labels") ? tokens->labels != NULL : tokens->count > 0;
    return kind != NULL && kind->of == MEMBER_OF_TEXT && !slice_is(name, "stopwords") &&
           rec_present(in, view->fields[0]) != NULL;
}

/* Strings are shown without quotes, arrays and objects only if they are short. */
static void add_value(struct view *view, const struct value *value, struct arena *arena, unsigned style)
{
    struct slice text = rec_json(value, arena);
    char kind = json_kind(text);
    if (kind == '"')
        text = json_string(text, arena);
    if (screen_columns(text) <= VALUE_COLUMNS) {
        screen_add_word(&view->screen, text, style);
        return;
    }
    if (kind == '[' || kind == '{') {
        screen_add_word(&view->screen, kind == '[' ? SLICE("[...]") : SLICE("{...}"), style);
        return;
    }
    screen_add_word(&view->screen, screen_cut(text, VALUE_COLUMNS - 3), style);
    screen_add_word(&view->screen, SLICE("..."), style);
}

static void show_members(struct view *view, const struct record *in, const struct token_row *tokens,
                         struct arena *arena)
{
    const struct value *id = rec_get(in, SLICE("id"));
    screen_add(&view->screen, SLICE("=="), SCREEN_BOLD);
    if (id != NULL) {
        screen_add(&view->screen, SLICE(" "), SCREEN_PLAIN);
        add_value(view, id, arena, SCREEN_BOLD);
    }
    for (uint32_t i = 0; i < in->count; i++) {
        const struct member *member = &in->members[i];
        if (rec_get(in, member->name) != &member->value || &member->value == id ||
            is_drawn(view, in, member->name, tokens))
            continue;
        screen_add(&view->screen, SLICE("  "), SCREEN_PLAIN);
        screen_add_word(&view->screen, member->name, SCREEN_DIM);
        screen_add(&view->screen, SLICE("="), SCREEN_DIM);
        add_value(view, &member->value, arena, SCREEN_PLAIN);
    }
    flush(view, "", "   ");
}

static bool is_space(struct slice text, size_t at)
{
    return text.ptr[at] == ' ' || text.ptr[at] == '\n' || text.ptr[at] == '\t' || text.ptr[at] == '\r';
}

static void close_mark(struct view *view, const struct mark *mark)
{
    if (!mark->entity) {
        if (!view->color)
            screen_add(&view->screen, SLICE("}"), SCREEN_PLAIN);
        return;
    }
    screen_add(&view->screen, view->color ? SLICE("(") : SLICE("]("), SCREEN_YELLOW);
    screen_add_word(&view->screen, mark->label, SCREEN_YELLOW);
    screen_add(&view->screen, SLICE(")"), SCREEN_YELLOW);
}

static void open_mark(struct view *view, const struct mark *mark)
{
    if (!view->color || mark->kind == MARK_EMPTY)
        screen_add(&view->screen, mark->entity ? SLICE("[") : SLICE("{"), SCREEN_YELLOW);
    if (mark->kind == MARK_EMPTY)
        close_mark(view, mark);
}

/* The state of the walk through a text. */
struct walk {
    struct slice text;
    size_t byte;
    uint32_t point;
    uint32_t entities, phrases; /* how many are open */
    const char *lead;           /* of the paragraph */
    const uint8_t *shades;      /* of the code points; NULL: none */
};

/* On a background many terminals show bold letters in grey. */
static unsigned style_at(const struct walk *walk)
{
    unsigned shade = walk->shades != NULL ? walk->shades[walk->point] : SCREEN_PLAIN;
    unsigned entity = shade == SCREEN_PLAIN ? SCREEN_YELLOW | SCREEN_BOLD : SCREEN_UNDERLINE;
    return shade | (walk->entities > 0 ? entity : 0) | (walk->phrases > 0 ? SCREEN_UNDERLINE : 0);
}

static void show_until(struct view *view, struct walk *walk, uint32_t point)
{
    while (walk->point < point) {
        size_t start = walk->byte;
        unsigned style = style_at(walk);
        do
            walk->byte += text_sequence(walk->text.ptr + walk->byte, walk->text.ptr + walk->text.len);
        while (++walk->point < point && style_at(walk) == style);
        screen_add(&view->screen, (struct slice){walk->text.ptr + start, walk->byte - start}, style);
    }
}

/* Words that are already separated by space need no mark between them. */
static void show_boundary(struct view *view, const struct walk *walk)
{
    bool inside = walk->byte > 0 && walk->byte < walk->text.len;
    if (inside && !is_space(walk->text, walk->byte - 1) && !is_space(walk->text, walk->byte))
        screen_add(&view->screen, SLICE("|"), SCREEN_DIM);
}

/* Shows all marks of one place. Returns how many there are. */
static size_t show_marks(struct view *view, struct walk *walk, const struct mark *marks, size_t left)
{
    size_t n = 0;
    bool sentence = false;
    while (n < left && marks[n].at == marks[0].at)
        sentence = marks[n++].kind == MARK_SENTENCE || sentence;
    for (size_t i = 0; i < n; i++) {
        const struct mark *mark = &marks[i];
        uint32_t *depth = mark->entity ? &walk->entities : &walk->phrases;
        bool again = i > 0 && marks[i - 1].kind == mark->kind;
        switch (mark->kind) {
        case MARK_CLOSE:
            close_mark(view, mark);
            --*depth;
            break;
        case MARK_WORD:
            if (!again && !sentence)
                show_boundary(view, walk);
            break;
        case MARK_SENTENCE:
            flush(view, walk->lead, "  ");
            walk->lead = "- ";
            break;
        case MARK_OPEN:
            ++*depth;
            open_mark(view, mark);
            break;
        case MARK_EMPTY:
            open_mark(view, mark);
            break;
        }
    }
    return n;
}

/* shades: NULL for none; marked: show the spans of the record. */
static int show_text(struct view *view, const struct record *in, struct slice text, const uint8_t *shades, bool marked,
                     struct arena *arena)
{
    struct walk walk = {.text = text, .lead = "  ", .shades = shades};
    view->marks.len = 0;
    if (marked && marks_read(in, text_length(text), arena, &view->marks) != 0)
        return -1;
    for (size_t i = 0; i < view->marks.len;) {
        const struct mark *mark = &view->marks.items[i];
        show_until(view, &walk, mark->at);
        i += show_marks(view, &walk, mark, view->marks.len - i);
    }
    show_until(view, &walk, (uint32_t)text_length(text));
    flush(view, walk.lead, "  ");
    return 0;
}

static int show_texts(struct view *view, const struct record *in, const struct slice texts[2],
                      const struct token_row *tokens, struct arena *arena)
{
    bool second_is_text = view->fields[1].ptr != NULL && slice_is(view->fields[1], "text");
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *shades = NULL;
        size_t from = i == 0 ? 0 : tokens->second, to = i == 0 ? tokens->second : tokens->count;
        if (texts[i].ptr == NULL)
            continue;
        if (view->color && tokens->offsets != NULL)
            shades = shades_of(tokens->offsets + from, to - from, text_length(texts[i]), arena);
        if (show_text(view, in, texts[i], shades, second_is_text == (i == 1), arena) != 0)
            return -1;
    }
    return 0;
}

static int show_record(struct view *view, const struct record *in, struct arena *arena)
{
    struct slice texts[2] = {{NULL, 0}, {NULL, 0}};
    struct token_row tokens;
    for (size_t i = 0; i < 2; i++) {
        if (view->fields[i].ptr == NULL || rec_present(in, view->fields[i]) == NULL)
            continue;
        if (rec_text(in, view->fields[i], arena, &texts[i]) != 0)
            return -1;
        if (texts[i].ptr == NULL) /* empty, but there */
            texts[i] = SLICE("");
    }
    if (tokens_read(in, texts, view->options->offsets == OFFSETS_BYTES, arena, &tokens) != 0)
        return -1;
    show_members(view, in, &tokens, arena);
    if (show_texts(view, in, texts, &tokens, arena) != 0)
        return -1;
    tokens_add(&tokens, &view->names, arena, &view->screen);
    flush(view, "> ", "  ");
    return 0;
}

static int view_record(void *state, const struct record *in, struct sink *out)
{
    struct view *view = state;
    struct arena *arena = sink_arena(out);
    view->out.len = view->screen.len = 0;
    if (view->shown > 0)
        bytes_byte(&view->out, '\n');
    if (show_record(view, in, arena) != 0)
        return -1;
    view->shown++;
    if (view->shown == view->options->limit)
        sink_done(out);
    view->out.len--; /* the runner adds the last newline */
    return sink_emit(out, rec_show(arena, arena_copy(arena, bytes_slice(&view->out))));
}

/* ---- close ---- */

static void view_close(void *shared)
{
    struct view *view = shared;
    vec_free(&view->marks);
    screen_free(&view->screen);
    vec_free(&view->out);
    mem_free(view);
}

const struct stage stage_view = {
    .name = "view",
    .summary = "show records to people",
    .example = "$ echo '{\"text\":\"To Skye\",\"entities\":[{\"start\":3,\"end\":7,\"label\":\"LOC\"}]}' |\n"
               "    quern view\n"
               "==\n"
               "  To [Skye](LOC)",
    .class = STAGE_ORDERED,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct view_options),
    .reads = reads,
    .open = view_open,
    .close = view_close,
    .record = view_record,
};
