/* unit_wordpiece.c - a word becomes what trying every token of the vocabulary at every place makes of it, whatever the
 * lengths of the tokens and however the ones that continue a word are marked. */
#include "pipeline/base/arena.h"
#include "pipeline/base/memory.h"
#include "pipeline/base/vec.h"
#include "stages/tokenizer/models/wordpiece.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { UNKNOWN = 0, TOKENS = 200, LONGEST = 60 };

static uint64_t state_of_random = 1;

static uint32_t below(uint32_t limit)
{
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state_of_random >> 33) % limit);
}

/* Few letters, so that many tokens start alike. */
static void fill(char *text, size_t len, unsigned letters)
{
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + below(letters));
}

static void make_vocab(struct vocab *vocab, struct slice prefix, unsigned letters, struct arena *arena)
{
    static const uint32_t most[] = {2, 5, 30, LONGEST};
    vocab_init(vocab, TOKENS);
    vocab_add(vocab, SLICE("[UNK]"), UNKNOWN);
    for (int32_t id = 1; id < TOKENS; id++) {
        size_t len = 1 + below(most[below(4)]), marked = below(2) == 0 ? prefix.len : 0;
        char *text = arena_alloc(arena, marked + len);
        memcpy(text, prefix.ptr, marked);
        fill(text + marked, len, letters);
        vocab_add(vocab, (struct slice){text, marked + len}, id);
    }
}

static int32_t plain_longest(const struct vocab *vocab, struct slice prefix, struct slice text, size_t *len)
{
    char spelling[2 * LONGEST + 8];
    memcpy(spelling, prefix.ptr, prefix.len);
    memcpy(spelling + prefix.len, text.ptr, text.len);
    for (*len = text.len; *len > 0; --*len) {
        int32_t id = vocab_id(vocab, (struct slice){spelling, prefix.len + *len});
        if (id >= 0)
            return id;
    }
    return -1;
}

static void plain_word(const struct wordpiece *wordpiece, struct slice word, struct subwords *out)
{
    out->len = 0;
    for (size_t at = 0, len; at < word.len; at += len) {
        struct slice prefix = at > 0 ? wordpiece->prefix : SLICE(""), rest = {word.ptr + at, word.len - at};
        int32_t id = plain_longest(wordpiece->vocab, prefix, rest, &len);
        if (id < 0) {
            out->len = 0;
            vec_push(out, ((struct subword){UNKNOWN, 0, (uint32_t)word.len}));
            return;
        }
        vec_push(out, ((struct subword){id, (uint32_t)at, (uint32_t)(at + len)}));
    }
}

static void test_every_length(void **state)
{
    (void)state;
    static const char *const prefixes[] = {"##", "", "a", "bab"};
    struct wordpiece *wordpiece = mem_alloc(sizeof *wordpiece);
    struct wordpiece_scratch scratch = {0};
    struct subwords found = {0}, wanted = {0};
    size_t known = 0;
    for (size_t round = 0; round < 200; round++) {
        struct arena *arena = arena_new();
        struct vocab vocab;
        struct slice prefix = slice_of(prefixes[round % 4]);
        unsigned letters = 1 + below(3);
        make_vocab(&vocab, prefix, letters, arena);
        *wordpiece = (struct wordpiece){.vocab = &vocab, .prefix = prefix, .unk = UNKNOWN, .max_chars = 100};
        wordpiece_ready(wordpiece);
        for (size_t i = 0; i < 500; i++) {
            char text[LONGEST];
            struct slice word = {text, 1 + below(LONGEST)};
            fill(text, word.len, letters);
            wordpiece_word(wordpiece, &scratch, word, &found);
            plain_word(wordpiece, word, &wanted);
            assert_int_equal(found.len, wanted.len);
            assert_memory_equal(found.items, wanted.items, found.len * sizeof *found.items);
            known += found.len > 1;
        }
        vocab_free(&vocab);
        arena_free(arena);
    }
    assert_true(known > 20000);
    vec_free(&found);
    vec_free(&wanted);
    vec_free(&scratch);
    mem_free(wordpiece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
