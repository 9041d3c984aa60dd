/* normalizer.c - see normalizer.h. */
#include "normalizer.h"

#include "classes.h"
#include "text/text.h"

#include <assert.h>
#include <unicode/uchar.h>

/* The result for one code point by itself. */
struct expansion {
    uint8_t state; /* one of those below */
    uint8_t len;
    char bytes[14]; /* a Hangul syllable is 9 bytes of jamo */
};
enum { UNSEEN = 0, ALONE, CONTEXT /* depends on its neighbours, or is too long: run the steps */ };

static struct normalizer *last_of(struct normalizer *normalizer)
{
    while (normalizer->next != NULL)
        normalizer = normalizer->next;
    return normalizer;
}

static bool step_form(const struct normalizer *normalizer, enum normalizer_step step, struct normal_form *form)
{
    *form = (struct normal_form){step == NORMALIZE_NFC || step == NORMALIZE_NFKC,
                                 step == NORMALIZE_NFKC || step == NORMALIZE_NFKD, &normalizer->tables};
    return form->compose || form->compatibility || step == NORMALIZE_NFD || step == NORMALIZE_BERT_ACCENTS;
}

int normalizer_add(struct normalizer *normalizer, enum normalizer_step step)
{
    normalizer = last_of(normalizer);
    if (normalizer->rewriting != NULL || normalizer->count == NORMALIZER_STEPS)
        normalizer = normalizer->next = mem_zalloc(1, sizeof *normalizer);
    struct normal_form form;
    if (step_form(normalizer, step, &form) && normal_form_load(&normalizer->tables) < 0)
        return -1;
    normalizer->steps[normalizer->count++] = step;
    return 0;
}

int normalizer_add_rewriting(struct normalizer *normalizer, struct rewriting rewriting)
{
    normalizer = last_of(normalizer);
    if (normalizer->rewriting != NULL || normalizer->count > 0)
        normalizer = normalizer->next = mem_zalloc(1, sizeof *normalizer);
    normalizer->rewriting = mem_alloc(sizeof rewriting);
    *normalizer->rewriting = rewriting;
    return 0;
}

void normalizer_free(struct normalizer *normalizer)
{
    for (struct normalizer *link = normalizer, *next; link != NULL; link = next) {
        next = link->next;
        if (link->rewriting != NULL)
            rewriting_free(link->rewriting);
        mem_free(link->rewriting);
        if (link != normalizer)
            mem_free(link);
    }
}

int normalizer_add_bert(struct normalizer *normalizer, bool clean, bool cjk, bool strip, bool lower)
{
    if ((clean && normalizer_add(normalizer, NORMALIZE_BERT_CLEAN) != 0) ||
        (cjk && normalizer_add(normalizer, NORMALIZE_BERT_CJK) != 0) ||
        (strip && normalizer_add(normalizer, NORMALIZE_BERT_ACCENTS) != 0))
        return -1;
    return lower ? normalizer_add(normalizer, NORMALIZE_LOWERCASE) : 0;
}

/* ---- the steps, over a list of characters ---- */

static void push(struct symbols *out, uint32_t point, uint32_t origin)
{
    vec_push(out, ((struct symbol){point, origin}));
}

/* M* of Unicode 9. Three characters have changed since. */
static bool is_mark(uint32_t point)
{
    if (point == 0x1cf2 || point == 0x1cf3 || point == 0x111c9)
        return point != 0x111c9;
    return (U_GET_GC_MASK((UChar32)point) & U_GC_M_MASK) != 0 && !classes_newer(point, 9, 0);
}

/* The characters that Nmt removes, and those that it treats as blanks. */
static bool is_nmt_control(uint32_t point)
{
    return (point >= 1 && point <= 8) || point == 0xb || (point >= 0xe && point <= 0x1f) || point == 0x7f ||
           point == 0x8f || point == 0x9f;
}

static bool is_nmt_blank(uint32_t point)
{
    return point == '\t' || point == '\n' || point == '\f' || point == '\r' || point == 0x1680 ||
           (point >= 0x200b && point <= 0x200f) || point == 0x2028 || point == 0x2029 || point == 0x2581 ||
           point == 0xfeff || point == 0xfffd;
}

static void step_character(enum normalizer_step step, struct symbol symbol, struct symbols *out)
{
    const uint8_t class = classes_of(classes_table(), symbol.point);
    uint32_t lower[2];
    unsigned count;
    switch (step) {
    case NORMALIZE_BERT_CLEAN:
        if (!(class & CLASS_CONTROL))
            push(out, class & CLASS_SPACE ? ' ' : symbol.point, symbol.origin);
        break;
    case NORMALIZE_BERT_CJK:
        if (class & CLASS_CJK)
            push(out, ' ', symbol.origin);
        push(out, symbol.point, symbol.origin);
        if (class & CLASS_CJK)
            push(out, ' ', symbol.origin);
        break;
    case NORMALIZE_LOWERCASE:
        count = classes_lower(symbol.point, lower);
        for (unsigned i = 0; i < count; i++)
            push(out, lower[i], symbol.origin);
        break;
    case NORMALIZE_BERT_ACCENTS:
        if (!(class & CLASS_MARK))
            push(out, symbol.point, symbol.origin);
        break;
    case NORMALIZE_NMT:
        if (!is_nmt_control(symbol.point))
            push(out, is_nmt_blank(symbol.point) ? ' ' : symbol.point, symbol.origin);
        break;
    case NORMALIZE_STRIP_ACCENTS:
        if (!is_mark(symbol.point))
            push(out, symbol.point, symbol.origin);
        break;
    default:
        break;
    }
}

static void swap_symbols(struct normalizer_thread *thread)
{
    struct symbols old = thread->symbols;
    thread->symbols = thread->spare;
    thread->spare = old;
}

/* Runs all steps over thread->symbols. *context: was there anything that neighbours can change? */
static void run_steps(const struct normalizer *normalizer, struct normalizer_thread *thread, bool *context)
{
    bool composed = false, decomposed = false;
    *context = false;
    for (size_t s = 0; s < normalizer->count; s++) {
        enum normalizer_step step = normalizer->steps[s];
        struct normal_form form;
        if (step_form(normalizer, step, &form)) {
            normal_form_apply(form, &thread->symbols, &thread->spare, &thread->scratch);
            swap_symbols(thread);
            composed = form.compose;
            decomposed = true;
        }
        if (composed)
            for (size_t i = 0; i < thread->symbols.len; i++)
                *context |= normal_form_interacts(thread->symbols.items[i].point);
        composed = false;
        if (step >= NORMALIZE_NFC)
            continue;
        thread->spare.len = 0;
        for (size_t i = 0; i < thread->symbols.len; i++)
            step_character(step, thread->symbols.items[i], &thread->spare);
        swap_symbols(thread);
    }
    /* A mark that is removed in the end changed nothing by being moved. */
    for (size_t i = 0; decomposed && i < thread->symbols.len; i++)
        *context |= normal_form_class(thread->symbols.items[i].point) != 0;
}

/* ---- one character ---- */

static void expand(const struct normalizer *normalizer, struct normalizer_thread *thread, uint32_t point,
                   struct expansion *expansion)
{
    bool context;
    thread->symbols.len = 0;
    push(&thread->symbols, point, 0);
    run_steps(normalizer, thread, &context);
    expansion->state = context ? CONTEXT : ALONE;
    expansion->len = 0;
    for (size_t i = 0; i < thread->symbols.len && expansion->state == ALONE; i++) {
        char bytes[4];
        size_t len = text_encode(thread->symbols.items[i].point, bytes);
        if (expansion->len + len > sizeof expansion->bytes) {
            expansion->state = CONTEXT;
            break;
        }
        memcpy(expansion->bytes + expansion->len, bytes, len);
        expansion->len = (uint8_t)(expansion->len + len);
    }
}

static const struct expansion *look_up(const struct normalizer *normalizer, struct normalizer_thread *thread,
                                       uint32_t point)
{
    struct expansion **block = &thread->blocks[point >> 8];
    if (*block == NULL)
        *block = mem_zalloc(256, sizeof **block);
    struct expansion *expansion = &(*block)[point & 0xff];
    if (expansion->state == UNSEEN)
        expand(normalizer, thread, point, expansion);
    return expansion;
}

bool normalizer_keeps(const struct normalizer *normalizer, struct normalizer_thread *thread, uint32_t point)
{
    char bytes[4];
    const struct expansion *made = look_up(normalizer, thread, point);
    return made->state == ALONE && made->len == text_encode(point, bytes) && memcmp(made->bytes, bytes, made->len) == 0;
}

static void ready_ascii(struct normalizer *normalizer)
{
    struct normalizer_thread thread = {0};
    normalizer->keeps_ascii = true;
    for (uint32_t c = 0; c < 128; c++) {
        struct expansion expansion;
        expand(normalizer, &thread, c, &expansion);
        assert(expansion.state == ALONE && expansion.len <= 1); /* the offsets of ASCII text rely on this */
        normalizer->ascii[c] = expansion.len == 0 ? NORMALIZER_REMOVED : (uint8_t)expansion.bytes[0];
        normalizer->keeps_ascii &= normalizer->ascii[c] == c;
    }
    normalizer_thread_free(&thread);
}

void normalizer_ready(struct normalizer *normalizer)
{
    for (; normalizer != NULL; normalizer = normalizer->next)
        if (normalizer->count > 0)
            ready_ascii(normalizer);
}

void normalizer_thread_free(struct normalizer_thread *thread)
{
    for (size_t i = 0; i < sizeof thread->blocks / sizeof *thread->blocks; i++)
        mem_free(thread->blocks[i]);
    mem_free(thread->kept);
    vec_free(&thread->symbols);
    vec_free(&thread->spare);
    normal_form_scratch_free(&thread->scratch);
    rewriting_thread_free(&thread->rewriting);
    if (thread->next != NULL)
        normalizer_thread_free(thread->next);
    mem_free(thread->next);
}

/* ---- a text that stays as it is ---- */

/* A kept character is marked, so that next time one bit answers the question. */
static bool is_kept(const struct normalizer *normalizer, struct normalizer_thread *thread, const char *at, size_t *len)
{
    uint32_t point = text_decode(at, len);
    if (thread->kept[point / 64] >> point % 64 & 1)
        return true;
    const struct expansion *made = look_up(normalizer, thread, point);
    if (made->state != ALONE || made->len != *len || memcmp(made->bytes, at, *len) != 0)
        return false;
    thread->kept[point / 64] |= UINT64_C(1) << point % 64;
    return true;
}

static size_t ascii_end(const char *text, size_t at, size_t end)
{
    uint64_t bytes;
    for (; end - at >= sizeof bytes; at += sizeof bytes) {
        memcpy(&bytes, text + at, sizeof bytes);
        if (bytes & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < end && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

static bool all_kept(const struct normalizer *normalizer, struct normalizer_thread *thread, const struct draft *draft)
{
    if (!normalizer->keeps_ascii)
        return false;
    if (thread->kept == NULL)
        thread->kept = mem_zalloc(CLASSES_POINTS / 64, sizeof *thread->kept);
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        if (piece.id != PIECE_TEXT)
            continue;
        for (size_t at = piece.start, len; (at = ascii_end(draft->text, at, piece.end)) < piece.end; at += len)
            if (!is_kept(normalizer, thread, draft->text + at, &len))
                return false;
    }
    return true;
}

/* ---- a text ---- */

/* Writes a run of ASCII that starts at `at`; returns its end. */
static size_t ascii_run(const struct normalizer *normalizer, const struct draft *draft, size_t at, size_t end,
                        struct draft *out, bool aligned)
{
    const unsigned char *text = (const unsigned char *)draft->text;
    vec_reserve(&out->spare, end - at);
    char *to = out->spare.items + out->spare.len;
    if (!aligned) {
        for (; at < end && text[at] < 0x80; at++) {
            uint8_t made = normalizer->ascii[text[at]];
            *to = (char)made;
            to += made != NORMALIZER_REMOVED;
        }
    } else {
        vec_reserve(&out->spare_origins, end - at);
        uint32_t *origin = out->spare_origins.items + out->spare_origins.len;
        for (; at < end && text[at] < 0x80; at++) {
            uint8_t made = normalizer->ascii[text[at]];
            *to = (char)made;
            *origin = draft_origin(draft, at);
            to += made != NORMALIZER_REMOVED;
            origin += made != NORMALIZER_REMOVED;
        }
        out->spare_origins.len = (size_t)(origin - out->spare_origins.items);
    }
    out->spare.len = (size_t)(to - out->spare.items);
    return at;
}

static void put(struct draft *out, const char *bytes, size_t len, uint32_t origin, bool aligned)
{
    bytes_append(&out->spare, bytes, len);
    for (size_t i = 0; aligned && i < len; i++)
        vec_push(&out->spare_origins, origin);
}

/* Normalizes the piece character by character; false if a character depends on its neighbours. */
static bool each_alone(const struct normalizer *normalizer, struct normalizer_thread *thread, struct draft *draft,
                       struct piece piece, bool aligned)
{
    for (size_t at = piece.start; at < piece.end;) {
        if ((unsigned char)draft->text[at] < 0x80) {
            at = ascii_run(normalizer, draft, at, piece.end, draft, aligned);
            continue;
        }
        size_t len;
        const struct expansion *made = look_up(normalizer, thread, text_decode(draft->text + at, &len));
        if (made->state == CONTEXT)
            return false;
        put(draft, made->bytes, made->len, draft_origin(draft, at), aligned);
        at += len;
    }
    return true;
}

static void all_together(const struct normalizer *normalizer, struct normalizer_thread *thread, struct draft *draft,
                         struct piece piece, bool aligned)
{
    thread->symbols.len = 0;
    for (size_t at = piece.start, len; at < piece.end; at += len) {
        uint32_t point = text_decode(draft->text + at, &len);
        push(&thread->symbols, point, draft_origin(draft, at));
    }
    bool context;
    run_steps(normalizer, thread, &context);
    for (size_t i = 0; i < thread->symbols.len; i++) {
        char bytes[4];
        put(draft, bytes, text_encode(thread->symbols.items[i].point, bytes), thread->symbols.items[i].origin, aligned);
    }
}

static void normalize_all(const struct normalizer *normalizer, struct normalizer_thread *thread, struct draft *draft,
                          bool aligned)
{
    draft_text_begin(draft);
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        size_t start = draft->spare.len, start_origins = draft->spare_origins.len;
        if (piece.id != PIECE_TEXT) {
            for (size_t at = piece.start; at < piece.end; at++)
                put(draft, draft->text + at, 1, draft_origin(draft, at), aligned);
        } else if (!each_alone(normalizer, thread, draft, piece, aligned)) {
            draft->spare.len = start;
            draft->spare_origins.len = start_origins;
            all_together(normalizer, thread, draft, piece, aligned);
        }
        draft_cut(draft, start, draft->spare.len, piece.id);
    }
}

static int apply_steps(const struct normalizer *normalizer, struct normalizer_thread *thread, struct draft *draft)
{
    if (all_kept(normalizer, thread, draft))
        return 0;
    /* If no ASCII character is removed, each byte still stands for the code point with its own number. */
    bool aligned = draft->wants_origins && draft->origin != NULL;
    normalize_all(normalizer, thread, draft, aligned);
    if (draft->wants_origins && !aligned && draft->spare.len != draft->len) {
        aligned = true;
        normalize_all(normalizer, thread, draft, aligned);
    }
    return draft_text_done(draft, aligned);
}

int normalizer_apply(const struct normalizer *normalizer, struct normalizer_thread *thread, struct draft *draft)
{
    for (;;) {
        if (normalizer->rewriting != NULL) {
            if (rewriting_apply(normalizer->rewriting, &thread->rewriting, draft) != 0)
                return -1;
        } else if (normalizer->count > 0 && apply_steps(normalizer, thread, draft) != 0) {
            return -1;
        }
        normalizer = normalizer->next;
        if (normalizer == NULL)
            return 0;
        if (thread->next == NULL)
            thread->next = mem_zalloc(1, sizeof *thread->next);
        thread = thread->next;
    }
}
