/* table.c - see table.h. */
#include "table.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/search.h"
#include "base/stream.h"
#include "scores.h"
#include "text/json.h"

struct table {
    int64_t records;
    bool has_keys;
    struct map *words; /* and their numbers */
    VEC(int64_t) idf;  /* of each word */
    uint64_t *starts;  /* the first bits that draw the word */
    size_t drawn;      /* from here on no word is ever drawn */
};

/* ---- loading ---- */

struct loader {
    struct table *table;
    struct table_lines lines;
    struct arena *arena; /* of a line */
    VEC(u128) scores;
    struct score_sums sums;
    uint64_t line;
};

static int load_head(struct loader *loader, const struct table_head *head)
{
    struct slice letters = {0};
    if (loader->lines.tables > 1)
        return diag_error("a second table; \"quern tfidf merge\" makes one of several");
    loader->table->records = head->records;
    loader->table->has_keys =
        !(head->options.ptr != NULL && json_member(head->options, "case", &letters) && slice_is(letters, "\"keep\""));
    return 0;
}

static int load_line(struct loader *loader, struct slice line)
{
    struct record record;
    struct table_head head;
    struct table_word word;
    arena_reset(loader->arena);
    if (rec_parse(&record, line, JSON_DEPTH, loader->arena) < 0)
        return -1;
    int kind = table_lines_next(&loader->lines, &record, loader->arena, &head, &word);
    if (kind != TABLE_WORD)
        return kind < 0 ? -1 : load_head(loader, &head);
    int64_t idf = score_idf(loader->table->records, word.documents);
    u128 score = score_of(idf, word.weight);
    *map_put(loader->table->words, word.word) = loader->scores.len;
    vec_push(&loader->table->idf, idf);
    vec_push(&loader->scores, score);
    score_add(&loader->sums, score);
    return 0;
}

static int load_lines(struct loader *loader, struct input *input)
{
    enum { AT_ONCE = 1 << 16 };
    struct bytes block = {0};
    int got;
    while ((got = stream_lines(input, &block, AT_ONCE, STREAM_LOAD_MOST)) > 0) {
        struct slice left = bytes_slice(&block), line;
        while (got > 0 && stream_next_line(&left, &line)) {
            loader->line++;
            if (!json_is_blank(line) && load_line(loader, line) < 0)
                got = diag_within("%s:%llu: %s", stream_name(input), (unsigned long long)loader->line, diag_message());
        }
        block.len = 0;
        if (got < 0)
            break;
    }
    vec_free(&block);
    return got;
}

/* floor(2^64 part / whole) for part < whole < 2^127. */
static uint64_t fraction(u128 part, u128 whole)
{
    uint64_t bits = 0;
    for (int i = 0; i < 64; i++) {
        part <<= 1;
        bits = bits << 1 | (part >= whole);
        part -= part >= whole ? whole : 0;
    }
    return bits;
}

static void find_starts(struct loader *loader)
{
    struct table *table = loader->table;
    u128 before = 0, total = score_total(&loader->sums);
    table->starts = mem_alloc(loader->scores.len * sizeof *table->starts);
    for (size_t i = 0; i < loader->scores.len && before < total; i++) {
        table->starts[i] = fraction(before, total);
        before += score_share(&loader->sums, loader->scores.items[i]);
        table->drawn = i + 1;
    }
}

static int load(struct loader *loader, const char *path)
{
    struct input *input = stream_open(path, NULL);
    if (input == NULL)
        return -1;
    int status = load_lines(loader, input);
    if (status == 0 && table_lines_end(&loader->lines) < 0)
        status = diag_within("%s: %s", stream_name(input), diag_message());
    if (status == 0 && map_len(loader->table->words) == 0)
        status = diag_error("%s: the table has no words", stream_name(input));
    stream_close(input);
    return status;
}

void *table_load(const char *path)
{
    struct table *table = mem_zalloc(1, sizeof *table);
    struct loader loader = {.table = table, .arena = arena_new()};
    table->words = map_new();
    if (load(&loader, path) == 0) {
        find_starts(&loader);
    } else {
        table_free(table);
        table = NULL;
    }
    vec_free(&loader.scores);
    table_lines_release(&loader.lines);
    arena_free(loader.arena);
    return table;
}

void table_free(void *loaded)
{
    struct table *table = loaded;
    if (table == NULL)
        return;
    map_free(table->words);
    vec_free(&table->idf);
    mem_free(table->starts);
    mem_free(table);
}

/* ---- asking ---- */

int64_t table_records(const struct table *table)
{
    return table->records;
}

bool table_has_keys(const struct table *table)
{
    return table->has_keys;
}

size_t table_count(const struct table *table)
{
    return map_len(table->words);
}

struct slice table_word(const struct table *table, size_t number)
{
    return map_at(table->words, number)->key;
}

bool table_find(const struct table *table, struct slice word, size_t *number)
{
    const uint64_t *found = map_get(table->words, word);
    if (found == NULL)
        return false;
    *number = (size_t)*found;
    return true;
}

int64_t table_idf(const struct table *table, struct slice word)
{
    size_t number;
    return table_find(table, word, &number) ? table->idf.items[number] : score_idf(table->records, 1);
}

size_t table_draw(const struct table *table, uint64_t bits)
{
    size_t after;
    search_first(after, table->drawn, table->starts[after] <= bits);
    return after - 1;
}
