/* neighbors - the search for nearest neighbours in memory, beside the limit that matrix products set, on one thread.
 *
 *     neighbors QUERIES BASE DIMS K [FILE]
 *
 * BASE rows of float32, normal, a twentieth of them shifted: the first QUERIES of them are looked up among all, or
 * among each other if BASE is QUERIES. FILE: the rows are written there too, for others to read; they depend on BASE
 * and DIMS alone. Prints a line: CPU seconds of the search, seconds of the full product by OpenBLAS (0 if
 * libopenblas.so.0 is not installed) and by the kernel that the search uses, MiB of peak memory, and rows that were
 * searched again in float64. The products are those of tiles, as a search by products needs them: 1024 rows by 2048. */
#include "../stages/vectors/neighbors.h"

#include "base/memory.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { QUERIES = 1024, ROWS = 2048, ROUNDS = 3, CALLS = 4 };

static double cpu(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- data ---- */

/* In (0, 1), by splitmix64. */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return ((double)((z ^ (z >> 31)) >> 12) + 0.5) * 0x1p-52;
}

static float *make_values(size_t count, size_t dims)
{
    float *values = mem_alloc(count * dims * sizeof *values);
    uint64_t state = 1;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < dims; j++)
            values[i * dims + j] = (float)(sqrt(-2 * log(uniform(&state))) * cos(6.283185307179586 * uniform(&state)) +
                                           (i < count / 20 && j < 8 ? 0.5 : 0));
    return values;
}

static void write_values(const char *path, const float *values, size_t count)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(values, sizeof *values, count, file) < count || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* ---- limits ---- */

typedef void sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
                   int lda, const float *b, int ldb, float beta, float *c, int ldc);

/* Seconds of a product of all queries with all rows, by OpenBLAS's fastest of some tiles. */
static double openblas_seconds(const float *values, size_t dims, double pairs)
{
    void *library = dlopen("libopenblas.so.0", RTLD_NOW);
    void (*set_threads)(int) = NULL;
    sgemm *multiply = NULL;
    if (library != NULL) {
        *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
        *(void **)&multiply = dlsym(library, "cblas_sgemm");
    }
    if (set_threads == NULL || multiply == NULL)
        return 0;
    set_threads(1);
    float *products = mem_alloc(sizeof *products * QUERIES * ROWS);
    double best = INFINITY;
    int d = (int)dims;
    for (int round = 0; round < 8; round++) {
        double start = cpu();
        for (int i = 0; i < CALLS; i++)
            multiply(101, 111, 112, QUERIES, ROWS, d, 1, values, d, values + QUERIES * dims, d, 0, products, ROWS);
        double seconds = (cpu() - start) / CALLS;
        best = seconds < best ? seconds : best;
    }
    mem_free(products);
    return best * pairs / QUERIES / ROWS;
}

/* The same by the kernel of the search, of panels that are packed already, compared with limits that none reaches. */
static double own_seconds(size_t dims, double pairs)
{
    struct kernel_shape shape = kernel_shape_of(KERNEL_BEST);
    size_t depth = dims < 384 ? dims : 384, queries = QUERIES / shape.rows * shape.rows;
    float *packed = mem_zalloc((queries + ROWS) * depth, sizeof *packed);
    float sums[KERNEL_ROWS * KERNEL_COLUMNS], norms[KERNEL_COLUMNS], limits[KERNEL_COLUMNS];
    for (size_t i = 0; i < KERNEL_COLUMNS; i++) {
        norms[i] = 0;
        limits[i] = -1;
    }
    struct kernel_tile tile = {.depth = depth, .sums = sums, .factor = -2, .base_norms = norms, .query_limits = limits};
    double best = INFINITY;
    size_t near = 48 / shape.rows * shape.rows * 3;
    for (int round = 0; round < 8 * CALLS; round++) {
        double start = cpu();
        for (size_t group = 0; group < queries; group += near) {
            for (size_t c = 0; c < ROWS; c += shape.columns) {
                for (size_t r = group; r < group + near && r < queries; r += shape.rows) {
                    tile.queries = packed + r * depth;
                    tile.base = packed + (queries + c) * depth;
                    (void)shape.products(&tile);
                }
            }
        }
        double seconds = cpu() - start;
        best = seconds < best ? seconds : best;
    }
    mem_free(packed);
    return best * pairs / (double)queries / ROWS * (double)dims / (double)depth;
}

/* ---- the search ---- */

static double search_seconds(const struct search *search, size_t *redone)
{
    struct crew *crew = crew_new(1);
    struct search_way way = {0};
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu();
        struct neighbors *found = neighbors_find(search, crew, &way);
        double seconds = cpu() - start;
        best = seconds < best ? seconds : best;
        neighbors_free(found);
    }
    crew_free(crew);
    *redone = way.redone;
    return best;
}

int main(int argc, char **argv)
{
    size_t numbers[4] = {0};
    for (int i = 0; i < 4 && i + 1 < argc; i++)
        numbers[i] = strtoul(argv[i + 1], NULL, 10);
    size_t queries = numbers[0], count = numbers[1], dims = numbers[2], redone = 0;
    if (argc < 5 || argc > 6 || count < QUERIES + ROWS || queries > count || dims == 0) {
        (void)fprintf(stderr, "usage: neighbors QUERIES BASE DIMS K [FILE], at least 3072 rows\n");
        return 2;
    }
    float *values = make_values(count, dims);
    if (argc == 6)
        write_values(argv[5], values, count * dims);
    const float **at = mem_alloc(count * sizeof *at);
    uint32_t *all = mem_alloc(count * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        at[i] = values + i * dims;
        all[i] = (uint32_t)i;
    }
    struct rows rows = {.count = count, .dims = (uint32_t)dims, .at = at};
    struct search search = {.rows = &rows,
                            .k = (unsigned)numbers[3],
                            .queries = all,
                            .query_count = queries,
                            .base = all,
                            .base_count = count};
    double seconds = search_seconds(&search, &redone), pairs = (double)queries * (double)count;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("%.4f %.4f %.4f %.1f %zu\n", seconds, openblas_seconds(values, dims, pairs), own_seconds(dims, pairs),
           (double)usage.ru_maxrss / 1024, redone);
    mem_free(values);
    mem_free(at);
    mem_free(all);
    return 0;
}
