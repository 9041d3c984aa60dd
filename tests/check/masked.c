/*
 * masked.c - masked records, made by the laws of mask or by wrong ones, for laws_mask.sh. Arguments, NAME=VALUE:
 *
 *     count, tokens, seed     how many records, of about how many tokens
 *     unit                    token, word, span (with masked_spans), mix (token=1,word=1, with mask_level)
 *     prob                    of a thousand; 0: uniform
 *     mask, random, keep      percentages
 *     wrong                   which law is broken:
 *         tail        the last tenth of a record is selected half as often
 *         random      random tokens are of one half of the vocabulary
 *         epochs      two copies are alike
 *         neighbours  two records of one length are alike
 *         share       the budget is one too many in a tenth of the records
 *         skip        a word that would exceed the budget is passed over, so that long words are too rare
 *         lengths     all lengths of a span are equally likely
 *         levels      twice as many of one level as of the other
 *         uniform     budgets of the lower half are twice as likely
 *     filled                  the same masks, filled as by rtd: none (rightly), or what is wrong with it:
 *         replaced    the original comes back in 2 % of the masks
 *         generator   not of the whole vocabulary
 *
 * The vocabulary: 0 to 3 special, 4 the mask, 5 to 999.
 */
#include "made.h"

enum { MOST = 128 };

static uint64_t fill_state;
static const char *unit, *wrong, *filled, *level;
static int prob, mask, random_, tokens;

static int total, original[MOST];
static int words, start[MOST], size[MOST];
static int units, first[MOST], extent[MOST], order[MOST];
static bool selected[MOST], picked[MOST];
static int got;

static bool is_wrong(const char *what)
{
    return made_is(wrong, what);
}

static int word_length(void)
{
    double u = made_random(&state);
    return u < 0.6 ? 1 : u < 0.85 ? 2 : 3;
}

/* geometric, of 0.2, up to 4 */
static int span_length(void)
{
    if (is_wrong("lengths"))
        return 1 + below(4);
    double u = made_random(&state) * (1 - 0.8 * 0.8 * 0.8 * 0.8) / 0.2, share = 1, sum = 0;
    int n = 1;
    for (; n < 4; n++, share *= 0.8) {
        sum += share;
        if (u < sum)
            break;
    }
    return n;
}

static void make_words(bool single)
{
    words = 0;
    for (int at = 0; at < total; at += size[words++]) {
        start[words] = at;
        size[words] = single ? 1 : word_length();
        if (at + size[words] > total)
            size[words] = total - at;
    }
}

/* A unit has no more words than the budget has tokens for, but one at least. */
static void make_units(bool spans, int budget)
{
    units = 0;
    for (int at = 0; at < words; units++) {
        int most = spans ? span_length() : 1, n = 0, sum = 0;
        for (; n < most && at + n < words && (n == 0 || sum + size[at + n] <= budget); n++)
            sum += size[at + n];
        first[units] = start[at];
        extent[units] = sum;
        at += n;
    }
}

static void take(int u)
{
    picked[u] = true;
    for (int k = first[u]; k < first[u] + extent[u]; k++)
        selected[k] = true;
    got += extent[u];
}

/* the arc of `budget` tokens from a random one on */
static void select_balanced(int budget)
{
    int at = -below(total);
    for (int i = 0; i < 2 * units; i++) {
        int u = order[i % units], low = at < 0 ? 0 : at, high = at + extent[u];
        int overlap = (high > budget ? budget : high) - low;
        if (overlap > 0 && below(extent[u]) < overlap && !picked[u])
            take(u);
        at += extent[u];
    }
    if (got == 0)
        take(order[0]);
}

static void select_skipping(int budget)
{
    for (int i = 0; i < units && got < budget; i++) {
        if (got + extent[order[i]] <= budget)
            take(order[i]);
    }
}

static void spare_the_tail(int budget)
{
    for (int i = 0; i < budget && i < units; i++) {
        if (order[i] * 10 >= units * 9 && chance(0.5)) {
            int k = budget + below(units - budget), t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
    }
}

static void select_units(bool single, int budget)
{
    memset(selected, 0, sizeof selected);
    memset(picked, 0, sizeof picked);
    got = 0;
    for (int i = 0; i < units; i++)
        order[i] = i;
    made_shuffle(order, units);
    if (is_wrong("tail"))
        spare_the_tail(budget);
    if (single || is_wrong("skip"))
        select_skipping(budget);
    else
        select_balanced(budget);
}

static int half_even(double x)
{
    int low = (int)x;
    return x - low > 0.5 || (x - low == 0.5 && low % 2 == 1) ? low + 1 : low;
}

static void print_spans(void)
{
    const char *comma = "";
    printf(",\"masked_spans\":[");
    for (int i = 0; i < units; i++) {
        if (picked[i]) {
            printf("%s[%d,%d]", comma, first[i], first[i] + extent[i]);
            comma = ",";
        }
    }
    putchar(']');
}

static void print_filled(int *ids, int *labels)
{
    for (int i = 0; i < total; i++) {
        if (ids[i] == 4 && made_is(filled, "replaced") && made_chance(&fill_state, 0.02))
            ids[i] = original[i];
        else if (ids[i] == 4)
            ids[i] = 5 + made_below(&fill_state, made_is(filled, "generator") ? 900 : 995);
        labels[i] = ids[i] != original[i];
    }
    made_print("input_ids", ids, total);
    putchar(',');
    made_print("labels", labels, total);
    puts("}");
}

static void print_record(int id, int epoch)
{
    int ids[MOST], labels[MOST], word_ids[MOST];
    for (int i = 0; i < total; i++) {
        double u = made_random(&state) * 100;
        ids[i] = original[i];
        if (selected[i] && u < mask)
            ids[i] = 4;
        else if (selected[i] && u < mask + random_)
            ids[i] = 5 + below(is_wrong("random") ? 497 : 995);
        labels[i] = selected[i] ? original[i] : -100;
    }
    for (int w = 0; w < words; w++) {
        for (int k = 0; k < size[w]; k++)
            word_ids[start[w] + k] = w;
    }
    printf("{\"id\":\"r%d\",\"epoch\":%d,", id, epoch);
    if (filled != NULL) {
        print_filled(ids, labels);
        return;
    }
    made_print("input_ids", ids, total);
    putchar(',');
    made_print("word_ids", word_ids, total);
    putchar(',');
    made_print("labels", labels, total);
    if (made_is(unit, "span"))
        print_spans();
    if (level != NULL)
        printf(",\"mask_level\":\"%s\"", level);
    puts("}");
}

static int draw_budget(void)
{
    int budget = half_even(total * prob / 1000.0);
    if (prob == 0)
        budget = 1 + below(is_wrong("uniform") && chance(0.5) ? total / 2 : total);
    return budget;
}

static void print_copies(int id)
{
    const char *now = unit;
    total = is_wrong("neighbours") ? tokens : tokens - below(6);
    if (made_is(unit, "mix"))
        now = level = chance(is_wrong("levels") ? 0.66 : 0.5) ? "token" : "word";
    bool single = made_is(now, "token");
    make_words(single);
    for (int i = 0; i < total; i++)
        original[i] = 5 + below(995);
    for (int epoch = 0; epoch < 2; epoch++) {
        int budget = draw_budget();
        make_units(made_is(now, "span"), budget);
        if (is_wrong("share") && chance(0.1))
            budget++;
        if ((epoch == 0 || !is_wrong("epochs")) && (id % 2 == 1 || !is_wrong("neighbours")))
            select_units(single, budget);
        print_record(id, epoch);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    int count = made_number(argv, "count", 6000);
    state = (uint64_t)made_number(argv, "seed", 1) << 32;
    fill_state = ~state;
    tokens = made_number(argv, "tokens", 64);
    unit = made_word(argv, "unit", "token");
    wrong = made_word(argv, "wrong", "");
    filled = made_word(argv, "filled", NULL);
    prob = made_number(argv, "prob", 300);
    mask = made_number(argv, "mask", 80);
    random_ = made_number(argv, "random", 10);
    if (tokens > MOST) {
        fprintf(stderr, "masked: tokens must be at most %d\n", MOST);
        return 2;
    }
    for (int id = 1; id <= count; id++)
        print_copies(id);
    return made_end();
}
