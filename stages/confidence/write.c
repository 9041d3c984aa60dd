/* write.c - what goes into the record. */
#include "confidence.h"

const char *const confidence_emits[] = {
    "probs",     "aug_probs", "confidence",  "predicted",  "tie",           "margin", "entropy",       "target", "kl",
    "threshold", "loss_mask", "loss_weight", "label_prob", "cross_entropy", "std",    "negative_mask", NULL};

/* In the shape in which they came. */
static void write_variants(const struct finding *found, struct record *made, struct arena *arena)
{
    struct bytes json = {0};
    if (found->aug_rows)
        bytes_byte(&json, '[');
    for (size_t i = 0; i < found->aug_count; i++) {
        if (i > 0)
            bytes_byte(&json, ',');
        json_put_floats(&json, found->aug[i].p, found->aug[i].count);
    }
    if (found->aug_rows)
        bytes_byte(&json, ']');
    rec_remove(made, SLICE("aug_logits"));
    rec_set_json(made, SLICE("aug_probs"), arena_copy(arena, bytes_slice(&json)));
    vec_free(&json);
}

/* The classes that are more likely than not, as an array. */
static void write_predicted(const struct confidence *confidence, const struct finding *found, struct slice name,
                            struct record *made, struct arena *arena)
{
    struct bytes json = {0};
    if (found->masks == NULL) {
        class_list_set(&confidence->classes, made, name, found->best);
        return;
    }
    bytes_byte(&json, '[');
    for (size_t c = 0; c < found->p.count; c++) {
        if (found->p.p[c] <= distribution_rest(&found->p, c))
            continue;
        if (json.len > 1)
            bytes_byte(&json, ',');
        class_list_put(&confidence->classes, c, &json);
    }
    bytes_byte(&json, ']');
    rec_set_json(made, name, arena_copy(arena, bytes_slice(&json)));
    vec_free(&json);
}

/* A number, or of multi-label one for each class. */
static int write_numbers(struct record *made, struct slice name, double number, const double *numbers, size_t count)
{
    return numbers != NULL ? rec_set_floats(made, name, numbers, count) : rec_set_float(made, name, number);
}

/* A member that this record does not get, though another may: what an earlier run wrote there goes. */
static int leave_out(struct record *made, struct slice name)
{
    rec_remove(made, name);
    return 0;
}

/* The members of a record that has a label, or of one for which something is known. */
static int write_one(const struct confidence *confidence, const struct finding *found, enum emit what,
                     struct record *made, struct arena *arena)
{
    struct slice name = slice_of(confidence_emits[what]);
    size_t count = found->p.count;
    switch (what) {
    case EMIT_PROBS:
        rec_remove(made, SLICE("logits"));
        return rec_set_floats(made, name, found->p.p, count);
    case EMIT_AUG_PROBS:
        if (found->aug_count > 0)
            write_variants(found, made, arena);
        return 0;
    case EMIT_CONFIDENCE:
        return write_numbers(made, name, found->confidence, found->confidences, count);
    case EMIT_PREDICTED:
        write_predicted(confidence, found, name, made, arena);
        return 0;
    case EMIT_TIE:
        rec_set_bool(made, name, found->tie);
        return 0;
    case EMIT_MARGIN:
        return write_numbers(made, name, found->margin, found->margins, count);
    case EMIT_ENTROPY:
        return rec_set_float(made, name, found->entropy);
    case EMIT_TARGET:
        return rec_set_floats(made, name, found->target, count);
    case EMIT_KL:
        return found->aug_count > 0 ? rec_set_float(made, name, found->kl) : leave_out(made, name);
    case EMIT_THRESHOLD:
        return found->has_threshold ? rec_set_float(made, name, found->threshold) : leave_out(made, name);
    case EMIT_LOSS_MASK:
        if (found->masks != NULL)
            rec_set_ints(made, name, found->masks, count);
        else
            rec_set_int(made, name, found->kept);
        return 0;
    case EMIT_LOSS_WEIGHT:
        return write_numbers(made, name, found->kept ? found->weight : 0, found->weights, count);
    case EMIT_LABEL_PROB:
        return found->labelled ? write_numbers(made, name, found->label_prob, found->label_probs, count)
                               : leave_out(made, name);
    case EMIT_CROSS_ENTROPY:
        return found->labelled ? rec_set_float(made, name, found->cross_entropy) : leave_out(made, name);
    case EMIT_STD:
        return found->std != NULL ? rec_set_floats(made, name, found->std, count) : leave_out(made, name);
    case EMIT_NEGATIVE_MASK:
        if (found->negative_mask == NULL)
            return leave_out(made, name);
        rec_set_ints(made, name, found->negative_mask, count);
        return 0;
    }
    return 0;
}

void write_invalid(const struct confidence *confidence, struct slice why, struct record *made, struct arena *arena)
{
    size_t count = confidence->classes.count;
    for (int what = EMIT_CONFIDENCE; confidence_emits[what] != NULL; what++)
        if (confidence->emits[what])
            rec_remove(made, slice_of(confidence_emits[what]));
    if (confidence->given->multi_label) {
        int32_t *masks = arena_array(arena, count, sizeof *masks);
        memset(masks, 0, count * sizeof *masks);
        rec_set_ints(made, SLICE("loss_mask"), masks, count);
        rec_set_ints(made, SLICE("loss_weight"), masks, count);
    } else {
        rec_set_int(made, SLICE("loss_mask"), 0);
        rec_set_int(made, SLICE("loss_weight"), 0);
    }
    rec_set_text(made, SLICE("invalid"), why);
}

int write_finding(const struct confidence *confidence, const struct finding *found, struct record *made,
                  struct arena *arena)
{
    for (int what = 0; confidence_emits[what] != NULL; what++)
        if (confidence->emits[what] && write_one(confidence, found, (enum emit)what, made, arena) < 0)
            return -1;
    rec_remove(made, SLICE("invalid"));
    bool all = found->kept;
    for (size_t c = 0; all && found->masks != NULL && c < found->p.count; c++)
        all = found->masks[c] != 0;
    if (confidence->given->pseudo && !found->labelled && all) {
        write_predicted(confidence, found, slice_of(confidence->given->label), made, arena);
        rec_set_bool(made, SLICE("pseudo"), true);
    }
    return 0;
}
