/* kernel_distances.h - the bodies of a version of kernel_distances and kernel_project (kernel.h). To be included once
 * for each of them, with
 *
 *     NAMED(word)   a name of this version
 *     TARGET        the attribute that lets the compiler use the instructions
 *     WIDTH         float64 values in a vector
 *     AT_ONCE       queries that are compared at once, so that their sums stay in registers
 *
 * and without a guard. The lanes of a vector are rows: so each pair's sum is in order. */

typedef double NAMED(vector) __attribute__((vector_size(WIDTH * 8)));
typedef double NAMED(loose) __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias)); /* anywhere in memory */

/* `count` is a constant wherever this is inlined, so that the sums are in registers. */
TARGET static inline __attribute__((always_inline)) void
NAMED(some)(const double *panel, const double *queries, const size_t count, size_t depth, double *sums, size_t stride)
{
    enum { VECTORS = KERNEL_LANES / WIDTH };
    NAMED(vector) sum[AT_ONCE][VECTORS];
    for (size_t q = 0; q < count; q++)
        for (size_t v = 0; v < VECTORS; v++)
            sum[q][v] = *(const NAMED(loose) *)(sums + q * stride + v * WIDTH);
    for (size_t j = 0; j < depth; j++) {
        for (size_t q = 0; q < count; q++) {
            for (size_t v = 0; v < VECTORS; v++) {
                NAMED(vector) row = *(const NAMED(loose) *)(panel + j * KERNEL_LANES + v * WIDTH);
                NAMED(vector) difference = queries[q * depth + j] - row;
                sum[q][v] += difference * difference;
            }
        }
    }
    for (size_t q = 0; q < count; q++)
        for (size_t v = 0; v < VECTORS; v++)
            *(NAMED(loose) *)(sums + q * stride + v * WIDTH) = sum[q][v];
}

TARGET static void NAMED(distances)(const double *panel, const double *queries, size_t count, size_t depth,
                                    double *sums, size_t stride)
{
    size_t q = 0;
    for (; q + AT_ONCE <= count; q += AT_ONCE)
        NAMED(some)(panel, queries + q * depth, AT_ONCE, depth, sums + q * stride, stride);
    for (; q < count; q++)
        NAMED(some)(panel, queries + q * depth, 1, depth, sums + q * stride, stride);
}

TARGET static void NAMED(project)(const double *panel, const double *vector, size_t depth, double *sums)
{
    enum { VECTORS = KERNEL_WIDE / WIDTH };
    NAMED(vector) sum[VECTORS] = {{0}};
    for (size_t j = 0; j < depth; j++, panel += KERNEL_WIDE) {
        for (size_t v = 0; v < VECTORS; v++) {
            NAMED(vector) row = *(const NAMED(loose) *)(panel + v * WIDTH);
            sum[v] += vector[j] * row;
        }
    }
    for (size_t v = 0; v < VECTORS; v++)
        *(NAMED(loose) *)(sums + v * WIDTH) = sum[v];
}

#undef NAMED
#undef TARGET
#undef WIDTH
#undef AT_ONCE
