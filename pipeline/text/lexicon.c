/* lexicon.c - see lexicon.h.
 *
 * Nothing in an image is trusted: a number is compared with the limit of what it counts before it is used, which costs
 * less than the cache miss of reading it, and strings are checked for UTF-8 as they are handed out. So a damaged file
 * gives wrong words, but loading need not read it. */
#include "text/lexicon.h"

#include "base/diag.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/stream.h"
#include "text/lexicon_build.h"
#include "text/text.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct trie {
    const struct lexicon_node *nodes; /* count + 1 */
    const unsigned char *bytes;
    uint32_t count;
    bool of_keys; /* the rest after a node without children is that of the key */
};

struct lexicon {
    struct bytes image;
    bool compiled, mapped;
    struct lexicon_lines lines;
    struct lexicon_header header; /* a copy that no one else changes */
    uint32_t strings, groups;
    const uint32_t *offsets, *labels, *keys, *first_sense, *senses, *first_member, *members, *group_labels;
    const uint64_t *weights;
    const char *text;
    struct trie tries[2]; /* over the entries, over their keys */
};

/* ---- the form ---- */

static const unsigned item_bytes[LEXICON_SECTIONS] = {
    [LEXICON_STRINGS] = sizeof(uint32_t),
    [LEXICON_LABELS] = sizeof(uint32_t),
    [LEXICON_WEIGHTS] = sizeof(uint64_t),
    [LEXICON_KEYS] = sizeof(uint32_t),
    [LEXICON_NODES] = sizeof(struct lexicon_node),
    [LEXICON_KEY_NODES] = sizeof(struct lexicon_node),
    [LEXICON_FIRST_SENSE] = sizeof(uint32_t),
    [LEXICON_SENSES] = sizeof(uint32_t),
    [LEXICON_FIRST_MEMBER] = sizeof(uint32_t),
    [LEXICON_MEMBERS] = sizeof(uint32_t),
    [LEXICON_GROUP_LABELS] = sizeof(uint32_t),
    [LEXICON_NODE_BYTES] = 1,
    [LEXICON_KEY_NODE_BYTES] = 1,
    [LEXICON_TEXT] = 1,
};

uint64_t lexicon_layout(const struct lexicon_header *header, uint64_t starts[LEXICON_SECTIONS])
{
    uint64_t at = sizeof *header;
    for (size_t i = 0; i < LEXICON_SECTIONS; i++) {
        starts[i] = at;
        at += ((uint64_t)header->counts[i] * item_bytes[i] + 7) / 8 * 8;
    }
    return at;
}

uint64_t lexicon_body_sum(const char *image)
{
    struct lexicon_header header;
    memcpy(&header, image, sizeof header);
    return hash_bytes((struct slice){image + sizeof header, (size_t)header.size - sizeof header}, 0).low;
}

uint64_t lexicon_header_sum(const struct lexicon_header *header)
{
    struct lexicon_header summed = *header;
    summed.header_sum = 0;
    return hash_bytes((struct slice){(const char *)&summed, sizeof summed}, 0).low;
}

/* Are there as many items in each section as in those that go with it? */
static bool counts_agree(const struct lexicon_header *header)
{
    const uint32_t *counts = header->counts;
    uint32_t entries = header->entries, words = header->words, groups = counts[LEXICON_FIRST_MEMBER];
    bool senses = counts[LEXICON_FIRST_SENSE] > 0;
    return counts[LEXICON_STRINGS] > words && words >= entries && entries < LEXICON_NONE - 1 &&
           (counts[LEXICON_LABELS] == 0 || counts[LEXICON_LABELS] == entries) &&
           (counts[LEXICON_WEIGHTS] == 0 || counts[LEXICON_WEIGHTS] == entries) &&
           (counts[LEXICON_KEYS] == 0 || counts[LEXICON_KEYS] == words) &&
           (counts[LEXICON_NODES] == 0 || counts[LEXICON_NODES] >= 2) &&
           (counts[LEXICON_NODES] > 0 ? counts[LEXICON_NODES] - 1 : 0) == counts[LEXICON_NODE_BYTES] &&
           (counts[LEXICON_KEY_NODES] > 0 ? counts[LEXICON_KEY_NODES] - 1 : 0) == counts[LEXICON_KEY_NODE_BYTES] &&
           counts[LEXICON_KEY_NODES] != 1 && (counts[LEXICON_NODES] > 0 || counts[LEXICON_KEY_NODES] > 0) &&
           (!senses || (counts[LEXICON_FIRST_SENSE] == entries + 1 && groups > 0)) &&
           (counts[LEXICON_GROUP_LABELS] == 0 || counts[LEXICON_GROUP_LABELS] + 1 == groups);
}

static int check_header(const struct lexicon_header *header, size_t size, const char *name)
{
    uint64_t starts[LEXICON_SECTIONS];
    if (size < sizeof *header)
        return diag_error("%s: a compiled lexicon that is cut off after %zu bytes; compile it again", name, size);
    if (header->version != LEXICON_VERSION)
        return diag_error("%s: a compiled lexicon of version %u, expected %d; compile it again with this quern", name,
                          header->version, LEXICON_VERSION);
    if (header->header_sum != lexicon_header_sum(header) || !counts_agree(header) ||
        lexicon_layout(header, starts) != header->size)
        return diag_error("%s: a damaged lexicon: its header is wrong; compile it again", name);
    if (header->size != size)
        return diag_error("%s: a damaged lexicon: expected %llu bytes, found %zu; compile it again", name,
                          (unsigned long long)header->size, size);
    return 0;
}

static struct trie trie_at(const char *nodes, const char *bytes, uint32_t count, bool of_keys)
{
    return (struct trie){(const struct lexicon_node *)(const void *)nodes, (const unsigned char *)bytes,
                         count > 0 ? count - 1 : 0, of_keys};
}

static const uint32_t *section(const struct lexicon *lexicon, enum lexicon_section which, const uint64_t *starts)
{
    return lexicon->header.counts[which] > 0 ? (const uint32_t *)(const void *)(lexicon->image.items + starts[which])
                                             : NULL;
}

static void find_sections(struct lexicon *lexicon)
{
    uint64_t starts[LEXICON_SECTIONS];
    const uint32_t *counts = lexicon->header.counts;
    const char *image = lexicon->image.items;
    (void)lexicon_layout(&lexicon->header, starts);
    lexicon->strings = counts[LEXICON_STRINGS] - 1;
    lexicon->groups = counts[LEXICON_FIRST_MEMBER] > 0 ? counts[LEXICON_FIRST_MEMBER] - 1 : 0;
    lexicon->offsets = section(lexicon, LEXICON_STRINGS, starts);
    lexicon->labels = section(lexicon, LEXICON_LABELS, starts);
    lexicon->weights = (const uint64_t *)(const void *)section(lexicon, LEXICON_WEIGHTS, starts);
    lexicon->keys = section(lexicon, LEXICON_KEYS, starts);
    lexicon->first_sense = section(lexicon, LEXICON_FIRST_SENSE, starts);
    lexicon->senses = section(lexicon, LEXICON_SENSES, starts);
    lexicon->first_member = section(lexicon, LEXICON_FIRST_MEMBER, starts);
    lexicon->members = section(lexicon, LEXICON_MEMBERS, starts);
    lexicon->group_labels = section(lexicon, LEXICON_GROUP_LABELS, starts);
    lexicon->text = image + starts[LEXICON_TEXT];
    lexicon->tries[0] =
        trie_at(image + starts[LEXICON_NODES], image + starts[LEXICON_NODE_BYTES], counts[LEXICON_NODES], false);
    lexicon->tries[1] = counts[LEXICON_KEY_NODES] == 0
                            ? lexicon->tries[0]
                            : trie_at(image + starts[LEXICON_KEY_NODES], image + starts[LEXICON_KEY_NODE_BYTES],
                                      counts[LEXICON_KEY_NODES], true);
}

/* ---- loading ---- */

static void release_image(struct bytes image, bool mapped)
{
    if (mapped)
        (void)munmap(image.items, image.len);
    else
        mem_free(image.items);
}

static struct lexicon *take_image(struct bytes image, bool mapped, const char *name)
{
    struct lexicon_header header = {.size = 0};
    memcpy(&header, image.items, image.len < sizeof header ? image.len : sizeof header);
    if (check_header(&header, image.len, name) < 0) {
        release_image(image, mapped);
        return NULL;
    }
    struct lexicon *lexicon = mem_zalloc(1, sizeof *lexicon);
    lexicon->image = image;
    lexicon->mapped = mapped;
    lexicon->header = header;
    find_sections(lexicon);
    return lexicon;
}

struct lexicon *lexicon_of_image(struct bytes image, bool compiled, struct lexicon_lines lines, const char *name)
{
    struct lexicon *lexicon = take_image(image, false, name);
    if (lexicon == NULL) {
        vec_free(&lines);
        return NULL;
    }
    lexicon->compiled = compiled;
    lexicon->lines = lines;
    return lexicon;
}

static bool has_magic(struct slice bytes)
{
    return slice_starts(bytes, SLICE(LEXICON_MAGIC));
}

/* Maps a compiled file. 1; 0 if it is none or no file that can be mapped; -1 with the message. */
static int map_file(const char *path, struct bytes *image)
{
    struct stat status;
    char start[LEXICON_MAGIC_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return 0;
    void *base = NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && pread(fd, start, sizeof start, 0) == sizeof start &&
        has_magic((struct slice){start, sizeof start})) {
        base = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (base == MAP_FAILED)
            (void)diag_errno("%s: can't be mapped into memory", path);
    }
    (void)close(fd);
    if (base == NULL || base == MAP_FAILED)
        return base == NULL ? 0 : -1;
    *image = (struct bytes){base, (size_t)status.st_size, (size_t)status.st_size};
    return 1;
}

struct lexicon *lexicon_load_as(const char *path, struct lexicon *(*read)(struct bytes *bytes, const char *name))
{
    struct bytes found = {0}, bytes = {0};
    const char *file = lexicon_path(path, &found);
    struct lexicon *lexicon = NULL;
    int mapped = strcmp(file, "-") != 0 ? map_file(file, &bytes) : 0;
    if (mapped == 0 && stream_load(file, &bytes) < 0)
        mapped = -1;
    bool compiled = mapped > 0 || (mapped == 0 && has_magic(bytes_slice(&bytes)));
    if (compiled) {
        lexicon = take_image(bytes, mapped > 0, path);
        if (lexicon != NULL)
            lexicon->compiled = true;
    } else {
        if (mapped == 0)
            lexicon = read(&bytes, path);
        vec_free(&bytes);
    }
    vec_free(&found);
    return lexicon; /* cppcheck-suppress returnDanglingLifetime ; it has copies of the bytes */
}

/* Reads a plain file. */
static struct lexicon *read_plain(struct bytes *bytes, const char *name, enum lexicon_use use)
{
    struct lexicon *lexicon = NULL;
    struct lexicon_lines lines = {0};
    struct bytes image = {0};
    struct lexicon_build *build = lexicon_build_new(use == LEXICON_WORDS ? BUILD_BYTES : BUILD_KEYS);
    if (build != NULL && lexicon_plain_read(build, bytes, use, name, &lines) == 0) {
        if (lexicon_build_finish(build, &image) == 0)
            lexicon = lexicon_of_image(image, false, lines, name);
        else
            (void)diag_within("%s: %s", name, diag_message());
    }
    if (lexicon == NULL)
        vec_free(&lines);
    lexicon_build_free(build);
    return lexicon;
}

struct lexicon *lexicon_read(struct slice text, const char *name, enum lexicon_use use)
{
    struct bytes bytes = {0};
    bytes_put(&bytes, text);
    struct lexicon *lexicon = read_plain(&bytes, name, use);
    vec_free(&bytes);
    return lexicon;
}

static struct lexicon *read_words(struct bytes *bytes, const char *name)
{
    return read_plain(bytes, name, LEXICON_WORDS);
}

static struct lexicon *read_keyed(struct bytes *bytes, const char *name)
{
    return read_plain(bytes, name, LEXICON_KEYED);
}

static struct lexicon *read_synonyms(struct bytes *bytes, const char *name)
{
    return read_plain(bytes, name, LEXICON_SYNONYMS);
}

void *lexicon_load(const char *path)
{
    return lexicon_load_as(path, read_words);
}

void *lexicon_load_keyed(const char *path)
{
    return lexicon_load_as(path, read_keyed);
}

void *lexicon_load_synonyms(const char *path)
{
    struct lexicon *lexicon = lexicon_load_as(path, read_synonyms);
    if (lexicon == NULL || !lexicon->compiled || lexicon->senses != NULL || lexicon->header.entries == 0)
        return lexicon;
    lexicon_free(lexicon);
    (void)diag_error("%s: a compiled list of words without synonyms; expected synonyms", path);
    return NULL;
}

void lexicon_free(void *loaded)
{
    struct lexicon *lexicon = loaded;
    if (lexicon == NULL)
        return;
    release_image(lexicon->image, lexicon->mapped);
    vec_free(&lexicon->lines);
    mem_free(lexicon);
}

/* ---- QUERN_PATH ---- */

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* Is there FOLDER/NAME and the ending? Then it is in `into`. */
static bool in_folder(struct slice folder, const char *name, struct slice ending, struct bytes *into)
{
    into->len = 0;
    bytes_put(into, folder);
    bytes_byte(into, '/');
    bytes_put(into, slice_of(name));
    bytes_put(into, ending);
    bytes_byte(into, '\0');
    return folder.len > 0 && is_file(into->items);
}

const char *lexicon_path(const char *name, struct bytes *into)
{
    const char *path = getenv("QUERN_PATH");
    if (path == NULL || strchr(name, '/') != NULL || strcmp(name, "-") == 0 || is_file(name))
        return name;
    for (const char *end; *path != '\0'; path = *end == ':' ? end + 1 : end) {
        end = path + strcspn(path, ":");
        struct slice folder = slice_between(path, end);
        if (in_folder(folder, name, SLICE(""), into) || in_folder(folder, name, SLICE(".lex"), into))
            return into->items;
    }
    return name;
}

/* ---- strings ---- */

/* Without a look at the bytes. */
static struct slice raw_string(const struct lexicon *lexicon, uint32_t number)
{
    if (number >= lexicon->strings)
        return SLICE("");
    uint32_t start = lexicon->offsets[number], end = lexicon->offsets[number + 1];
    if (start > end || end > lexicon->header.counts[LEXICON_TEXT])
        return SLICE("");
    return (struct slice){lexicon->text + start, end - start};
}

static struct slice string_at(const struct lexicon *lexicon, uint32_t number)
{
    struct slice text = raw_string(lexicon, number);
    return !lexicon->compiled || text_is_utf8(text) ? text : SLICE("");
}

static uint32_t key_of(const struct lexicon *lexicon, uint32_t word)
{
    return lexicon->keys != NULL && word < lexicon->header.words ? lexicon->keys[word] : word;
}

/* ---- entries ---- */

size_t lexicon_count(const struct lexicon *lexicon)
{
    return lexicon->header.entries;
}

struct lexicon_entry lexicon_entry(const struct lexicon *lexicon, size_t number)
{
    assert(number < lexicon->header.entries);
    struct lexicon_entry entry = {.text = string_at(lexicon, (uint32_t)number), .line = number + 1};
    if (lexicon->labels != NULL && lexicon->labels[number] != LEXICON_NONE)
        entry.label = string_at(lexicon, lexicon->labels[number]);
    if (lexicon->weights != NULL && lexicon->weights[number] != UINT64_MAX) {
        entry.weight = lexicon->weights[number];
        entry.has_weight = true;
    }
    if (number < lexicon->lines.len)
        entry.line = lexicon->lines.items[number];
    return entry;
}

size_t lexicon_first_phrase(const struct lexicon *lexicon)
{
    uint32_t first = lexicon->header.first_phrase;
    return first < lexicon->header.entries ? first : lexicon->header.entries;
}

bool lexicon_find(const struct lexicon *lexicon, struct slice key, size_t *number)
{
    struct lexicon_walk walk = LEXICON_START_KEYS;
    return lexicon_steps(lexicon, &walk, key) && lexicon_ends(lexicon, &walk, number);
}

/* ---- synonyms ---- */

/* [*start, *end) of a table of first items; empty if it is damaged. */
static void range_of(const uint32_t *first, size_t number, uint32_t count, uint32_t *start, uint32_t *end)
{
    *start = first[number];
    *end = first[number + 1];
    if (*start > *end || *end > count)
        *start = *end = 0;
}

size_t lexicon_senses(const struct lexicon *lexicon, size_t number)
{
    uint32_t start = 0, end = 0;
    assert(number < lexicon->header.entries);
    if (lexicon->first_sense != NULL)
        range_of(lexicon->first_sense, number, lexicon->header.counts[LEXICON_SENSES], &start, &end);
    return end - start;
}

/* The group of a sense; LEXICON_NONE if it is damaged. */
static uint32_t group_of(const struct lexicon *lexicon, size_t number, size_t sense)
{
    assert(sense < lexicon_senses(lexicon, number));
    uint32_t group = lexicon->senses[lexicon->first_sense[number] + sense];
    return group < lexicon->groups ? group : LEXICON_NONE;
}

struct slice lexicon_sense_label(const struct lexicon *lexicon, size_t number, size_t sense)
{
    uint32_t group = group_of(lexicon, number, sense);
    return lexicon->group_labels != NULL && group != LEXICON_NONE ? string_at(lexicon, lexicon->group_labels[group])
                                                                  : SLICE("");
}

static bool has_key(const struct synonyms *synonyms, uint32_t key)
{
    for (size_t i = 0; i < synonyms->len; i++)
        if (synonyms->items[i].key == key)
            return true;
    return false;
}

static void add_sense(const struct lexicon *lexicon, size_t number, size_t sense, bool multiword, struct synonyms *into)
{
    uint32_t group = group_of(lexicon, number, sense), own = key_of(lexicon, (uint32_t)number), at = 0, end = 0;
    if (group != LEXICON_NONE)
        range_of(lexicon->first_member, group, lexicon->header.counts[LEXICON_MEMBERS], &at, &end);
    for (; at < end; at++) {
        uint32_t word = lexicon->members[at];
        struct synonym synonym = {.key = key_of(lexicon, word)};
        if (synonym.key == own || has_key(into, synonym.key))
            continue;
        synonym.text = string_at(lexicon, word);
        if (synonym.text.len > 0 && (multiword || memchr(synonym.text.ptr, ' ', synonym.text.len) == NULL))
            vec_push(into, synonym);
    }
}

void lexicon_synonyms(const struct lexicon *lexicon, size_t number, struct lexicon_choice choice, struct synonyms *into)
{
    size_t senses = lexicon_senses(lexicon, number);
    into->len = 0;
    for (size_t i = 0; i < senses && (choice.senses == 0 || i < choice.senses); i++)
        add_sense(lexicon, number, i, choice.multiword, into);
}

void lexicon_sense_synonyms(const struct lexicon *lexicon, size_t number, size_t sense, struct synonyms *into)
{
    into->len = 0;
    add_sense(lexicon, number, sense, true, into);
}

/* ---- matching ---- */

/* The text that is left at a node without children. */
static struct slice rest_of(const struct lexicon *lexicon, const struct trie *trie, uint32_t entry)
{
    if (entry >= lexicon->header.entries)
        return SLICE("");
    return raw_string(lexicon, trie->of_keys ? key_of(lexicon, entry) : entry);
}

bool lexicon_step(const struct lexicon *lexicon, struct lexicon_walk *walk, char byte)
{
    const struct trie *trie = &lexicon->tries[walk->keys];
    if (walk->node >= trie->count)
        return false;
    const struct lexicon_node *node = &trie->nodes[walk->node];
    uint32_t low = node[0].first, high = node[1].first, depth = walk->depth++;
    if (low == high) {
        struct slice rest = rest_of(lexicon, trie, node->entry);
        if (depth < rest.len && rest.ptr[depth] == byte)
            return true;
        walk->node = LEXICON_NONE;
        return false;
    }
    const unsigned char *found = NULL;
    if (low < high && high <= trie->count)
        found = memchr(trie->bytes + low, (unsigned char)byte, high - low);
    walk->node = found != NULL ? (uint32_t)(found - trie->bytes) : LEXICON_NONE;
    return found != NULL;
}

bool lexicon_steps(const struct lexicon *lexicon, struct lexicon_walk *walk, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (!lexicon_step(lexicon, walk, bytes.ptr[i]))
            return false;
    return true;
}

bool lexicon_ends(const struct lexicon *lexicon, const struct lexicon_walk *walk, size_t *number)
{
    const struct trie *trie = &lexicon->tries[walk->keys];
    if (walk->node >= trie->count)
        return false;
    const struct lexicon_node *node = &trie->nodes[walk->node];
    if (node->entry >= lexicon->header.entries)
        return false;
    *number = node->entry;
    return node[0].first != node[1].first || walk->depth == rest_of(lexicon, trie, node->entry).len;
}

size_t lexicon_longest(const struct lexicon *lexicon, struct slice text, size_t *number)
{
    struct lexicon_walk walk = LEXICON_START;
    size_t longest = 0, ending;
    for (size_t i = 0; i < text.len && lexicon_step(lexicon, &walk, text.ptr[i]); i++) {
        if (lexicon_ends(lexicon, &walk, &ending)) {
            longest = i + 1;
            *number = ending;
        }
    }
    return longest;
}

/* ---- for verbs ---- */

struct slice lexicon_about(const struct lexicon *lexicon, enum lexicon_about what)
{
    return lexicon->header.about[what] < lexicon->strings ? string_at(lexicon, lexicon->header.about[what]) : SLICE("");
}

bool lexicon_is_compiled(const struct lexicon *lexicon)
{
    return lexicon->compiled;
}

int lexicon_verify(const struct lexicon *lexicon)
{
    return lexicon_body_sum(lexicon->image.items) == lexicon->header.body_sum ? 0 : -1;
}

size_t lexicon_keys(const struct lexicon *lexicon)
{
    return lexicon->header.keys;
}

size_t lexicon_groups(const struct lexicon *lexicon)
{
    return lexicon->groups;
}
