/* inflect.c - see inflect.h.
 *
 * The lists of exceptions hold what the rules of morphy(7WN) do not undo: "broke break", and also "stopped stop", so
 * whether a consonant is doubled need not be guessed. They do not say which form one is. -s and -ing show it. Of the
 * others a verb with one has it as past and participle (bought), unless its participle is the verb itself (came, ran);
 * of two the participle is the one with the ending -n or -ne, or the one with u where the other has a (began, begun).
 * Where that does not decide, the verb gets no form: a missing one is better than a wrong one. */
#include "inflect.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/memory.h"

#include <stdint.h>

enum { FORM_S = 1, FORM_ING, FORM_PAST, FORM_PARTICIPLE };
enum { FORM_MORE = 1, FORM_MOST };

struct exception {
    struct slice form;
    uint32_t next; /* of the same word, plus 1 */
};

struct inflect {
    enum inflect_part part;
    struct arena *arena;
    struct map *bases; /* to the first of a list, plus 1 */
    VEC(struct exception) exceptions;
    struct slices found;
    struct bytes made;
};

int inflect_forms(enum inflect_part part)
{
    static const int forms[] = {[INFLECT_NONE] = 0, [INFLECT_NOUN] = 1, [INFLECT_VERB] = 4, [INFLECT_ADJECTIVE] = 2};
    return forms[part];
}

struct inflect *inflect_new(enum inflect_part part)
{
    struct inflect *inflect = mem_zalloc(1, sizeof *inflect);
    inflect->part = part;
    inflect->arena = arena_new();
    inflect->bases = map_new();
    return inflect;
}

void inflect_free(struct inflect *inflect)
{
    if (inflect == NULL)
        return;
    arena_free(inflect->arena);
    map_free(inflect->bases);
    vec_free(&inflect->exceptions);
    vec_free(&inflect->found);
    vec_free(&inflect->made);
    mem_free(inflect);
}

void inflect_exception(struct inflect *inflect, struct slice form, struct slice base)
{
    uint64_t *first = map_put(inflect->bases, base);
    struct exception exception = {arena_copy(inflect->arena, form), 0};
    vec_push(&inflect->exceptions, exception);
    uint32_t number = (uint32_t)inflect->exceptions.len, last = (uint32_t)*first;
    if (*first == 0) {
        *first = number;
        return;
    }
    while (inflect->exceptions.items[last - 1].next != 0)
        last = inflect->exceptions.items[last - 1].next;
    inflect->exceptions.items[last - 1].next = number;
}

static bool ends(struct slice word, const char *ending)
{
    struct slice tail = slice_of(ending);
    return word.len >= tail.len && slice_equal((struct slice){word.ptr + word.len - tail.len, tail.len}, tail);
}

static bool is_vowel(char letter)
{
    return letter != '\0' && strchr("aeiou", letter) != NULL;
}

static bool is_plain(struct slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < 'a' || word.ptr[i] > 'z')
            return false;
    return word.len > 1;
}

static bool is_consonant_y(struct slice word)
{
    return word.len > 2 && word.ptr[word.len - 1] == 'y' && !is_vowel(word.ptr[word.len - 2]);
}

/* Adds the word without its last `cut` letters and with this ending. */
static void put_form(struct inflect *inflect, struct slice word, size_t cut, const char *ending)
{
    inflect->made.len = 0;
    bytes_append(&inflect->made, word.ptr, word.len - cut);
    bytes_put(&inflect->made, slice_of(ending));
    struct slice form = bytes_slice(&inflect->made);
    vec_push(&inflect->found, form);
}

/* Nouns with -oes are exceptions, verbs are not. */
static void put_s(struct inflect *inflect, struct slice word)
{
    static const char *const hissing[] = {"s", "x", "z", "ch", "sh"};
    bool es = inflect->part == INFLECT_VERB && ends(word, "o") && !is_vowel(word.ptr[word.len - 2]);
    for (size_t i = 0; i < sizeof hissing / sizeof *hissing; i++)
        es |= ends(word, hissing[i]);
    if (is_consonant_y(word))
        put_form(inflect, word, 1, "ies");
    else
        put_form(inflect, word, 0, es ? "es" : "s");
}

static void put_ing(struct inflect *inflect, struct slice word)
{
    bool silent = ends(word, "e") && !ends(word, "ee") && !ends(word, "oe") && !ends(word, "ye") && word.len > 2;
    if (ends(word, "ie"))
        put_form(inflect, word, 2, "ying");
    else
        put_form(inflect, word, silent ? 1 : 0, "ing");
}

/* -ed, -er, -est: e_ending is without its e. */
static void put_e(struct inflect *inflect, struct slice word, const char *ending)
{
    if (ends(word, "e"))
        put_form(inflect, word, 0, ending + 1);
    else if (is_consonant_y(word)) {
        inflect->made.len = 0;
        bytes_append(&inflect->made, word.ptr, word.len - 1);
        bytes_byte(&inflect->made, 'i');
        bytes_put(&inflect->made, slice_of(ending));
        struct slice form = bytes_slice(&inflect->made);
        vec_push(&inflect->found, form);
    } else
        put_form(inflect, word, 0, ending);
}

/* ---- which form an exception is ---- */

static bool is_unchanged(struct slice verb)
{
    static const char *const verbs[] = {"beat",   "bet",   "bid",  "burst", "cast", "cost",   "cut",    "fit",
                                        "hit",    "hurt",  "knit", "let",   "put",  "quit",   "read",   "rid",
                                        "set",    "shed",  "shut", "slit",  "spit", "split",  "spread", "sweat",
                                        "thrust", "upset", "wed",  "wet",   "be",   "offset", "reset",  "input"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (slice_is(verb, verbs[i]))
            return true;
    return false;
}

static bool has_letter(struct slice word, char letter)
{
    return memchr(word.ptr, letter, word.len) != NULL;
}

/* Is `form` the participle, `other` being the past? */
static bool is_participle(struct slice form, struct slice other)
{
    bool by_ending = (ends(form, "n") || ends(form, "ne")) && !ends(other, "n") && !ends(other, "ne");
    return by_ending ||
           (has_letter(form, 'u') && !has_letter(form, 'a') && has_letter(other, 'a') && !has_letter(other, 'u'));
}

/* Of the exceptions of a verb, those that are this form. *decided: the verb has no regular one. */
static void verb_exceptions(struct inflect *inflect, uint32_t first, struct slice verb, int form, bool *decided)
{
    struct slice pasts[2] = {{NULL, 0}, {NULL, 0}};
    size_t count = 0;
    for (uint32_t i = first; i > 0; i = inflect->exceptions.items[i - 1].next) {
        struct slice exception = inflect->exceptions.items[i - 1].form;
        int is = ends(exception, "ing") && exception.len > verb.len ? FORM_ING
                 : ends(exception, "s")                             ? FORM_S
                                                                    : FORM_PAST;
        if (is == FORM_PAST && slice_equal(exception, verb))
            continue;
        if (is == FORM_PAST && count < 3)
            pasts[count < 2 ? count : 1] = exception;
        count += is == FORM_PAST;
        if (is == form && form != FORM_PAST)
            vec_push(&inflect->found, exception);
    }
    *decided =
        inflect->found.len > 0 || ((form == FORM_PAST || form == FORM_PARTICIPLE) && (count > 0 || is_unchanged(verb)));
    if (form != FORM_PAST && form != FORM_PARTICIPLE)
        return;
    bool itself = ends(verb, "come") || ends(verb, "run"), regular = count > 0 && ends(pasts[0], "ed");
    if (count == 1 && !is_unchanged(verb) && (form == FORM_PAST || !itself) &&
        (regular || !ends(pasts[0], "n") || ends(verb, "n")))
        vec_push(&inflect->found, pasts[0]);
    if (count == 2 && is_participle(pasts[0], pasts[1]))
        vec_push(&inflect->found, pasts[form == FORM_PARTICIPLE ? 0 : 1]);
    else if (count == 2 && is_participle(pasts[1], pasts[0]))
        vec_push(&inflect->found, pasts[form == FORM_PARTICIPLE ? 1 : 0]);
}

static bool is_form_of(enum inflect_part part, int form, struct slice exception)
{
    return part == INFLECT_NOUN || ends(exception, form == FORM_MORE ? "er" : "est");
}

/* Words of one syllable, and of two with a final y, have -er and -est. */
static bool is_gradable(struct slice word)
{
    size_t syllables = 0;
    for (size_t i = 0; i < word.len; i++)
        syllables += is_vowel(word.ptr[i]) && (i == 0 || !is_vowel(word.ptr[i - 1]));
    if (ends(word, "e") && syllables > 1)
        syllables--;
    return is_consonant_y(word) ? syllables <= 1 : syllables == 1 && word.len <= 6;
}

static void put_regular(struct inflect *inflect, struct slice word, int form)
{
    if (inflect->part == INFLECT_NOUN || (inflect->part == INFLECT_VERB && form == FORM_S))
        put_s(inflect, word);
    else if (inflect->part == INFLECT_VERB && form == FORM_ING)
        put_ing(inflect, word);
    else if (inflect->part == INFLECT_VERB)
        put_e(inflect, word, "ed");
    else if (is_gradable(word))
        put_e(inflect, word, form == FORM_MORE ? "er" : "est");
}

const struct slices *inflect_all(struct inflect *inflect, struct slice word, int form)
{
    bool decided = false;
    const uint64_t *first = map_get(inflect->bases, word);
    inflect->found.len = 0;
    if (!is_plain(word))
        return &inflect->found;
    if (inflect->part == INFLECT_VERB) {
        verb_exceptions(inflect, first != NULL ? (uint32_t)*first : 0, word, form, &decided);
    } else if (first != NULL) {
        for (uint32_t i = (uint32_t)*first; i > 0; i = inflect->exceptions.items[i - 1].next)
            if (is_form_of(inflect->part, form, inflect->exceptions.items[i - 1].form))
                vec_push(&inflect->found, inflect->exceptions.items[i - 1].form);
        decided = inflect->found.len > 0;
    }
    if (!decided)
        put_regular(inflect, word, form);
    return &inflect->found;
}

struct slice inflect_one(struct inflect *inflect, struct slice word, int form)
{
    const struct slices *found = inflect_all(inflect, word, form);
    return found->len > 0 ? found->items[0] : SLICE("");
}
