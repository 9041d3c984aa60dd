/* surface.c - capitals and articles: see surface.h. */
#include "surface.h"

#include <assert.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>

/* ---- capitals ---- */

enum pattern { PATTERN_OTHER, PATTERN_TITLE, PATTERN_UPPER };

static enum pattern pattern_of(struct slice word)
{
    size_t letters = 0, small = 0, size;
    bool first = false;
    for (const char *at = word.ptr, *end = at + word.len; at < end; at += size) {
        UChar32 point = (UChar32)text_decode(at, &size);
        bool upper = point < 0x80 ? point >= 'A' && point <= 'Z' : u_isUUppercase(point) || u_istitle(point);
        bool lower = point < 0x80 ? point >= 'a' && point <= 'z' : u_isULowercase(point);
        first = first || (letters == 0 && upper);
        letters += upper || lower;
        small += lower;
    }
    if (letters >= 2 && small == 0)
        return PATTERN_UPPER;
    return first && small + 1 == letters ? PATTERN_TITLE : PATTERN_OTHER;
}

/* The first letter, or all, as capitals. */
static struct slice capitals(struct slice word, bool all, struct arena *arena)
{
    char *made = arena_alloc(arena, word.len);
    memcpy(made, word.ptr, word.len);
    for (size_t i = 0; i < (all ? word.len : 1); i++)
        if (made[i] >= 'a' && made[i] <= 'z')
            made[i] = (char)(made[i] - ('a' - 'A'));
    return (struct slice){made, word.len};
}

/* The same for any script; the word itself if ICU can't. */
static struct slice full_capitals(struct slice word, bool all, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    UCaseMap *map = ucasemap_open("", U_TITLECASE_NO_LOWERCASE | U_TITLECASE_NO_BREAK_ADJUSTMENT, &status);
    int32_t room = (int32_t)word.len * 3 + 8; /* a letter becomes three at most */
    char *made = arena_alloc(arena, (size_t)room);
    size_t first;
    (void)text_decode(word.ptr, &first);
    int32_t head = all ? (int32_t)word.len : (int32_t)first;
    int32_t len = all ? ucasemap_utf8ToUpper(map, made, room, word.ptr, head, &status)
                      : ucasemap_utf8ToTitle(map, made, room, word.ptr, head, &status);
    ucasemap_close(map);
    if (U_FAILURE(status))
        return word;
    memcpy(made + len, word.ptr + head, word.len - (size_t)head);
    return (struct slice){made, (size_t)len + word.len - (size_t)head};
}

struct slice surface_like(struct slice like, struct slice word, struct arena *arena)
{
    enum pattern pattern = pattern_of(like);
    if (pattern == PATTERN_OTHER || word.len == 0)
        return word;
    bool all = pattern == PATTERN_UPPER;
    return text_is_ascii(word) ? capitals(word, all, arena) : full_capitals(word, all, arena);
}

/* ---- articles ---- */

static bool starts_with_any(struct slice word, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        size_t len = strlen(*prefixes), same = 0;
        while (same < len && same < word.len && (word.ptr[same] | 0x20) == (*prefixes)[same])
            same++;
        if (same == len)
            return true;
    }
    return false;
}

/* By the sound that the spelling suggests. */
static bool takes_an(struct slice word)
{
    static const char *const silent_h[] = {"hour", "honest", "honor", "honour", "heir", NULL};
    static const char *const vowel_after_un[] = {"unim", "unin", "unid", NULL};
    static const char *const like_you[] = {"uni",   "use", "usa", "usu", "usi",  "uti", "uto", "uten", "ubiq", "uran",
                                           "urine", "eu",  "ewe", "uke", "once", "one", "uk",  "us ",  NULL};
    if (word.len == 0)
        return false;
    if (*word.ptr == '8')
        return true;
    if (starts_with_any(word, silent_h) || starts_with_any(word, vowel_after_un))
        return true;
    return strchr("aeiouAEIOU", *word.ptr) != NULL && !starts_with_any(word, like_you);
}

/* The word that the changes bring in at a place: it replaces the word there, or comes before it. */
static bool word_that_came(const struct changes *changes, const struct draft_word *word, struct slice *came)
{
    size_t i;
    search_first(i, changes->len, changes->items[i].part.start < word->part.start);
    if (i == changes->len || changes->items[i].part.start != word->part.start)
        return false;
    const struct change *change = &changes->items[i];
    bool inserted = change->part.end == change->part.start, replaced = change->part.end == word->part.end;
    *came = (struct slice){change->text.ptr + change->lead, change->text.len - change->lead - change->trail};
    return (inserted || replaced) && came->len > 0;
}

static struct slice article(struct slice old, bool an)
{
    bool capital = *old.ptr == 'A';
    if (an)
        return capital ? SLICE("An") : SLICE("an");
    return capital ? SLICE("A") : SLICE("a");
}

void surface_repair_articles(const struct draft *draft, struct changes *changes)
{
    size_t count = changes->len;
    for (size_t i = 0; count > 0 && i + 1 < draft->count; i++) {
        const struct draft_word *word = &draft->words[i];
        struct slice came;
        bool a = slice_is(word->key, "a"), an = slice_is(word->key, "an");
        if (!word->counts || (!a && !an) || word->protected || word->part.end == word[1].part.start ||
            changes_touch(changes, word->part.place) || !word_that_came(changes, &word[1], &came))
            continue;
        struct change change = {.part = word->part, .text = article(word->bytes, takes_an(came))};
        if (takes_an(came) != an)
            changes_put(changes, change);
    }
    if (changes->len > count)
        changes_settle(changes, draft->text);
}
