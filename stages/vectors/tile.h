/* tile.h - rows in float32 around a common center, packed for products, with a bound on what products are off.
 *
 * For what a product of tiles says about d^2 see tile.c. */
#ifndef QUERN_VECTORS_TILE_H
#define QUERN_VECTORS_TILE_H

#include "exact.h"

/* z = scale * (x - center) for a row x of the search (divided by its length if the metric is cosine). In units of z^2:
 *
 *     | scale^2 d^2  -  (score + |a|^2) |  <=  relative * (|a|^2 + |b|^2) + absolute,   score = |b|^2 - 2 ab
 *
 * for rows a, b, if ab is what the products give, d^2 what exact.h gives, and the score is rounded to float32 from a
 * norm |b|^2 that was rounded to float32. Read-only once made, shared by the threads. */
struct tile_frame {
    const struct exact *exact;
    struct kernel_shape shape;
    size_t depth, runs; /* dimensions of a run; runs of a row */
    float *center;      /* by dimension */
    float guard;        /* 1, or 1/4 if the difference of a value and its center could overflow */
    float *shift;       /* guard * center */
    double scale;       /* a power of two */
    double *norms;      /* |z|^2 by row; of the rows of the search alone */
    double relative, absolute;
};

void tile_frame_open(struct tile_frame *frame, const struct exact *exact, struct kernel_shape shape, struct crew *crew);
void tile_frame_close(struct tile_frame *frame);

/* Packs run number `run` of rows, in panels of `width` rows: row p * width + l's value in dimension j of the run is
 * out[(p * depth + j) * width + l], where depth is tile_depth(frame, run). Missing rows of the last panel are zeros. */
void tile_pack(const struct tile_frame *frame, const uint32_t *rows, size_t count, size_t run, size_t width,
               float *out);

/* Dimensions of a run: frame->depth, or fewer of the last one. */
size_t tile_depth(const struct tile_frame *frame, size_t run);

#endif
