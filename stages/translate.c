/* translate.c - back-translation: variants of a record, through another language and back.
 *
 *     quern translate --engine apertium --pair eng-spa [FILE …]
 *     quern translate --command CMD --back-command CMD [--protocol line|jsonl|batch] [FILE …]
 *
 *     $ echo '{"id":1,"text":"The old mill stands by the river."}' |
 *           quern translate --engine apertium --pair eng-spa --emit synthetic
 *     {"id":"1#bt1","text":"The stands of old mill by the river.","parent":1,"root":1,"op":"bt",
 *      "edits":[{"start":0,"end":33,"old":"The old mill stands by the river.",
 *      "new":"The stands of old mill by the river."}]}
 *
 * (Two lines each; here they are broken.) The engines are run by run/child.h, texts are cut by translate/pieces.h, and
 * what a variant is, is in rewriting/retold.h. */
#include "translate/translate.h"
#include "rewriting/replies.h"
#include "translate/apertium.h"
#include "translate/apertium_pair.h"

enum { MOST_VARIANTS = 1000 };

static const char *const engine_names[] = {"command", "apertium", NULL};
static const char *const entities_names[] = {"check", "around", NULL};
static const char *const emit_names[] = {"both", "synthetic", NULL};

static const struct option options[] = {
    {"engine", 0, OPT_CHOICE, OPT_AT(struct translate_options, engine), .value = "NAME", .fallback = "command",
     .choices = engine_names, .help = "apertium: the translator of that name; command: that of --command"},
    {"pair", 0, OPT_TEXT, OPT_AT(struct translate_options, pair), .value = "SOURCE-PIVOT",
     .help = "the language of the texts and the one they go through, such as eng-spa"},
    {"source", 0, OPT_TEXT, OPT_AT(struct translate_options, source), .value = "LANG", .when = "!pair",
     .help = "the language of the texts; a record whose lang says another one passes as it is"},
    {"pivot", 0, OPT_WORDS, OPT_AT(struct translate_options, pivot), .value = "LANG,...", .when = "!pair",
     .help = "the languages they go through, each for a variant of its own"},
    {"command", 0, OPT_TEXT, OPT_AT(struct translate_options, command), .value = "CMD", .when = "engine=command",
     .help = "the program that translates, with its arguments; no shell reads it"},
    {"back-command", 0, OPT_TEXT, OPT_AT(struct translate_options, back_command), .value = "CMD", .when = "command",
     .help = "the one that translates back; by default, for jsonl, the same"},
    {"protocol", 0, OPT_CHOICE, OPT_AT(struct translate_options, protocol), .value = "NAME", .fallback = "line",
     .choices = child_protocol_names, .when = "command",
     .help = "line: a text a line, a reply a line; jsonl: JSON objects with an id; batch: as line, for a program that "
             "reads all of its input first"},
    {"num", 'n', OPT_INT, OPT_AT(struct translate_options, num), .value = "N", .fallback = "1", .min = 1,
     .max = MOST_VARIANTS, .when = "protocol=jsonl", .help = "how many translations of each sentence to ask for"},
    {"recombine", 0, OPT_INT, OPT_AT(struct translate_options, recombine), .value = "N", .fallback = "0", .min = 0,
     .max = MOST_VARIANTS,
     .help = "make N variants, each of translations drawn for each sentence from all that there are; 0: a variant for "
             "each pivot and each of --num"},
    {"entities", 0, OPT_CHOICE, OPT_AT(struct translate_options, entities), .value = "HOW", .fallback = "check",
     .choices = entities_names,
     .help = "check: no variant without every entity; around: translate only what is between entities"},
    {"min-chars", 0, OPT_INT, OPT_AT(struct translate_options, min_chars), .value = "N", .fallback = "10", .min = 0,
     .max = INT32_MAX, .help = "no variant if the text, or its translation, is shorter than this"},
    {"max-ratio", 0, OPT_DECIMAL, OPT_AT(struct translate_options, max_ratio), .value = "R", .fallback = "0.5",
     .max = 10, .help = "no variant if its length differs from that of the text by more than this share of it"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct translate_options, emit), .value = "WHAT", .fallback = "both",
     .choices = emit_names, .help = "both: the record, then its variants; synthetic: the variants only"},
    OPTION_FIELD(struct translate_options, field),
    OPTIONS_SEED_WHEN(struct translate_options, random, "recombine"),
    OPTIONS_CHILD(struct translate_options, child, NULL),
    OPTIONS_CHILD_TEXTS(struct translate_options, child),
    {0},
};

static const char *const reads[] = {"id", "text", "lang", "root", "epoch", "sentences", "entities", NULL};
static const char *const writes[] = {"id", "text", "entities", "parent", "root", "op", "edits", NULL};

static const char *const counters[] = {[COUNT_REQUESTS] = "requests",
                                       [COUNT_CACHED] = "cached",
                                       [COUNT_FAILED] = "failed",
                                       [COUNT_UNSENT] = "unsent",
                                       [COUNT_VARIANTS] = "variants",
                                       [COUNT_EQUAL] = "equal",
                                       [COUNT_ENTITY_LOST] = "entity_lost",
                                       [COUNT_SHORT] = "short",
                                       [COUNT_RATIO] = "ratio",
                                       [COUNT_OTHER_LANG] = "other_lang",
                                       NULL};

/* ---- open ---- */

static void translate_close(void *shared)
{
    struct translate *translate = shared;
    for (size_t i = translate->route_count; i-- > 0;) { /* routes[0].there has what they share */
        const struct route *route = &translate->routes[i], *first = &translate->routes[0];
        if (route->back != route->there && (i == 0 || route->back != first->back))
            child_free(route->back);
        if (i == 0 || route->there != first->there)
            child_free(route->there);
    }
    abbreviations_free(translate->abbreviations);
    mem_free(translate->routes);
    mem_free(translate->from_pair);
    words_release(&translate->names);
    mem_free(translate);
}

/* The languages: of --pair, or --source and --pivot. */
static int open_languages(struct translate *translate)
{
    const struct translate_options *given = translate->given;
    size_t count = given->pivot.len > 0 ? given->pivot.len : 1;
    translate->source = given->source != NULL ? given->source : "";
    translate->routes = mem_zalloc(count, sizeof *translate->routes);
    translate->route_count = count;
    for (size_t i = 0; i < count; i++)
        translate->routes[i].pivot = given->pivot.len > 0 ? given->pivot.items[i] : "";
    if (given->pair != NULL) {
        const char *slash = strrchr(given->pair, '/'); /* of the path of a .mode file */
        struct slice name = slice_of(slash != NULL ? slash + 1 : given->pair);
        if (name.len > 5 && slice_is((struct slice){name.ptr + name.len - 5, 5}, ".mode"))
            name.len -= 5;
        translate->from_pair = mem_string(name.ptr, name.len);
        char *dash = strchr(translate->from_pair, '-');
        if (dash == NULL || dash == translate->from_pair || dash[1] == '\0')
            return diag_error("--pair: expected two languages such as eng-spa, found \"%s\"", given->pair);
        *dash = '\0';
        translate->source = translate->from_pair;
        translate->routes[0].pivot = dash + 1;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(translate->routes[i].pivot, translate->routes[j].pivot) == 0)
                return diag_error("--pivot: %s is given twice", translate->routes[i].pivot);
    bool named = translate->source[0] != '\0', through = translate->routes[0].pivot[0] != '\0';
    if (given->engine == ENGINE_APERTIUM && (!named || !through))
        return diag_error("which languages? Expected --pair, such as eng-spa, or --source and --pivot");
    if (through && !named)
        return diag_error("--pivot needs --source, the language of the texts");
    return 0;
}

static int check_command(const struct translate *translate)
{
    const struct translate_options *given = translate->given;
    if (given->engine == ENGINE_APERTIUM)
        return 0;
    if (given->command == NULL)
        return diag_error("what translates? Expected --command CMD, or --engine apertium");
    if (!translate->objects && given->back_command == NULL)
        return diag_error(
            "what translates back? Expected --back-command CMD; only a jsonl engine is told the direction");
    if (!translate->objects && translate->route_count > 1)
        return diag_error("--pivot: several languages need a jsonl engine, which is told them, or --engine apertium");
    if (translate->objects && given->back_command == NULL && translate->source[0] == '\0')
        return diag_error(
            "one command for both directions must be told them: expected --pair, or --source and --pivot");
    return 0;
}

/* A translation must have a text. */
static int accept_reply(const void *filter, struct slice request, struct slice reply)
{
    const struct translate *translate = filter;
    bool found = true;
    (void)request;
    if (translate->objects && replies_check(reply, &found) < 0)
        return -1;
    return found ? 0 : diag_error("the reply has neither \"text\" nor \"texts\"");
}

/* A child of --command or --back-command, or of an Apertium pair. direction: in the cache, where requests that are only
 * texts do not say it. */
static struct child *open_child(struct stage_context *context, const struct translate *translate, const char *command,
                                const char *direction, struct child *beside)
{
    struct child_settings settings = {
        .options = &translate->given->child,
        .protocol = child_protocols[translate->given->protocol],
        .engine = command,
        .parameters = direction,
        .beside = beside,
        .accept = accept_reply,
        .filter = translate,
    };
    if (words_split("command", command, &settings.commands) < 0) {
        (void)diag_within("%s: %s", command, diag_message());
        return NULL;
    }
    return child_open(context, &settings);
}

/* Of the pair of that name. Without a primer (translate/apertium_tagger.h) it gets a fresh process for each text. */
static struct child *open_apertium(struct stage_context *context, struct translate *translate, const char *name,
                                   struct child *beside)
{
    struct bytes engine = {0};
    struct apertium_pair pair = {0};
    struct child_settings settings = {
        .options = &translate->given->child,
        .protocol = &apertium_protocol,
        .environment = apertium_environment,
        .parameters = name,
        .beside = beside,
    };
    bytes_put(&engine, SLICE("apertium "));
    bytes_append(&engine, name, strlen(name) + 1);
    settings.engine = mem_string(engine.items, engine.len);
    vec_push(&translate->names, settings.engine);
    vec_free(&engine);
    bool good = translate->given->child.cache_only || apertium_pair_open(APERTIUM_MODES, name, &pair) == 0;
    if (good && pair.fresh) {
        diag_note("%s: the tagger of this version may remember earlier texts, so each text gets processes of its own, "
                  "which take 0.1 s",
                  name);
        translate->one_by_one = translate->given->child;
        translate->one_by_one.batch = 1;
        settings.options = &translate->one_by_one;
        settings.protocol = &apertium_fresh_protocol;
    }
    settings.commands = pair.commands;
    settings.first = pair.first;
    return good ? child_open(context, &settings) : NULL;
}

/* There and back: from-to, or --pair, which may be the path of a .mode file. */
static int open_pairs(struct stage_context *context, struct translate *translate, struct route *route,
                      struct child *beside)
{
    struct bytes name = {0};
    if (translate->given->pair != NULL) {
        bytes_put(&name, slice_of(translate->given->pair));
    } else {
        bytes_put(&name, slice_of(translate->source));
        bytes_byte(&name, '-');
        bytes_put(&name, slice_of(route->pivot));
    }
    const char *there = mem_string(name.items, name.len), *back = apertium_pair_back(there);
    vec_free(&name);
    vec_push(&translate->names, there);
    if (back == NULL)
        return -1;
    vec_push(&translate->names, back);
    route->there = open_apertium(context, translate, there, beside);
    if (route->there == NULL)
        return -1;
    route->back = open_apertium(context, translate, back, beside != NULL ? beside : route->there);
    return route->back != NULL ? 0 : diag_within("nothing translates %s back: %s", there, diag_message());
}

static int open_route(struct stage_context *context, struct translate *translate, size_t number)
{
    const struct translate_options *given = translate->given;
    struct route *route = &translate->routes[number], *first = &translate->routes[0];
    if (given->engine == ENGINE_APERTIUM)
        return open_pairs(context, translate, route, first->there);
    route->there = number > 0 ? first->there : open_child(context, translate, given->command, "there", NULL);
    if (number > 0 || (route->there != NULL && given->back_command == NULL))
        route->back = number > 0 ? first->back : route->there;
    else if (route->there != NULL)
        route->back = open_child(context, translate, given->back_command, "back", first->there);
    return route->there != NULL && route->back != NULL ? 0 : -1;
}

static int translate_open(struct stage_context *context, void **shared)
{
    struct translate *translate = mem_zalloc(1, sizeof *translate);
    const struct translate_options *given = translate->given = context->options;
    translate->field = slice_of(given->field);
    translate->objects = given->engine == ENGINE_NONE && child_protocols[given->protocol]->objects;
    translate->key = rng_key(&given->random, "translate");
    translate->abbreviations = abbreviations_new(true, NULL, NULL);
    bool good = translate->abbreviations != NULL && open_languages(translate) == 0 && check_command(translate) == 0;
    for (size_t i = 0; good && i < translate->route_count; i++)
        good = open_route(context, translate, i) == 0;
    if (!good) {
        translate_close(translate);
        return -1;
    }
    *shared = translate;
    return 0;
}

/* ---- threads ---- */

static void translate_thread_close(void *thread)
{
    struct translator *translator = thread;
    breaks_free(translator->breaks);
    vec_free(&translator->passage.units);
    vec_free(&translator->sentences);
    distinct_release(&translator->distinct);
    changes_release(&translator->changes);
    vec_free(&translator->text);
    mem_free(translator);
}

static int translate_thread_open(void *shared, void **thread)
{
    struct translator *translator = mem_zalloc(1, sizeof *translator);
    translator->translate = shared;
    translator->breaks = breaks_new();
    if (distinct_open(&translator->distinct) < 0) {
        translate_thread_close(translator);
        return -1;
    }
    *thread = translator;
    return 0;
}

/* ---- records ---- */

static int write_record(void *thread, const struct record *in, struct sink *out)
{
    struct translator *translator = thread;
    const struct translate_options *given = translator->translate->given;
    const struct job *job = &translator->jobs[translator->at++];
    if (job->error != NULL)
        return diag_error("%s", job->error);
    if (given->emit == EMIT_BOTH && sink_emit(out, in) < 0)
        return -1;
    return job->passes ? 0 : backward_emit(translator, job, out);
}

static int translate_records(void *thread, const struct batch *in, struct sink *out)
{
    struct translator *translator = thread;
    if (requests_ask(translator, in, out) < 0)
        return -1;
    for (size_t i = 0; i < in->count; i++)
        if (sink_one(out, in->records[i], write_record, translator) < 0)
            return -1;
    return 0;
}

/* ---- the end ---- */

static int translate_finish(void *shared)
{
    const struct translate *translate = shared;
    for (size_t i = 0; i < translate->route_count; i++) {
        const struct route *route = &translate->routes[i];
        if (i > 0 && route->there == translate->routes[0].there)
            break;
        if (child_finish(route->there) < 0 || (route->back != route->there && child_finish(route->back) < 0))
            return -1;
    }
    return 0;
}

static void translate_notes(const void *shared, const struct totals *totals)
{
    const uint64_t *counts = totals->counters;
    (void)shared;
    if (counts[COUNT_FAILED] > 0)
        diag_note("%llu of %llu translations have failed; their records have no variants",
                  (unsigned long long)counts[COUNT_FAILED], (unsigned long long)counts[COUNT_REQUESTS]);
    uint64_t dropped = counts[COUNT_EQUAL] + counts[COUNT_ENTITY_LOST] + counts[COUNT_SHORT] + counts[COUNT_RATIO];
    if (dropped > 0)
        diag_note(
            "%llu variant%s made; %llu dropped: %llu equal to another text of the record, %llu without an entity, "
            "%llu too short, %llu too different in length",
            (unsigned long long)counts[COUNT_VARIANTS], diag_s(counts[COUNT_VARIANTS]), (unsigned long long)dropped,
            (unsigned long long)counts[COUNT_EQUAL], (unsigned long long)counts[COUNT_ENTITY_LOST],
            (unsigned long long)counts[COUNT_SHORT], (unsigned long long)counts[COUNT_RATIO]);
}

const struct stage stage_translate = {
    .name = "translate",
    .summary = "make variants by translation into another language and back",
    .example = "$ echo '{\"id\":1,\"text\":\"A long winter\"}' |\n"
               "    quern translate --command 'sed -u s/long/lang/' \\\n"
               "        --back-command 'sed -u s/lang/lengthy/' | jq -c '[.id, .text]'\n"
               "[1,\"A long winter\"]\n"
               "[\"1#bt1\",\"A lengthy winter\"]\n",
    .class = STAGE_ASYNC,
    .options = options,
    .options_size = sizeof(struct translate_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = translate_open,
    .close = translate_close,
    .thread_open = translate_thread_open,
    .thread_close = translate_thread_close,
    .records = translate_records,
    .finish = translate_finish,
    .notes = translate_notes,
};
