/* products.c - see products.h. */
#include "products.h"

#include "base/memory.h"
#include "base/wide.h"

#include <assert.h>
#include <math.h>

/* ROWS_AT_ONCE * 2^21 * 2^21 is exact in a float. */
enum { ROWS_AT_ONCE = 512, SLICE_BITS = 22, MOST_SLICES = 6, GROUP = KERNEL_PANEL * KERNEL_PANELS };

/* So many numbers are cheaper to multiply one by one than to make a slice for. */
enum { FEW_RESTS = 8 };

/* Of a column's largest number: below, the unit of a slice could not be inverted; above, a slice could be rounded up to
 * infinity. Such columns are all rests. */
enum { LEAST_EXPONENT = -860, MOST_EXPONENT = 1022 };

void products_open(struct products *products, bool wide, enum kernel_kind kind)
{
    *products = (struct products){.wide = wide, .kernel = kernel_integers_of(kind)};
}

void products_release(struct products *products)
{
    mem_free(products->sums);
    mem_free(products->rows);
    mem_free(products->panels);
    vec_free(&products->slices);
    vec_free(&products->rests);
}

void products_begin(struct products *products, size_t columns)
{
    assert(products->columns == 0 || products->columns == columns);
    products->columns = columns;
}

size_t products_pairs(const struct products *products)
{
    return products->columns * (products->columns + 1) / 2;
}

static struct total_form form_of(const struct products *products)
{
    return products->wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
}

/* ---- long integers ---- */

/* Adds a number of `count` words whose lowest one is at word `at`; its sign goes on above it. */
static inline void add_words(uint64_t *sum, size_t words, size_t at, const uint64_t *number, size_t count)
{
    uint64_t carry = 0, sign = (int64_t)number[count - 1] < 0 ? UINT64_MAX : 0;
    for (size_t i = at; i < words; i++) {
        uint64_t word = i - at < count ? number[i - at] : sign;
        if (i - at >= count && word + carry == 0)
            return;
        u128 total = (u128)sum[i] + word + carry;
        sum[i] = (uint64_t)total;
        carry = (uint64_t)(total >> 64);
    }
}

/* The lowest bit of the sums. */
static int unit_of(const struct products *products)
{
    return form_of(products).lowest + 64 * (int)products->skipped;
}

/* Adds number * 2^exponent. What lies below the lowest bit is 0, since all factors are multiples of a larger unit. */
static inline void add_at(const struct products *products, size_t pair, i128 number, int exponent)
{
    int shift = exponent - unit_of(products);
    if (number == 0)
        return;
    if (shift < 0) {
        int zeros = -shift < 127 ? -shift : 127;
        assert(((u128)number & (((u128)1 << zeros) - 1)) == 0);
        number >>= zeros;
        shift = 0;
    }
    unsigned bits = (unsigned)shift % 64;
    uint64_t low = (uint64_t)number, high = (uint64_t)(number >> 64), sign = number < 0 ? UINT64_MAX : 0;
    const uint64_t placed[3] = {low << bits, bits == 0 ? high : high << bits | low >> (64 - bits),
                                bits == 0 ? sign : sign << bits | high >> (64 - bits)};
    add_words(products->sums + pair * products->words, products->words, (size_t)shift / 64, placed, 3);
}

/* Makes the sums have the words from `skipped` on, up to `end`, and those that they have. */
static void reach(struct products *products, size_t skipped, size_t end)
{
    size_t old_end = products->skipped + products->words, pairs = products_pairs(products);
    if (products->sums != NULL) {
        skipped = skipped < products->skipped ? skipped : products->skipped;
        end = end > old_end ? end : old_end;
        if (skipped == products->skipped && end == old_end)
            return;
    }
    size_t words = end - skipped;
    uint64_t *sums = mem_zalloc(pairs * words + 1, sizeof *sums);
    for (size_t pair = 0; products->sums != NULL && pair < pairs; pair++)
        add_words(sums + pair * words, words, products->skipped - skipped, products->sums + pair * products->words,
                  products->words);
    mem_free(products->sums);
    products->sums = sums;
    products->skipped = skipped;
    products->words = words;
}

/* ---- numbers ---- */

/* |number| is at least 2^exponent and less than twice that; number is not 0. */
static int exponent_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    int field = (int)(bits >> 52 & 0x7ff);
    return field == 0 ? -1074 + 63 - __builtin_clzll(bits << 1 >> 1) : field - 1023;
}

/* number = the result * 2^exponent, exactly. */
static int64_t mantissa_of(double number, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    int field = (int)(bits >> 52 & 0x7ff);
    int64_t mantissa = (int64_t)((bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)(field != 0) << 52);
    *exponent = (field == 0 ? 1 : field) - 1075;
    return number < 0 ? -mantissa : mantissa;
}

/* 2^exponent, for one of a normal float. */
static double power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* Makes room for the products of numbers from 2^least to 2^most, and for 2^62 of them. */
static void reach_numbers(struct products *products, int least, int most)
{
    int lowest = form_of(products).lowest, unit = 2 * (least - (products->wide ? 52 : 23));
    unit = unit > lowest ? unit : lowest;
    reach(products, (size_t)(unit - lowest) / 64, (size_t)(2 * most + 2 + 63 - lowest + 63) / 64);
}

/* ---- slices ---- */

/* A number to the nearest integer, of magnitudes up to 2^51; additions are rounded so. */
static double nearest_integer(double number)
{
    return number + 0x1.8p52 - 0x1.8p52;
}

/* Where a slice of the block begins; its values are KERNEL_PANEL apart. */
static double *new_slice(struct products *products, size_t column, int exponent)
{
    size_t number = products->slices.len, panel = number / KERNEL_PANEL, size = products->filled * KERNEL_PANEL;
    vec_push(&products->slices, ((struct product_slice){column, exponent}));
    if ((panel + KERNEL_PANELS) * size > products->panels_room) {
        products->panels_room = (panel + KERNEL_PANELS) * size * 3 / 2;
        products->panels = mem_resize(products->panels, products->panels_room, sizeof *products->panels);
    }
    return products->panels + panel * size + number % KERNEL_PANEL;
}

static size_t count_rests(const double *numbers, size_t count)
{
    size_t rests = 0;
    for (size_t i = 0; i < count; i++)
        rests += numbers[i] != 0;
    return rests;
}

/* Cuts a column, of which `numbers` becomes what is left; most: its largest magnitude. */
static void cut_column(struct products *products, size_t column, double *numbers, double most)
{
    size_t count = products->filled, left = most == 0 ? 0 : count;
    int size = most == 0 ? 0 : exponent_of(most), exponent = size + 2 - SLICE_BITS;
    int slices = size < LEAST_EXPONENT || size > MOST_EXPONENT ? 0 : MOST_SLICES;
    for (int k = 0; k < slices && left > (k < 2 ? 0 : FEW_RESTS); k++, exponent -= SLICE_BITS) {
        double unit = power_of_two(exponent), inverse = power_of_two(-exponent);
        double *slice = new_slice(products, column, exponent);
        for (size_t i = 0; i < count; i++) {
            double integer = nearest_integer(numbers[i] * inverse);
            slice[i * KERNEL_PANEL] = integer;
            numbers[i] -= integer * unit;
        }
        left = count_rests(numbers, count);
    }
    for (size_t i = 0; left > 0 && i < count; i++)
        if (numbers[i] != 0)
            vec_push(&products->rests, ((struct rest){i, column, numbers[i]}));
}

/* Cuts all columns, some at a time since the block is written by rows. */
static void cut_block(struct products *products)
{
    enum { AT_ONCE = 8 };
    size_t columns = products->columns, rows = products->filled;
    double *numbers = mem_zalloc(AT_ONCE * rows, sizeof *numbers);
    products->slices.len = products->rests.len = 0;
    for (size_t from = 0; from < columns; from += AT_ONCE) {
        size_t count = columns - from < AT_ONCE ? columns - from : AT_ONCE;
        double most[AT_ONCE] = {0};
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < count; c++) {
                double number = products->rows[r * columns + from + c], magnitude = fabs(number);
                numbers[c * rows + r] = number;
                most[c] = magnitude > most[c] ? magnitude : most[c];
            }
        }
        for (size_t c = 0; c < count; c++)
            cut_column(products, from + c, numbers + c * rows, most[c]);
    }
    mem_free(numbers);
}

/* ---- sums of a block ---- */

static size_t pair_of(const struct products *products, size_t a, size_t b)
{
    size_t first = a < b ? a : b, second = a < b ? b : a;
    return first * (2 * products->columns - first + 1) / 2 + second - first;
}

/* Adds the sums of a panel and a group of panels, as far as they are of slices `left <= right`. Two slices of one
 * column meet only once but count twice, as (a + b)^2 has it. */
static void add_tile(struct products *products, size_t panel, size_t group, const double *sums)
{
    for (size_t l = 0; l < KERNEL_PANEL; l++) {
        for (size_t r = 0; r < GROUP; r++) {
            size_t left = panel * KERNEL_PANEL + l, right = group * GROUP + r;
            if (left > right || right >= products->slices.len)
                continue;
            const struct product_slice *a = &products->slices.items[left], *b = &products->slices.items[right];
            bool twice = a->column == b->column && left != right;
            add_at(products, pair_of(products, a->column, b->column), (int64_t)sums[l * GROUP + r],
                   a->exponent + b->exponent + twice);
        }
    }
}

static void multiply_slices(struct products *products)
{
    size_t count = products->slices.len, rows = products->filled, size = rows * KERNEL_PANEL;
    double sums[KERNEL_PANEL * GROUP];
    if (count == 0)
        return;
    while (products->slices.len % GROUP != 0) {
        double *empty = new_slice(products, 0, 0);
        for (size_t i = 0; i < rows; i++)
            empty[i * KERNEL_PANEL] = 0;
    }
    products->slices.len = count;
    for (size_t group = 0; group * GROUP < count; group++) {
        for (size_t panel = 0; panel < (group + 1) * KERNEL_PANELS && panel * KERNEL_PANEL < count; panel++) {
            products->kernel(products->panels + panel * size, products->panels + group * KERNEL_PANELS * size, rows,
                             sums);
            add_tile(products, panel, group, sums);
        }
    }
}

static void add_product(struct products *products, size_t a, size_t b, double first, double second)
{
    int one, other;
    i128 product = (i128)mantissa_of(first, &one) * mantissa_of(second, &other);
    add_at(products, pair_of(products, a, b), product, one + other);
}

/* With x = s + r, where the slices are those of s: r times the other numbers of the vector, of which those that have
 * had their turn are without their rests by now; and x x - s s = r (x + s). */
static void multiply_rests(struct products *products)
{
    for (size_t i = 0; i < products->rests.len; i++) {
        const struct rest *rest = &products->rests.items[i];
        double *row = products->rows + rest->row * products->columns, whole = row[rest->column];
        for (size_t c = 0; c < products->columns; c++)
            if (c != rest->column && row[c] != 0)
                add_product(products, rest->column, c, rest->number, row[c]);
        row[rest->column] = whole - rest->number;
        add_product(products, rest->column, rest->column, rest->number, whole);
        add_product(products, rest->column, rest->column, rest->number, row[rest->column]);
    }
}

/* The magnitudes of the block; false if all numbers are 0. */
static bool range_of(const struct products *products, int *least, int *most)
{
    double small = INFINITY, large = 0;
    for (size_t i = 0; i < products->filled * products->columns; i++) {
        double magnitude = fabs(products->rows[i]);
        large = magnitude > large ? magnitude : large;
        small = magnitude != 0 && magnitude < small ? magnitude : small;
    }
    if (large == 0)
        return false;
    *least = exponent_of(small);
    *most = exponent_of(large);
    return true;
}

void products_flush(struct products *products)
{
    int least, most;
    if (range_of(products, &least, &most)) {
        reach_numbers(products, least, most);
        cut_block(products);
        multiply_slices(products);
        multiply_rests(products);
    }
    products->filled = 0;
}

double *products_room(struct products *products)
{
    if (products->rows == NULL)
        products->rows = mem_zalloc(ROWS_AT_ONCE * products->columns + 1, sizeof *products->rows);
    return products->rows + products->filled * products->columns;
}

void products_took(struct products *products)
{
    if (++products->filled == ROWS_AT_ONCE)
        products_flush(products);
}

/* ---- sums of others ---- */

void products_merge(struct products *products, const struct products *other)
{
    assert(products->filled == 0 && other->filled == 0);
    if (other->columns > 0)
        products_begin(products, other->columns);
    if (other->sums == NULL)
        return;
    reach(products, other->skipped, other->skipped + other->words);
    for (size_t pair = 0; pair < products_pairs(products); pair++)
        add_words(products->sums + pair * products->words, products->words, other->skipped - products->skipped,
                  other->sums + pair * other->words, other->words);
}

void products_digits(const struct products *products, size_t pair, int64_t *digits)
{
    unsigned count = form_of(products).digits;
    memset(digits, 0, count * sizeof *digits);
    if (products->sums == NULL)
        return;
    const uint64_t *sum = products->sums + pair * products->words;
    uint64_t sign = (int64_t)sum[products->words - 1] < 0 ? UINT64_MAX : 0;
    for (size_t i = 2 * products->skipped; i < count; i++) {
        size_t at = i / 2 - products->skipped;
        uint64_t word = at < products->words ? sum[at] : sign;
        digits[i] = (int64_t)(i % 2 == 0 ? word & UINT32_MAX : word >> 32);
    }
    if (digits[count - 1] >> 31 != 0)
        digits[count - 1] -= (int64_t)1 << 32;
}

void products_add_digits(struct products *products, size_t pair, const int64_t *digits)
{
    struct total_form form = form_of(products);
    uint64_t number[TOTAL_MOST_DIGITS / 2] = {0};
    size_t count = form.digits / 2, low = 0;
    for (size_t i = 0; i < form.digits; i++)
        number[i / 2] |= ((uint64_t)digits[i] & UINT32_MAX) << (i % 2 * 32);
    uint64_t sign = (int64_t)number[count - 1] < 0 ? UINT64_MAX : 0;
    while (low < count && number[low] == 0)
        low++;
    if (low == count)
        return;
    while (count > low + 1 && number[count - 1] == sign && ((number[count - 2] ^ sign) >> 63) == 0)
        count--;
    size_t all = form.digits / 2; /* one word more, so that sums of them do not overflow */
    reach(products, low, count < all ? count + 1 : all);
    add_words(products->sums + pair * products->words, products->words, low - products->skipped, number + low,
              count - low);
}
