/* kernel_integers.h - the body of a version of kernel_integers (kernel.h). To be included once for each of them, with
 *
 *     NAMED(word)    a name of this version
 *     TARGET         the attribute that lets the compiler use the instructions
 *     WIDTH          float64 values in a vector, a divisor of KERNEL_PANEL
 *     AT_ONCE        panels on the right, a divisor of KERNEL_PANELS: their sums are to fit in the registers
 *     SPREAD(x)      a vector of the same value
 *     FMA(a, b, c)   a * b + c
 *
 * and without a guard. */

enum { NAMED(parts) = KERNEL_PANEL / WIDTH * AT_ONCE };

typedef double NAMED(pair) __attribute__((vector_size(WIDTH * 8)));
typedef double NAMED(loose_pair) __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

TARGET static void NAMED(integers)(const double *left, const double *right, size_t depth, double *sums)
{
    for (size_t p = 0; p < KERNEL_PANELS; p += AT_ONCE) {
        NAMED(pair) sum[KERNEL_PANEL][NAMED(parts)] = {{{0}}};
        const double *from = right + p * depth * KERNEL_PANEL, *value = left;
        for (size_t j = 0; j < depth; j++, from += KERNEL_PANEL, value += KERNEL_PANEL) {
            NAMED(pair) row[NAMED(parts)];
            for (size_t v = 0; v < NAMED(parts); v++)
                row[v] = *(const NAMED(loose_pair) *)(from + v * WIDTH / KERNEL_PANEL * depth * KERNEL_PANEL +
                                                      v * WIDTH % KERNEL_PANEL);
            for (size_t l = 0; l < KERNEL_PANEL; l++) {
                NAMED(pair) spread = SPREAD(value[l]);
                for (size_t v = 0; v < NAMED(parts); v++)
                    sum[l][v] = FMA(spread, row[v], sum[l][v]);
            }
        }
        for (size_t l = 0; l < KERNEL_PANEL; l++)
            for (size_t v = 0; v < NAMED(parts); v++)
                *(NAMED(loose_pair) *)(sums + (l * KERNEL_PANELS + p) * KERNEL_PANEL + v * WIDTH) = sum[l][v];
    }
}

#undef NAMED
#undef TARGET
#undef WIDTH
#undef AT_ONCE
#undef SPREAD
#undef FMA
