/* vote.c - several records about one thing become one: the mean of predictions, the label that most annotators gave.
 *
 *     quern vote --method mean|weighted|majority|list|dawid-skene [--by NAME] [--min-votes N] [options] [FILE …]
 *     quern vote agreement [--by NAME] [--annotator NAME] [--label NAME] [--json] [FILE …]
 *
 *     $ printf '{"id":1,"label":"%s","annotator":"%s"}\n' ham ann spam bob spam cid | quern vote --method majority
 *     {"id":1,"label":"spam","votes":3,"agreement":0.6666666666666666,"tie":false}
 *
 * The first pass keeps the numbers of each record with its group (vote/ballots.h), never the record itself; the second
 * pass writes each group in the place of its first record. */
#include "vote/vote.h"

#include "quern.h"

#include <inttypes.h>

static const char *const methods[] = {"mean", "weighted", "majority", "list", "dawid-skene", NULL};

static const struct option options[] = {
    {"by", 0, OPT_TEXT, OPT_AT(struct vote_options, by), .value = "NAME", .fallback = "id",
     .help = "the member whose value the records of one group share"},
    {"method", 0, OPT_CHOICE, OPT_AT(struct vote_options, method), .value = "METHOD", .required = true,
     .choices = methods,
     .help =
         "mean, weighted: of the probabilities; majority: of the labels; list: the predictions of the others, in "
         "aug_probs of the record whose id NAME holds; dawid-skene: labels, weighed by how reliable annotators are"},
    {"weights", 0, OPT_TEXTS, OPT_AT(struct vote_options, weights), .value = "FILE=W,...", .when = "method=weighted",
     .help = "the weight of each input file; without it a record's is its member weight"},
    {"min-votes", 0, OPT_INT, OPT_AT(struct vote_options, min_votes), .value = "N", .fallback = "0", .min = 0,
     .max = UINT32_MAX, .help = "leave out the groups of fewer votes"},
    OPTION_CLASSES(struct vote_options, classes),
    {"label", 0, OPT_TEXT, OPT_AT(struct vote_options, label), .value = "NAME", .fallback = "label",
     .when = "method=majority|dawid-skene", .help = "the member with the label"},
    {"annotator", 0, OPT_TEXT, OPT_AT(struct vote_options, annotator), .value = "NAME", .fallback = "annotator",
     .when = "method=majority|dawid-skene", .help = "the member that says who gave the label"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct vote_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 0,
     .max = INT64_MAX, .help = "what the votes may take in memory before they go to temporary files"},
    {0},
};

static const char *const reads[] = {"id", "probs", "logits", "label", "annotator", "weight", "parent", NULL};
static const char *const writes[] = {"probs", "predicted", "votes",      "label", "agreement",
                                     "tie",   "aug_probs", "aug_logits", NULL};

enum { COUNT_GROUPS, COUNT_FEW, COUNT_TIES, COUNT_ALONE };
static const char *const counters[] = {"groups", "few", "ties", "alone", NULL};

/* ---- open ---- */

/* The weights of input files: each has one, and once. */
static int read_weight(struct vote *vote, struct slice file, struct slice text)
{
    const char *end = text.ptr + text.len;
    double weight;
    if (text.ptr == NULL)
        return diag_error("--weights: expected FILE=W, found \"%.*s\"", (int)file.len, file.ptr);
    if (text.len == 0 || json_skip(text.ptr, end, 1, NULL) != end || json_kind(text) != '0' ||
        number_read(text.ptr, end, &weight) == NULL || weight < 0)
        return diag_error("--weights: %.*s: expected a number that is 0 or more, found \"%.*s\"", (int)file.len,
                          file.ptr, (int)text.len, text.ptr);
    size_t found = 0;
    for (size_t i = 0; i < vote->files->len; i++) {
        if (!slice_equal(slice_of(vote->files->items[i]), file))
            continue;
        if (vote->file_weights[i] >= 0)
            return diag_error("--weights: %.*s is given twice", (int)file.len, file.ptr);
        vote->file_weights[i] = weight;
        found++;
    }
    return found > 0 ? 0 : diag_error("--weights: %.*s is no input file", (int)file.len, file.ptr);
}

static int read_weights(struct vote *vote, const struct stage_context *context)
{
    const struct words *lists = &vote->given->weights;
    if (lists->len == 0)
        return 0;
    vote->files = context->files;
    vote->file_weights = mem_zalloc(vote->files->len + 1, sizeof *vote->file_weights);
    for (size_t i = 0; i < vote->files->len; i++)
        vote->file_weights[i] = -1;
    for (size_t i = 0; i < lists->len; i++) {
        struct slice list = slice_of(lists->items[i]), file, text;
        while (classes_item(&list, &file, &text))
            if (read_weight(vote, file, text) < 0)
                return -1;
    }
    for (size_t i = 0; i < vote->files->len; i++)
        if (vote->file_weights[i] < 0)
            return diag_error("--weights: the input file %s has no weight", vote->files->items[i]);
    return 0;
}

static void vote_close(void *shared)
{
    struct vote *vote = shared;
    ballots_close(&vote->ballots);
    class_list_release(&vote->classes);
    roll_release(&vote->labels);
    roll_release(&vote->annotators);
    region_close(&vote->beliefs);
    mem_free(vote->file_weights);
    mem_free(vote);
}

static int vote_open(struct stage_context *context, void **shared)
{
    const struct vote_options *given = context->options;
    if (given->method == METHOD_MAJORITY && given->classes != NULL)
        return diag_error("--classes has no effect with --method majority, which takes labels as they are");
    if (given->method == METHOD_LIST && strcmp(given->by, "id") == 0)
        return diag_error("--method list needs --by NAME, the member with the id of another record, such as parent");
    struct vote *vote = mem_zalloc(1, sizeof *vote);
    vote->given = given;
    vote->beliefs = REGION_CLOSED;
    vote->rules.classes = &vote->classes;
    roll_init(&vote->labels);
    roll_init(&vote->annotators);
    if (ballots_open(&vote->ballots, (uint64_t)given->max_memory, context->temp_dir) < 0 ||
        read_weights(vote, context) < 0 || class_list_open(&vote->classes, context, given->classes) < 0) {
        vote_close(vote);
        return -1;
    }
    *shared = vote;
    return 0;
}

/* ---- the two passes ---- */

static int vote_record(void *shared, const struct record *in, struct sink *out)
{
    return vote_cast(shared, in, sink_arena(out));
}

static int vote_end(void *shared, struct sink *out)
{
    struct vote *vote = shared;
    sink_count(out, COUNT_GROUPS, vote->ballots.count);
    if (vote->given->method == METHOD_MAJORITY)
        roll_sort(&vote->labels);
    return vote->given->method == METHOD_SKENE ? vote_settle(vote) : 0;
}

static int emit_group(struct vote *vote, struct group *group, const struct record *in, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    if (group->votes < (uint64_t)vote->given->min_votes) {
        group->done = true;
        sink_count(out, COUNT_FEW, 1);
        return 0;
    }
    struct record *made = rec_derive(arena, in);
    if (vote_count(vote, group, made, arena) < 0)
        return -1;
    const struct value *tie = rec_get(made, SLICE("tie"));
    sink_count(out, COUNT_TIES, vote->given->method == METHOD_MAJORITY && rec_kind(tie) == 't');
    sink_count(out, COUNT_ALONE, group->votes == 0);
    group->done = true;
    return sink_emit(out, made);
}

static int vote_apply(void *shared, const struct record *in, struct sink *out)
{
    struct vote *vote = shared;
    struct identity key;
    bool own;
    if (vote_key(vote, in, sink_arena(out), &key, &own) < 0)
        return -1;
    struct group *group = ballots_find(&vote->ballots, key);
    if (vote->given->method == METHOD_LIST && !group->own)
        return diag_error("%s: there is no record of this id without %s, for aug_probs to go to", vote->given->by,
                          vote->given->by);
    if (group->done || own != (vote->given->method == METHOD_LIST))
        return 0;
    return emit_group(vote, group, in, out);
}

static void vote_notes(const void *shared, const struct totals *totals)
{
    const struct vote *vote = shared;
    const uint64_t *counts = totals->counters;
    uint64_t groups = counts[COUNT_GROUPS];
    if (counts[COUNT_FEW] > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " group%s had fewer than %" PRId64 " vote%s and %s left out",
                  counts[COUNT_FEW], groups, diag_s(groups), vote->given->min_votes,
                  diag_s((uint64_t)vote->given->min_votes), counts[COUNT_FEW] == 1 ? "was" : "were");
    if (counts[COUNT_ALONE] > 0)
        diag_note("%" PRIu64 " record%s had no predictions to collect and passed without %s", counts[COUNT_ALONE],
                  diag_s(counts[COUNT_ALONE]), vote->logits ? "aug_logits" : "aug_probs");
    if (vote->given->method == METHOD_SKENE && groups > 0 && vote->rounds == 0)
        diag_note("the probabilities still change after 100 rounds");
}

static const struct stage *const verbs[] = {&vote_agreement, NULL};

const struct stage stage_vote = {
    .name = "vote",
    .summary = "make one record of several predictions or labels of one thing",
    .example = "$ printf '{\"id\":1,\"label\":\"%s\"}\\n' ham spam spam |\n"
               "    quern vote --method majority\n"
               "{\"id\":1,\"label\":\"spam\",\"votes\":3,\"agreement\":0.6666666666666666,\"tie\":false}",
    .class = STAGE_WHOLE,
    .verbs = verbs,
    .options = options,
    .options_size = sizeof(struct vote_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = vote_open,
    .close = vote_close,
    .record = vote_record,
    .end = vote_end,
    .apply = vote_apply,
    .apply_in_order = true,
    .notes = vote_notes,
};
