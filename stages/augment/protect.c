/* protect.c - what no operation may touch: see protect.h. */
#include "protect.h"

#include "../segmenter/scripts.h"

struct slice protect_addresses(void)
{
    /* A full stop, comma or bracket at the end of an address belongs to the sentence. */
    return SLICE("(?i:(?:https?|ftp)://|\\bwww\\.)[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]*[A-Za-z0-9_~/#@$&=%-]"
                 "|[\\w.+-]*\\w@\\w[\\w-]*(?:\\.\\w[\\w-]*)+"
                 "|(?<![\\w@])@\\w+"
                 "|(?<![\\w&])#\\w+");
}

static void close_place(struct drafter *drafter, struct span place)
{
    if (place.start < place.end)
        vec_push(&drafter->closed, place);
}

static void find_entities(struct drafter *drafter, const struct draft *draft)
{
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &draft->annotations.members[i];
        for (size_t j = 0; member->objects && j < member->count; j++)
            close_place(drafter, member->spans[j]);
    }
}

/* ---- patterns ---- */

static int find_pattern(struct drafter *drafter, const struct regex *pattern, struct slice text)
{
    struct text_place place = text_start(text);
    size_t start, end;
    int found;
    for (size_t from = 0; (found = regex_find(pattern, drafter->regex, text, from, &start, &end)) > 0;) {
        struct span span = {.start = (uint32_t)text_to_byte(&place, start)};
        span.end = (uint32_t)text_to_byte(&place, end);
        close_place(drafter, span);
        size_t size = 1;
        if (end < text.len && start == end)
            (void)text_decode(text.ptr + end, &size);
        from = start < end ? end : end + size;
        if (from > text.len)
            break;
    }
    return found;
}

/* ---- words and phrases ---- */

/* A place inside of a word; offset 0 is its start. */
struct cursor {
    size_t word;
    uint32_t offset; /* bytes */
};

/* An entry may start and end at the borders of words, and at any character of a word without spaces. */
static bool is_unspaced(struct slice word)
{
    size_t size;
    return word.len > 0 && script_is_unspaced(text_decode(word.ptr, &size));
}

static bool take_word(const struct lexicon *lexicon, struct lexicon_walk *walk, const struct draft_word *word)
{
    return lexicon_steps(lexicon, walk, word->counts ? word->key : word->bytes);
}

/* The end of the longest entry that starts at the cursor, or false. */
static bool longest_entry(const struct lexicon *lexicon, const struct draft *draft, struct cursor start,
                          struct cursor *end)
{
    struct lexicon_walk walk = LEXICON_START_KEYS;
    bool found = false, goes_on = true;
    size_t number;
    for (size_t i = start.word; i < draft->count && goes_on; i++) {
        const struct draft_word *word = &draft->words[i];
        if (i > start.word && word[-1].part.end < word->part.start && !lexicon_step(lexicon, &walk, ' '))
            break;
        uint32_t at = i == start.word ? start.offset : 0;
        bool by_character = is_unspaced(word->bytes);
        while (at < word->bytes.len && goes_on) {
            size_t size = word->bytes.len;
            if (by_character)
                (void)text_decode(word->bytes.ptr + at, &size);
            goes_on = by_character ? lexicon_steps(lexicon, &walk, (struct slice){word->bytes.ptr + at, size})
                                   : take_word(lexicon, &walk, word);
            at += (uint32_t)size;
            if (goes_on && lexicon_ends(lexicon, &walk, &number)) {
                *end = (struct cursor){i, at};
                found = true;
            }
        }
    }
    return found;
}

static uint32_t point_of(const struct draft *draft, struct cursor cursor)
{
    const struct draft_word *word = &draft->words[cursor.word];
    return word->part.place.start + (uint32_t)text_length((struct slice){word->bytes.ptr, cursor.offset});
}

static void find_words(struct drafter *drafter, const struct draft *draft)
{
    struct cursor at = {0}, end;
    while (at.word < draft->count) {
        struct slice word = draft->words[at.word].bytes;
        bool found = longest_entry(drafter->rules->protected, draft, at, &end);
        if (found)
            close_place(drafter, (struct span){point_of(draft, at), point_of(draft, end)});
        size_t size = word.len;
        if (!found && at.offset < word.len && is_unspaced(word))
            (void)text_decode(word.ptr + at.offset, &size);
        at = found ? end : (struct cursor){at.word, at.offset + (uint32_t)size};
        if (at.offset >= draft->words[at.word].bytes.len)
            at = (struct cursor){at.word + 1, 0};
    }
}

/* ---- all ---- */

int protect_find(struct drafter *drafter, const struct draft *draft, size_t *entities)
{
    const struct draft_rules *rules = drafter->rules;
    drafter->closed.len = 0;
    if ((rules->protect & PROTECT_ENTITIES) != 0 && draft->annotated)
        find_entities(drafter, draft);
    *entities = drafter->closed.len;
    for (size_t i = 0; i < rules->pattern_count; i++)
        if (find_pattern(drafter, rules->patterns[i], draft->text) < 0)
            return diag_error("%.*s: %s", (int)draft->field.len, draft->field.ptr, diag_message());
    if (rules->protected != NULL)
        find_words(drafter, draft);
    return 0;
}
