/* murmur.h - MurmurHash3_x86_32 of Austin Appleby, in the public domain: https://github.com/aappleby/smhasher
 *
 * The hash of scikit-learn's HashingVectorizer, of Spark's and of Vowpal Wabbit. It is the same on every machine. */
#ifndef QUERN_FEATURES_MURMUR_H
#define QUERN_FEATURES_MURMUR_H

#include "base/slice.h"

#include <stdint.h>

uint32_t murmur_hash(struct slice bytes, uint32_t seed);

#endif
