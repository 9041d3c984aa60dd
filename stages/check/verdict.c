/* verdict.c - see verdict.h. */
#include "verdict.h"

#include <math.h>

enum { MOST_TERMS = 100000 };
static const double PRECISION = 1e-15, TINY = 1e-300;

/* P(a, x), for x < a + 1 */
static double lower_gamma(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int n = 1; n < MOST_TERMS && term > sum * PRECISION; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * exp(a * log(x) - x - lgamma(a));
}

/* Q(a, x), for x >= a + 1: the continued fraction by Lentz's method. */
static double upper_gamma(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, product = d;
    for (int n = 1; n < MOST_TERMS; n++) {
        double numerator = -n * (n - a);
        b += 2;
        d = numerator * d + b;
        c = b + numerator / c;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = fabs(c) < TINY ? TINY : c;
        product *= d * c;
        if (fabs(d * c - 1) < PRECISION)
            break;
    }
    return product * exp(a * log(x) - x - lgamma(a));
}

double verdict_chi_square_p(double chi2, double freedom)
{
    double a = freedom / 2, x = chi2 / 2;
    if (freedom <= 0 || x <= 0)
        return 1;
    if (isinf(x))
        return 0;
    return x < a + 1 ? 1 - lower_gamma(a, x) : upper_gamma(a, x);
}

double verdict_counts_p(const double *seen, const double *expected, size_t count)
{
    double chi2 = 0, freedom = -1, s = 0, e = 0, last_s = 0, last_e = 0, last = 0;
    for (size_t i = 0; i < count; i++) {
        s += seen[i];
        e += expected[i];
        if (e < VERDICT_EXPECTED && i + 1 < count)
            continue;
        if (e < VERDICT_EXPECTED) { /* the end goes with the bin before it */
            chi2 -= last;
            freedom -= freedom >= 0;
            s += last_s;
            e += last_e;
        }
        last = e > 0 ? (s - e) * (s - e) / e : s > 0 ? INFINITY : 0;
        chi2 += last;
        freedom++;
        last_s = s;
        last_e = e;
        s = e = 0;
    }
    return verdict_chi_square_p(chi2, freedom);
}

double verdict_bin_share(size_t bin, size_t bins, size_t values)
{
    size_t from = (bin * values + bins - 1) / bins, to = ((bin + 1) * values + bins - 1) / bins;
    return (double)(to - from) / (double)values;
}

void drift_add(struct drift *drift, double seen, double expected)
{
    double more = seen - expected;
    drift->sum += more;
    drift->squares += more * more;
    drift->decisions++;
}

double drift_p(const struct drift *drifts, size_t count)
{
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        double chi2 = drifts[i].squares > 0 ? drifts[i].sum * drifts[i].sum / drifts[i].squares : 0;
        worst = chi2 > worst ? chi2 : worst;
    }
    double p = verdict_chi_square_p(worst, 1) * (double)count;
    return p < 1 ? p : 1;
}
