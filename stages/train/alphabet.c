/* alphabet.c - see alphabet.h. */
#include "alphabet.h"

#include "base/memory.h"
#include "text/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

void alphabet_init(struct alphabet *alphabet)
{
    *alphabet = (struct alphabet){.symbol_of = map_new()};
}

void alphabet_free(struct alphabet *alphabet)
{
    map_free(alphabet->symbol_of);
    vec_free(&alphabet->characters);
    vec_free(&alphabet->absent);
}

struct slice alphabet_next(struct slice *rest)
{
    struct slice character = {rest->ptr, text_sequence(rest->ptr, rest->ptr + rest->len)};
    assert(character.len > 0);
    rest->ptr += character.len;
    rest->len -= character.len;
    return character;
}

void alphabet_count(struct alphabet *alphabet, struct slice word, uint64_t count)
{
    while (word.len > 0)
        *map_put(alphabet->symbol_of, alphabet_next(&word)) += count;
}

uint32_t alphabet_symbol(const struct alphabet *alphabet, struct slice character)
{
    const uint64_t *symbol = map_get(alphabet->symbol_of, character);
    return symbol == NULL ? 0 : (uint32_t)*symbol;
}

/* ---- the choice ---- */

struct candidate {
    struct slice text;
    uint64_t count;
    bool required;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->required != y->required)
        return x->required ? -1 : 1;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : slice_compare(x->text, y->text);
}

static int compare_slices(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Marks them in `marked`; remembers those that do not occur. */
static void find_required(struct alphabet *alphabet, struct slice required, struct map *marked)
{
    while (required.len > 0) {
        struct slice character = alphabet_next(&required);
        size_t known = map_len(marked);
        (void)map_put(marked, character);
        if (map_len(marked) > known && map_get(alphabet->symbol_of, character) == NULL)
            vec_push(&alphabet->absent, character);
    }
}

/* All characters that occur, in the order in which they are kept. */
static struct candidate *list_candidates(struct alphabet *alphabet, const struct map *required)
{
    size_t len = map_len(alphabet->symbol_of);
    struct candidate *list = mem_zalloc(len + 1, sizeof *list);
    for (size_t i = 0; i < len; i++) {
        const struct map_entry *entry = map_at(alphabet->symbol_of, i);
        list[i] = (struct candidate){entry->key, entry->value, map_get(required, entry->key) != NULL};
        alphabet->coverage.occurrences += entry->value;
    }
    qsort(list, len, sizeof *list, compare_candidates);
    alphabet->coverage.different = len;
    return list;
}

static void keep(struct alphabet *alphabet, const struct candidate *list, const struct alphabet_choice *choice)
{
    struct coverage *coverage = &alphabet->coverage;
    uint64_t enough = decimal_least(choice->coverage, coverage->occurrences);
    size_t examples = 0;
    for (size_t i = 0; i < coverage->different; i++) {
        bool wanted = (coverage->covered < enough || coverage->kept < choice->least) &&
                      (choice->limit == 0 || coverage->kept < choice->limit);
        if (list[i].required || wanted) {
            vec_push(&alphabet->characters, list[i].text);
            coverage->kept++;
            coverage->covered += list[i].count;
        } else if (examples < COVERAGE_EXAMPLES) {
            size_t len;
            coverage->dropped[examples].point = text_decode(list[i].text.ptr, &len);
            coverage->dropped[examples++].count = list[i].count;
        }
    }
}

static void sort(struct slice *slices, size_t len)
{
    if (len > 0)
        qsort(slices, len, sizeof *slices, compare_slices);
}

void alphabet_choose(struct alphabet *alphabet, const struct alphabet_choice *choice)
{
    struct map *required = map_new();
    find_required(alphabet, choice->required, required);
    struct candidate *list = list_candidates(alphabet, required);
    keep(alphabet, list, choice);
    mem_free(list);
    map_free(required);
    sort(alphabet->characters.items, alphabet->characters.len);
    sort(alphabet->absent.items, alphabet->absent.len);
    for (size_t i = 0; i < map_len(alphabet->symbol_of); i++)
        *map_put(alphabet->symbol_of, map_at(alphabet->symbol_of, i)->key) = 0;
    for (size_t i = 0; i < alphabet->characters.len; i++)
        *map_put(alphabet->symbol_of, alphabet->characters.items[i]) = i + 1;
}
