/* kernel_products.h - the body of a version of kernel_products (kernel.h). To be included once for each of them, with
 *
 *     NAMED(word)    a name of this version
 *     TARGET         the attribute that lets the compiler use the instructions
 *     WIDTH          float32 values in a vector
 *     ROWS           queries of a panel
 *     VECTORS        vectors of rows of a panel; ROWS * VECTORS sums and a few more are to fit in the registers
 *     SPREAD(x)      a vector of the same value
 *     FMA(a, b, c)   a * b + c
 *     AT_MOST(a, b)  the lanes in which a <= b, as bits
 *
 * and without a guard. */

typedef float NAMED(floats) __attribute__((vector_size(WIDTH * 4)));
typedef float NAMED(loose_floats) __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));

/* The lanes, of all vectors, whose score is at most its limit. */
TARGET static inline __attribute__((always_inline)) uint32_t
NAMED(lanes)(const NAMED(floats) * sum, float factor, const NAMED(floats) * norms, const NAMED(floats) * limits)
{
    uint32_t lanes = 0;
    for (size_t v = 0; v < VECTORS; v++)
        lanes |= (uint32_t)AT_MOST(FMA(sum[v], SPREAD(factor), norms[v]), limits[v]) << (v * WIDTH);
    return lanes;
}

TARGET static inline __attribute__((always_inline)) void NAMED(load)(NAMED(floats) * vectors, const float *from)
{
    for (size_t v = 0; v < VECTORS; v++)
        vectors[v] = *(const NAMED(loose_floats) *)(from + v * WIDTH);
}

TARGET static inline __attribute__((always_inline)) void NAMED(spread)(NAMED(floats) * vectors, float value)
{
    for (size_t v = 0; v < VECTORS; v++)
        vectors[v] = SPREAD(value);
}

TARGET static bool NAMED(products)(struct kernel_tile *tile)
{
    NAMED(floats) sum[ROWS][VECTORS], norms[VECTORS], limits[VECTORS];
    for (size_t r = 0; r < ROWS; r++)
        NAMED(spread)(sum[r], 0);
    const float *query = tile->queries, *base = tile->base;
    for (size_t j = 0; j < tile->depth; j++, query += ROWS, base += VECTORS * WIDTH) {
        NAMED(floats) rows[VECTORS];
        NAMED(load)(rows, base);
        for (size_t r = 0; r < ROWS; r++) {
            NAMED(floats) value = SPREAD(query[r]);
            for (size_t v = 0; v < VECTORS; v++)
                sum[r][v] = FMA(value, rows[v], sum[r][v]);
        }
    }
    float *sums = tile->sums;
    for (size_t r = 0; tile->add && r < ROWS; r++)
        for (size_t v = 0; v < VECTORS; v++)
            sum[r][v] += *(const NAMED(loose_floats) *)(sums + (r * VECTORS + v) * WIDTH);
    uint32_t any = tile->base_norms == NULL;
    if (tile->base_norms != NULL) {
        NAMED(load)(norms, tile->base_norms);
        for (size_t r = 0; r < ROWS; r++) {
            NAMED(spread)(limits, tile->query_limits[r]);
            any |= tile->query_hits[r] = NAMED(lanes)(sum[r], tile->factor, norms, limits);
        }
        if (tile->base_limits != NULL) {
            NAMED(load)(limits, tile->base_limits);
            for (size_t r = 0; r < ROWS; r++) {
                NAMED(spread)(norms, tile->query_norms[r]);
                any |= tile->base_hits[r] = NAMED(lanes)(sum[r], tile->factor, norms, limits);
            }
        }
    }
    for (size_t r = 0; any && r < ROWS; r++)
        for (size_t v = 0; v < VECTORS; v++)
            *(NAMED(loose_floats) *)(sums + (r * VECTORS + v) * WIDTH) = sum[r][v];
    return any != 0;
}

#undef NAMED
#undef TARGET
#undef WIDTH
#undef ROWS
#undef VECTORS
#undef SPREAD
#undef FMA
#undef AT_MOST
