/* mixup.c - mixtures of two records: of their vectors and of their targets.
 *
 *     quern mixup --with POOL [--alpha 0.75] [--classes LIST] [--emit both|synthetic] [--copies N] [FILE …]
 *
 *     $ printf '{"id":%s,"features":[%s],"label":%s}\n' 1 0 0 2 8 1 >pool
 *     $ quern mixup --with pool --classes 0,1 --emit synthetic pool | head -n 1
 *     {"id":"1#mu1","parent":1,"root":1,"parents":[1,2],"synthetic":true,"method":"mixup","lambda":0.8220418077463982,
 *      "features":[1.4236655],"target":[0.8220418077463982,0.17795819225360177]}
 *
 * Zhang et al. 2018, and Berthelot et al. 2019 (MixMatch), equations 8 to 11. */
#include "mixup/pool.h"
#include "quern.h"
#include "vectors/build.h"

#include <math.h>

struct mixup_options {
    const char *with, *classes, *label;
    double alpha;
    int emit;
    bool wide;
    struct random_options random;
};
enum { EMIT_BOTH, EMIT_SYNTHETIC };

static const char *const emit_names[] = {"both", "synthetic", NULL};

static const struct option options[] = {
    {"with", 0, OPT_FILE, OPT_AT(struct mixup_options, with), .value = "POOL", .required = true,
     .help = "the records that partners are drawn from; it may be the input itself"},
    {"alpha", 0, OPT_FLOAT, OPT_AT(struct mixup_options, alpha), .value = "A", .fallback = "0.75",
     .help = "the share of the record is drawn from the beta distribution (A, A): small values mix little"},
    OPTION_CLASSES(struct mixup_options, classes),
    {"label", 0, OPT_TEXT, OPT_AT(struct mixup_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class of records that have no target"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct mixup_options, emit), .value = "WHAT", .fallback = "both",
     .choices = emit_names, .help = "both: the record, then the mixture; synthetic: the mixture only"},
    {"double", 0, OPT_FLAG, OPT_AT(struct mixup_options, wide),
     .help = "keep and write numbers of vectors as 64-bit floats instead of 32-bit ones"},
    OPTIONS_RANDOM(struct mixup_options, random),
    {0},
};

static const char *const reads[] = {"id",       "root",   "epoch",  "split", "weight",
                                    "features", "sparse", "target", "label", NULL};
static const char *const writes[] = {"id",     "split",     "epoch",  "weight",   "parent", "root",   "parents",
                                     "lambda", "synthetic", "method", "features", "sparse", "target", NULL};

enum { COUNT_MIXTURES };
static const char *const counters[] = {"mixtures", NULL};

/* The numbers of the draws; of a share two for each attempt. */
enum { DRAW_PARTNER = 0, DRAW_SHARE = 1 };

struct mixup {
    const struct mixup_options *given;
    struct class_list classes;
    struct pool pool;
    struct rng_key key;
    double exponent; /* 1 / alpha */
};

/* ---- open ---- */

static void mixup_close(void *shared)
{
    struct mixup *mixup = shared;
    pool_release(&mixup->pool);
    class_list_release(&mixup->classes);
    mem_free(mixup);
}

static int mixup_open(struct stage_context *context, void **shared)
{
    const struct mixup_options *given = context->options;
    if (given->alpha < 0.001 || given->alpha > 1000)
        return diag_error("--alpha: expected a number from 0.001 to 1000");
    if (lineage_check(&given->random) < 0)
        return -1;
    struct mixup *mixup = mem_zalloc(1, sizeof *mixup);
    mixup->given = given;
    mixup->key = rng_key(&given->random, "mixup");
    mixup->exponent = 1 / given->alpha;
    mixup->pool = (struct pool){.wide = given->wide, .classes = &mixup->classes, .label = slice_of(given->label)};
    if (class_list_open(&mixup->classes, NULL, given->classes) < 0 ||
        pool_open(&mixup->pool, context, given->with) < 0) {
        mixup_close(mixup);
        return -1;
    }
    *shared = mixup;
    return 0;
}

/* ---- a mixture ---- */

/* The larger of x and 1 - x, where x is of the beta distribution (a, a), in closed form from a point (u, v) of the unit
 * disc: with s = u^2 + v^2, t = u sqrt(2a (s^(-1/a) - 1) / s) is of Student's distribution with 2a degrees of freedom
 * (Bailey 1994), and x = (1 + t / sqrt(2a + t^2)) / 2. The same for every a, and a point is in the disc with
 * probability pi / 4. */
static double draw_share(struct rng *rng, double exponent)
{
    for (uint64_t draw = (uint64_t)DRAW_SHARE << 32;; draw += 2) {
        double u = (double)(rng_bits(rng, draw) >> 11) * 0x1p-52 - 1;
        double v = (double)(rng_bits(rng, draw + 1) >> 11) * 0x1p-52 - 1;
        double s = u * u + v * v;
        if (s >= 1 || u == 0)
            continue;
        /* 2a / t^2 = (s / u^2) (s^(1/a) / (1 - s^(1/a))) */
        double inverse = s / (u * u) * (real_pow(s, exponent) / real_pow_rest(s, exponent));
        return 0.5 + 0.5 * sqrt(1 / (1 + inverse));
    }
}

/* What a mixture has of its record as it is. */
static void set_kept(const struct record *in, const struct lineage *lineage, int64_t copy, struct record *made)
{
    const struct value *split = rec_present(in, SLICE("split"));
    rec_set(made, SLICE("id"), *rec_get(in, SLICE("id")));
    if (split != NULL)
        rec_set(made, SLICE("split"), *split);
    if (!lineage->says_epoch && rec_present(in, SLICE("epoch")) != NULL)
        rec_set_int(made, SLICE("epoch"), lineage->round);
    lineage_set(made, lineage, copy);
}

static int set_mixed(const struct mixup *mixup, const struct mixable *one, const struct mixable *other, double share,
                     struct record *made, struct arena *arena)
{
    size_t count = mixup->classes.count;
    double *target = arena_array(arena, count, sizeof *target), rest = 1 - share;
    struct vector *vector = arena_alloc(arena, sizeof *vector);
    for (size_t c = 0; c < count; c++)
        target[c] = number_between(one->target[c], other->target[c], rest);
    *vector = vector_between(&one->vector, &other->vector, rest, mixup->given->wide, arena);
    if (rec_set_float(made, SLICE("lambda"), share) < 0 ||
        rec_set_vector(made, slice_of(vector_form_names[mixup->pool.form]), vector) < 0)
        return -1;
    return rec_set_floats(made, SLICE("target"), target, count);
}

static int emit_mixture(const struct mixup *mixup, const struct record *in, const struct mixable *one,
                        const struct lineage *lineage, int64_t copy, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_new(arena);
    struct rng rng = lineage_rng(lineage, mixup->key, copy);
    size_t others = pool_others(&mixup->pool, &one->id);
    if (others == 0)
        return diag_error("the pool (--with) has no record with another id");
    const struct mixable *other = pool_other(&mixup->pool, &one->id, (size_t)rng_below(&rng, DRAW_PARTNER, others));
    double share = draw_share(&rng, mixup->exponent);
    set_kept(in, lineage, copy, made);
    if ((one->has_weight || other->has_weight) &&
        rec_set_float(made, SLICE("weight"), number_between(one->weight, other->weight, 1 - share)) < 0)
        return -1;
    if (lineage_child(made, in, "mu", 1, arena) < 0)
        return -1;
    rec_set_json(
        made, SLICE("parents"),
        arena_print(arena, "[%.*s,%.*s]", (int)one->json.len, one->json.ptr, (int)other->json.len, other->json.ptr));
    rec_set_bool(made, SLICE("synthetic"), true);
    rec_set_text(made, SLICE("method"), SLICE("mixup"));
    if (set_mixed(mixup, one, other, share, made, arena) < 0)
        return -1;
    sink_count(out, COUNT_MIXTURES, 1);
    return sink_emit(out, made);
}

static int mixup_record(void *thread, const struct record *in, struct sink *out)
{
    const struct mixup *mixup = thread;
    struct arena *arena = sink_arena(out);
    struct lineage lineage;
    struct mixable one;
    if (pool_read(&mixup->pool, in, arena, &one) < 0 ||
        lineage_read(in, SLICE("text"), &mixup->given->random, arena, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        if (mixup->given->emit == EMIT_BOTH) {
            struct record *same = rec_derive(arena, in);
            lineage_set(same, &lineage, copy);
            if (sink_emit(out, same) < 0)
                return -1;
        }
        if (emit_mixture(mixup, in, &one, &lineage, copy, out) < 0)
            return -1;
    }
    return 0;
}

const struct stage stage_mixup = {
    .name = "mixup",
    .summary = "mix the vectors and the targets of two records",
    .example = "$ printf '{\"id\":%s,\"features\":[%s],\"label\":%s}\\n' 1 0 0 2 8 1 >pool\n"
               "$ quern mixup --with pool --classes 0,1 --emit synthetic pool |\n"
               "    jq -c '[.parents, .lambda, .features]'\n"
               "[[1,2],0.8220418077463982,[1.4236655]]\n"
               "[[2,1],0.6084741969113807,[4.8677936]]",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct mixup_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = mixup_open,
    .close = mixup_close,
    .record = mixup_record,
};
