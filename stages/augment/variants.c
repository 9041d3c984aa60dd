/* variants.c - the variants of a record: see variants.h. */
#include "variants.h"

#include "surface.h"

/* The purposes of the draws of operation 0, augment itself; the item of the second is the variant. */
enum { DRAW_FIRST_OP, DRAW_OP };
enum { ATTEMPTS = 11 /* the first, and ten more if the text is not new */ };

int variants_open(struct variants *variants, const struct augment *augment)
{
    variants->augment = augment;
    variants->changes = mem_zalloc(augment->field_count, sizeof *variants->changes);
    variants->texts = mem_zalloc(augment->field_count, sizeof *variants->texts);
    variants->rooms = mem_zalloc(2 * augment->field_count, sizeof *variants->rooms);
    for (size_t i = 0; augment->given->policy == POLICY_ALL && i < 2 * augment->field_count; i++)
        variants->rooms[i] = arena_new();
    return drafter_open(&variants->drafter, &augment->rules) < 0 || distinct_open(&variants->distinct) < 0 ? -1 : 0;
}

void variants_release(struct variants *variants)
{
    for (size_t i = 0; i < variants->augment->field_count; i++) {
        changes_release(&variants->changes[i]);
        vec_free(&variants->texts[i]);
    }
    mem_free(variants->changes);
    mem_free(variants->texts);
    for (size_t i = 0; i < 2 * variants->augment->field_count; i++)
        if (variants->rooms[i] != NULL)
            arena_free(variants->rooms[i]);
    mem_free(variants->rooms);
    drafter_release(&variants->drafter);
    distinct_release(&variants->distinct);
    vec_free(&variants->scratch.numbers);
    vec_free(&variants->scratch.parts);
    vec_free(&variants->scratch.name);
    map_free(variants->scratch.keys);
    rates_release(&variants->scratch.rates);
    vec_free(&variants->origins);
    vec_free(&variants->edits);
    vec_free(&variants->ops);
}

/* ---- one attempt ---- */

/* What is being tried. */
struct attempt {
    struct variants *variants;
    const struct draft *drafts; /* of the record */
    struct rng *rng;
    struct arena *arena;
    size_t number;    /* K */
    unsigned attempt; /* from 0 */
};

/* Runs an operation on one draft of `drafts`: the changes of that field, whose texts are in the arena. */
static void run_op(const struct attempt *attempt, const struct op_use *use, const struct draft *drafts, size_t field,
                   struct arena *arena)
{
    struct variants *variants = attempt->variants;
    struct op_job job = {
        .augment = variants->augment,
        .drafts = drafts,
        .field_count = variants->augment->field_count,
        .field = field,
        .draft = &drafts[field],
        .alpha = use->alpha,
        .draws = draws_of(attempt->rng, use->op->number, attempt->attempt, field, attempt->number),
        .arena = arena,
        .changes = &variants->changes[field],
        .scratch = &variants->scratch,
    };
    changes_reset(job.changes);
    use->op->apply(&job);
    changes_settle(job.changes, job.draft->text);
    if (use->op->brings_words && language_is(job.draft->tag, "en"))
        surface_repair_articles(job.draft, job.changes);
}

/* The text of each field after one operation. Does it change anything? */
static bool try_one(const struct attempt *attempt, const struct op_use *use)
{
    struct variants *variants = attempt->variants;
    bool changed = false;
    for (size_t i = 0; i < variants->augment->field_count; i++) {
        run_op(attempt, use, attempt->drafts, i, attempt->arena);
        changed = changed || variants->changes[i].len > 0;
        changes_apply(&variants->changes[i], attempt->drafts[i].text, &variants->texts[i]);
    }
    return changed;
}

/* After all operations, one after the other; *after has the drafts, in memory that the next attempt takes again. 1 if
 * anything has changed, 0 if not, or -1. */
static int try_all(const struct attempt *attempt, struct draft *after)
{
    struct variants *variants = attempt->variants;
    const struct augment *augment = variants->augment;
    bool changed = false, did[OP_LAST] = {false};
    for (size_t i = 0; i < augment->field_count; i++) /* tfidf looks at all of them */
        after[i] = attempt->drafts[i];
    for (size_t i = 0; i < augment->field_count; i++) {
        struct slice old = attempt->drafts[i].text;
        size_t room = 2 * i; /* a draft is made in the one room while the one before it is in the other */
        origins_start(&variants->origins, old);
        for (size_t op = 0; op < augment->op_count; op++) {
            struct arena *arena = variants->rooms[room];
            struct draft before = after[i];
            variants->scratch.rates.of = NULL; /* of what the operation before has left */
            arena_reset(arena);
            run_op(attempt, &augment->ops[op], after, i, arena);
            if (variants->changes[i].len == 0)
                continue;
            did[op] = changed = true;
            changes_apply(&variants->changes[i], before.text, &variants->texts[i]);
            changes_track(&variants->changes[i], &variants->origins, before.text);
            struct slice text = arena_copy(arena, bytes_slice(&variants->texts[i]));
            if (draft_after(&variants->drafter, &before, &variants->changes[i], text, true, arena, &after[i]) < 0)
                return -1;
            room ^= 1;
        }
        changes_since(&variants->origins, old, after[i].text, &variants->changes[i]);
        variants->texts[i].len = 0;
        bytes_put(&variants->texts[i], after[i].text);
    }
    variants->ops.len = 0;
    for (size_t op = 0; op < augment->op_count; op++) {
        if (!did[op])
            continue;
        bytes_put(&variants->ops, variants->ops.len > 0 ? SLICE("+") : SLICE(""));
        bytes_put(&variants->ops, slice_of(augment->ops[op].op->name));
    }
    return changed;
}

/* Are the texts new among those of the record? 1, 0, or -1. */
static int is_new(struct variants *variants, struct arena *arena)
{
    size_t count = variants->augment->field_count;
    struct slice one = {NULL, 0}, *texts = count == 1 ? &one : arena_array(arena, count, sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = bytes_slice(&variants->texts[i]);
    return distinct_add(&variants->distinct, texts, count);
}

static void put_edits(struct variants *variants, const struct draft *drafts)
{
    const struct augment *augment = variants->augment;
    variants->edits.len = 0;
    bytes_byte(&variants->edits, '[');
    for (size_t i = 0; i < augment->field_count; i++)
        changes_put_json(&variants->changes[i], drafts[i].text,
                         augment->names_fields ? augment->fields[i] : (struct slice){NULL, 0}, &variants->edits);
    bytes_byte(&variants->edits, ']');
}

/* The drafts after the changes of one operation, in memory that stays. */
static int finish_one(const struct attempt *attempt, struct draft *after)
{
    struct variants *variants = attempt->variants;
    for (size_t i = 0; i < variants->augment->field_count; i++)
        if (draft_after(&variants->drafter, &attempt->drafts[i], &variants->changes[i],
                        arena_copy(attempt->arena, bytes_slice(&variants->texts[i])), false, attempt->arena,
                        &after[i]) < 0)
            return -1;
    return 0;
}

/* Variant number K of an operation or, if `use` is NULL, of all of them: 1 if one was found, 0 if none is new, or -1.
 */
static int make_variant(struct attempt attempt, const struct op_use *use, struct variant *variant)
{
    struct variants *variants = attempt.variants;
    size_t fields = variants->augment->field_count;
    for (attempt.attempt = 0; attempt.attempt < ATTEMPTS; attempt.attempt++) {
        struct draft *after = use == NULL ? arena_array(attempt.arena, fields, sizeof *after) : NULL;
        int found = use == NULL ? try_all(&attempt, after) : try_one(&attempt, use);
        if (found > 0)
            found = is_new(variants, attempt.arena);
        if (found < 0)
            return -1;
        if (found == 0)
            continue;
        put_edits(variants, attempt.drafts);
        if (use != NULL) {
            after = arena_array(attempt.arena, fields, sizeof *after);
            if (finish_one(&attempt, after) < 0)
                return -1;
        }
        for (size_t i = 0; use == NULL && i < fields; i++)
            draft_keep(&after[i], attempt.arena);
        *variant = (struct variant){
            .op = use == NULL ? arena_copy(attempt.arena, bytes_slice(&variants->ops)) : slice_of(use->op->name),
            .mark = use == NULL ? "all" : use->op->name,
            .number = attempt.number,
            .after = after,
            .edits = arena_copy(attempt.arena, bytes_slice(&variants->edits)),
            .rates = use != NULL && use->op->number == OP_TFIDF && variants->augment->given->explain
                         ? variants->scratch.rates.items.items
                         : NULL,
        };
        return 1;
    }
    return 0;
}

/* ---- all ---- */

/* How the operations take turns for one record. */
struct turns {
    size_t first;         /* of --policy each */
    size_t made[OP_LAST]; /* variants of each operation */
    bool spent[OP_LAST];  /* it has found nothing new */
};

/* The next variant: the operation whose turn it is or, if that finds nothing new, the next one. */
static int next_variant(struct attempt *attempt, struct turns *turns, size_t made, struct variant *variant)
{
    const struct augment *augment = attempt->variants->augment;
    size_t count = augment->op_count, turn = turns->first + made;
    if (augment->given->policy == POLICY_ALL) {
        attempt->number = made + 1;
        return make_variant(*attempt, NULL, variant);
    }
    if (augment->given->policy == POLICY_RANDOM) {
        struct draws draws = draws_of(attempt->rng, 0, 0, 0, 0);
        turn = draw_below(&draws, DRAW_OP, made, count);
    }
    for (size_t i = 0; i < count; i++) {
        size_t op = (turn + i) % count;
        if (turns->spent[op])
            continue;
        attempt->number = turns->made[op] + 1;
        int found = make_variant(*attempt, &augment->ops[op], variant);
        if (found < 0)
            return -1;
        turns->made[op] += found > 0;
        turns->spent[op] = found == 0;
        if (found > 0)
            return 1;
    }
    return 0;
}

int64_t variants_make(struct variants *variants, const struct draft *drafts, struct rng *rng, size_t wanted,
                      struct arena *arena, variant_emit *emit, void *state)
{
    const struct augment *augment = variants->augment;
    struct attempt attempt = {variants, drafts, rng, arena, 0, 0};
    struct turns turns = {0};
    struct draws draws = draws_of(rng, 0, 0, 0, 0);
    turns.first = draw_below(&draws, DRAW_FIRST_OP, 0, augment->op_count);
    distinct_reset(&variants->distinct);
    variants->scratch.rates.of = NULL;
    for (size_t i = 0; i < augment->field_count; i++) {
        variants->texts[i].len = 0;
        bytes_put(&variants->texts[i], drafts[i].text);
    }
    if (is_new(variants, arena) < 0)
        return -1;
    size_t made = 0;
    for (; made < wanted; made++) {
        struct variant variant;
        int found = next_variant(&attempt, &turns, made, &variant);
        if (found < 0 || (found > 0 && emit(state, &variant) < 0))
            return -1;
        if (found == 0)
            break;
    }
    return (int64_t)made;
}
