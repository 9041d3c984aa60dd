/* get.c - lexicon get: what a lexicon has about words. */
#include "show.h"
#include "verbs.h"

struct get {
    const struct show_options *options;
    const struct words *operands; /* the lexicon, then the words */
    struct lexicon *lexicon;
    struct keys *keys;
};

static void get_close(void *shared)
{
    struct get *get = shared;
    lexicon_free(get->lexicon);
    keys_free(get->keys);
    mem_free(get);
}

static int get_open(struct stage_context *context, void **shared)
{
    const struct words *operands = context->operands;
    if (operands->len < 2)
        return diag_error("expected a lexicon and the words to look up in it");
    for (size_t i = 1; i < operands->len; i++)
        if (!text_is_utf8(slice_of(operands->items[i])))
            return diag_error("word %zu is not UTF-8", i);
    struct get *get = mem_zalloc(1, sizeof *get);
    get->options = context->options;
    get->operands = operands;
    get->keys = keys_new();
    get->lexicon = get->keys != NULL ? show_load(get->options, operands->items[0]) : NULL;
    if (get->lexicon == NULL) {
        get_close(get);
        return -1;
    }
    *shared = get;
    return 0;
}

static void put_sense(const struct lexicon *lexicon, size_t entry, size_t sense, struct synonyms *synonyms,
                      struct bytes *out)
{
    struct slice part = lexicon_sense_label(lexicon, entry, sense);
    lexicon_sense_synonyms(lexicon, entry, sense, synonyms);
    bytes_byte(out, '{');
    if (part.len > 0) {
        bytes_put(out, SLICE("\"pos\":"));
        json_put_string(out, part);
        bytes_byte(out, ',');
    }
    bytes_put(out, SLICE("\"synonyms\":["));
    for (size_t i = 0; i < synonyms->len; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        json_put_string(out, synonyms->items[i].text);
    }
    bytes_put(out, SLICE("]}"));
}

static struct record *describe(const struct get *get, const char *word, struct arena *arena)
{
    struct record *made = rec_new(arena);
    struct synonyms synonyms = {0};
    struct bytes senses = {0};
    size_t entry;
    rec_set_text(made, SLICE("word"), slice_of(word));
    struct slice key = key_of_word(get->keys, slice_of(word));
    bool found = key.ptr != NULL && lexicon_find(get->lexicon, key, &entry);
    if (!found)
        diag_note("%s: not in %s", word, get->operands->items[0]);
    bytes_byte(&senses, '[');
    for (size_t i = 0; found && i < lexicon_senses(get->lexicon, entry); i++) {
        if (i > 0)
            bytes_byte(&senses, ',');
        put_sense(get->lexicon, entry, i, &synonyms, &senses);
    }
    bytes_byte(&senses, ']');
    rec_set_json(made, SLICE("senses"), arena_copy(arena, bytes_slice(&senses)));
    if (found) {
        struct lexicon_entry about = lexicon_entry(get->lexicon, entry);
        if (about.label.ptr != NULL)
            rec_set_text(made, SLICE("label"), about.label);
        if (about.has_weight)
            rec_set_json(made, SLICE("weight"), arena_print(arena, "%llu", (unsigned long long)about.weight));
    }
    vec_free(&synonyms);
    vec_free(&senses);
    return made;
}

static int get_end(void *shared, struct sink *out)
{
    const struct get *get = shared;
    for (size_t i = 1; i < get->operands->len; i++)
        if (sink_emit(out, describe(get, get->operands->items[i], sink_arena(out))) != 0)
            return -1;
    return 0;
}

static const char *const writes[] = {"word", "senses", "label", "weight", NULL};

const struct stage lexicon_get = {
    .name = "lexicon get",
    .summary = "show what a lexicon has about words",
    .example = "$ printf 'Rome\\tcity\\n' >places\n"
               "$ quern lexicon get places rome\n"
               "{\"word\":\"rome\",\"senses\":[],\"label\":\"city\"}",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .operands = "LEXICON WORD",
    .options = show_option_table,
    .options_size = sizeof(struct show_options),
    .writes = writes,
    .open = get_open,
    .close = get_close,
    .end = get_end,
};
