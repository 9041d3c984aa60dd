/* text_words.c - the words of a text: see text_words.h. */
#include "text_words.h"

#include "base/diag.h"
#include "record/annotations.h"

#include <unicode/uchar.h>

static bool is_ascii_alphanumeric(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

bool word_counts(struct slice word)
{
    const char *end = word.ptr + word.len;
    size_t size;
    for (const char *at = word.ptr; at < end; at += size) {
        uint32_t point = text_decode(at, &size);
        bool counts = point < 0x80 ? is_ascii_alphanumeric((unsigned char)point)
                                   : (U_MASK(u_charType((UChar32)point)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
        if (counts)
            return true;
    }
    return false;
}

/* The words whose places in code points are known. */
static void set_words(struct text_words *words, struct slice text, const struct span *places, struct arena *arena)
{
    struct text_place place = text_start(text);
    bool ascii = text_is_ascii(text); /* then the places are those of bytes */
    words->items = arena_array(arena, words->count, sizeof *words->items);
    for (size_t i = 0; i < words->count; i++) {
        size_t start = places[i].start, end = places[i].end;
        if (!ascii) {
            start = text_to_point(&place, start);
            end = text_to_point(&place, end);
        }
        struct slice bytes = {text.ptr + start, end - start};
        bool counts = bytes.len > 0 && (is_ascii_alphanumeric((unsigned char)bytes.ptr[0]) || word_counts(bytes));
        words->items[i] = (struct text_word){bytes, places[i], counts};
    }
}

static int check_member(const struct span *places, size_t count, struct slice text)
{
    size_t length = text_length(text);
    for (size_t i = 0; i < count; i++) {
        if (places[i].start > places[i].end)
            return diag_error("words[%zu]: the start is greater than the end", i);
        if (places[i].end > length)
            return diag_error("words[%zu]: ends at %u, the text has %zu characters", i, places[i].end, length);
        if (i > 0 && places[i].start < places[i - 1].end)
            return diag_error("words[%zu]: starts at %u, before the end of the word before it, %u", i, places[i].start,
                              places[i - 1].end);
    }
    return 0;
}

int text_words_read(struct cutter *cutter, const struct record *record, struct slice field, struct slice text,
                    struct arena *arena, struct text_words *words)
{
    bool unknown;
    const struct span *places;
    *words = (struct text_words){.tag = SLICE("")};
    if (cutter_language(cutter, record, arena, &words->tag, &unknown) < 0)
        return -1;
    words->given = annotations_belong(record, field) && rec_present(record, SLICE("words")) != NULL;
    if (words->given) {
        if (rec_spans(record, SLICE("words"), arena, &places, &words->count) < 0 ||
            check_member(places, words->count, text) < 0)
            return -1;
    } else {
        if (breaks_passage(&cutter->passage, text) < 0 || cutter_words(cutter, words->tag) < 0)
            return diag_error("%.*s: %s", (int)field.len, field.ptr, diag_message());
        breaks_to_points(&cutter->passage, &cutter->words);
        places = cutter->words.items;
        words->count = cutter->words.len;
    }
    set_words(words, text, places, arena);
    return 0;
}
