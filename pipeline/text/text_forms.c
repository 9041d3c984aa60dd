/* text_forms.c - the rewritings that need ICU: normal forms, case, accents. See text.h.
 *
 * ICU normalizes UTF-16 and its C interface reports no edits, so a text is cut at normalization boundaries. Most text
 * is skipped as bytes: a character whose first byte is below a bound that depends on the form never changes and never
 * joins the character before it. The rest, in chunks that include the character before, is converted to UTF-16 and
 * given to ICU's quick check. Only what fails that is normalized: cluster by cluster if edits are wanted, otherwise at
 * once. */
#include "text/text_rewrite.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"
#include "text/edits.h"

#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

enum {
    CHUNK_UNITS = 4096, /* a chunk ends at the next boundary after this many units */
    LONG_CLUSTER = 256, /* units: see decompose */
};

/* A character of a decomposition. */
struct mark {
    uint32_t point;
    uint8_t class; /* Canonical_Combining_Class */
};

struct text_work {
    const UNormalizer2 *forms[4]; /* by enum text_form */
    UCaseMap *cases;
    struct text_units chunk, made, decomposed, bare;
    VEC(struct mark) marks, sorted;
};

/* The first byte of the first character that a form may change or join to the character before it. */
static const unsigned char first_changed[] = {
    [TEXT_NFC] = 0xcc,  /* U+0300 */
    [TEXT_NFKC] = 0xc2, /* U+00A0 */
    [TEXT_NFD] = 0xc3,  /* U+00C0 */
    [TEXT_NFKD] = 0xc2, /* U+00A0 */
};

struct text_work *text_work_new(void)
{
    UErrorCode status = U_ZERO_ERROR;
    struct text_work *work = mem_zalloc(1, sizeof *work);
    work->forms[TEXT_NFC] = unorm2_getNFCInstance(&status);
    work->forms[TEXT_NFKC] = unorm2_getNFKCInstance(&status);
    work->forms[TEXT_NFD] = unorm2_getNFDInstance(&status);
    work->forms[TEXT_NFKD] = unorm2_getNFKDInstance(&status);
    work->cases = ucasemap_open("", U_FOLD_CASE_DEFAULT, &status);
    if (U_FAILURE(status)) {
        (void)diag_kind(STATUS_FAILED, "ICU can't load its tables: %s", u_errorName(status));
        text_work_free(work);
        return NULL;
    }
    return work;
}

void text_work_free(struct text_work *work)
{
    if (work == NULL)
        return;
    ucasemap_close(work->cases);
    vec_free(&work->chunk);
    vec_free(&work->made);
    vec_free(&work->decomposed);
    vec_free(&work->bare);
    vec_free(&work->marks);
    vec_free(&work->sorted);
    mem_free(work);
}

/* ---- UTF-16 ---- */

static bool boundary_before(const UNormalizer2 *form, uint32_t point)
{
    return unorm2_hasBoundaryBefore(form, (UChar32)point) != 0;
}

/* The byte that is `count` units after `at`. */
static const char *skip_units(const char *at, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t unit = units[i];
        if (!U16_IS_TRAIL(unit))
            at += unit < 0x80 ? 1 : unit < 0x800 ? 2 : U16_IS_LEAD(unit) ? 4 : 3;
    }
    return at;
}

static size_t count_points(const uint16_t *units, size_t count)
{
    size_t points = 0;
    for (size_t i = 0; i < count; i++)
        points += !U16_IS_TRAIL(units[i]);
    return points;
}

/* Fills the chunk with the text from `start` on. After `inside` it ends at the first character that can be skipped by
 * its first byte or, in long text, at a boundary of `form`. Returns the end. */
static const char *fill_chunk(struct text_work *work, const char *start, const char *inside, const char *end,
                              unsigned char least, const UNormalizer2 *form)
{
    struct text_units *chunk = &work->chunk;
    chunk->len = 0;
    const char *at = start;
    while (at < end && (at <= inside || (unsigned char)*at >= least)) {
        size_t len;
        uint32_t point = text_decode(at, &len);
        if (chunk->len >= CHUNK_UNITS && boundary_before(form, point))
            break;
        text_push_units(chunk, point);
        at += len;
    }
    return at;
}

/* Called with work->chunk filled from the text at `start` on: 0, or -1 with the message. */
typedef int chunk_function(void *state, const char *start);

/* Processes every stretch that has characters whose first byte is `least` or greater as a chunk. */
static int each_chunk(struct text_work *work, struct slice text, unsigned char least, const UNormalizer2 *form,
                      chunk_function *each, void *state)
{
    const char *end = text.ptr + text.len, *done = text.ptr;
    for (const char *at = rewrite_next(done, end, least); at < end; at = rewrite_next(done, end, least)) {
        const char *start = at;
        if (start > done)
            do
                start--;
            while (((unsigned char)*start & 0xc0) == 0x80);
        done = fill_chunk(work, start, at, end, least, form);
        if (each(state, start) < 0)
            return -1;
    }
    return 0;
}

/* ---- clusters ---- */

/* Sorts every run of characters whose class is not 0 by class, stably. */
static void sort_marks(struct text_work *work)
{
    vec_reserve(&work->sorted, work->marks.len);
    struct mark *marks = work->marks.items, *sorted = work->sorted.items;
    for (size_t start = 0, end; start < work->marks.len; start = end) {
        size_t places[257] = {0};
        for (end = start; end < work->marks.len && marks[end].class != 0; end++)
            places[marks[end].class + 1]++;
        if (end == start) {
            end++;
            continue;
        }
        for (size_t i = 1; i < 257; i++)
            places[i] += places[i - 1];
        for (size_t i = start; i < end; i++)
            sorted[places[marks[i].class]++] = marks[i];
        memcpy(marks + start, sorted, (end - start) * sizeof *marks);
    }
}

static void push_mark(struct text_work *work, const UNormalizer2 *form, uint32_t point)
{
    struct mark mark = {point, unorm2_getCombiningClass(form, (UChar32)point)};
    vec_push(&work->marks, mark);
}

/* The decomposition of a long cluster. ICU sorts marks by insertion, which takes minutes for a cluster of a million
 * marks in alternating classes; it accepts sorted marks as they are, so they are sorted first. */
static int decompose(struct text_work *work, const UNormalizer2 *form, const uint16_t *units, size_t count)
{
    uint16_t mapping[32]; /* the longest has 18 */
    work->marks.len = 0;
    for (size_t i = 0; i < count; i += text_unit_count(units + i)) {
        uint32_t point = text_unit_point(units + i);
        UErrorCode status = U_ZERO_ERROR;
        int32_t len = unorm2_getDecomposition(form, (UChar32)point, mapping, 32, &status);
        if (U_FAILURE(status))
            return diag_kind(STATUS_FAILED, "ICU can't decompose U+%04X: %s", (unsigned)point, u_errorName(status));
        if (len < 0)
            push_mark(work, form, point);
        for (int32_t j = 0; j < len; j += (int32_t)text_unit_count(mapping + j))
            push_mark(work, form, text_unit_point(mapping + j));
    }
    sort_marks(work);
    work->decomposed.len = 0;
    for (size_t i = 0; i < work->marks.len; i++)
        text_push_units(&work->decomposed, work->marks.items[i].point);
    return 0;
}

/* Normalizes into work->made. */
static int convert(struct text_work *work, enum text_form form, const uint16_t *units, size_t count)
{
    const UNormalizer2 *tables = work->forms[form];
    if (count > LONG_CLUSTER) {
        if (decompose(work, tables, units, count) < 0)
            return -1;
        units = work->decomposed.items;
        count = work->decomposed.len;
    }
    struct text_units *made = &work->made;
    made->len = 0;
    vec_reserve(made, count + 32);
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        int32_t len = unorm2_normalize(tables, units, (int32_t)count, made->items, (int32_t)made->cap, &status);
        if (status == U_BUFFER_OVERFLOW_ERROR) {
            vec_reserve(made, (size_t)len);
            continue;
        }
        if (U_FAILURE(status))
            return diag_kind(STATUS_FAILED, "ICU can't normalize: %s", u_errorName(status));
        made->len = (size_t)len;
        return 0;
    }
}

/* Replaces the old units [start, end) by work->made. */
static void put_made(struct text_work *work, struct rewrite *rewrite, const char *start, const char *end,
                     const uint16_t *old, size_t old_count)
{
    const struct text_units *made = &work->made;
    if (made->len == old_count && memcmp(made->items, old, old_count * sizeof *old) == 0)
        return;
    rewrite_flush(rewrite, start, end);
    vec_reserve(rewrite->out, made->len * 3);
    char *at = rewrite->out->items + rewrite->out->len;
    for (size_t i = 0; i < made->len; i += text_unit_count(made->items + i))
        at += text_encode(text_unit_point(made->items + i), at);
    rewrite->out->len = (size_t)(at - rewrite->out->items);
    if (rewrite->edits != NULL)
        edits_replace(rewrite->edits, count_points(old, old_count), count_points(made->items, made->len));
}

/* The end of the cluster that starts at unit `at`. */
static size_t cluster_end(const struct text_units *chunk, size_t at, const UNormalizer2 *form)
{
    do
        at += text_unit_count(chunk->items + at);
    while (at < chunk->len && !boundary_before(form, text_unit_point(chunk->items + at)));
    return at;
}

/* ---- normal forms ---- */

struct normalizing {
    struct text_work *work;
    struct rewrite *rewrite;
    enum text_form form;
};

static int normalize_chunk(void *state, const char *byte)
{
    const struct normalizing *job = state;
    struct text_work *work = job->work;
    const struct text_units *chunk = &work->chunk;
    const UNormalizer2 *form = work->forms[job->form];
    /* Only a chunk with a very long cluster can be longer than this. */
    bool at_once = job->rewrite->edits == NULL && chunk->len <= CHUNK_UNITS + LONG_CLUSTER;
    size_t at = 0;
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        const uint16_t *rest = chunk->items + at;
        size_t same = (size_t)unorm2_spanQuickCheckYes(form, rest, (int32_t)(chunk->len - at), &status);
        if (U_FAILURE(status))
            return diag_kind(STATUS_FAILED, "ICU can't check a normal form: %s", u_errorName(status));
        at += same;
        if (at == chunk->len)
            return 0;
        byte = skip_units(byte, rest, same);
        size_t end = at_once ? chunk->len : cluster_end(chunk, at, form);
        const uint16_t *cluster = chunk->items + at;
        const char *byte_end = skip_units(byte, cluster, end - at);
        if (convert(work, job->form, cluster, end - at) < 0)
            return -1;
        put_made(work, job->rewrite, byte, byte_end, cluster, end - at);
        at = end;
        byte = byte_end;
    }
}

enum text_status text_normalize(struct text_work *work, struct slice text, enum text_form form, struct edits *edits,
                                struct bytes *out)
{
    struct rewrite rewrite;
    struct normalizing job = {.work = work, .rewrite = &rewrite, .form = form};
    if (rewrite_start(&rewrite, text, edits, out) < 0 ||
        each_chunk(work, text, first_changed[form], work->forms[form], normalize_chunk, &job) < 0)
        return TEXT_FAILED;
    return rewrite_finish(&rewrite);
}

/* ---- accents ---- */

struct stripping {
    struct text_work *work;
    struct rewrite *rewrite;
    bool compose;
};

static bool is_stripped(uint32_t point)
{
    return u_charType((UChar32)point) == U_NON_SPACING_MARK;
}

/* Is it certain that the decomposition of the character has no mark to strip? That of a Hangul syllable has none. */
static bool is_bare(const UNormalizer2 *nfd, uint32_t point)
{
    return (point >= 0xac00 && point <= 0xd7a3) || (unorm2_isInert(nfd, (UChar32)point) && !is_stripped(point));
}

/* Removes the marks from work->made; returns whether there were any. */
static bool drop_marks(struct text_units *made)
{
    size_t kept = 0;
    for (size_t at = 0, next; at < made->len; at = next) {
        next = at + text_unit_count(made->items + at);
        if (is_stripped(text_unit_point(made->items + at)))
            continue;
        for (size_t i = at; i < next; i++)
            made->items[kept++] = made->items[i];
    }
    bool dropped = kept < made->len;
    made->len = kept;
    return dropped;
}

static int strip_cluster(const struct stripping *job, const char *byte, const char *byte_end, const uint16_t *cluster,
                         size_t count)
{
    struct text_work *work = job->work;
    if (convert(work, TEXT_NFD, cluster, count) < 0)
        return -1;
    if (!drop_marks(&work->made))
        return 0;
    if (job->compose) {
        struct text_units *bare = &work->bare;
        bare->len = 0;
        vec_reserve(bare, work->made.len);
        for (size_t i = 0; i < work->made.len; i++)
            bare->items[bare->len++] = work->made.items[i];
        if (convert(work, TEXT_NFC, bare->items, bare->len) < 0)
            return -1;
    }
    put_made(work, job->rewrite, byte, byte_end, cluster, count);
    return 0;
}

static int strip_chunk(void *state, const char *byte)
{
    const struct stripping *job = state;
    const struct text_units *chunk = &job->work->chunk;
    const UNormalizer2 *nfc = job->work->forms[TEXT_NFC], *nfd = job->work->forms[TEXT_NFD];
    size_t done = 0, at = 0;
    while (at < chunk->len) {
        if (is_bare(nfd, text_unit_point(chunk->items + at))) {
            at += text_unit_count(chunk->items + at);
            continue;
        }
        size_t start = at;
        while (start > done && !boundary_before(nfc, text_unit_point(chunk->items + start)))
            start -= start - done >= 2 && U16_IS_TRAIL(chunk->items[start - 1]) ? 2 : 1;
        at = cluster_end(chunk, start, nfc);
        const char *byte_start = skip_units(byte, chunk->items + done, start - done);
        byte = skip_units(byte_start, chunk->items + start, at - start);
        done = at;
        if (strip_cluster(job, byte_start, byte, chunk->items + start, at - start) < 0)
            return -1;
    }
    return 0;
}

enum text_status text_strip_accents(struct text_work *work, struct slice text, bool compose, struct edits *edits,
                                    struct bytes *out)
{
    struct rewrite rewrite;
    struct stripping job = {.work = work, .rewrite = &rewrite, .compose = compose};
    /* Clusters end at boundaries of NFC, so that composing again never crosses one. Every character that NFD skips by
     * its first byte has a boundary before it. */
    if (rewrite_start(&rewrite, text, edits, out) < 0 ||
        each_chunk(work, text, first_changed[TEXT_NFD], work->forms[TEXT_NFC], strip_chunk, &job) < 0)
        return TEXT_FAILED;
    return rewrite_finish(&rewrite);
}

/* ---- case ---- */

typedef int32_t case_function(const UCaseMap *map, char *dest, int32_t capacity, const char *source, int32_t length,
                              UErrorCode *status);

struct casing {
    case_function *map;         /* the full mapping of a text */
    UChar32 (*simple)(UChar32); /* of a character that maps to one character */
};

static UChar32 simple_fold(UChar32 point)
{
    return u_foldCase(point, U_FOLD_CASE_DEFAULT);
}

static const struct casing lowering = {ucasemap_utf8ToLower, u_tolower};
static const struct casing folding = {ucasemap_utf8FoldCase, simple_fold};

/* Eight bytes at a time: sets bit 0x20 in bytes from 'A' to 'Z'. */
static bool lower_ascii(const char *from, size_t count, char *to)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t any = 0;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t word;
        memcpy(&word, from + i, 8);
        uint64_t from_a = word + ones * (0x80 - 'A'), behind_z = word + ones * (0x7f - 'Z');
        uint64_t upper = (from_a ^ behind_z) & ones * 0x80;
        any |= upper;
        word |= upper >> 2;
        memcpy(to + i, &word, 8);
    }
    for (; i < count; i++) {
        bool upper = from[i] >= 'A' && from[i] <= 'Z';
        any |= upper;
        to[i] = (char)(from[i] | (upper ? 0x20 : 0));
    }
    return any != 0;
}

/* Maps a whole text; *out is overwritten. */
static int map_case(const struct text_work *work, const struct casing *casing, struct slice text, struct bytes *out)
{
    out->len = 0;
    vec_reserve(out, text.len + text.len / 8 + 16);
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        int32_t room = out->cap < TEXT_MOST_BYTES ? (int32_t)out->cap : TEXT_MOST_BYTES;
        int32_t len = casing->map(work->cases, out->items, room, text.ptr, (int32_t)text.len, &status);
        if (status == U_BUFFER_OVERFLOW_ERROR && len > room) {
            vec_reserve(out, (size_t)len);
            continue;
        }
        if (U_FAILURE(status))
            return diag_error("ICU can't change the case of a text of %zu bytes: %s", text.len, u_errorName(status));
        out->len = (size_t)len;
        return 0;
    }
}

/* How many code points the mapping makes of a character of the old text; `made` is the first of them in the new text.
 * If a character maps to several, its simple mapping differs from the first of these; the only exception is the lower
 * case of the capital I with a dot above. */
static size_t mapped_points(const struct text_work *work, const struct casing *casing, struct slice old, uint32_t made,
                            struct bytes *scratch)
{
    size_t len;
    UChar32 point = (UChar32)text_decode(old.ptr, &len);
    bool dotted = casing == &lowering && point == 0x130;
    if (casing->simple(point) == (UChar32)made && !dotted)
        return 1;
    if (map_case(work, casing, old, scratch) < 0)
        return 1;
    return text_length(bytes_slice(scratch));
}

/* Records the edits of a change of case, in which a character becomes one or several. */
static void align_case(const struct text_work *work, const struct casing *casing, struct slice text, struct slice made,
                       struct edits *edits)
{
    struct bytes scratch = {0};
    const char *at = text.ptr, *end = text.ptr + text.len, *to = made.ptr;
    size_t same = 0, len, made_len;
    edits_reset(edits);
    while (at < end) {
        if ((unsigned char)(*at | *to) < 0x80) {
            at++;
            to++;
            same++;
            continue;
        }
        (void)text_decode(at, &len);
        size_t points = mapped_points(work, casing, (struct slice){at, len}, text_decode(to, &made_len), &scratch);
        if (points == 1) {
            same++;
        } else {
            edits_keep(edits, same);
            edits_replace(edits, 1, points);
            same = 0;
        }
        at += len;
        for (; points > 0; points--) {
            (void)text_decode(to, &made_len);
            to += made_len;
        }
    }
    edits_keep(edits, same);
    vec_free(&scratch);
}

static enum text_status change_case(const struct text_work *work, const struct casing *casing, struct slice text,
                                    struct edits *edits, struct bytes *out)
{
    struct rewrite rewrite;
    if (rewrite_start(&rewrite, text, edits, out) < 0)
        return TEXT_FAILED;
    if (text_is_ascii(text)) {
        out->len = 0;
        vec_reserve(out, text.len);
        if (!lower_ascii(text.ptr, text.len, out->items))
            return TEXT_SAME;
        out->len = text.len;
        if (edits != NULL) {
            edits_reset(edits);
            edits_keep(edits, text.len);
        }
        return TEXT_CHANGED;
    }
    if (map_case(work, casing, text, out) < 0)
        return TEXT_FAILED;
    if (slice_equal(bytes_slice(out), text))
        return TEXT_SAME;
    if (edits != NULL)
        align_case(work, casing, text, bytes_slice(out), edits);
    return TEXT_CHANGED;
}

enum text_status text_lower(struct text_work *work, struct slice text, struct edits *edits, struct bytes *out)
{
    return change_case(work, &lowering, text, edits, out);
}

enum text_status text_fold(struct text_work *work, struct slice text, struct edits *edits, struct bytes *out)
{
    return change_case(work, &folding, text, edits, out);
}
