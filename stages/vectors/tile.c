/* tile.c - see tile.h.
 *
 * The bound. Let x be the rows as exact.h sees them, c the center, s the scale, and z = s (x - c) in real numbers; a, b
 * two of them, A = |a|^2, B = |b|^2, u = 2^-24, v = 2^-53. Then s^2 |x_a - x_b|^2 = A + B - 2 ab exactly: a center and
 * a power of two as a scale change no distance. What is computed differs by this much:
 *
 * 1. Packed rows y. Float32: y = s fl(x - c), where c is a float32; a difference does not underflow, and its product
 *    with a power of two is exact unless it does, which is 2^-150 off. Where a difference could overflow, x and c are
 *    divided by 4 first; they may then underflow, which is 4 s 2^-150 off each. Cosine: y = s (x (1 / length) - c) in
 *    float64, then rounded to float32; |x| / length is 1, so the float64 part is off by less than s 2^-50 as a vector.
 *    So |y - z| <= u' |z| + e, u' = u (1 + 2^-20), with e = sqrt(d) 2^-149, or 8 s sqrt(d) 2^-150 more, or s 2^-50
 * more.
 * 2. Products p of y, in runs of `depth` dimensions and added up over `runs`: a term goes through n = depth + 1 + runs
 *    roundings or fewer, fused or not, so |p - y_a y_b| <= g |y_a| |y_b| + m, with g = n u / (1 - n u), and for
 *    underflow m = (d + runs) 2^-148. (This is smaller than the bound for any order of summation, since n < d + 4 for
 *    long rows.) With 1, and 2 |a| |b| <= A + B, and 2 e |a| <= u A / 2 + 2 e^2 / u:
 *        |2 p - 2 ab| <= (g (1 + u')^2 + 2 u' + u) (A + B) + 16 e^2 / u + 2 m.
 * 3. Norms: sums in float64, relatively off by (d + 3) v, then multiplied by (1 - relative) and rounded to float32: u
 * B, or 2^-150.
 * 4. The score, rounded once: u (B + 2 |p|) <= 2 u (A + B), and of what is smaller than that again less than u.
 * 5. d^2 itself is rounded: relatively by (d + 3) v of at most 2 (A + B). It neither under- nor overflows in float64 if
 *    rows are float32: differences are multiples of 2^-149 below 2^129 (for cosine, of 2^-340 and below 2).
 *
 * Together: relative = g (1 + 2^-20) + 8 u + (d + 4) 2^-50, absolute = (d + runs + 8) 2^-146 + 32 e^2 / u. There are
 * 2 u of reserve in it, for the arithmetic with limits in propose.c, which is in float64 and rounded up.
 *
 * The center is the median, by dimension, of some rows: of data far from the origin only the spread counts, and few
 * rows that are far from all others do not move it. The scale brings the largest value to 2^40 or less, so that no
 * product of 2^32 dimensions overflows and what underflows does not matter. */
#include "tile.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum {
    RUN = 384,   /* the most dimensions of a run, so that the panels of a product stay in the first cache */
    SAMPLE = 33, /* rows that the center is the median of */
    PART = 1024  /* rows that a thread takes at a time */
};

/* ---- the center ---- */

/* The median by insertion. */
static float median(float *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        float moved = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > moved; at--)
            values[at] = values[at - 1];
        values[at] = moved;
    }
    return values[count / 2];
}

static double inverse_length(const struct tile_frame *frame, uint32_t row)
{
    const double *lengths = frame->exact->lengths;
    return lengths != NULL && lengths[row] > 0 ? 1 / lengths[row] : 1;
}

/* The median of up to SAMPLE rows of the base, evenly spread over it. */
static void find_center(struct tile_frame *frame)
{
    const struct search *search = frame->exact->search;
    size_t count = search->base_count < SAMPLE ? search->base_count : SAMPLE;
    for (size_t j = 0; j < search->rows->dims; j++) {
        float values[SAMPLE] = {0};
        for (size_t i = 0; i < count; i++) {
            uint32_t row = search->base[i * search->base_count / count];
            values[i] = (float)((double)search->rows->at[row][j] * inverse_length(frame, row));
        }
        frame->center[j] = median(values, count);
    }
}

/* ---- norms and the scale ---- */

struct spread {
    struct tile_frame *frame;
    const uint32_t *rows;
    size_t count;
    double *largest; /* |x - c|, by thread */
};

/* The squares of a row's values around the center, not scaled yet. */
static double sum_squares(const float *row, const float *center, size_t dims, double factor, double *largest)
{
    double sums[4] = {0}, most[4] = {0};
    size_t j = 0;
    for (; j + 4 <= dims; j += 4) {
        for (size_t l = 0; l < 4; l++) {
            double value = fabs((double)row[j + l] * factor - (double)center[j + l]);
            sums[l] += value * value;
            most[l] = value > most[l] ? value : most[l];
        }
    }
    for (; j < dims; j++) {
        double value = fabs((double)row[j] * factor - (double)center[j]);
        sums[0] += value * value;
        most[0] = value > most[0] ? value : most[0];
    }
    for (size_t l = 0; l < 4; l++)
        *largest = most[l] > *largest ? most[l] : *largest;
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void sum_part(void *state, size_t item, size_t thread)
{
    struct spread *spread = state;
    struct tile_frame *frame = spread->frame;
    const struct rows *rows = frame->exact->search->rows;
    size_t end = (item + 1) * PART < spread->count ? (item + 1) * PART : spread->count;
    double largest = spread->largest[thread];
    for (size_t i = item * PART; i < end; i++) {
        uint32_t row = spread->rows[i];
        frame->norms[row] = sum_squares(rows->at[row], frame->center, rows->dims, inverse_length(frame, row), &largest);
    }
    spread->largest[thread] = largest;
}

static void sum_rows(struct spread *spread, const uint32_t *rows, size_t count, struct crew *crew)
{
    spread->rows = rows;
    spread->count = count;
    crew_each(crew, (count + PART - 1) / PART, sum_part, spread);
}

/* Sets the scale, and the norms of all rows in its units. */
static void find_scale(struct tile_frame *frame, struct crew *crew)
{
    const struct search *search = frame->exact->search;
    struct spread spread = {.frame = frame, .largest = mem_zalloc(crew_threads(crew), sizeof *spread.largest)};
    sum_rows(&spread, search->base, search->base_count, crew);
    if (search->queries != search->base)
        sum_rows(&spread, search->queries, search->query_count, crew);
    double largest = 0;
    for (size_t i = 0; i < crew_threads(crew); i++)
        largest = spread.largest[i] > largest ? spread.largest[i] : largest;
    mem_free(spread.largest);
    double outermost = 0;
    for (size_t j = 0; j < search->rows->dims; j++)
        outermost = fabs((double)frame->center[j]) > outermost ? fabs((double)frame->center[j]) : outermost;
    frame->guard = outermost + largest < 0x1p126 ? 1 : 0.25F;
    int exponent = 0;
    (void)frexp(largest, &exponent);
    /* Differences are multiplied by it in float32, so it must be one. */
    exponent = 40 - exponent > 120 ? 120 : 40 - exponent;
    frame->scale = ldexp(1, exponent);
    for (size_t i = 0; i < search->rows->count; i++)
        frame->norms[i] *= frame->scale * frame->scale;
}

/* ---- the frame ---- */

void tile_frame_open(struct tile_frame *frame, const struct exact *exact, struct kernel_shape shape, struct crew *crew)
{
    const struct search *search = exact->search;
    size_t dims = search->rows->dims, runs = (dims + RUN - 1) / RUN;
    *frame = (struct tile_frame){.exact = exact,
                                 .shape = shape,
                                 .depth = (dims + runs - 1) / runs,
                                 .runs = runs,
                                 .center = mem_zalloc(dims, sizeof *frame->center),
                                 .shift = mem_zalloc(dims, sizeof *frame->shift),
                                 .norms = mem_zalloc(search->rows->count, sizeof *frame->norms)};
    find_center(frame);
    find_scale(frame, crew);
    for (size_t j = 0; j < dims; j++)
        frame->shift[j] = frame->center[j] * frame->guard;
    double u = 0x1p-24, d = (double)dims, n = (double)(frame->depth + 1 + runs);
    double e = sqrt(d) * 0x1p-149 + (search->cosine ? frame->scale * 0x1p-50 : 0);
    if (frame->guard < 1)
        e += sqrt(d) * frame->scale * 0x1p-147;
    double g = n * u < 0.5 ? n * u / (1 - n * u) : 1;
    frame->relative = g * (1 + 0x1p-20) + 8 * u + (d + 4) * 0x1p-50;
    frame->absolute = (d + (double)runs + 8) * 0x1p-146 + 32 * e * e / u;
}

void tile_frame_close(struct tile_frame *frame)
{
    mem_free(frame->center);
    mem_free(frame->shift);
    mem_free(frame->norms);
}

/* ---- packing ---- */

size_t tile_depth(const struct tile_frame *frame, size_t run)
{
    size_t rest = frame->exact->search->rows->dims - run * frame->depth;
    return rest < frame->depth ? rest : frame->depth;
}

/* The values of a row in a run, around the center and scaled. */
static void frame_values(const struct tile_frame *frame, uint32_t row, size_t first, size_t depth, float *values)
{
    const float *from = frame->exact->search->rows->at[row] + first;
    if (frame->exact->lengths == NULL) {
        const float *shift = frame->shift + first;
        float guard = frame->guard, scale = (float)frame->scale / guard;
        for (size_t j = 0; j < depth; j++)
            values[j] = (from[j] * guard - shift[j]) * scale;
    } else {
        const float *center = frame->center + first;
        double factor = inverse_length(frame, row), scale = frame->scale;
        for (size_t j = 0; j < depth; j++)
            values[j] = (float)(((double)from[j] * factor - (double)center[j]) * scale);
    }
}

void tile_pack(const struct tile_frame *frame, const uint32_t *rows, size_t count, size_t run, size_t width, float *out)
{
    size_t depth = tile_depth(frame, run);
    float values[RUN];
    for (size_t i = 0; i < count; i++) {
        float *lane = out + i / width * depth * width + i % width;
        frame_values(frame, rows[i], run * frame->depth, depth, values);
        for (size_t j = 0; j < depth; j++)
            lane[j * width] = values[j];
    }
    for (size_t i = count; i % width != 0; i++) {
        float *lane = out + i / width * depth * width + i % width;
        for (size_t j = 0; j < depth; j++)
            lane[j * width] = 0;
    }
}
