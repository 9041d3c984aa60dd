/* lexicon_build.c - see lexicon_build.h. */
#include "text/lexicon_build.h"

#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "text/key.h"

#include <assert.h>
#include <stdlib.h>

/* What is known of a string. Strings have the numbers that the map gives them until the image is made. */
struct string {
    uint32_t entry; /* that it is, or LEXICON_NONE */
    uint32_t key;   /* of a word: the string that is its key; LEXICON_NONE: not a word */
    uint32_t keyed; /* the first entry whose key this is, or LEXICON_NONE */
    uint32_t place; /* its number in the image; before: the last group that it was put into, plus 1 */
};

struct entry {
    uint32_t string, label;
    uint32_t first, last; /* senses */
    uint64_t weight;
};

/* Items of lists: senses of an entry, members of a group. */
struct item {
    uint32_t value, next;
};

struct group {
    uint32_t label, first, last;
};

struct lexicon_build {
    unsigned by;
    struct keys *keys;
    struct map *map;
    VEC(struct string) strings;
    VEC(struct entry) entries;
    VEC(struct group) groups;
    VEC(struct item) senses, members;
    bool labels, weights, group_labels;
    uint32_t about[LEXICON_ABOUTS];
};

struct lexicon_build *lexicon_build_new(unsigned by)
{
    struct keys *keys = keys_new();
    if (keys == NULL)
        return NULL;
    struct lexicon_build *build = mem_zalloc(1, sizeof *build);
    build->by = by;
    build->keys = keys;
    build->map = map_new();
    for (size_t i = 0; i < LEXICON_ABOUTS; i++)
        build->about[i] = LEXICON_NONE;
    return build;
}

void lexicon_build_free(struct lexicon_build *build)
{
    if (build == NULL)
        return;
    keys_free(build->keys);
    map_free(build->map);
    vec_free(&build->strings);
    vec_free(&build->entries);
    vec_free(&build->groups);
    vec_free(&build->senses);
    vec_free(&build->members);
    mem_free(build);
}

/* ---- adding ---- */

static uint32_t put_string(struct lexicon_build *build, struct slice text)
{
    size_t before = map_len(build->map);
    uint64_t *number = map_put(build->map, text);
    if (map_len(build->map) > before) {
        *number = before;
        struct string string = {LEXICON_NONE, LEXICON_NONE, LEXICON_NONE, 0};
        vec_push(&build->strings, string);
    }
    return (uint32_t)*number;
}

/* A string that is a word: it gets a key. LEXICON_NONE with the message. */
static uint32_t put_word(struct lexicon_build *build, struct slice text)
{
    uint32_t word = put_string(build, text);
    if (build->strings.items[word].key != LEXICON_NONE)
        return word;
    if (word >= LEXICON_NONE - 2) {
        (void)diag_error("more words than a lexicon can have, %u", LEXICON_NONE - 2);
        return LEXICON_NONE;
    }
    uint32_t key = word;
    if (build->by & BUILD_KEYS) {
        struct slice spelled = key_of_word(build->keys, text);
        if (spelled.ptr == NULL)
            return LEXICON_NONE;
        key = slice_equal(spelled, text) ? word : put_string(build, spelled);
    }
    build->strings.items[word].key = key;
    return word;
}

uint32_t lexicon_build_entry(struct lexicon_build *build, struct slice text)
{
    uint32_t word = put_word(build, text);
    if (word == LEXICON_NONE || build->strings.items[word].entry != LEXICON_NONE)
        return word == LEXICON_NONE ? word : build->strings.items[word].entry;
    uint32_t number = (uint32_t)build->entries.len;
    struct entry entry = {word, LEXICON_NONE, LEXICON_NONE, LEXICON_NONE, UINT64_MAX};
    vec_push(&build->entries, entry);
    build->strings.items[word].entry = number;
    struct string *key = &build->strings.items[build->strings.items[word].key];
    if (key->keyed == LEXICON_NONE)
        key->keyed = number;
    return number;
}

uint32_t lexicon_build_keyed(const struct lexicon_build *build, uint32_t entry)
{
    uint32_t word = build->entries.items[entry].string;
    return build->strings.items[build->strings.items[word].key].keyed;
}

void lexicon_build_label(struct lexicon_build *build, uint32_t entry, struct slice label)
{
    if (build->entries.items[entry].label == LEXICON_NONE)
        build->entries.items[entry].label = put_string(build, label);
    build->labels = true;
}

void lexicon_build_weight(struct lexicon_build *build, uint32_t entry, uint64_t weight)
{
    if (build->entries.items[entry].weight == UINT64_MAX)
        build->entries.items[entry].weight = weight;
    build->weights = true;
}

uint32_t lexicon_build_group(struct lexicon_build *build, struct slice label)
{
    struct group group = {LEXICON_NONE, LEXICON_NONE, LEXICON_NONE};
    if (label.len > 0) {
        group.label = put_string(build, label);
        build->group_labels = true;
    }
    vec_push(&build->groups, group);
    return (uint32_t)build->groups.len - 1;
}

int lexicon_build_member(struct lexicon_build *build, uint32_t number, struct slice word)
{
    struct item member = {put_word(build, word), LEXICON_NONE};
    struct group *group = &build->groups.items[number];
    if (member.value == LEXICON_NONE)
        return -1;
    if (build->strings.items[member.value].place == number + 1)
        return 0;
    /* Between two calls for a group there may be calls for others, so this finds most repetitions, not all; readers of
     * a lexicon compare keys anyway. */
    build->strings.items[member.value].place = number + 1;
    uint32_t at = (uint32_t)build->members.len;
    vec_push(&build->members, member);
    if (group->last == LEXICON_NONE)
        group->first = at;
    else
        build->members.items[group->last].next = at;
    group->last = at;
    return 0;
}

void lexicon_build_sense(struct lexicon_build *build, uint32_t number, uint32_t group)
{
    struct entry *entry = &build->entries.items[number];
    for (uint32_t i = entry->first; i != LEXICON_NONE; i = build->senses.items[i].next)
        if (build->senses.items[i].value == group)
            return;
    struct item sense = {group, LEXICON_NONE};
    uint32_t at = (uint32_t)build->senses.len;
    vec_push(&build->senses, sense);
    if (entry->last == LEXICON_NONE)
        entry->first = at;
    else
        build->senses.items[entry->last].next = at;
    entry->last = at;
}

uint32_t lexicon_build_last_group(const struct lexicon_build *build, uint32_t entry)
{
    uint32_t last = build->entries.items[entry].last;
    return last != LEXICON_NONE ? build->senses.items[last].value : LEXICON_NONE;
}

uint32_t lexicon_build_find(const struct lexicon_build *build, struct slice key)
{
    const uint64_t *string = map_get(build->map, key);
    return string != NULL ? build->strings.items[*string].keyed : LEXICON_NONE;
}

void lexicon_build_unambiguous(struct lexicon_build *build)
{
    for (size_t i = 0; i < build->entries.len; i++) {
        struct entry *entry = &build->entries.items[i];
        if (entry->first != entry->last)
            entry->first = entry->last = LEXICON_NONE;
    }
}

void lexicon_build_about(struct lexicon_build *build, enum lexicon_about what, struct slice text)
{
    build->about[what] = put_string(build, text);
}

size_t lexicon_build_count(const struct lexicon_build *build)
{
    return build->entries.len;
}

/* ---- the order of the strings ---- */

struct order {
    uint32_t *strings; /* in the order of the image */
    uint32_t words, keys;
    bool own_keys, entry_keys; /* is each word its own key, each entry? */
};

static struct slice text_of(const struct lexicon_build *build, uint32_t string)
{
    return map_at(build->map, string)->key;
}

static void order_strings(struct lexicon_build *build, struct order *order)
{
    size_t count = build->strings.len;
    uint32_t next = 0;
    *order =
        (struct order){.strings = mem_zalloc(count + 1, sizeof *order->strings), .own_keys = true, .entry_keys = true};
    for (size_t i = 0; i < build->entries.len; i++)
        order->strings[next++] = build->entries.items[i].string;
    for (size_t i = 0; i < count; i++)
        if (build->strings.items[i].entry == LEXICON_NONE && build->strings.items[i].key != LEXICON_NONE)
            order->strings[next++] = (uint32_t)i;
    order->words = next;
    for (size_t i = 0; i < count; i++)
        if (build->strings.items[i].entry == LEXICON_NONE && build->strings.items[i].key == LEXICON_NONE)
            order->strings[next++] = (uint32_t)i;
    for (uint32_t i = 0; i < count; i++) {
        struct string *string = &build->strings.items[order->strings[i]];
        string->place = i;
        bool own = string->key == LEXICON_NONE || string->key == order->strings[i];
        order->own_keys &= own;
        order->entry_keys &= own || string->entry == LEXICON_NONE;
        order->keys += string->keyed != LEXICON_NONE;
    }
}

/* ---- tries ---- */

/* A text on its way into a trie. */
struct leaf {
    struct slice text;
    uint32_t entry;
};

static int compare_leaves(const void *left, const void *right)
{
    const struct leaf *a = left, *b = right;
    return slice_compare(a->text, b->text);
}

/* A node whose children are still to be made: the sorted leaves [start, end) share `depth` bytes. */
struct pending {
    size_t start, end, depth;
};

struct trie {
    VEC(struct lexicon_node) nodes; /* one more than there are */
    VEC(unsigned char) bytes;
    VEC(struct pending) pending; /* one for each node, in the order of the nodes */
};

static void trie_free(struct trie *trie)
{
    vec_free(&trie->nodes);
    vec_free(&trie->bytes);
    vec_free(&trie->pending);
}

static void add_node(struct trie *trie, unsigned char byte, struct pending pending, const struct leaf *leaves)
{
    struct lexicon_node node = {0, LEXICON_NONE};
    size_t left = pending.end - pending.start;
    bool ends = left > 0 && leaves[pending.start].text.len == pending.depth;
    if (left == 1 || ends)
        node.entry = leaves[pending.start].entry;
    if (left == 1)
        pending.start = pending.end;
    else if (ends)
        pending.start++;
    vec_push(&trie->nodes, node);
    vec_push(&trie->bytes, byte);
    vec_push(&trie->pending, pending);
}

static void add_children(struct trie *trie, size_t node, const struct leaf *leaves)
{
    struct pending parent = trie->pending.items[node];
    trie->nodes.items[node].first = (uint32_t)trie->pending.len;
    for (size_t start = parent.start, end; start < parent.end; start = end) {
        char byte = leaves[start].text.ptr[parent.depth];
        for (end = start + 1; end < parent.end && leaves[end].text.ptr[parent.depth] == byte;)
            end++;
        add_node(trie, (unsigned char)byte, (struct pending){start, end, parent.depth + 1}, leaves);
    }
}

/* Over the entries, or over the keys, each with its first entry. 0, or -1 with the message. */
static int make_trie(const struct lexicon_build *build, bool of_keys, struct trie *trie)
{
    struct leaf *leaves = mem_zalloc(build->entries.len + 1, sizeof *leaves);
    size_t count = 0;
    for (size_t i = 0; i < build->entries.len; i++) {
        uint32_t entry = (uint32_t)i, word = build->entries.items[i].string, key = build->strings.items[word].key;
        if (!of_keys || build->strings.items[key].keyed == entry)
            leaves[count++] = (struct leaf){text_of(build, of_keys ? key : word), entry};
    }
    qsort(leaves, count, sizeof *leaves, compare_leaves);
    add_node(trie, 0, (struct pending){0, count, 0}, leaves);
    for (size_t node = 0; node < trie->pending.len && trie->pending.len < LEXICON_NONE; node++)
        add_children(trie, node, leaves);
    struct lexicon_node last = {(uint32_t)trie->pending.len, LEXICON_NONE};
    vec_push(&trie->nodes, last);
    mem_free(leaves);
    return trie->pending.len < LEXICON_NONE ? 0 : diag_error("too many entries for one lexicon");
}

/* ---- the image ---- */

static uint64_t count_senses(const struct lexicon_build *build)
{
    uint64_t count = 0;
    for (size_t i = 0; i < build->entries.len; i++)
        for (uint32_t at = build->entries.items[i].first; at != LEXICON_NONE; at = build->senses.items[at].next)
            count++;
    return count;
}

/* Sets the counts. 0, or -1 with the message. */
static int count_items(const struct lexicon_build *build, const struct order *order, const struct trie *tries,
                       struct lexicon_header *header)
{
    uint64_t bytes = 0, members = build->members.len, entries = build->entries.len, groups = build->groups.len;
    for (size_t i = 0; i < build->strings.len; i++)
        bytes += text_of(build, (uint32_t)i).len;
    if (bytes >= LEXICON_NONE || members >= LEXICON_NONE || build->senses.len >= LEXICON_NONE)
        return diag_error("more than a lexicon can hold: 4 GB of text, or 2^32 senses or synonyms");
    uint64_t senses_left = count_senses(build);
    bool senses = build->senses.len > 0;
    const uint64_t counts[LEXICON_SECTIONS] = {
        [LEXICON_STRINGS] = build->strings.len + 1,
        [LEXICON_LABELS] = build->labels ? entries : 0,
        [LEXICON_WEIGHTS] = build->weights ? entries : 0,
        [LEXICON_KEYS] = order->own_keys ? 0 : order->words,
        [LEXICON_NODES] = tries[0].nodes.len,
        [LEXICON_KEY_NODES] = tries[1].nodes.len,
        [LEXICON_FIRST_SENSE] = senses ? entries + 1 : 0,
        [LEXICON_SENSES] = senses_left,
        [LEXICON_FIRST_MEMBER] = senses ? groups + 1 : 0,
        [LEXICON_MEMBERS] = senses ? members : 0,
        [LEXICON_GROUP_LABELS] = senses && build->group_labels ? groups : 0,
        [LEXICON_NODE_BYTES] = tries[0].bytes.len,
        [LEXICON_KEY_NODE_BYTES] = tries[1].bytes.len,
        [LEXICON_TEXT] = bytes,
    };
    for (size_t i = 0; i < LEXICON_SECTIONS; i++)
        header->counts[i] = (uint32_t)counts[i];
    return 0;
}

static uint32_t place_of(const struct lexicon_build *build, uint32_t string)
{
    return string != LEXICON_NONE ? build->strings.items[string].place : LEXICON_NONE;
}

static void put_strings(const struct lexicon_build *build, const struct order *order, const uint64_t *starts,
                        char *image)
{
    uint32_t *offsets = (uint32_t *)(void *)(image + starts[LEXICON_STRINGS]), at = 0;
    uint32_t *keys = (uint32_t *)(void *)(image + starts[LEXICON_KEYS]);
    for (size_t i = 0; i < build->strings.len; i++) {
        struct slice text = text_of(build, order->strings[i]);
        offsets[i] = at;
        if (text.len > 0)
            memcpy(image + starts[LEXICON_TEXT] + at, text.ptr, text.len);
        at += (uint32_t)text.len;
    }
    offsets[build->strings.len] = at;
    for (size_t i = 0; !order->own_keys && i < order->words; i++)
        keys[i] = place_of(build, build->strings.items[order->strings[i]].key);
}

static void put_entries(const struct lexicon_build *build, const struct lexicon_header *header, const uint64_t *starts,
                        char *image)
{
    uint32_t *labels = (uint32_t *)(void *)(image + starts[LEXICON_LABELS]);
    uint32_t *first = (uint32_t *)(void *)(image + starts[LEXICON_FIRST_SENSE]);
    uint32_t *senses = (uint32_t *)(void *)(image + starts[LEXICON_SENSES]), sense = 0;
    uint64_t *weights = (uint64_t *)(void *)(image + starts[LEXICON_WEIGHTS]);
    for (size_t i = 0; i < build->entries.len; i++) {
        const struct entry *entry = &build->entries.items[i];
        if (header->counts[LEXICON_LABELS] > 0)
            labels[i] = place_of(build, entry->label);
        if (header->counts[LEXICON_WEIGHTS] > 0)
            weights[i] = entry->weight;
        if (header->counts[LEXICON_FIRST_SENSE] == 0)
            continue;
        first[i] = sense;
        for (uint32_t at = entry->first; at != LEXICON_NONE; at = build->senses.items[at].next)
            senses[sense++] = build->senses.items[at].value;
    }
    if (header->counts[LEXICON_FIRST_SENSE] > 0)
        first[build->entries.len] = sense;
}

static void put_groups(const struct lexicon_build *build, const struct lexicon_header *header, const uint64_t *starts,
                       char *image)
{
    if (header->counts[LEXICON_FIRST_MEMBER] == 0)
        return;
    uint32_t *first = (uint32_t *)(void *)(image + starts[LEXICON_FIRST_MEMBER]), member = 0;
    uint32_t *members = (uint32_t *)(void *)(image + starts[LEXICON_MEMBERS]);
    uint32_t *labels = (uint32_t *)(void *)(image + starts[LEXICON_GROUP_LABELS]);
    for (size_t i = 0; i < build->groups.len; i++) {
        const struct group *group = &build->groups.items[i];
        first[i] = member;
        if (header->counts[LEXICON_GROUP_LABELS] > 0)
            labels[i] = place_of(build, group->label);
        for (uint32_t at = group->first; at != LEXICON_NONE; at = build->members.items[at].next)
            members[member++] = place_of(build, build->members.items[at].value);
    }
    first[build->groups.len] = member;
}

static void put_trie(const struct trie *trie, char *nodes, char *bytes)
{
    if (trie->nodes.len == 0)
        return;
    memcpy(nodes, trie->nodes.items, trie->nodes.len * sizeof *trie->nodes.items);
    memcpy(bytes, trie->bytes.items, trie->bytes.len);
}

static uint32_t first_phrase(const struct lexicon_build *build)
{
    for (size_t i = 0; i < build->entries.len; i++) {
        struct slice text = text_of(build, build->entries.items[i].string);
        if (text.len > 0 && memchr(text.ptr, ' ', text.len) != NULL)
            return (uint32_t)i;
    }
    return LEXICON_NONE;
}

static int make_image(const struct lexicon_build *build, const struct order *order, const struct trie *tries,
                      struct bytes *image)
{
    struct lexicon_header header = {.version = LEXICON_VERSION,
                                    .entries = (uint32_t)build->entries.len,
                                    .words = order->words,
                                    .keys = order->keys,
                                    .first_phrase = first_phrase(build)};
    uint64_t starts[LEXICON_SECTIONS];
    memcpy(header.magic, LEXICON_MAGIC, LEXICON_MAGIC_BYTES);
    if (count_items(build, order, tries, &header) < 0)
        return -1;
    for (size_t i = 0; i < LEXICON_ABOUTS; i++)
        header.about[i] = place_of(build, build->about[i]);
    header.size = lexicon_layout(&header, starts);
    image->items = mem_zalloc((size_t)header.size, 1);
    image->len = image->cap = (size_t)header.size;
    put_strings(build, order, starts, image->items);
    put_entries(build, &header, starts, image->items);
    put_groups(build, &header, starts, image->items);
    put_trie(&tries[0], image->items + starts[LEXICON_NODES], image->items + starts[LEXICON_NODE_BYTES]);
    put_trie(&tries[1], image->items + starts[LEXICON_KEY_NODES], image->items + starts[LEXICON_KEY_NODE_BYTES]);
    memcpy(image->items, &header, sizeof header);
    header.body_sum = lexicon_body_sum(image->items);
    header.header_sum = lexicon_header_sum(&header);
    memcpy(image->items, &header, sizeof header);
    return 0;
}

/* Without BUILD_BYTES the entries have no trie of their own, unless it is that of the keys too. */
int lexicon_build_finish(struct lexicon_build *build, struct bytes *image)
{
    struct trie tries[2] = {{.nodes = {0}}, {.nodes = {0}}};
    struct order order;
    int status = 0;
    order_strings(build, &order);
    if ((build->by & BUILD_BYTES) || order.entry_keys)
        status = make_trie(build, false, &tries[0]);
    if (status == 0 && !order.entry_keys)
        status = make_trie(build, true, &tries[1]);
    if (status == 0)
        status = make_image(build, &order, tries, image);
    trie_free(&tries[0]);
    trie_free(&tries[1]);
    mem_free(order.strings);
    return status;
}
