/* gazetteer.c - see gazetteer.h. */
#include "gazetteer.h"

#include "base/map.h"
#include "entities.h"
#include "text/language.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

struct entry {
    struct slice name, label;
};

struct gazetteer {
    VEC(struct entry) entries;
    struct map *numbers; /* of names, from 1 */
    size_t longest;      /* name, in bytes */
    struct arena *arena; /* of names and labels */
    UBreakIterator *words;
    struct bytes locale; /* of `words` */
};

/* ---- the file ---- */

/* Without white space at the ends, each run of it inside a space. */
static struct slice tidy(struct slice text, struct arena *arena)
{
    char *to = arena_alloc(arena, text.len + 1);
    size_t used = 0, size, last = 0; /* last: the end of what is no space */
    for (size_t at = 0; at < text.len; at += size) {
        if (text_is_space(text_decode(text.ptr + at, &size))) {
            used = last + (last > 0);
            continue;
        }
        if (used > last)
            to[last] = ' ';
        memcpy(to + used, text.ptr + at, size);
        used = last = used + size;
    }
    return (struct slice){to, last};
}

static int read_entry(void *state, struct slice line)
{
    struct gazetteer *gazetteer = state;
    struct entry entry = {0};
    const char *tab = memchr(line.ptr, '\t', line.len);
    if (line.len == 0 || line.ptr[0] == '#')
        return 0;
    if (tab != NULL)
        entry.label = tidy(slice_between(tab + 1, line.ptr + line.len), gazetteer->arena);
    entry.name = tidy(tab != NULL ? slice_between(line.ptr, tab) : line, gazetteer->arena);
    if (entry.name.len == 0)
        return 0;
    vec_push(&gazetteer->entries, entry);
    uint64_t *number = map_put(gazetteer->numbers, entry.name);
    if (*number == 0) /* of equal ones the first counts */
        *number = gazetteer->entries.len;
    if (entry.name.len > gazetteer->longest)
        gazetteer->longest = entry.name.len;
    return 0;
}

struct gazetteer *gazetteer_open(const char *path)
{
    struct gazetteer *gazetteer = mem_zalloc(1, sizeof *gazetteer);
    gazetteer->numbers = map_new();
    gazetteer->arena = arena_new();
    if (entity_lines(path, read_entry, gazetteer) == 0)
        return gazetteer;
    gazetteer_close(gazetteer);
    return NULL;
}

void gazetteer_close(struct gazetteer *gazetteer)
{
    if (gazetteer == NULL)
        return;
    ubrk_close(gazetteer->words);
    map_free(gazetteer->numbers);
    arena_free(gazetteer->arena);
    vec_free(&gazetteer->entries);
    vec_free(&gazetteer->locale);
    mem_free(gazetteer);
}

/* ---- where a name may start and end ---- */

/* A text by its code points; arrays have an item for each, and one for the end. */
struct passage {
    size_t count;
    uint32_t *points;
    size_t *flat;        /* where it starts in `text` */
    bool *border;        /* may a name start or end before it? */
    size_t *limit;       /* where a name that starts here must have ended; the place itself: none may start here */
    char *text;          /* with a space for each run of white space */
    uint16_t *units;     /* of UTF-16 */
    size_t *unit_points; /* of each unit: the number of its code point */
    size_t unit_count;
};

static bool passage_read(struct passage *passage, struct slice text, struct arena *arena)
{
    size_t size, flat = 0, count = 0;
    passage->points = arena_array(arena, text.len + 1, sizeof *passage->points);
    passage->flat = arena_array(arena, text.len + 1, sizeof *passage->flat);
    passage->border = arena_array(arena, text.len + 1, sizeof *passage->border);
    passage->limit = arena_array(arena, text.len + 1, sizeof *passage->limit);
    passage->text = arena_alloc(arena, text.len + 1);
    passage->units = arena_array(arena, text.len + 1, sizeof *passage->units);
    passage->unit_points = arena_array(arena, text.len + 1, sizeof *passage->unit_points);
    for (size_t at = 0; at < text.len; at += size, count++) {
        uint32_t point = text_decode(text.ptr + at, &size);
        bool space = text_is_space(point);
        passage->points[count] = point;
        passage->flat[count] = flat;
        passage->unit_points[passage->unit_count] = count;
        if (point >= 0x10000) {
            passage->units[passage->unit_count++] = (uint16_t)(0xd800 + ((point - 0x10000) >> 10));
            passage->unit_points[passage->unit_count] = count;
        }
        passage->units[passage->unit_count++] = (uint16_t)(point >= 0x10000 ? 0xdc00 + (point & 0x3ff) : point);
        if (!space)
            memcpy(passage->text + flat, text.ptr + at, size);
        else
            passage->text[flat] = ' ';
        flat += !space ? size : count == 0 || !text_is_space(passage->points[count - 1]);
    }
    passage->count = count;
    passage->flat[count] = flat;
    passage->unit_points[passage->unit_count] = count;
    return passage->unit_count <= INT32_MAX;
}

static bool is_unspaced(uint32_t point)
{
    static const UScriptCode scripts[] = {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_BOPOMOFO};
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)point, &status);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (script == scripts[i])
            return true;
    return u_getIntPropertyValue((UChar32)point, UCHAR_WORD_BREAK) == U_WB_KATAKANA ||
           u_getIntPropertyValue((UChar32)point, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT; /* Thai, Lao, Khmer … */
}

static bool is_mark(uint32_t point)
{
    int32_t kind = u_getIntPropertyValue((UChar32)point, UCHAR_GRAPHEME_CLUSTER_BREAK);
    return kind == U_GCB_EXTEND || kind == U_GCB_SPACING_MARK || kind == U_GCB_ZWJ;
}

/* Opens the iterator for a language, unless it is the last one that was used. */
static int open_words(struct gazetteer *gazetteer, struct slice lang)
{
    UErrorCode status = U_ZERO_ERROR;
    char *locale = language_is_known(lang) ? language_locale(lang) : NULL;
    struct slice name = locale != NULL ? slice_of(locale) : SLICE("");
    if (gazetteer->words == NULL || !slice_equal(name, bytes_slice(&gazetteer->locale))) {
        ubrk_close(gazetteer->words);
        gazetteer->locale.len = 0;
        bytes_put(&gazetteer->locale, name);
        gazetteer->words = ubrk_open(UBRK_WORD, locale != NULL ? locale : "", NULL, 0, &status);
    }
    mem_free(locale);
    return U_SUCCESS(status) ? 0 : diag_kind(STATUS_FAILED, "ICU can't find words: %s", u_errorName(status));
}

/* At the border of a word or of white space, or next to a character of a script without spaces, but not before a mark.
 */
static int find_borders(struct gazetteer *gazetteer, struct passage *passage, struct slice lang)
{
    UErrorCode status = U_ZERO_ERROR;
    if (open_words(gazetteer, lang) < 0)
        return -1;
    for (size_t i = 0; i <= passage->count; i++) {
        bool inside = i > 0 && i < passage->count;
        uint32_t before = inside ? passage->points[i - 1] : 0, after = inside ? passage->points[i] : 0;
        passage->border[i] = !inside || text_is_space(before) != text_is_space(after) ||
                             ((is_unspaced(before) || is_unspaced(after)) && !is_mark(after));
    }
    ubrk_setText(gazetteer->words, passage->units, (int32_t)passage->unit_count, &status);
    if (U_FAILURE(status))
        return diag_kind(STATUS_FAILED, "ICU can't find words: %s", u_errorName(status));
    for (int32_t at = ubrk_first(gazetteer->words); at != UBRK_DONE; at = ubrk_next(gazetteer->words))
        passage->border[passage->unit_points[at]] = true;
    return 0;
}

static void find_limits(struct passage *passage, const struct span *closed, size_t count)
{
    for (size_t i = 0; i <= passage->count; i++)
        passage->limit[i] = passage->count;
    for (size_t k = 0; k < count; k++)
        for (size_t i = closed[k].start; i < closed[k].end; i++)
            passage->limit[i] = i;
    for (size_t i = passage->count; i-- > 0;)
        if (passage->limit[i] != i)
            passage->limit[i] = passage->limit[i + 1];
}

/* ---- names ---- */

/* The longest name that starts at code point `start`; false: none does. */
static bool find_longest(const struct gazetteer *gazetteer, const struct passage *passage, size_t start,
                         struct named *named)
{
    bool found = false;
    for (size_t end = start + 1; end <= passage->limit[start]; end++) {
        struct slice name = {passage->text + passage->flat[start], passage->flat[end] - passage->flat[start]};
        if (name.len > gazetteer->longest)
            break;
        if (!passage->border[end] || text_is_space(passage->points[end - 1]))
            continue;
        const uint64_t *number = map_get(gazetteer->numbers, name);
        if (number == NULL)
            continue;
        const struct entry *entry = &gazetteer->entries.items[*number - 1];
        *named = (struct named){{(uint32_t)start, (uint32_t)end}, entry->name, entry->label};
        found = true;
    }
    return found;
}

int gazetteer_find(struct gazetteer *gazetteer, struct slice text, struct slice lang, const struct span *closed,
                   size_t closed_count, struct arena *arena, struct named **found, size_t *count)
{
    struct passage passage = {0};
    if (!passage_read(&passage, text, arena))
        return diag_error("the text is too long for ICU");
    if (find_borders(gazetteer, &passage, lang) < 0)
        return -1;
    find_limits(&passage, closed, closed_count);
    *found = arena_array(arena, passage.count + 1, sizeof **found);
    *count = 0;
    for (size_t at = 0; at < passage.count;) {
        struct named *named = &(*found)[*count];
        bool here =
            passage.border[at] && !text_is_space(passage.points[at]) && find_longest(gazetteer, &passage, at, named);
        at = here ? named->span.end : at + 1;
        *count += here;
    }
    return 0;
}
