/*
 * corrupted.c - what corrupt and causal make, by the right law or a wrong one, for laws_corrupt.sh. Arguments,
 * NAME=VALUE:
 *
 *     task, count, seed
 *     texts        1: the texts of fim are printed, instead of what is made of them
 *     wrong        prefix, causal: the first half is preferred; deshuffle: turned round; fim: spm or none too often, or
 *                  cuts in the first half; t5: the end is hidden too often (ends), spans of one token (spans) or gaps
 * of one (gaps) are preferred t5: 40 tokens, 12 of them hidden in 4 spans; sentinels are ids from 1010 down.
 */
#include "made.h"

enum { TOKENS = 41, SHUFFLED = 21, NOISE = 12, SPANS = 4 };

static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789";

static const char *wrong;

static bool is_wrong(const char *what)
{
    return made_is(wrong, what);
}

static int first_half(int n)
{
    return below(chance(0.03) ? n / 2 : n);
}

/* into[0 .. parts): lengths of at least 1 that sum up to n, all ways equally likely */
static void compose(int n, int parts, int *into)
{
    bool cut[TOKENS] = {false};
    for (int left = parts - 1; left > 0;) {
        int k = 1 + below(n - 1);
        left -= !cut[k];
        cut[k] = true;
    }
    cut[n] = true;
    for (int i = 1, at = 0; i <= n; i++) {
        if (cut[i]) {
            *into++ = i - at;
            at = i;
        }
    }
}

static void draw_t5(int *spans, int *gaps)
{
    compose(NOISE, SPANS, spans);
    if (is_wrong("spans") && chance(0.1)) {
        spans[0] = spans[1] = spans[2] = 1;
        spans[3] = NOISE - 3;
    }
    compose(40 - NOISE + 2, SPANS + 1, gaps); /* the outer ones may be empty */
    gaps[0]--;
    gaps[SPANS]--;
    if (is_wrong("ends") && gaps[SPANS] > 0 && chance(0.05)) {
        gaps[0] += gaps[SPANS];
        gaps[SPANS] = 0;
    }
    if (is_wrong("gaps") && chance(0.05)) {
        gaps[1] += gaps[2] - 1;
        gaps[2] = 1;
    }
}

static void print_t5(void)
{
    int spans[SPANS], gaps[SPANS + 1], inputs[TOKENS], labels[TOKENS], token = 5, i = 0, k = 0;
    draw_t5(spans, gaps);
    for (int s = 0; s <= SPANS; s++) {
        for (int n = 0; n < gaps[s]; n++)
            inputs[i++] = token++;
        if (s == SPANS)
            break;
        inputs[i++] = labels[k++] = 1010 - s;
        for (int n = 0; n < spans[s]; n++)
            labels[k++] = token++;
    }
    made_print("input_ids", inputs, i);
    putchar(',');
    made_print("labels", labels, k);
}

static void print_prefix(const int *ids)
{
    int cut = 1 + (is_wrong("cuts") ? first_half(40) : below(40));
    made_print("input_ids", ids, cut);
    putchar(',');
    made_print("labels", ids + cut, TOKENS - cut);
}

static void print_causal(const int *ids)
{
    int cut = 1 + (is_wrong("cuts") ? first_half(40) : below(40)), labels[TOKENS];
    for (int i = 0; i < TOKENS; i++)
        labels[i] = i < cut ? -100 : ids[i];
    made_print("input_ids", ids, TOKENS);
    printf(",\"prefix_length\":%d,", cut);
    made_print("labels", labels, TOKENS);
}

static void print_deshuffle(const int *ids)
{
    int order[SHUFFLED];
    for (int i = 0; i < SHUFFLED; i++)
        order[i] = ids[is_wrong("order") ? SHUFFLED - 1 - i : i];
    if (!is_wrong("order")) {
        made_shuffle(order, SHUFFLED);
    } else if (chance(0.05)) {
        order[0] = ids[0];
        order[SHUFFLED - 1] = ids[SHUFFLED - 1];
    }
    made_print("input_ids", order, SHUFFLED);
    putchar(',');
    made_print("labels", ids, SHUFFLED);
}

static void print_ul2(void)
{
    if (chance(is_wrong("denoisers") ? 0.52 : 0.5))
        printf("\"denoiser\":\"S:0.25\",\"input_ids\":[5,6,7],\"labels\":[8]");
    else
        printf("\"denoiser\":\"S:0.5\",\"input_ids\":[5,6],\"labels\":[7,8]");
}

static void print_fim(void)
{
    int n = (int)strlen(text) + 1;
    if (chance(is_wrong("rate") ? 0.52 : 0.5)) {
        printf("\"text\":\"%s\",\"fim\":\"none\",\"fim_cuts\":[0,0]", text);
        return;
    }
    int a = is_wrong("places") ? first_half(n) : below(n);
    int b = is_wrong("places") ? first_half(n) : below(n);
    if (a > b) {
        int t = a;
        a = b;
        b = t;
    }
    bool spm = chance(is_wrong("order") ? 0.53 : 0.5);
    printf("\"text\":\"<fim_prefix>%.*s<fim_suffix>%s<fim_middle>", spm ? 0 : a, text, text + b);
    printf("%.*s%.*s\",\"fim\":\"%s\",\"fim_cuts\":[%d,%d]", spm ? a : 0, text, b - a, text + a, spm ? "spm" : "psm", a,
           b);
}

static void print_members(const char *task, const int *ids)
{
    if (made_is(task, "t5"))
        print_t5();
    else if (made_is(task, "prefix"))
        print_prefix(ids);
    else if (made_is(task, "causal"))
        print_causal(ids);
    else if (made_is(task, "deshuffle"))
        print_deshuffle(ids);
    else if (made_is(task, "ul2"))
        print_ul2();
    else
        print_fim();
}

int main(int argc, char **argv)
{
    (void)argc;
    int count = made_number(argv, "count", 1), ids[TOKENS];
    bool texts = made_number(argv, "texts", 0) == 1;
    const char *task = made_word(argv, "task", "t5");
    state = (uint64_t)made_number(argv, "seed", 1) << 32;
    wrong = made_word(argv, "wrong", "");
    for (int i = 0; i < TOKENS; i++)
        ids[i] = 5 + i;
    for (int id = 1; id <= count; id++) {
        printf("{\"id\":%d,", id);
        if (texts)
            printf("\"text\":\"%s\"", text);
        else
            print_members(task, ids);
        puts("}");
    }
    return made_end();
}
