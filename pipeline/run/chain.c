/* chain.c - filters with their options, opened and closed: see chain.h. */
#include "run/chain.h"

#include "base/diag.h"
#include "base/stream.h"
#include "run/stale.h"
#include "text/json.h"

#include <assert.h>
#include <unistd.h>

const struct option common_option_table[] = {
    {"drop-stale", 0, OPT_FLAG, OPT_AT(struct common_options, drop_stale),
     .help = "remove members that this filter makes stale instead of refusing the record"},
    {0},
};

const struct stage *chain_stage(const char *name)
{
    static const char *const others[] = {"run", "stages", "help"};
    const char *nearest = NULL;
    size_t distance = SIZE_MAX;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        opt_nearest(slice_of(name), others[i], &nearest, &distance);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++) {
        if (strcmp((*stage)->name, name) == 0)
            return *stage;
        opt_nearest(slice_of(name), (*stage)->name, &nearest, &distance);
    }
    if (nearest == NULL)
        (void)diag_error("there is no filter \"%s\"; \"quern stages\" lists them", name);
    else
        (void)diag_error("there is no filter \"%s\", did you mean \"%s\"?", name, nearest);
    return NULL;
}

/* A word that is no file but nearly a verb. */
static const char *misspelled_verb(const struct stage *stage, const char *word)
{
    const char *nearest = NULL;
    size_t distance = SIZE_MAX, len = strlen(stage->name);
    for (const struct stage *const *verb = stage->verbs; *verb != NULL; verb++)
        opt_nearest(slice_of(word), (*verb)->name + len + 1, &nearest, &distance);
    return nearest != NULL && access(word, F_OK) < 0 ? nearest : NULL;
}

const struct stage *chain_verb(const struct stage *stage, const char *name)
{
    size_t len = strlen(stage->name);
    for (const struct stage *const *verb = stage->verbs; verb != NULL && *verb != NULL; verb++)
        if (strcmp((*verb)->name + len + 1, name) == 0)
            return *verb;
    return NULL;
}

const struct stage *chain_find(int argc, char **argv, int *skip)
{
    const struct stage *stage = chain_stage(argv[0]), *verb;
    for (*skip = 0; stage != NULL; ++*skip, stage = verb) { /* a verb may have verbs */
        const char *word = *skip + 1 < argc ? argv[*skip + 1] : "-";
        if (stage->verbs == NULL || word[0] == '-')
            return stage;
        verb = chain_verb(stage, word);
        if (verb != NULL)
            continue;
        const char *meant = misspelled_verb(stage, word);
        if (meant == NULL)
            return stage;
        (void)diag_error("%s has no verb \"%s\", did you mean \"%s\"? (nor is there a file of this name)", stage->name,
                         word, meant);
        return NULL;
    }
    return NULL;
}

const char *chain_class_name(enum stage_class class)
{
    static const char *const names[] = {
        [STAGE_MAP] = "MAP",
        [STAGE_ASYNC] = "ASYNC",
        [STAGE_ORDERED] = "ORDERED",
        [STAGE_WHOLE] = "WHOLE",
    };
    return names[class];
}

/* Messages of a verb start with the name of its filter. */
static char *program_name(const char *stage_name)
{
    struct bytes name = {0};
    bytes_put(&name, SLICE("quern-"));
    bytes_append(&name, stage_name, strcspn(stage_name, " "));
    bytes_byte(&name, '\0');
    return name.items;
}

/* An option that the filter does not know but `quern run` does gets a better message. */
static int explain_runner_option(const struct option *table, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        for (const struct option *option = table; option->name != NULL; option++) {
            struct slice word = slice_of(argv[i]);
            size_t len = strlen(option->name);
            bool is_long = word.len >= len + 2 && memcmp(word.ptr, "--", 2) == 0 &&
                           memcmp(word.ptr + 2, option->name, len) == 0 &&
                           (word.len == len + 2 || word.ptr[len + 2] == '=');
            bool is_letter =
                word.len >= 2 && word.ptr[0] == '-' && option->letter != 0 && word.ptr[1] == option->letter;
            if (is_long || is_letter)
                return diag_error("--%s belongs to \"quern run\": give it after the chain, not inside", option->name);
        }
    }
    return -1;
}

int chain_add(struct chain *chain, int argc, char **argv, const struct option_group *runner, struct words *operands,
              enum asked *asked)
{
    int skip;
    const struct stage *stage = chain_find(argc, argv, &skip);
    if (stage == NULL)
        return -1;
    argc -= skip;
    argv += skip;
    struct link link = {
        .stage = stage,
        .class = stage->class,
        .given = mem_zalloc(opt_count(stage->options) + 1, sizeof(bool)),
        .program = program_name(stage->name),
        .options = mem_zalloc(1, stage->options_size),
    };
    vec_push(&chain->links, link);
    struct link *added = &chain->links.items[chain->links.len - 1];
    struct option_group groups[] = {
        {stage->options, added->options, added->given},
        {common_option_table, &added->common, NULL},
        *runner,
    };
    bool alone = runner->values != NULL;
    if (opt_parse(groups, alone ? 3 : 2, argc, argv, operands, asked) < 0)
        return alone ? -1 : explain_runner_option(runner->table, argc, argv);
    if (added->common.drop_stale && !stale_any(stage))
        return diag_error("--drop-stale: %s makes no member stale", stage->name);
    return 0;
}

int chain_check(const struct chain *chain)
{
    for (size_t i = 0; i < chain->links.len; i++) {
        const struct stage *stage = chain->links.items[i].stage;
        if (stage->lines_in && i > 0)
            return diag_error("%s reads raw lines, not records: it can only be the first filter", stage->name);
        if (stage->text_out && i + 1 < chain->links.len)
            return diag_error("%s writes text, not records: it can only be the last filter", stage->name);
    }
    return 0;
}

int chain_open(struct chain *chain, const struct stage_context *context, const struct link **failed)
{
    for (size_t i = 0; i < chain->links.len; i++) {
        struct link *link = &chain->links.items[i];
        struct stage_context own = *context;
        own.options = link->shared = link->options;
        own.link = link;
        own.class = link->class;
        link->field = stale_field(link->stage, link->options);
        *failed = link;
        size_t outputs = chain->outputs.len;
        if (link->stage->open != NULL && link->stage->open(&own, &link->shared) < 0)
            return -1;
        link->class = own.class;
        link->in_order =
            own.in_order || own.class == STAGE_ORDERED || (own.class == STAGE_WHOLE && link->stage->merge == NULL);
        link->open = true;
        if (chain->outputs.len > outputs && i + 1 < chain->links.len)
            return diag_error("%s writes files of its own: it can only be the last filter", link->stage->name);
        if (own.encoding != NULL)
            chain->encoding = own.encoding;
        chain->pieces = chain->pieces || own.pieces;
        if (own.in_flight > chain->in_flight)
            chain->in_flight = own.in_flight;
    }
    return 0;
}

void chain_free(struct chain *chain)
{
    for (size_t i = 0; i < chain->links.len; i++) {
        struct link *link = &chain->links.items[i];
        if (link->open && link->stage->close != NULL)
            link->stage->close(link->shared);
        opt_release(&(struct option_group){.table = link->stage->options, .values = link->options});
        mem_free(link->program);
        mem_free(link->given);
        mem_free(link->options);
    }
    vec_free(&chain->links);
    for (size_t i = 0; i < chain->objects.len; i++) {
        struct shared_object *object = &chain->objects.items[i];
        object->release(object->object);
        mem_free(object->path);
    }
    vec_free(&chain->objects);
    for (size_t i = 0; i < chain->outputs.len; i++)
        mem_free(chain->outputs.items[i]);
    vec_free(&chain->outputs);
}

bool opt_given(const struct stage_context *context, const char *option)
{
    const struct option *table = context->link->stage->options;
    size_t i = 0;
    while (table[i].name != NULL && strcmp(table[i].name, option) != 0)
        i++;
    assert(table[i].name != NULL);
    return context->link->given[i];
}

unsigned chain_output(struct stage_context *context, const char *path)
{
    struct chain *chain = context->chain;
    char *copy = mem_string(path, strlen(path));
    vec_push(&chain->outputs, copy);
    return (unsigned)(chain->outputs.len - 1);
}

const void *chain_share(struct stage_context *context, const char *kind, const char *path,
                        void *(*load)(const char *path), void (*release)(void *))
{
    struct chain *chain = context->chain;
    for (size_t i = 0; i < chain->objects.len; i++) {
        const struct shared_object *object = &chain->objects.items[i];
        if (strcmp(object->kind, kind) == 0 && strcmp(object->path, path) == 0)
            return object->object;
    }
    struct shared_object object = {.kind = kind, .object = load(path), .release = release};
    if (object.object == NULL) {
        (void)diag_kind(diag_status(STATUS_FAILED), "%s", diag_message());
        return NULL;
    }
    object.path = mem_string(path, strlen(path));
    vec_push(&chain->objects, object);
    return object.object;
}

void chain_options(const struct link *link, struct bytes *out)
{
    bytes_byte(out, '{');
    opt_json(&(struct option_group){.table = link->stage->options, .values = link->options}, out);
    if (link->stage->options != NULL && link->stage->options->name != NULL)
        bytes_byte(out, ',');
    opt_json(&(struct option_group){.table = common_option_table, .values = (void *)(uintptr_t)&link->common}, out);
    bytes_byte(out, '}');
}

void chain_describe(const struct chain *chain, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < chain->links.len; i++) {
        const struct link *link = &chain->links.items[i];
        bytes_put(out, i > 0 ? SLICE(",{\"filter\":") : SLICE("{\"filter\":"));
        json_put_string(out, slice_of(link->stage->name));
        bytes_put(out, SLICE(",\"class\":"));
        json_put_string(out, slice_of(chain_class_name(link->class)));
        bytes_put(out, SLICE(",\"options\":"));
        chain_options(link, out);
        bytes_byte(out, '}');
    }
    bytes_byte(out, ']');
}
