/* shape.h - a kernel of the shape that AVX-512 has, 14 queries by 32 rows, for any processor: so that all shapes are
 * tested wherever the tests run. */
#ifndef QUERN_TESTS_VECTORS_SHAPE_H
#define QUERN_TESTS_VECTORS_SHAPE_H

#include "../stages/vectors/kernel.h"

#include <string.h>

typedef uint32_t shape_flags __attribute__((vector_size(64)));

static inline uint32_t shape_bits(const shape_flags *flags)
{
    uint32_t lanes = 0;
    for (unsigned i = 0; i < 16; i++)
        lanes |= ((*flags)[i] & 1) << i;
    return lanes;
}

#define NAMED(word) shape_##word
#define TARGET
#define WIDTH 16
#define ROWS 14
#define VECTORS 2
#define SPREAD(x) ((shape_floats){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x})
#define FMA(a, b, c) ((a) * (b) + (c))
#define AT_MOST(a, b)                                                                                                  \
    __extension__({                                                                                                    \
        shape_flags flags_ = (shape_flags)((a) <= (b));                                                                \
        shape_bits(&flags_);                                                                                           \
    })
#include "../stages/vectors/kernel_products.h"

static const struct kernel_shape shape_of_avx512 = {shape_products, 14, 32};

#endif
