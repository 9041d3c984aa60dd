/* evaluation_read.c - reads and adds evaluations; see evaluation.h. What is read is checked as far as that keeps the
 * sums within their integers and the parts in agreement: each record is in one cell of the confusion, and in one bin if
 * it has probabilities. */
#include "evaluation.h"

#include <inttypes.h>

/* Of all evaluations that are added: so that no sum overflows. */
static const uint64_t MOST_RECORDS = (uint64_t)1 << 53;

static int not_one(const char *name, const char *expected)
{
    return diag_error("%s: expected %s: not what \"quern evaluate --json\" writes", name, expected);
}

/* ---- numbers ---- */

/* An integer from 0 to `most`, which is below 2^123, so that a tenfold of it still fits. */
static bool read_units(struct slice json, u128 most, u128 *number)
{
    *number = 0;
    if (json_kind(json) != '0')
        return false;
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] < '0' || json.ptr[i] > '9')
            return false;
        *number = *number * 10 + (uint8_t)(json.ptr[i] - '0');
        if (*number > most)
            return false;
    }
    return true;
}

static int get_units(struct slice object, const char *name, u128 most, u128 *number)
{
    struct slice json;
    if (!json_member(object, name, &json) || !read_units(json, most, number))
        return not_one(name, "an integer that fits");
    return 0;
}

static int get_count(struct slice object, const char *name, uint64_t *count)
{
    u128 number = 0;
    if (get_units(object, name, MOST_RECORDS, &number) < 0)
        return -1;
    *count = (uint64_t)number;
    return 0;
}

static int get_array(struct slice object, const char *name, struct slice *array)
{
    if (!json_member(object, name, array) || json_kind(*array) != '[')
        return not_one(name, "an array");
    return 0;
}

static int get_object(struct slice object, const char *name, struct slice *member)
{
    if (!json_member(object, name, member) || json_kind(*member) != '{')
        return not_one(name, "an object");
    return 0;
}

/* ---- tallies ---- */

static int read_row(struct slice array, size_t label, size_t classes, struct tally *tally, uint64_t *records)
{
    size_t predicted = 0;
    u128 count;
    if (json_kind(array) != '[')
        return not_one("confusion", "an array of arrays");
    for (struct json_walk walk = json_walk(array); json_next(&walk); predicted++) {
        if (predicted >= classes || !read_units(walk.value, MOST_RECORDS - *records, &count))
            break;
        *records += (uint64_t)count;
        if (count > 0)
            tally_cell_add(tally, label, predicted, (uint64_t)count);
    }
    return predicted == classes ? 0 : not_one("confusion", "a count for each two classes");
}

static int read_confusion(struct slice object, size_t classes, struct tally *tally)
{
    struct slice array;
    size_t label = 0;
    uint64_t records = 0;
    if (get_array(object, "confusion", &array) < 0)
        return -1;
    for (struct json_walk walk = json_walk(array); json_next(&walk); label++)
        if (label >= classes || read_row(walk.value, label, classes, tally, &records) < 0)
            return label < classes ? -1 : not_one("confusion", "a row for each class");
    if (label != classes || records != tally->records)
        return not_one("confusion", label != classes ? "a row for each class" : "as many records as \"records\" says");
    return 0;
}

static int read_bins(struct slice object, struct tally *tally)
{
    struct slice array;
    size_t b = 0;
    uint64_t records = 0;
    if (get_array(object, "bins", &array) < 0)
        return -1;
    for (struct json_walk walk = json_walk(array); json_next(&walk); b++) {
        struct bin *bin = &tally->bins[b < CALIBRATION_BINS ? b : 0];
        if (b >= CALIBRATION_BINS || json_kind(walk.value) != '{')
            return not_one("bins", "an object for each of the 15 bins");
        if (get_count(walk.value, "records", &bin->records) < 0 ||
            get_count(walk.value, "correct", &bin->correct) < 0 ||
            get_units(walk.value, "confidence", (u128)bin->records << UNIT_BITS, &bin->confidence) < 0)
            return -1;
        records += bin->records;
        if (bin->correct > bin->records)
            return not_one("bins", "no more correct records than there are");
    }
    if (b != CALIBRATION_BINS || records != tally->scored)
        return not_one("bins", b != CALIBRATION_BINS ? "an object for each of the 15 bins"
                                                     : "as many records as \"scored\" says");
    return 0;
}

static int read_tally(struct slice object, size_t classes, struct tally *tally)
{
    struct slice sums;
    if (get_count(object, "records", &tally->records) < 0 || get_count(object, "scored", &tally->scored) < 0 ||
        get_count(object, "floored", &tally->floored) < 0)
        return -1;
    if (tally->scored > tally->records || tally->floored > tally->scored)
        return not_one("scored", "at most as many as \"records\" says, and at least as many as \"floored\"");
    u128 most = (u128)tally->scored * (u128)MOST_LOSS;
    if (read_confusion(object, classes, tally) < 0 || read_bins(object, tally) < 0 ||
        get_object(object, "sums", &sums) < 0 || get_units(sums, "log_loss", most << UNIT_BITS, &tally->log_loss) < 0 ||
        get_units(sums, "brier", (u128)tally->scored << (UNIT_BITS + 1), &tally->brier) < 0)
        return -1;
    return 0;
}

/* ---- evaluations ---- */

/* A string with a NUL behind it. */
static const char *text_of(struct slice json, struct arena *arena)
{
    struct slice text = json_string(json, arena);
    return arena_print(arena, "%.*s", (int)text.len, text.ptr).ptr;
}

static int read_options(struct slice object, struct arena *arena, struct evaluation *evaluation)
{
    struct slice options, value;
    if (get_object(object, "options", &options) < 0)
        return -1;
    if (!json_member(options, "label", &value) || json_kind(value) != '"')
        return not_one("label", "a string");
    evaluation->label = text_of(value, arena);
    if (!json_member(options, "floor", &value) || json_kind(value) != '0' ||
        number_read(value.ptr, value.ptr + value.len, &evaluation->floor) == NULL)
        return not_one("floor", "a number");
    if (!json_member(options, "by", &value))
        return 0;
    if (json_kind(value) != '"')
        return not_one("by", "a string");
    evaluation->by = text_of(value, arena);
    return 0;
}

static int read_groups(struct slice object, struct arena *arena, struct evaluation *evaluation)
{
    struct slice array, value;
    if (get_array(object, "groups", &array) < 0)
        return -1;
    for (struct json_walk walk = json_walk(array); json_next(&walk);) {
        if (json_kind(walk.value) != '{' || !json_member(walk.value, "value", &value))
            return not_one("groups", "an object with a value for each group");
        struct bytes text = {0};
        if (json_kind(value) == '"')
            json_put_string(&text, json_string(value, arena));
        else
            bytes_put(&text, value);
        size_t before = evaluation->parts.tallies.len;
        struct tally *tally = parts_at(&evaluation->parts, bytes_slice(&text));
        vec_free(&text);
        if (evaluation->parts.tallies.len == before)
            return not_one("groups", "each value once");
        if (read_tally(walk.value, evaluation->classes.count, tally) < 0)
            return -1;
    }
    return 0;
}

static int read_classes(struct slice object, struct class_list *classes)
{
    struct slice array;
    if (get_array(object, "classes", &array) < 0)
        return -1;
    struct json_walk walk = json_walk(array);
    return json_next(&walk) ? class_list_read(classes, array, "classes") : 0; /* none: there were no records */
}

static int read_whole(struct slice object, struct arena *arena, struct evaluation *evaluation)
{
    struct slice format;
    if (!json_member(object, "format", &format) || !slice_is(format, "\"" EVALUATION_FORMAT "\""))
        return diag_error("not an evaluation: expected a line that \"quern evaluate --json\" has written");
    if (read_options(object, arena, evaluation) < 0 || read_classes(object, &evaluation->classes) < 0 ||
        get_count(object, "unlabelled", &evaluation->unlabelled) < 0)
        return -1;
    if (evaluation->classes.count > MOST_CLASSES_EVALUATED)
        return not_one("classes", "no more than 4096 classes");
    if (evaluation->by != NULL)
        return read_groups(object, arena, evaluation);
    return read_tally(object, evaluation->classes.count, parts_at(&evaluation->parts, (struct slice){"", 0}));
}

int evaluation_read(const struct record *in, struct arena *arena, struct evaluation *evaluation)
{
    struct bytes text = {0};
    parts_init(&evaluation->parts);
    rec_print(in, &text);
    int status = read_whole(arena_copy(arena, bytes_slice(&text)), arena, evaluation);
    vec_free(&text);
    return status;
}

void evaluation_release(struct evaluation *evaluation)
{
    class_list_release(&evaluation->classes);
    parts_release(&evaluation->parts);
}

/* ---- adding ---- */

static int differ(const char *what, const char *one, const char *other)
{
    return diag_error("%s: %s in one evaluation, %s in another", what, one, other);
}

static int check_options(const struct evaluation *one, const struct evaluation *other)
{
    if (strcmp(one->label, other->label) != 0)
        return differ("label", one->label, other->label);
    if ((one->by == NULL) != (other->by == NULL) || (one->by != NULL && strcmp(one->by, other->by) != 0))
        return differ("by", one->by != NULL ? one->by : "missing", other->by != NULL ? other->by : "missing");
    return one->floor == other->floor ? 0 : diag_error("floor: one number in one evaluation, another in another");
}

static int check_classes(const struct class_list *one, const struct class_list *other)
{
    struct bytes names[2] = {{0}, {0}};
    int status = 0;
    class_list_put_all(one, &names[0]);
    class_list_put_all(other, &names[1]);
    if (!slice_equal(bytes_slice(&names[0]), bytes_slice(&names[1])))
        status = diag_error("classes: %.*s in one evaluation, %.*s in another", (int)names[0].len, names[0].items,
                            (int)names[1].len, names[1].items);
    vec_free(&names[0]);
    vec_free(&names[1]);
    return status;
}

static uint64_t all_records(const struct evaluation *evaluation)
{
    uint64_t sum = evaluation->unlabelled;
    for (size_t i = 0; i < evaluation->parts.tallies.len; i++)
        sum += evaluation->parts.tallies.items[i].records;
    return sum;
}

int evaluation_merge(struct evaluation *into, struct evaluation *from)
{
    if (check_options(into, from) < 0)
        return -1;
    if (into->classes.count == 0) { /* of no records */
        class_list_release(&into->classes);
        into->classes = from->classes;
        from->classes = (struct class_list){0};
    } else if (from->classes.count > 0 && check_classes(&into->classes, &from->classes) < 0) {
        return -1;
    }
    if (all_records(into) > MOST_RECORDS - all_records(from))
        return diag_error("records: the sum is more than %" PRIu64, MOST_RECORDS);
    into->unlabelled += from->unlabelled;
    parts_merge(&into->parts, &from->parts);
    return 0;
}
