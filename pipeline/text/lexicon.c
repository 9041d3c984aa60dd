/* lexicon.c - word tables: see lexicon.h.
 *
 * A trie over bytes whose nodes are numbered level by level, so that the children of a node are neighbours, in the
 * order of their bytes, and end where those of the next node start: nine bytes a node, no pointers, built in one
 * pass over the sorted entries. */
#include "text/lexicon.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/stream.h"
#include "base/vec.h"
#include "text/text.h"

#include <assert.h>
#include <stdlib.h>

#define NO_ENTRY UINT32_MAX

struct lexicon {
    struct bytes bytes; /* of the entries and labels */
    struct {
        struct lexicon_entry *items;
        size_t len, cap;
    } entries;
    /* The trie; node 0 is the start. The children of node i are first[i] … first[i + 1] - 1. */
    uint32_t *first;
    uint32_t *entry;     /* the entry that ends here, or NO_ENTRY */
    unsigned char *byte; /* the byte that leads to the node */
    size_t nodes;
};

/* ---- the file ---- */

/* Removes white space at the ends and makes each run inside one space; in place, since the text only gets shorter. */
static struct slice tidy(char *bytes, size_t len)
{
    const char *at = bytes, *end = bytes + len;
    char *to = bytes;
    bool space = false;
    for (size_t size; at < end; at += size) {
        if (text_is_space(text_decode(at, &size))) {
            space = true;
            continue;
        }
        if (space && to > bytes)
            *to++ = ' ';
        space = false;
        memmove(to, at, size);
        to += size;
    }
    return slice_between(bytes, to);
}

static int read_line(struct lexicon *lexicon, char *line, char *end, size_t number, const char *name)
{
    if (line < end && end[-1] == '\r')
        end--;
    if (line == end || *line == '#')
        return 0;
    if (!text_is_utf8(slice_between(line, end)))
        return diag_error("%s:%zu: not UTF-8", name, number);
    char *tab = memchr(line, '\t', (size_t)(end - line));
    struct lexicon_entry entry = {.line = number};
    if (tab != NULL) {
        if (memchr(tab + 1, '\t', (size_t)(end - tab - 1)) != NULL)
            return diag_error("%s:%zu: expected an entry and a label, found a third column", name, number);
        entry.label = tidy(tab + 1, (size_t)(end - tab - 1));
        end = tab;
    }
    entry.text = tidy(line, (size_t)(end - line));
    if (entry.text.len == 0 && tab == NULL)
        return 0;
    if (entry.text.len == 0)
        return diag_error("%s:%zu: a label without an entry", name, number);
    if (lexicon->entries.len == NO_ENTRY)
        return diag_error("%s:%zu: more entries than %u", name, number, NO_ENTRY);
    vec_push(&lexicon->entries, entry);
    return 0;
}

static int read_lines(struct lexicon *lexicon, const char *name)
{
    char *end = lexicon->bytes.items + lexicon->bytes.len;
    char *at = end - text_without_bom(bytes_slice(&lexicon->bytes)).len;
    for (size_t number = 1; at < end; number++) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        char *line_end = newline != NULL ? newline : end;
        if (read_line(lexicon, at, line_end, number, name) < 0)
            return -1;
        at = newline != NULL ? newline + 1 : end;
    }
    return 0;
}

/* ---- the trie ---- */

/* An entry on its way into the trie. */
struct item {
    struct slice text;
    uint32_t number;
};

/* By text, equal ones by number. */
static int compare_items(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int order = slice_compare(a->text, b->text);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* A node whose children are still to be made: the sorted items [start, end) share `depth` bytes. */
struct pending {
    size_t start, end, depth;
};

struct trie_build {
    VEC(uint32_t) first, entry;
    VEC(unsigned char) byte;
    VEC(struct pending) pending; /* one for each node, in the order of the nodes */
};

static void add_node(struct trie_build *build, unsigned char byte, struct pending pending, const struct item *items)
{
    /* The item that ends here is the first, being the shortest; equal ones after it are skipped. */
    bool ends = pending.end > pending.start && items[pending.start].text.len == pending.depth;
    uint32_t entry = ends ? items[pending.start].number : NO_ENTRY;
    while (pending.start < pending.end && items[pending.start].text.len == pending.depth)
        pending.start++;
    vec_push(&build->entry, entry);
    vec_push(&build->byte, byte);
    vec_push(&build->pending, pending);
}

static void add_children(struct trie_build *build, struct pending parent, const struct item *items)
{
    vec_push(&build->first, (uint32_t)build->pending.len);
    for (size_t start = parent.start, end; start < parent.end; start = end) {
        char byte = items[start].text.ptr[parent.depth];
        for (end = start + 1; end < parent.end && items[end].text.ptr[parent.depth] == byte;)
            end++;
        add_node(build, (unsigned char)byte, (struct pending){start, end, parent.depth + 1}, items);
    }
}

static int build_trie(struct lexicon *lexicon, const char *name)
{
    size_t count = lexicon->entries.len;
    struct item *items = mem_zalloc(count, sizeof *items);
    size_t bytes = 1;
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct item){lexicon->entries.items[i].text, (uint32_t)i};
        bytes += items[i].text.len;
    }
    if (bytes >= LEXICON_DEAD) {
        mem_free(items);
        return diag_error("%s: more than %u bytes of entries", name, LEXICON_DEAD);
    }
    qsort(items, count, sizeof *items, compare_items);
    struct trie_build build = {0};
    add_node(&build, 0, (struct pending){0, count, 0}, items);
    for (size_t node = 0; node < build.pending.len; node++)
        add_children(&build, build.pending.items[node], items);
    vec_push(&build.first, (uint32_t)build.pending.len);
    lexicon->nodes = build.pending.len;
    lexicon->first = build.first.items;
    lexicon->entry = build.entry.items;
    lexicon->byte = build.byte.items;
    vec_free(&build.pending);
    mem_free(items);
    return 0;
}

/* ---- loading ---- */

/* Takes ownership of the bytes. */
static struct lexicon *make(struct bytes bytes, const char *name)
{
    struct lexicon *lexicon = mem_zalloc(1, sizeof *lexicon);
    lexicon->bytes = bytes;
    if (read_lines(lexicon, name) < 0 || build_trie(lexicon, name) < 0) {
        lexicon_free(lexicon);
        return NULL;
    }
    return lexicon;
}

void *lexicon_load(const char *path)
{
    struct bytes bytes = {0};
    if (stream_load(path, &bytes) < 0) {
        vec_free(&bytes);
        return NULL;
    }
    return make(bytes, path);
}

struct lexicon *lexicon_read(struct slice text, const char *name)
{
    struct bytes bytes = {0};
    bytes_put(&bytes, text);
    return make(bytes, name);
}

void lexicon_free(void *loaded)
{
    struct lexicon *lexicon = loaded;
    if (lexicon == NULL)
        return;
    vec_free(&lexicon->bytes);
    vec_free(&lexicon->entries);
    mem_free(lexicon->first);
    mem_free(lexicon->entry);
    mem_free(lexicon->byte);
    mem_free(lexicon);
}

size_t lexicon_count(const struct lexicon *lexicon)
{
    return lexicon->entries.len;
}

const struct lexicon_entry *lexicon_entry(const struct lexicon *lexicon, size_t number)
{
    assert(number < lexicon->entries.len);
    return &lexicon->entries.items[number];
}

/* ---- matching ---- */

uint32_t lexicon_step(const struct lexicon *lexicon, uint32_t state, char byte)
{
    assert(state < lexicon->nodes);
    uint32_t low = lexicon->first[state], high = lexicon->first[state + 1];
    const unsigned char *found = memchr(lexicon->byte + low, (unsigned char)byte, high - low);
    return found != NULL ? (uint32_t)(found - lexicon->byte) : LEXICON_DEAD;
}

uint32_t lexicon_steps(const struct lexicon *lexicon, uint32_t state, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len && state != LEXICON_DEAD; i++)
        state = lexicon_step(lexicon, state, bytes.ptr[i]);
    return state;
}

bool lexicon_ends(const struct lexicon *lexicon, uint32_t state, size_t *number)
{
    assert(state < lexicon->nodes);
    *number = lexicon->entry[state];
    return lexicon->entry[state] != NO_ENTRY;
}

size_t lexicon_longest(const struct lexicon *lexicon, struct slice text, size_t *number)
{
    size_t longest = 0;
    uint32_t state = LEXICON_START;
    for (size_t i = 0; i < text.len; i++) {
        state = lexicon_step(lexicon, state, text.ptr[i]);
        if (state == LEXICON_DEAD)
            break;
        size_t ending;
        if (lexicon_ends(lexicon, state, &ending)) {
            longest = i + 1;
            *number = ending;
        }
    }
    return longest;
}
