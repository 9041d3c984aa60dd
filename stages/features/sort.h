/* sort.h - sorts numbers: the terms of one record, of which some occur more than once. */
#ifndef QUERN_FEATURES_SORT_H
#define QUERN_FEATURES_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts `count` numbers in ascending order; spare: memory for as many. */
void sort_numbers(uint32_t *numbers, uint32_t *spare, size_t count);

#endif
