/* merge.c - fit merge: the table of a whole data set, of those of its parts. */
#include "base/diag.h"
#include "base/memory.h"
#include "covariance.h"
#include "share_sums.h"
#include "term_sums.h"
#include "verbs.h"

#include <inttypes.h>

struct merge_options {
    struct pruning pruning;
    int64_t memory;
    bool partial;
};

static const struct option options[] = {
    OPTIONS_FIT_PRUNING(struct merge_options, pruning),
    OPTION_FIT_PARTIAL(struct merge_options, partial),
    OPTION_FIT_MEMORY(struct merge_options, memory),
    {0},
};

static const char *const reads[] = {"format",    "kind",    "options", "split",          "partial",
                                    "documents", "terms",   "df",      "records",        "indices",
                                    "entries",   "min",     "max",     "sums",           "squares",
                                    "products",  "classes", "counts",  "confidence_sum", "confidence_squares",
                                    NULL};

enum { COUNT_TABLES, COUNT_DIFFERENT, COUNT_PRUNED };
static const char *const counters[] = {"tables", "different_terms", "pruned_terms", NULL};

enum kind { KIND_NONE, KIND_TFIDF, KIND_SCALE, KIND_WHITEN, KIND_SHARES };

struct merge {
    const struct merge_options *given;
    bool prunes; /* an option for terms was given */
    enum kind kind;
    struct bytes rules; /* of the first table: its options, as they are written */
    struct bytes split;
    bool has_split, split_known;
    struct term_sums terms;
    struct sort *sort;
    struct moments moments;       /* of a scale */
    struct covariance covariance; /* of a whitening */
    struct share_sums shares;
};

static void merge_close(void *shared)
{
    struct merge *merge = shared;
    vec_free(&merge->rules);
    vec_free(&merge->split);
    sort_free(merge->sort);
    term_sums_release(&merge->terms);
    moments_release(&merge->moments);
    covariance_release(&merge->covariance);
    share_sums_release(&merge->shares);
    mem_free(merge);
}

static int merge_open(struct stage_context *context, void **shared)
{
    const struct merge_options *given = context->options;
    struct merge *merge = mem_zalloc(1, sizeof *merge);
    merge->given = given;
    merge->prunes = opt_given(context, "min-df") || opt_given(context, "max-df") || opt_given(context, "max-features");
    if (merge->prunes && given->partial) {
        mem_free(merge);
        return diag_error("--partial writes the sums alone, so --min-df, --max-df and --max-features have no effect");
    }
    term_sums_open(&merge->terms, given->memory / 2, context->temp_dir);
    merge->terms.bounds.threads = 1;
    merge->terms.pruning = given->pruning;
    merge->terms.partial = given->partial;
    merge->sort = sort_new(&merge->terms.bounds);
    *shared = merge;
    return 0;
}

/* ---- tables ---- */

/* Tables add up only if they were made alike; that they were not is no matter of one of them. 0, or -1 with the
 * message. */
static int check_alike(struct merge *merge, enum kind kind, struct slice rules)
{
    if (merge->kind == KIND_NONE) {
        merge->kind = kind;
        bytes_put(&merge->rules, rules);
        return 0;
    }
    if (merge->kind != kind)
        return diag_kind(STATUS_DATA, "kind: tables of different kinds can't be added up");
    if (!slice_equal(bytes_slice(&merge->rules), rules))
        return diag_kind(STATUS_DATA, "options: the table was made with %.*s, the first one with %.*s", (int)rules.len,
                         rules.ptr, (int)merge->rules.len, merge->rules.items);
    return 0;
}

/* A table of no records has no split, and goes with any. */
static int check_split(struct merge *merge, const struct fit_head *head, bool records)
{
    struct slice split = head->split.ptr != NULL ? head->split : SLICE("");
    if (!records)
        return 0;
    if (!merge->split_known)
        bytes_put(&merge->split, split);
    merge->split_known = true;
    if (!slice_equal(bytes_slice(&merge->split), split))
        return diag_kind(STATUS_DATA, "split: the table is of records with another value than those before");
    return 0;
}

static int add_terms(struct merge *merge, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    struct tfidf_table table;
    struct bytes rules = {0};
    if (tfidf_table_read(in, head, arena, &table) < 0)
        return -1;
    if (table.pruned)
        return diag_error("options: terms were left out of the table, so it can't be added to others: prune when all "
                          "are merged");
    tfidf_rules_put(&table.rules, &rules);
    bytes_byte(&rules, '}');
    int status = check_alike(merge, KIND_TFIDF, bytes_slice(&rules));
    vec_free(&rules);
    if (status < 0 || check_split(merge, head, table.documents > 0) < 0)
        return -1;
    merge->terms.rules = table.rules;
    struct tfidf_walk walk = {.table = &table, .arena = arena};
    struct slice term;
    int64_t df;
    int more;
    while ((more = tfidf_walk_next(&walk, &term, &df)) == 1)
        ;
    tfidf_walk_release(&walk);
    if (more < 0)
        return -1;
    walk = (struct tfidf_walk){.table = &table, .arena = arena};
    while ((more = tfidf_walk_next(&walk, &term, &df)) == 1)
        if (term_sums_put(merge->sort, term, (uint64_t)df) < 0)
            break;
    tfidf_walk_release(&walk);
    if (more != 0)
        return diag_kind(STATUS_FAILED, "%s", diag_message());
    merge->terms.documents = term_sums_add(merge->terms.documents, (uint64_t)table.documents);
    return 0;
}

static int check_columns_only(const struct merge *merge)
{
    return merge->prunes ? diag_kind(STATUS_USAGE, "--min-df, --max-df and --max-features have no effect on a table of "
                                                   "columns")
                         : 0;
}

static int add_columns(struct merge *merge, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    struct scale_rules rules;
    struct bytes text = {0};
    int64_t records;
    if (check_columns_only(merge) < 0 || scale_rules_read(head->options, arena, &rules) < 0 ||
        rec_int(in, SLICE("records"), &records) < 0)
        return -1;
    enum vector_form form = rules.form, known = merge->moments.rules.form;
    rules.form = FORM_NONE;
    scale_rules_put(&rules, &text);
    int status = check_alike(merge, KIND_SCALE, bytes_slice(&text));
    vec_free(&text);
    if (status < 0 || check_split(merge, head, records > 0) < 0)
        return -1;
    if (merge->moments.numbers == NULL)
        moments_open(&merge->moments, &rules);
    if (form != FORM_NONE && known != FORM_NONE && form != known)
        return diag_kind(STATUS_DATA,
                         "options: form: the table is of %s, those before of %s: all vectors must have one "
                         "form",
                         vector_form_names[form], vector_form_names[known]);
    if (form == FORM_NONE)
        return records == 0 ? 0
                            : diag_error("options: form: missing, but the table is of %" PRId64 " records", records);
    merge->moments.rules.form = form;
    return moments_read(&merge->moments, in, arena);
}

static int add_products(struct merge *merge, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    struct whiten_rules rules;
    struct bytes text = {0};
    int64_t records;
    if (check_columns_only(merge) < 0 || whiten_rules_read(head->options, &rules) < 0 ||
        rec_int(in, SLICE("records"), &records) < 0)
        return -1;
    whiten_rules_put(&rules, &text);
    int status = check_alike(merge, KIND_WHITEN, bytes_slice(&text));
    vec_free(&text);
    if (status < 0 || check_split(merge, head, records > 0) < 0)
        return -1;
    if (merge->covariance.moments.numbers == NULL)
        covariance_open(&merge->covariance, &rules);
    return covariance_read(&merge->covariance, in, arena);
}

/* They add up if they are of the same classes. */
static int add_shares(struct merge *merge, const struct record *in, struct arena *arena)
{
    const struct value *classes = rec_present(in, SLICE("classes"));
    if (check_columns_only(merge) < 0)
        return -1;
    if (classes == NULL || rec_kind(classes) != '[')
        return diag_error("classes: missing");
    if (check_alike(merge, KIND_SHARES, rec_json(classes, arena)) < 0)
        return -1;
    return share_sums_read(&merge->shares, in, arena);
}

static int merge_record(void *shared, const struct record *in, struct sink *out)
{
    struct merge *merge = shared;
    struct arena *arena = sink_arena(out);
    struct fit_head head;
    if (fit_head_read(in, arena, &head) < 0)
        return -1;
    sink_count(out, COUNT_TABLES, 1);
    if (slice_is(head.kind, "tfidf"))
        return add_terms(merge, in, &head, arena);
    if (slice_is(head.kind, "scale"))
        return add_columns(merge, in, &head, arena);
    if (slice_is(head.kind, "whiten"))
        return add_products(merge, in, &head, arena);
    if (slice_is(head.kind, "shares"))
        return add_shares(merge, in, arena);
    return fit_wrong_kind(&head, "\"tfidf\", \"scale\", \"whiten\" or \"shares\"");
}

/* ---- end ---- */

static int write_terms(struct merge *merge, struct sink *out)
{
    struct term_sums *sums = &merge->terms;
    if (sums->step == SUMS_START) {
        vec_push(&sums->sorts, merge->sort);
        merge->sort = NULL;
        bytes_put(&sums->split, bytes_slice(&merge->split));
    }
    int more = term_sums_write(sums, out);
    if (more == 0) {
        sink_count(out, COUNT_DIFFERENT, sums->terms + sums->pruned);
        sink_count(out, COUNT_PRUNED, sums->pruned);
    }
    return more;
}

static int merge_end(void *shared, struct sink *out)
{
    struct merge *merge = shared;
    switch (merge->kind) {
    case KIND_TFIDF:
        return write_terms(merge, out);
    case KIND_SCALE:
        return moments_write(&merge->moments, bytes_slice(&merge->split), merge->given->partial, out);
    case KIND_WHITEN:
        return covariance_write(&merge->covariance, bytes_slice(&merge->split), merge->given->partial, out);
    case KIND_SHARES:
        return share_sums_write(&merge->shares, bytes_slice(&merge->rules), out);
    default:
        return 0;
    }
}

static void merge_notes(const void *shared, const struct totals *totals)
{
    const struct merge *merge = shared;
    (void)totals;
    if (merge->kind == KIND_NONE)
        diag_note("there was no table, so none was written");
    else if (merge->kind == KIND_TFIDF && merge->terms.terms == 0 && merge->terms.pruned > 0)
        diag_note("none of the %" PRIu64 " terms is left: --min-df, --max-df or --max-features is too strict",
                  merge->terms.pruned);
}

const struct stage fit_merge = {
    .name = "fit merge",
    .summary = "one table of several, as if all records had been seen at once",
    .example = "$ echo '{\"text\":\"the mill\"}' | quern fit tfidf --unit space >one\n"
               "$ echo '{\"text\":\"the stone\"}' | quern fit tfidf --unit space >two\n"
               "$ quern fit merge one two | jq -c '[.documents, .terms, .df]'\n"
               "[2,[\"mill\",\"stone\",\"the\"],[1,1,2]]",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct merge_options),
    .reads = reads,
    .counters = counters,
    .open = merge_open,
    .close = merge_close,
    .record = merge_record,
    .end = merge_end,
    .notes = merge_notes,
};
