/*
 * similar.c - masked words, of which five (ids 5 to 9) are similar to each other and 29 (10 to 38) have no similar
 * word, made by the law of mask --replace 50,30,20 or by wrong ones, for laws_mask.sh. wrong=
 *
 *     choice        the first of the similar words is preferred
 *     replacement   similar words take the place of 51 %
 *     random        one in ten random tokens is of the first half
 */
#include "made.h"

enum { TOKENS = 20 };

static int replaced(int was, const char *wrong)
{
    bool has_similar = was < 10;
    double u = made_random(&state) * 100;
    if (has_similar && u < (made_is(wrong, "replacement") ? 51 : 50)) {
        int is = 5 + (made_is(wrong, "choice") && chance(0.02) ? 0 : below(4));
        return is >= was ? is + 1 : is;
    }
    if (u >= 80)
        return was;
    return 5 + below(made_is(wrong, "random") && !has_similar && chance(0.1) ? 17 : 34);
}

int main(int argc, char **argv)
{
    state = 6;
    (void)argc;
    const char *wrong = made_word(argv, "wrong", "");
    int count = made_number(argv, "count", 17000), from[TOKENS], to[TOKENS], words[TOKENS];
    for (int id = 0; id < count; id++) {
        for (int i = 0; i < TOKENS; i++) {
            from[i] = 5 + below(chance(0.5) ? 5 : 34);
            to[i] = replaced(from[i], wrong);
            words[i] = i;
        }
        printf("{\"id\":%d,", id);
        made_print("input_ids", to, TOKENS);
        putchar(',');
        made_print("word_ids", words, TOKENS);
        putchar(',');
        made_print("labels", from, TOKENS);
        puts("}");
    }
    return made_end();
}
