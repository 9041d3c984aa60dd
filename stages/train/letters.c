/* letters.c - see letters.h. */
#include "letters.h"

#include "../tokenizer/text/byte_spelling.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "text/text.h"

#include <stdlib.h>

/* There are at most three times as many pairs, and pairs have 32-bit numbers. */
static const size_t MOST_SLOTS = (size_t)1 << 30;

struct filling {
    const struct trainer_options *options;
    struct trained *trained;
    struct letters *letters;
};

static uint32_t letter_id(const struct filling *fill, struct slice text)
{
    struct letters *letters = fill->letters;
    uint32_t id = trainer_piece(fill->trained, text);
    while (letters->is_letter.len <= id)
        vec_push(&letters->is_letter, false);
    letters->is_letter.items[id] = true;
    return id;
}

static void put_slot(struct letters *letters, uint32_t id)
{
    vec_push(&letters->slots, id);
    vec_push(&letters->words, (uint32_t)letters->counts.len);
}

static int end_word(struct letters *letters, uint64_t count)
{
    put_slot(letters, LETTERS_NONE);
    vec_push(&letters->counts, count);
    if (letters->slots.len > MOST_SLOTS)
        return diag_error("the distinct words have more than %zu letters in total", MOST_SLOTS);
    return 0;
}

/* ---- bytes ---- */

/* In the order of the letters' bytes: letters that spell themselves are below U+0100, the others follow in order. */
static void letters_of_bytes(const struct filling *fill, uint32_t id_of[256])
{
    for (int other = 0; other < 2; other++)
        for (unsigned byte = 0; byte < 256; byte++) {
            uint32_t point = byte_spelling((unsigned char)byte);
            char text[4];
            if ((point != byte) == other)
                id_of[byte] = letter_id(fill, (struct slice){text, text_encode(point, text)});
        }
}

static int fill_bytes(const struct filling *fill, const struct map *words)
{
    uint32_t id_of[256];
    letters_of_bytes(fill, id_of);
    for (size_t i = 0; i < map_len(words); i++) {
        const struct map_entry *word = map_at(words, i);
        for (size_t j = 0; j < word->key.len; j++)
            put_slot(fill->letters, id_of[(unsigned char)word->key.ptr[j]]);
        if (end_word(fill->letters, word->value) != 0)
            return -1;
    }
    return 0;
}

/* ---- characters ---- */

/* A character that is kept, by its symbol - 1. */
struct character {
    uint32_t first, inner; /* ids: at the start of a word, and inside one */
    bool inside;           /* is it ever inside? */
};

/* Can WordPiece cut the word into letters? A letter that begins with "##" would look like one inside a word. */
static bool is_cuttable(const struct filling *fill, struct slice word)
{
    return fill->options->type != TRAINER_WORDPIECE ||
           (text_length(word) <= TRAINER_WORD_CHARACTERS && (word.len == 1 || memchr(word.ptr, '#', word.len) == NULL));
}

/* Can it be cut, and has it only characters that are kept? */
static bool is_known(const struct filling *fill, const struct alphabet *alphabet, struct slice word)
{
    if (!is_cuttable(fill, word))
        return false;
    while (word.len > 0)
        if (alphabet_symbol(alphabet, alphabet_next(&word)) == 0)
            return false;
    return true;
}

static int compare_slices(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The letter as spelled inside a word; a character may be a NUL. */
static struct slice inner_letter(const struct filling *fill, struct slice character, struct arena *arena)
{
    if (fill->options->type != TRAINER_WORDPIECE)
        return character;
    char *text = arena_alloc(arena, character.len + LETTERS_PREFIX_BYTES);
    memcpy(text, LETTERS_PREFIX.ptr, LETTERS_PREFIX_BYTES);
    memcpy(text + LETTERS_PREFIX_BYTES, character.ptr, character.len);
    return (struct slice){text, character.len + LETTERS_PREFIX_BYTES};
}

/* Gives ids to all letters, in the order of their bytes. */
static void letters_of_characters(const struct filling *fill, const struct alphabet *alphabet,
                                  struct character *characters)
{
    struct arena *arena = arena_new();
    VEC(struct slice) texts = {0};
    for (size_t i = 0; i < alphabet->characters.len; i++) {
        struct slice text = alphabet->characters.items[i];
        vec_push(&texts, text);
        if (characters[i].inside)
            vec_push(&texts, inner_letter(fill, text, arena));
    }
    for (size_t i = 0; i < alphabet->absent.len; i++) {
        vec_push(&texts, alphabet->absent.items[i]);
        vec_push(&texts, inner_letter(fill, alphabet->absent.items[i], arena));
    }
    if (texts.len > 0)
        qsort(texts.items, texts.len, sizeof *texts.items, compare_slices);
    for (size_t i = 0; i < texts.len; i++)
        (void)letter_id(fill, texts.items[i]);
    for (size_t i = 0; i < alphabet->characters.len; i++) {
        struct slice text = alphabet->characters.items[i];
        characters[i].first = letter_id(fill, text);
        if (characters[i].inside)
            characters[i].inner = letter_id(fill, inner_letter(fill, text, arena));
    }
    vec_free(&texts);
    arena_free(arena);
}

static void find_inside(const struct filling *fill, const struct map *words, const struct alphabet *alphabet,
                        struct character *characters)
{
    for (size_t i = 0; i < map_len(words); i++) {
        struct slice rest = map_at(words, i)->key;
        fill->trained->words += map_at(words, i)->value;
        if (fill->options->type == TRAINER_WORDPIECE && !is_known(fill, alphabet, rest)) {
            fill->trained->unknown_words += map_at(words, i)->value;
            continue;
        }
        for ((void)alphabet_next(&rest); rest.len > 0;) {
            uint32_t symbol = alphabet_symbol(alphabet, alphabet_next(&rest));
            if (symbol != 0)
                characters[symbol - 1].inside = true;
        }
    }
    for (struct slice rest = fill->options->alphabet.required; rest.len > 0;) {
        uint32_t symbol = alphabet_symbol(alphabet, alphabet_next(&rest));
        if (symbol != 0)
            characters[symbol - 1].inside = true;
    }
}

/* A character that is not kept ends a word, except in WordPiece, where a word with one is unknown as a whole. */
static int put_words(const struct filling *fill, const struct map *words, const struct alphabet *alphabet,
                     const struct character *characters)
{
    for (size_t i = 0; i < map_len(words); i++) {
        struct slice rest = map_at(words, i)->key;
        if (fill->options->type == TRAINER_WORDPIECE && !is_known(fill, alphabet, rest))
            continue;
        for (bool first = true; rest.len > 0; first = false) {
            uint32_t symbol = alphabet_symbol(alphabet, alphabet_next(&rest));
            if (symbol == 0)
                put_slot(fill->letters, LETTERS_NONE);
            else
                put_slot(fill->letters, first ? characters[symbol - 1].first : characters[symbol - 1].inner);
        }
        if (end_word(fill->letters, map_at(words, i)->value) != 0)
            return -1;
    }
    return 0;
}

static int fill_characters(const struct filling *fill, const struct map *words)
{
    struct alphabet alphabet;
    alphabet_init(&alphabet);
    for (size_t i = 0; i < map_len(words); i++)
        if (is_cuttable(fill, map_at(words, i)->key))
            alphabet_count(&alphabet, map_at(words, i)->key, map_at(words, i)->value);
    alphabet_choose(&alphabet, &fill->options->alphabet);
    fill->trained->coverage = alphabet.coverage;
    struct character *characters = mem_zalloc(alphabet.characters.len + 1, sizeof *characters);
    find_inside(fill, words, &alphabet, characters);
    letters_of_characters(fill, &alphabet, characters);
    int status = put_words(fill, words, &alphabet, characters);
    mem_free(characters);
    alphabet_free(&alphabet);
    return status;
}

/* ---- all of it ---- */

int letters_fill(const struct map *words, const struct trainer_options *options, struct trained *trained,
                 struct letters *letters)
{
    struct filling fill = {options, trained, letters};
    *letters = (struct letters){0};
    put_slot(letters, LETTERS_NONE);
    int status = (options->bytes ? fill_bytes : fill_characters)(&fill, words);
    while (letters->is_letter.len < map_len(trained->vocabulary))
        vec_push(&letters->is_letter, false);
    return status;
}

void letters_free(struct letters *letters)
{
    vec_free(&letters->slots);
    vec_free(&letters->words);
    vec_free(&letters->counts);
    vec_free(&letters->is_letter);
}
