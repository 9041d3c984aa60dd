/* characters.c - chars and typo: characters that are taken for one another, and slips on the keyboard. */
#include "augment.h"
#include "surface.h"

/* The purposes of draws. */
enum { CHARS_WHICH, CHARS_CANDIDATE };
enum { TYPO_WORDS, TYPO_KIND, TYPO_PLACE, TYPO_KEY };

static void put_change(struct op_job *job, struct part part, struct slice text)
{
    struct change change = {.part = part, .text = text};
    changes_put(job->changes, change);
}

/* The numbers 0 … count - 1, as scratch. */
static uint32_t *all_numbers(struct op_job *job, size_t count)
{
    job->scratch->numbers.len = 0;
    for (size_t i = 0; i < count; i++)
        vec_push(&job->scratch->numbers, (uint32_t)i);
    return job->scratch->numbers.items;
}

void op_chars(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = draft->character_count, wanted = op_amount(job->alpha, count);
    size_t chosen = wanted < count ? wanted : count;
    uint32_t *numbers = all_numbers(job, count);
    op_choose(&job->draws, CHARS_WHICH, numbers, count, chosen);
    for (size_t i = 0; i < chosen; i++) {
        const struct draft_character *character = &draft->characters[numbers[i]];
        struct slice old = {draft->text.ptr + character->part.start, character->part.end - character->part.start};
        struct slice candidate = character->candidates[draw_below(&job->draws, CHARS_CANDIDATE, i, character->count)];
        put_change(job, character->part, surface_like(old, candidate, job->arena));
    }
}

/* ---- slips ---- */

enum { SHORTEST_WORD = 4 };
enum slip { SLIP_NEIGHBOUR, SLIP_SWAP, SLIP_DROP, SLIP_DOUBLE, SLIPS };

/* The three rows of letters; each is half a key to the right of the one above it. */
static const char *const keyboards[][3] = {
    [KEYBOARD_QWERTY] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"},
    [KEYBOARD_QWERTZ] = {"qwertzuiop", "asdfghjkl", "yxcvbnm"},
    [KEYBOARD_AZERTY] = {"azertyuiop", "qsdfghjklm", "wxcvbn"},
};

static char small(char letter)
{
    return (char)(letter | 0x20);
}

static void add_key(char *keys, size_t *count, const char *row, size_t length, size_t column)
{
    if (column < length)
        keys[(*count)++] = row[column];
}

/* The keys around the one of a letter, left and right first, then above and below. */
static size_t neighbours_of(int keyboard, char letter, char keys[6])
{
    const char *const *rows = keyboards[keyboard];
    size_t count = 0;
    for (size_t r = 0; r < 3; r++) {
        const char *found = strchr(rows[r], small(letter));
        if (found == NULL)
            continue;
        size_t c = (size_t)(found - rows[r]);
        add_key(keys, &count, rows[r], strlen(rows[r]), c - 1); /* before the first is beyond the end */
        add_key(keys, &count, rows[r], strlen(rows[r]), c + 1);
        if (r > 0) {
            add_key(keys, &count, rows[r - 1], strlen(rows[r - 1]), c);
            add_key(keys, &count, rows[r - 1], strlen(rows[r - 1]), c + 1);
        }
        if (r < 2) {
            add_key(keys, &count, rows[r + 1], strlen(rows[r + 1]), c - 1);
            add_key(keys, &count, rows[r + 1], strlen(rows[r + 1]), c);
        }
    }
    return count;
}

/* Where two letters that differ are next to each other; nowhere in a word of one letter, such as "aaaa". */
static size_t swaps_of(struct slice word, uint32_t *places)
{
    size_t count = 0;
    for (uint32_t at = 0; at + 1 < word.len; at++)
        if (word.ptr[at] != word.ptr[at + 1])
            places[count++] = at;
    return count;
}

/* Makes the slip at a place of the word: the part that changes, and what stands there instead. A swap of equal letters
 * would be none. */
static void slip(struct op_job *job, const struct draft_word *word, enum slip kind, size_t item)
{
    uint32_t *swaps = arena_alloc(job->arena, word->bytes.len * sizeof *swaps);
    size_t places = kind == SLIP_SWAP ? swaps_of(word->bytes, swaps) : word->bytes.len;
    if (places == 0) {
        kind = SLIP_DROP;
        places = word->bytes.len;
    }
    uint32_t at = (uint32_t)draw_below(&job->draws, TYPO_PLACE, item, places);
    if (kind == SLIP_SWAP)
        at = swaps[at];
    const char *letter = word->bytes.ptr + at;
    struct part part = {word->part.start + at, word->part.start + at + 1, {word->part.place.start + at, 0}};
    part.place.end = part.place.start + 1;
    char keys[6], *made = arena_alloc(job->arena, 2);
    struct slice text = {made, 1};
    if (kind == SLIP_NEIGHBOUR) {
        size_t count = neighbours_of(job->augment->given->keyboard, *letter, keys);
        char key = keys[draw_below(&job->draws, TYPO_KEY, item, count)];
        made[0] = *letter == small(*letter) ? key : (char)(key & ~0x20);
    } else if (kind == SLIP_SWAP) {
        made[0] = letter[1];
        made[1] = letter[0];
        text.len = 2;
        part.end++;
        part.place.end++;
    } else if (kind == SLIP_DROP) {
        text.len = 0;
    } else { /* after the first letter, else before the letter: inside of the word, so that it stays one */
        made[0] = *letter;
        if (at == 0) {
            part.start++;
            part.place.start++;
        }
        part.end = part.start;
        part.place.end = part.place.start;
    }
    put_change(job, part, text);
}

static bool is_english_word(struct slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (small(word.ptr[i]) < 'a' || small(word.ptr[i]) > 'z')
            return false;
    return word.len >= SHORTEST_WORD;
}

void op_typo(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = 0, wanted = op_amount(job->alpha, draft->counting);
    uint32_t *numbers = op_copy(job, draft->free);
    for (size_t i = 0; i < draft->free.count; i++)
        if (is_english_word(draft->words[numbers[i]].bytes))
            numbers[count++] = numbers[i];
    size_t chosen = wanted < count ? wanted : count;
    op_choose(&job->draws, TYPO_WORDS, numbers, count, chosen);
    for (size_t i = 0; i < chosen; i++)
        slip(job, &draft->words[numbers[i]], (enum slip)draw_below(&job->draws, TYPO_KIND, i, SLIPS), i);
}
