/* JSON and records: what is not touched keeps its bytes, what is set reads back, what is printed is JSON. */
#include "fuzz.h"
#include "pipeline/record/lineage.h"
#include "pipeline/text/json.h"

static const struct slice name = {"text", 4};

static void read_members(const struct record *record, struct arena *arena)
{
    static const char *const names[] = {"id", "text", "input_ids", "offset_mapping", "tokens"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct slice text, member = slice_of(names[i]);
        int64_t number;
        const int32_t *ints;
        const struct span *spans;
        const struct slice *strings;
        size_t count;
        struct identity identity;
        uint32_t round;
        if (rec_text(record, member, arena, &text) == 0)
            LAW(text_is_utf8(text));
        if (rec_strings(record, member, arena, &strings, &count) == 0)
            for (size_t k = 0; k < count; k++)
                LAW(text_is_utf8(strings[k]));
        (void)rec_int(record, member, &number);
        (void)rec_ints(record, member, arena, &ints, &count);
        (void)rec_spans(record, member, arena, &spans, &count);
        (void)lineage_identity(record, member, arena, &identity);
        (void)lineage_root(record, member, arena, &identity);
        (void)lineage_round(record, &round);
    }
}

static void change(const struct record *in, struct arena *arena)
{
    static const int32_t ints[] = {0, -100, INT32_MAX};
    struct record *made = rec_derive(arena, in), again;
    struct bytes printed = {0};
    const int32_t *back;
    size_t count;
    rec_set_ints(made, SLICE("input_ids"), ints, 3);
    if (rec_get(in, name) != NULL)
        rec_set(made, SLICE("other"), *rec_get(in, name));
    rec_remove(made, name);
    rec_print(made, &printed);
    LAW(rec_parse(&again, bytes_slice(&printed), JSON_DEPTH, arena) == 0);
    LAW(rec_get(&again, name) == NULL);
    LAW(rec_ints(&again, SLICE("input_ids"), arena, &back, &count) == 0);
    LAW(count == 3 && memcmp(back, ints, sizeof ints) == 0);
    LAW((rec_get(in, name) != NULL || rec_get(in, SLICE("other")) != NULL) ==
        (rec_get(&again, SLICE("other")) != NULL));
    vec_free(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct slice line = fuzz_slice(data, size, arena);
    struct record record;
    bool valid = json_check(line, JSON_DEPTH) == 0;
    bool object = valid && *json_space(line.ptr, line.ptr + line.len) == '{';
    if (memchr(data, '\n', size) != NULL || memchr(data, '\r', size) != NULL)
        return 0;
    LAW((rec_parse(&record, line, JSON_DEPTH, arena) == 0) == object);
    if (!object)
        return 0;
    struct bytes printed = {0};
    rec_print(&record, &printed);
    LAW(slice_equal(bytes_slice(&printed), line));
    printed.len = 0;
    rec_print(rec_derive(arena, &record), &printed);
    LAW(slice_equal(bytes_slice(&printed), line));
    vec_free(&printed);
    read_members(&record, arena);
    change(&record, arena);
    return 0;
}
