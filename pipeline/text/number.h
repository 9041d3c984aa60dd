/* number.h - numbers of JSON as floats of IEEE 754, exactly, and in one spelling.
 *
 * Neither direction depends on the locale, the C library or the processor. */
#ifndef QUERN_NUMBER_H
#define QUERN_NUMBER_H

/* Reads the JSON number that starts at `at` (valid, and nothing after `end` is read): *number becomes the nearest
 * float, of two equally near ones the even one, however many digits it has. Returns where the number ends; NULL if it
 * is too large for a finite float. What is too small becomes 0, with its sign. */
const char *number_read(const char *at, const char *end, double *number);

/* Writes the shortest digits that read back as the number, of equally short ones the nearest, in the form of RFC 8785
 * (JavaScript's): 0.1, 100, 1e-7, 1e+21. Minus zero stays -0. The number must be finite. Writes to memory with room for
 * NUMBER_BYTES and returns the end: more than the longest number has, since digits are stored many at a time. */
enum { NUMBER_BYTES = 44 };
char *number_write(char *at, double number);

/* The same for 32-bit floats: the nearest one to the digits (not to the 64-bit float nearest to them), and the shortest
 * digits that read back as it. */
const char *number_read_float(const char *at, const char *end, float *number);
char *number_write_float(char *at, float number);

#endif
