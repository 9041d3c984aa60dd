/* json_order.h - the order of JSON values: numbers by their exact value, strings by their code points. */
#ifndef QUERN_JSON_ORDER_H
#define QUERN_JSON_ORDER_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>

/* Compares two numbers by value, whatever their size and spelling: *order is < 0, 0 or > 0. 1e2, 100 and 100.0 are
 * equal, and so are 0 and -0. False if an exponent has more than 18 digits: too large to compare. */
bool json_order_numbers(struct slice a, struct slice b, int *order);

/* Appends the one spelling that all numbers of this value share: a sign, the digits without zeros at either end, e, and
 * a power of ten; 0 for zero. False, with nothing appended, if the exponent is too large, as above. */
bool json_put_number(struct bytes *out, struct slice number);

/* Compares the decoded string value (given with its quotes) with a text: < 0, 0 or > 0. UTF-8 sorts by bytes as it does
 * by code points. Only the part after the first escape is decoded, into the arena. */
int json_order_string(struct slice value, struct slice text, struct arena *arena);

#endif
