/* rewriting.c - see rewriting.h. A text in which nothing changes, as in most, is not copied. */
#include "rewriting.h"

#include "base/memory.h"
#include "byte_vectors.h"
#include "spell.h"
#include "text/text.h"

#include <utf8proc.h>

void rewriting_free(struct rewriting *rewriting)
{
    regex_free(rewriting->pattern);
    if (rewriting->charsmap != NULL)
        charsmap_free(rewriting->charsmap);
    mem_free(rewriting->charsmap);
}

void rewriting_thread_free(struct rewriting_thread *thread)
{
    regex_work_free(thread->patterns);
    vec_free(&thread->symbols);
}

/* Bytes that stand for one code point of the original. */
static void put(struct draft *draft, const char *bytes, size_t len, uint32_t origin)
{
    bytes_append(&draft->spare, bytes, len);
    for (size_t i = 0; draft->wants_origins && i < len; i++)
        vec_push(&draft->spare_origins, origin);
}

static void put_as_it_is(struct draft *draft, size_t start, size_t end)
{
    bytes_append(&draft->spare, draft->text + start, end - start);
    for (size_t at = start; draft->wants_origins && at < end; at++)
        vec_push(&draft->spare_origins, draft_origin(draft, at));
}

static struct slice text_of(const struct draft *draft, struct piece piece)
{
    return (struct slice){draft->text + piece.start, piece.end - piece.start};
}

/* ---- Replace ---- */

/* As memmem, but for needles that are short and mostly not in the text. */
static const char *find_needle(struct slice text, struct slice needle)
{
    size_t at = 0;
#ifdef __SSE2__
    if (needle.len > 1) {
        const __m128i first = _mm_set1_epi8(needle.ptr[0]), second = _mm_set1_epi8(needle.ptr[1]);
        for (; text.len - at > BYTE_VECTOR; at += BYTE_VECTOR) {
            __m128i here = vector_load(text.ptr + at);
            __m128i next = vector_load(text.ptr + at + 1);
            if (vector_bits(_mm_and_si128(_mm_cmpeq_epi8(here, first), _mm_cmpeq_epi8(next, second))) != 0)
                break;
        }
    }
#endif
    return memmem(text.ptr + at, text.len - at, needle.ptr, needle.len);
}

/* The next match: 1, 0, or -1 with the message. */
static int find_match(const struct rewriting *rewriting, struct rewriting_thread *thread, struct slice text,
                      struct pattern_matches *matches, size_t *start, size_t *end)
{
    if (rewriting->needle.len > 0) {
        const char *found =
            find_needle(slice_between(text.ptr + matches->from, text.ptr + text.len), rewriting->needle);
        if (found == NULL)
            return 0;
        *start = (size_t)(found - text.ptr);
        *end = *start + rewriting->needle.len;
    }
    if (rewriting->pattern == NULL) {
        matches->from = *end;
        return 1;
    }
    if (thread->patterns == NULL)
        thread->patterns = regex_work_new();
    return pattern_next(rewriting->pattern, thread->patterns, text, matches, start, end);
}

/* The whole replacement stands for the last character of the match, or, of an empty match, for the one before it; at
 * the start of the piece, whose first code point was `first`, for none. */
static int replace(const struct rewriting *rewriting, struct rewriting_thread *thread, struct draft *draft,
                   struct piece piece, uint32_t first)
{
    struct slice text = text_of(draft, piece);
    struct pattern_matches matches = {0};
    size_t done = 0, start = 0, end = 0;
    int found;
    while ((found = find_match(rewriting, thread, text, &matches, &start, &end)) != 0) {
        if (found < 0)
            return -1;
        put_as_it_is(draft, piece.start + done, piece.start + start);
        uint32_t origin = end > 0 ? draft_origin(draft, piece.start + end - 1) : first | ORIGIN_BEFORE;
        put(draft, rewriting->content.ptr, rewriting->content.len, origin);
        done = end;
    }
    put_as_it_is(draft, piece.start + done, piece.end);
    return 0;
}

/* ---- Strip, Prepend ---- */

static size_t leading_space(struct slice text)
{
    size_t at = 0, len;
    while (at < text.len && text_is_space(text_decode(text.ptr + at, &len)))
        at += len;
    return at;
}

static size_t trailing_space(struct slice text)
{
    size_t end = text.len, len;
    for (size_t at = end; end > 0; end = at) {
        do
            at--;
        while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80);
        if (!text_is_space(text_decode(text.ptr + at, &len)))
            break;
    }
    return text.len - end;
}

static void strip(const struct rewriting *rewriting, struct draft *draft, struct piece piece)
{
    struct slice text = text_of(draft, piece);
    size_t start = rewriting->left ? leading_space(text) : 0;
    size_t end = text.len - (rewriting->right && start < text.len ? trailing_space(text) : 0);
    put_as_it_is(draft, piece.start + start, piece.start + end);
}

static void prepend(const struct rewriting *rewriting, struct draft *draft, struct piece piece)
{
    put(draft, rewriting->content.ptr, rewriting->content.len, draft_origin(draft, piece.start));
    put_as_it_is(draft, piece.start, piece.end);
}

/* ---- SentencePiece's table, as Hugging Face applies it ---- */

/* How many bytes, in steps of 16, are printable ASCII and followed by ASCII. */
static size_t printable_blocks(struct slice text, size_t at)
{
#ifdef __SSE2__
    for (; text.len - at > BYTE_VECTOR && (unsigned char)text.ptr[at + BYTE_VECTOR] < 0x80; at += BYTE_VECTOR) {
        __m128i bytes = vector_load(text.ptr + at);
        if (vector_bits(vector_printable(bytes)) != 0xffff)
            break;
    }
#else
    (void)text;
#endif
    return at;
}

/* Is there no key of the table in the text? */
static bool is_untouched(const struct charsmap *map, struct slice text)
{
    size_t at = 0, len;
    while (at < text.len) {
        if (map->printable && (at = printable_blocks(text, at)) == text.len)
            break;
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte < 0x80) {
            bool followed = at + 1 < text.len && (unsigned char)text.ptr[at + 1] >= 0x80;
            if (!map->plain[byte] || (followed && !charsmap_untouched(map, byte)))
                return false;
            at++;
            continue;
        }
        if (!charsmap_untouched(map, text_decode(text.ptr + at, &len)))
            return false;
        at += len;
    }
    return true;
}

/* The end of the grapheme cluster that starts at `at`. */
static size_t cluster_end(struct slice text, size_t at)
{
    size_t len;
    int32_t state = 0;
    uint32_t point = text_decode(text.ptr + at, &len);
    for (at += len; at < text.len; at += len) {
        uint32_t next = text_decode(text.ptr + at, &len);
        if (point < 0x300 && next < 0x300 && point != '\r' && point != 0xad && next != 0xad)
            break;
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)point, (utf8proc_int32_t)next, &state))
            break;
        point = next;
    }
    return at;
}

/* Puts the characters of `becomes` in the place of those of `part`: if there are more, the last ones are new; if there
 * are fewer, the previous character, if there is one, takes the place of the rest. */
static void replace_part(struct counted_symbols *symbols, struct slice part, struct slice becomes)
{
    size_t old = text_length(part), new = text_length(becomes), at = 0;
    for (size_t byte = 0, len; byte < becomes.len; byte += len, at++) {
        uint32_t point = text_decode(becomes.ptr + byte, &len);
        vec_push(symbols, ((struct counted_symbol){point, new > old &&at >= old ? 1 : 0}));
    }
    if (new < old && symbols->len > 0)
        symbols->items[symbols->len - 1].change -= (int32_t)(old - new);
}

/* A whole cluster of fewer than 6 bytes that starts with a key becomes the replacement of its shortest key; otherwise
 * the characters of the cluster are looked up one by one. */
static bool map_clusters(const struct charsmap *map, struct slice text, struct counted_symbols *symbols)
{
    enum { SHORT_BYTES = 6 };
    bool changed = false;
    symbols->len = 0;
    for (size_t at = 0, end; at < text.len; at = end) {
        struct slice becomes;
        size_t len;
        end = cluster_end(text, at);
        struct slice cluster = {text.ptr + at, end - at};
        if (cluster.len < SHORT_BYTES && charsmap_shortest(map, cluster, &becomes, &len)) {
            replace_part(symbols, cluster, becomes);
            changed = true;
            continue;
        }
        for (size_t next = at; next < end; next += len) {
            uint32_t point = text_decode(text.ptr + next, &len);
            struct slice part = {text.ptr + next, len};
            size_t key;
            if (charsmap_untouched(map, point) || !charsmap_shortest(map, part, &becomes, &key)) {
                vec_push(symbols, ((struct counted_symbol){point, 0}));
                continue;
            }
            replace_part(symbols, part, becomes);
            changed = true;
        }
    }
    return changed;
}

static void follow_table(const struct rewriting *rewriting, struct rewriting_thread *thread, struct draft *draft,
                         struct piece piece)
{
    struct slice text = text_of(draft, piece);
    struct counted_symbols *symbols = &thread->symbols;
    if (is_untouched(rewriting->charsmap, text) || !map_clusters(rewriting->charsmap, text, symbols)) {
        put_as_it_is(draft, piece.start, piece.end);
        return;
    }
    size_t at = piece.start, before = piece.start; /* the character whose place is next; the previous one */
    for (size_t i = 0; i < symbols->len; i++) {
        struct counted_symbol symbol = symbols->items[i];
        char bytes[4];
        size_t len = text_encode(symbol.point, bytes);
        size_t from = symbol.change > 0 || at >= piece.end ? before : at;
        put(draft, bytes, len, draft_origin(draft, from));
        for (int32_t taken = symbol.change; taken <= 0 && at < piece.end; taken++) {
            (void)text_decode(draft->text + at, &len);
            before = at;
            at += len;
        }
    }
}

/* ---- all of it ---- */

/* Can the piece be left as it is? False also if that is not known. */
static bool stays(const struct rewriting *rewriting, struct slice text)
{
    switch (rewriting->kind) {
    case REWRITE_REPLACE:
        return rewriting->needle.len > 0 && find_needle(text, rewriting->needle) == NULL;
    case REWRITE_STRIP:
        return (!rewriting->left || leading_space(text) == 0) && (!rewriting->right || trailing_space(text) == 0);
    case REWRITE_PREPEND:
        return rewriting->content.len == 0;
    default:
        return is_untouched(rewriting->charsmap, text);
    }
}

static int rewrite_piece(const struct rewriting *rewriting, struct rewriting_thread *thread, struct draft *draft,
                         size_t index)
{
    struct piece piece = draft->pieces.items[index];
    switch (rewriting->kind) {
    case REWRITE_REPLACE:
        return replace(rewriting, thread, draft, piece,
                       index > 0 ? draft_to(draft, draft->pieces.items[index - 1].end) : 0);
    case REWRITE_STRIP:
        strip(rewriting, draft, piece);
        return 0;
    case REWRITE_PREPEND:
        prepend(rewriting, draft, piece);
        return 0;
    default:
        follow_table(rewriting, thread, draft, piece);
        return 0;
    }
}

int rewriting_apply(const struct rewriting *rewriting, struct rewriting_thread *thread, struct draft *draft)
{
    if (rewriting->kind == REWRITE_SPELL)
        return spell_apply(draft);
    bool all_stay = true;
    for (size_t i = 0; all_stay && i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        all_stay = piece.id != PIECE_TEXT || stays(rewriting, text_of(draft, piece));
    }
    if (all_stay)
        return 0;
    draft_text_begin(draft);
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        size_t start = draft->spare.len;
        if (piece.id != PIECE_TEXT)
            put_as_it_is(draft, piece.start, piece.end);
        else if (rewrite_piece(rewriting, thread, draft, i) != 0)
            return -1;
        draft_cut(draft, start, draft->spare.len, piece.id);
    }
    return draft_text_done(draft, draft->wants_origins);
}
