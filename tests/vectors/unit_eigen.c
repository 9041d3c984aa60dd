/* Eigenvalues and eigenvectors: of known matrices, of random ones by what defines them, of hard ones. */
#include "../stages/vectors/eigen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t chance = 3;

/* In (-1, 1). */
static double some(void)
{
    uint64_t z = chance += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (double)(z >> 11) / 0x1p52 - 1;
}

/* A v = value v for each row v, the rows are orthonormal, values descend; `within` times the largest magnitude. */
static void check(const double *matrix, size_t n, double within)
{
    double *vectors = malloc(n * n * sizeof *vectors), *values = malloc(n * sizeof *values), size = 0;
    memcpy(vectors, matrix, n * n * sizeof *vectors);
    assert_int_equal(eigen_symmetric(vectors, n, values), 0);
    for (size_t i = 0; i < n * n; i++)
        size = fabs(matrix[i]) > size ? fabs(matrix[i]) : size;
    for (size_t k = 0; k < n; k++) {
        const double *v = vectors + k * n;
        assert_true(k == 0 || values[k] <= values[k - 1]);
        for (size_t r = 0; r < n; r++) {
            double sum = 0;
            for (size_t c = 0; c < n; c++)
                sum += matrix[r * n + c] * v[c];
            assert_true(fabs(sum - values[k] * v[r]) <= within * size);
        }
        for (size_t l = 0; l <= k; l++) {
            double inner = 0;
            for (size_t c = 0; c < n; c++)
                inner += v[c] * vectors[l * n + c];
            assert_true(fabs(inner - (k == l)) <= within);
        }
    }
    free(vectors);
    free(values);
}

static void random_matrices(void **state)
{
    (void)state;
    double matrix[60 * 60];
    for (size_t n = 1; n <= 60; n += n < 12 ? 1 : 16) {
        for (int round = 0; round < 8; round++) {
            for (size_t r = 0; r < n; r++)
                for (size_t c = r; c < n; c++) /* of equal sizes, or very different ones; some are 0 */
                    matrix[r * n + c] = matrix[c * n + r] =
                        round % 4 == 3 && some() > 0
                            ? 0
                            : some() * (round % 2 == 0 ? 1 : exp(-3 * (double)(r + c)) * (round > 4 ? 1e-200 : 1));
            check(matrix, n, 4e-15 * (double)(n + 4));
        }
    }
}

static void hard_matrices(void **state)
{
    (void)state;
    enum { N = 40 };
    double matrix[N * N] = {0};
    check(matrix, N, 0); /* all 0 */
    for (size_t i = 0; i < N; i++)
        matrix[i * N + i] = i % 3 == 0 ? 7 : -2;
    check(matrix, N, 0); /* diagonal, with equal ones */
    for (size_t i = 0; i < N * N; i++)
        matrix[i] = 1;
    check(matrix, N, 1e-13); /* rank 1 */
    for (size_t r = 0; r < N; r++)
        for (size_t c = 0; c < N; c++)
            matrix[r * N + c] = 1 / (double)(r + c + 1);
    check(matrix, N, 1e-13); /* Hilbert's */
    for (size_t r = 0; r < N; r++)
        for (size_t c = 0; c < N; c++)
            matrix[r * N + c] = r == c ? fabs((double)r - N / 2.0) : r + 1 == c || c + 1 == r ? 1 : 0;
    check(matrix, N, 1e-13); /* Wilkinson's: pairs of nearly equal eigenvalues */
    for (size_t r = 0; r < N; r++)
        for (size_t c = 0; c < N; c++)
            matrix[r * N + c] = r + c == N - 1 ? 1 : 0;
    check(matrix, N, 1e-13); /* 20 times 1, 20 times -1 */
}

/* The second differences of n points: 2 - 2 cos(k pi / (n + 1)). */
static void known_values(void **state)
{
    (void)state;
    enum { N = 25 };
    double matrix[N * N] = {0}, values[N];
    for (size_t i = 0; i < N; i++) {
        matrix[i * N + i] = 2;
        if (i > 0)
            matrix[i * N + i - 1] = matrix[(i - 1) * N + i] = -1;
    }
    assert_int_equal(eigen_symmetric(matrix, N, values), 0);
    for (size_t k = 0; k < N; k++)
        assert_true(fabs(values[k] - (2 - 2 * cos((double)(N - k) * 3.14159265358979324 / (N + 1)))) < 1e-14);
}

/* Small eigenvalues keep their digits where columns are of different sizes, in whatever order they are. */
static void graded_matrices(void **state)
{
    (void)state;
    static const size_t orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        double sizes[4], matrix[16], values[4];
        for (size_t i = 0; i < 4; i++)
            sizes[orders[o][i]] = pow(1e-5, (double)i);
        for (size_t r = 0; r < 4; r++)
            for (size_t c = 0; c < 4; c++)
                matrix[r * 4 + c] = (r == c ? 1 : 0.5) * sizes[r] * sizes[c];
        assert_int_equal(eigen_symmetric(matrix, 4, values), 0);
        /* With correlations of 1/2: to first order what is left of a column given the larger ones. */
        static const double left[] = {1, 0.75, 2.0 / 3, 0.625};
        for (size_t i = 0; i < 4; i++) {
            double expected = left[i] * pow(1e-10, (double)i);
            assert_true(fabs(values[i] - expected) < 1e-8 * expected);
        }
    }
}

static void orientation(void **state)
{
    (void)state;
    double vectors[][3] = {{-1, 2, -3}, {1, -2, 2}, {0, -2, 2}, {-0.0, 1, 0}, {3, -3, 1}};
    static const double oriented[][3] = {{1, -2, 3}, {-1, 2, -2}, {0, 2, -2}, {0, 1, 0}, {3, -3, 1}};
    for (size_t i = 0; i < 5; i++) {
        eigen_orient(vectors[i], 3);
        assert_memory_equal(vectors[i], oriented[i], sizeof oriented[i]);
    }
    eigen_orient(NULL, 0);
    assert_int_equal(eigen_symmetric(NULL, 0, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_matrices), cmocka_unit_test(hard_matrices), cmocka_unit_test(known_values),
        cmocka_unit_test(graded_matrices), cmocka_unit_test(orientation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
