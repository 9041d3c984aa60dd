/* tfidf.c - fit tfidf: in how many records each term is.
 *
 * Each thread counts in a table of its own, which goes to the sums when it is as large as it may be, and at the end. */
#include "../classes/within.h"
#include "../vectors/term_map.h"
#include "base/diag.h"
#include "term_sums.h"
#include "verbs.h"

struct tfidf_options {
    const char *field, *ngrams, *within;
    struct tfidf_rules rules;
    struct pruning pruning;
    int64_t memory;
    bool partial;
};

static const struct option options[] = {
    OPTIONS_TERMS(struct tfidf_options, rules.terms.unit, ngrams, NULL),
    OPTION_TF(struct tfidf_options, rules.tf, NULL),
    {"idf", 0, OPT_CHOICE, OPT_AT(struct tfidf_options, rules.idf), .value = "IDF", .fallback = "smooth",
     .choices = idf_names,
     .help = "how rare a term is that df of N documents have: smooth, ln((1 + N) / (1 + df)) + 1; plain, ln(N / df) + "
             "1; none, 1"},
    OPTION_NORM(struct tfidf_options, rules.norm, NULL),
    OPTIONS_FIT_PRUNING(struct tfidf_options, pruning),
    OPTION_FIT_WITHIN(struct tfidf_options, within),
    OPTION_FIT_PARTIAL(struct tfidf_options, partial),
    OPTION_FIT_MEMORY(struct tfidf_options, memory),
    OPTION_FIELD(struct tfidf_options, field),
    {0},
};

static const char *const reads[] = {"text", "words", "input_ids", "split", NULL};

enum { COUNT_TERMS, COUNT_DIFFERENT, COUNT_PRUNED, COUNT_EMPTY, COUNT_OTHERS };
static const char *const counters[] = {"terms", "different_terms", "pruned_terms", "records_without_terms", "others",
                                       NULL};

struct tfidf {
    const struct tfidf_options *given;
    struct term_sums sums;
    struct conditions *within;
    struct map *splits;
    size_t memory; /* for the tables of all threads */
};

/* The numbers of a term in the table of a thread. */
enum {
    DF,
    LAST, /* the document that was counted last */
};

struct tfidf_thread {
    struct tfidf *shared;
    struct terms terms;
    struct condition_thread *within;
    struct map *splits;
    struct term_map *counts;
    uint64_t documents; /* of all tables */
    uint32_t here;      /* of this one */
    struct sort *sort;
};

/* ---- open ---- */

static void tfidf_close(void *shared)
{
    struct tfidf *tfidf = shared;
    term_sums_release(&tfidf->sums);
    conditions_free(tfidf->within);
    map_free(tfidf->splits);
    mem_free(tfidf);
}

static int check_options(const struct stage_context *context, const struct tfidf_options *given)
{
    static const char *const names[] = {"min-df", "max-df", "max-features"};
    for (size_t i = 0; given->partial && i < sizeof names / sizeof *names; i++)
        if (opt_given(context, names[i]))
            return diag_error("--%s does not go with --partial: give it to \"fit merge\"", names[i]);
    if (given->rules.terms.unit == UNIT_IDS && opt_given(context, "field"))
        return diag_error("--field has no effect with --unit ids, which is the member input_ids");
    return 0;
}

static int tfidf_open(struct stage_context *context, void **shared)
{
    const struct tfidf_options *given = context->options;
    struct tfidf *tfidf = mem_zalloc(1, sizeof *tfidf);
    tfidf->given = given;
    tfidf->memory = (size_t)given->memory / 2;
    tfidf->splits = map_new();
    term_sums_open(&tfidf->sums, given->memory / 2, context->temp_dir);
    tfidf->sums.rules = given->rules;
    tfidf->sums.pruning = given->pruning;
    tfidf->sums.partial = given->partial;
    if (term_rules_read(given->ngrams, &tfidf->sums.rules.terms) < 0 || check_options(context, given) < 0 ||
        within_open(given->within, &tfidf->within) < 0) {
        tfidf_close(tfidf);
        return -1;
    }
    *shared = tfidf;
    return 0;
}

static void tfidf_thread_close(void *thread)
{
    struct tfidf_thread *mine = thread;
    terms_release(&mine->terms);
    condition_thread_free(mine->within);
    map_free(mine->splits);
    term_map_free(mine->counts);
    sort_free(mine->sort);
    mem_free(mine);
}

static int tfidf_thread_open(void *shared, void **thread)
{
    struct tfidf *tfidf = shared;
    struct tfidf_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = tfidf;
    mine->terms.rules = tfidf->sums.rules.terms;
    mine->within = tfidf->within != NULL ? condition_thread_new(tfidf->within) : NULL;
    mine->splits = map_new();
    mine->counts = term_map_new();
    mine->sort = sort_new(&tfidf->sums.bounds);
    tfidf->sums.bounds.threads++;
    *thread = mine;
    return 0;
}

/* ---- records ---- */

/* The thread's table goes to its sums. 0, or -1 with the message. */
static int flush(struct tfidf_thread *mine)
{
    char room[TERM_MAP_SHORT];
    const struct term_slot *slot;
    for (size_t at = 0; (slot = term_map_next(mine->counts, &at)) != NULL;)
        if (term_sums_put(mine->sort, term_slot_term(slot, room), slot->numbers[DF]) < 0)
            return -1;
    term_map_free(mine->counts);
    mine->counts = term_map_new();
    mine->documents += mine->here;
    mine->here = 0;
    return 0;
}

static bool is_full(const struct tfidf_thread *mine)
{
    const struct tfidf *tfidf = mine->shared;
    size_t share = tfidf->memory / tfidf->sums.bounds.threads;
    return mine->here == UINT32_MAX || term_map_bytes(mine->counts) > (share > SORT_LEAST ? share : SORT_LEAST);
}

/* Returns how many terms there were. */
static uint64_t count_terms(struct tfidf_thread *mine)
{
    struct slice batch[TERMS_AT_ONCE];
    struct term_key keys[TERMS_AT_ONCE];
    uint64_t count = 0;
    mine->here++;
    for (size_t found; (found = terms_next(&mine->terms, batch)) > 0; count += found) {
        for (size_t i = 0; i < found; i++)
            keys[i] = term_map_key(mine->counts, batch[i]);
        for (size_t i = 0; i < found; i++) {
            uint32_t *numbers = term_map_put(mine->counts, &keys[i])->numbers;
            numbers[DF] += numbers[LAST] != mine->here;
            numbers[LAST] = mine->here;
        }
    }
    return count;
}

static int tfidf_record(void *thread, const struct record *in, struct sink *out)
{
    struct tfidf_thread *mine = thread;
    const struct tfidf *tfidf = mine->shared;
    struct arena *arena = sink_arena(out);
    int within = within_holds(tfidf->within, mine->within, in, arena);
    if (within <= 0) {
        sink_count(out, COUNT_OTHERS, within == 0);
        return within;
    }
    if (terms_read(&mine->terms, in, slice_of(tfidf->given->field), arena) < 0)
        return -1;
    splits_note(mine->splits, in, arena);
    uint64_t count = count_terms(mine);
    sink_count(out, COUNT_TERMS, count);
    sink_count(out, COUNT_EMPTY, count == 0);
    return is_full(mine) && flush(mine) < 0 ? diag_kind(STATUS_FAILED, "%s", diag_message()) : 0;
}

static int tfidf_merge(void *shared, void *thread)
{
    struct tfidf *tfidf = shared;
    struct tfidf_thread *mine = thread;
    if (flush(mine) < 0)
        return -1;
    splits_merge(tfidf->splits, mine->splits);
    tfidf->sums.documents += mine->documents;
    vec_push(&tfidf->sums.sorts, mine->sort);
    mine->sort = NULL;
    return 0;
}

static int tfidf_end(void *shared, struct sink *out)
{
    struct tfidf *tfidf = shared;
    struct term_sums *sums = &tfidf->sums;
    if (sums->step == SUMS_START) {
        if (splits_check(tfidf->splits, "counted") < 0)
            return -1;
        bytes_put(&sums->split, splits_one(tfidf->splits));
    }
    int more = term_sums_write(sums, out);
    if (more == 0) {
        sink_count(out, COUNT_DIFFERENT, sums->terms + sums->pruned);
        sink_count(out, COUNT_PRUNED, sums->pruned);
    }
    return more;
}

static void tfidf_notes(const void *shared, const struct totals *totals)
{
    const struct tfidf *tfidf = shared;
    const uint64_t *counts = totals->counters;
    if (tfidf->within != NULL && tfidf->sums.documents == 0 && counts[COUNT_OTHERS] > 0)
        diag_note("no record has %s (--within), so the table is empty", tfidf->given->within);
    else if (tfidf->sums.terms == 0 && tfidf->sums.pruned > 0)
        diag_note("none of the %llu terms is left: --min-df, --max-df or --max-features is too strict",
                  (unsigned long long)tfidf->sums.pruned);
    else if (tfidf->sums.terms == 0 && tfidf->sums.documents > 0)
        diag_note("the records have no terms, so the table has none");
}

const struct stage fit_tfidf = {
    .name = "fit tfidf",
    .summary = "count in how many records each term is",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'the mill' 'the stone' |\n"
               "    quern fit tfidf --unit space\n"
               "{\"format\":\"quern-fit-1\",\"kind\":\"tfidf\",…,\"documents\":2,…}",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct tfidf_options),
    .reads = reads,
    .counters = counters,
    .open = tfidf_open,
    .close = tfidf_close,
    .thread_open = tfidf_thread_open,
    .thread_close = tfidf_thread_close,
    .record = tfidf_record,
    .merge = tfidf_merge,
    .end = tfidf_end,
    .notes = tfidf_notes,
};
