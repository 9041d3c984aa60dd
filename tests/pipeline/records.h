/* records.h - what the unit tests of records share: an arena for each test, and records from lines and back. */
#ifndef QUERN_TESTS_RECORDS_H
#define QUERN_TESTS_RECORDS_H

#include "base/diag.h"
#include "base/memory.h"
#include "record/record.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;

static inline int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static inline int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static inline const struct record *parse(const char *line)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    if (rec_parse(record, slice_of(line), JSON_DEPTH, arena) < 0)
        fail_msg("%s: %s", line, diag_message());
    return record;
}

static inline struct record *derive(const char *line)
{
    return rec_derive(arena, parse(line));
}

static inline struct slice print(const struct record *record)
{
    struct bytes out = {0};
    rec_print(record, &out);
    struct slice kept = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return kept;
}

static inline uint64_t next_random(uint64_t *seed, uint64_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % below;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_arena, close_arena)

#endif
