/* verdict.h - do counts follow the law that they were drawn by?
 *
 * A verdict is a p-value: how often the right law gives counts as far off as these, or farther. What is below REFUSED_P
 * is refused, and nothing is judged by fewer than DECISIONS decisions. Figures are floating point: they decide about
 * data that is written already, never about what is written. */
#ifndef CHECK_VERDICT_H
#define CHECK_VERDICT_H

#include <stddef.h>
#include <stdint.h>

enum { VERDICT_DECISIONS = 100000 };
#define VERDICT_REFUSED 1e-6

/* P(X >= chi2) for X of the chi-square law with `freedom` degrees of freedom: the upper incomplete gamma function
 * Q(freedom / 2, chi2 / 2), by its series below the mean and by its continued fraction above (Abramowitz and Stegun,
 * 6.5.29 and 6.5.31). */
double verdict_chi_square_p(double chi2, double freedom);

/* Pearson's chi-square of counts against what was expected of each bin. Neighbouring bins are counted together until
 * at least VERDICT_EXPECTED are expected in each. 1 if that leaves fewer than two bins. */
enum { VERDICT_EXPECTED = 20 };
double verdict_counts_p(const double *seen, const double *expected, size_t count);

/* The share of the values from 0 to values - 1 that are in this bin, value * bins / values. */
double verdict_bin_share(size_t bin, size_t bins, size_t values);

/* What a record has more than was expected of it, summed over independent records. The variance is that of the records
 * themselves, so that the decisions within one may depend on each other in any way. */
struct drift {
    double sum, squares;
    uint64_t decisions;
};
void drift_add(struct drift *drift, double seen, double expected);

/* How likely the worst of `count` drifts is, which may depend on each other (Bonferroni's bound). */
double drift_p(const struct drift *drifts, size_t count);

#endif
