/* cast.c - the first pass of vote: what each record says; see vote.h. */
#include "vote.h"

#include "record/lineage.h"
#include "record/members.h"

enum { MOST_SKENE_CLASSES = 4096 };

/* ---- groups ---- */

int vote_key(const struct vote *vote, const struct record *in, struct arena *arena, struct identity *key, bool *own)
{
    struct slice by = slice_of(vote->given->by);
    *own = vote->given->method == METHOD_LIST && rec_present(in, by) == NULL;
    return lineage_member(in, *own ? SLICE("id") : by, arena, key);
}

static struct group *find_group(struct vote *vote, const struct record *in, struct arena *arena, bool *own)
{
    struct identity key;
    return vote_key(vote, in, arena, &key, own) < 0 ? NULL : ballots_group(&vote->ballots, key);
}

/* ---- predictions ---- */

static int find_weight(const struct vote *vote, const struct record *in, double *weight)
{
    *weight = 1;
    if (vote->given->method != METHOD_WEIGHTED)
        return 0;
    for (size_t i = 0; vote->file_weights != NULL && i < vote->files->len; i++) {
        const char *path = vote->files->items[i], *name = strcmp(path, "-") == 0 ? "stdin" : path;
        if (in->file != NULL && strcmp(name, in->file) == 0) {
            *weight = vote->file_weights[i];
            return 0;
        }
    }
    if (vote->file_weights != NULL)
        return diag_error("the record is of none of the input files, so --weights gives it no weight");
    if (rec_present(in, SLICE("weight")) == NULL)
        return member_missing_named(in, SLICE("weight"), "(or give the weights of the input files: --weights)");
    if (rec_float(in, SLICE("weight"), weight) < 0)
        return -1;
    return *weight >= 0 ? 0 : diag_error("weight: expected a number that is 0 or more");
}

/* The weight, and the probabilities. */
static int cast_mean(struct vote *vote, const struct record *in, struct arena *arena)
{
    struct distribution made;
    double weight;
    bool own;
    if (find_weight(vote, in, &weight) < 0 || distribution_need(&vote->rules, in, arena, &made) < 0)
        return -1;
    double *ballot = arena_array(arena, made.count + 1, sizeof *ballot);
    ballot[0] = weight;
    memcpy(ballot + 1, made.p, made.count * sizeof *ballot);
    struct group *group = find_group(vote, in, arena, &own);
    return group != NULL ? ballots_cast(&vote->ballots, group, ballot, (made.count + 1) * sizeof *ballot) : -1;
}

/* ---- labels ---- */

static int cast_label(struct vote *vote, const struct record *in, struct arena *arena)
{
    const struct vote_options *given = vote->given;
    struct label_ballot ballot = {0};
    bool own;
    if (given->method == METHOD_MAJORITY) {
        if (roll_number(&vote->labels, in, given->label, "label", arena, &ballot.label) < 0)
            return -1;
    } else {
        size_t class;
        if (class_list_find(&vote->classes, in, slice_of(given->label), "", arena, &class) < 0)
            return -1;
        if (class >= MOST_SKENE_CLASSES)
            return diag_error("%s: expected one of at most %d classes, found number %zu", given->label,
                              MOST_SKENE_CLASSES, class);
        if (roll_number(&vote->annotators, in, given->annotator, "annotator", arena, &ballot.annotator) < 0)
            return -1;
        ballot.label = (uint32_t) class;
    }
    struct group *group = find_group(vote, in, arena, &own);
    return group != NULL ? ballots_cast(&vote->ballots, group, &ballot, sizeof ballot) : -1;
}

/* ---- lists ---- */

/* All records of a stream have aug_probs, or all have aug_logits. */
static int check_kind(struct vote *vote, bool logits)
{
    static const char *const names[] = {"probs", "logits"};
    if (vote->any && logits != vote->logits)
        return diag_error("%s: the first prediction has %s: expected the same of all", names[logits],
                          names[vote->logits]);
    vote->any = true;
    vote->logits = logits;
    return 0;
}

static int own_record(struct vote *vote, struct group *group)
{
    if (group->own)
        return diag_error("id: a second record of this id without %s: which of them do the others belong to?",
                          vote->given->by);
    group->own = true;
    return 0;
}

static int cast_list(struct vote *vote, const struct record *in, struct arena *arena)
{
    struct distribution made;
    struct record_id id;
    struct identity key;
    bool own;
    if (vote_key(vote, in, arena, &key, &own) < 0)
        return -1;
    if (!own && (record_id_read(in, arena, &id) < 0 || distribution_need(&vote->rules, in, arena, &made) < 0 ||
                 check_kind(vote, made.logits) < 0))
        return -1;
    struct group *group = ballots_group(&vote->ballots, key);
    if (group == NULL || own)
        return group != NULL ? own_record(vote, group) : -1;
    struct slice json = rec_json(rec_present(in, made.logits ? SLICE("logits") : SLICE("probs")), arena);
    struct list_ballot head = {json.len, id.spelling.len, (uint64_t)id.kind};
    struct bytes ballot = {0};
    bytes_append(&ballot, (const char *)&head, sizeof head);
    bytes_put(&ballot, json);
    bytes_put(&ballot, id.spelling);
    int status = ballots_cast(&vote->ballots, group, ballot.items, ballot.len);
    vec_free(&ballot);
    return status;
}

int vote_cast(struct vote *vote, const struct record *in, struct arena *arena)
{
    switch (vote->given->method) {
    case METHOD_MEAN:
    case METHOD_WEIGHTED:
        return cast_mean(vote, in, arena);
    case METHOD_LIST:
        return cast_list(vote, in, arena);
    default:
        return cast_label(vote, in, arena);
    }
}
