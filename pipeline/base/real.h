/* real.h - exp, ln, pow and the normal quantile that are the same everywhere: no libm, integers inside.
 *
 * The functions of floats give the nearest float: what they compute is less than 2^-40 of a unit in the last place off,
 * so the result is less than 0.5 + 2^-40 units off (the quantile: 0.5 + 2^-20), and exactly half-way between two floats
 * it is the even one. A result that is too large is infinite, one that is too small is 0. None of them sets errno. */
#ifndef QUERN_REAL_H
#define QUERN_REAL_H

#include <stdint.h>

/* e^x of a finite float. */
double real_exp(double x);

/* ln x; x must be finite and above 0. */
double real_ln(double x);

/* x^a; x must be finite and above 0, a finite. */
double real_pow(double x, double a);

/* 1 - x^a without the digits that the difference of floats would lose; 0 < x < 1, a >= 0. */
double real_pow_rest(double x, double a);

/* The z below which a normal variable (mean 0, deviation 1) lies with probability p; 0 < p < 1. For a random one take
 * p = (2 n + 1) / 2^53 with n of 52 random bits: that is exact, never 0 or 1, and both signs are equally likely. */
double real_normal_quantile(double p);

/* Logarithms to add up and compare: integers in units of 2^-53. So sums and comparisons are exact, and a decision that
 * rests on one is the same on every machine. ln x, less than 2^-52 off; 0 for 1. x must be finite and above 0. */
enum { REAL_BITS = 53 };
int64_t real_log(double x);

#endif
