/* small.h - vocabularies of a few tokens, written to a scratch folder, and what comes out of them as text. */
#ifndef TESTS_TOKENIZE_SMALL_H
#define TESTS_TOKENIZE_SMALL_H

#include "pipeline/base/diag.h"
#include "pipeline/text/text.h"
#include "stages/tokenizer/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/unit_tokenizer.XXXXXX";
static struct arena *arena;
static struct tokenizer *tokenizer;
static struct tokenizer_thread *thread;
static struct tokenizer_options options;

static inline int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static inline int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return rmdir(folder);
}

/* ---- vocabularies ---- */

static inline const char *path_of(const char *name)
{
    return arena_print(arena, "%s/%s", folder, name).ptr;
}

static inline void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline void remove_files(void)
{
    static const char *const names[] = {"vocab.txt", "vocab.json", "merges.txt", "tokenizer.json",
                                        "tokenizer_config.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
}

static inline void use(const char *name)
{
    tokenizer_thread_free(thread);
    tokenizer_free(tokenizer);
    tokenizer = tokenizer_load(name[0] != '\0' ? path_of(name) : folder);
    if (tokenizer == NULL)
        fail_msg("%s", diag_message());
    thread = tokenizer_thread_new(tokenizer);
    options = (struct tokenizer_options){.want = 127, .no_special = true};
}

static inline void drop(void)
{
    tokenizer_thread_free(thread);
    tokenizer_free(tokenizer);
    thread = NULL;
    tokenizer = NULL;
    remove_files();
}

/* ---- what comes out, as text ---- */

static inline struct encoding encode(const char *text, const char *pair)
{
    struct encoding encoding;
    struct slice second = slice_of(pair != NULL ? pair : "");
    if (tokenizer_encode(thread, slice_of(text), pair != NULL ? &second : NULL, &options, arena, &encoding) != 0)
        fail_msg("%s", diag_message());
    return encoding;
}

/* "un[0,2) ##able[2,6)" */
static inline const char *shown(const struct encoding *encoding, bool offsets)
{
    struct bytes out = {0};
    for (size_t i = 0; i < encoding->count; i++) {
        if (i > 0)
            bytes_byte(&out, ' ');
        bytes_put(&out, encoding->tokens[i]);
        if (offsets)
            bytes_put(&out, arena_print(arena, "[%u,%u)", encoding->offsets[i].start, encoding->offsets[i].end));
        struct slice token = tokenizer_token(tokenizer, encoding->ids[i]);
        bool as_written = slice_is(token, "<mask>") || encoding->ids[i] == tokenizer_unk_id(tokenizer);
        assert_true(as_written || slice_equal(token, encoding->tokens[i]));
    }
    bytes_byte(&out, '\0');
    const char *text = arena_copy(arena, bytes_slice(&out)).ptr;
    vec_free(&out);
    return text;
}

static inline void tokens_are(const char *text, const char *expected)
{
    struct encoding encoding = encode(text, NULL);
    assert_string_equal(shown(&encoding, false), expected);
}

static inline void offsets_are(const char *text, const char *expected)
{
    struct encoding encoding = encode(text, NULL);
    assert_string_equal(shown(&encoding, true), expected);
}

static inline void ints_are(const int32_t *ints, size_t count, const char *expected)
{
    struct bytes out = {0};
    for (size_t i = 0; i < count; i++)
        bytes_put(&out, arena_print(arena, "%s%d", i > 0 ? " " : "", ints[i]));
    bytes_byte(&out, '\0');
    assert_string_equal(out.items, expected);
    vec_free(&out);
}

#endif
