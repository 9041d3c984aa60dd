/* notes.c - see notes.h. */
#include "notes.h"

#include "base/arena.h"
#include "base/diag.h"
#include "text/text.h"

typedef unsigned long long ull;

enum { WHOLE_SHARE = 10000 };

/* In hundredths of a percent, rounded down, so that only all of it is WHOLE_SHARE. */
static unsigned share(uint64_t part, uint64_t all)
{
    bool whole = part == all;
    for (; all > UINT64_MAX / WHOLE_SHARE; all >>= 1)
        part >>= 1;
    uint64_t rounded = all == 0 ? WHOLE_SHARE : part * WHOLE_SHARE / all;
    return whole ? WHOLE_SHARE : (unsigned)(rounded < WHOLE_SHARE ? rounded : WHOLE_SHARE - 1);
}

/* The most frequent characters that are dropped. */
static const char *list_dropped(const struct coverage *coverage, struct arena *arena)
{
    const char *list = "";
    for (size_t i = 0; i < COVERAGE_EXAMPLES && coverage->dropped[i].count > 0; i++) {
        char character[5] = {0};
        (void)text_encode(coverage->dropped[i].point, character);
        list = arena_print(arena, "%s%s\"%s\" (U+%04X, count %llu)", list, i > 0 ? ", " : "", character,
                           (unsigned)coverage->dropped[i].point, (ull)coverage->dropped[i].count)
                   .ptr;
    }
    return list;
}

static void note_coverage(const struct coverage *coverage)
{
    unsigned covered = share(coverage->covered, coverage->occurrences);
    if (coverage->different == coverage->kept) {
        diag_note("alphabet: kept all %llu characters", (ull)coverage->kept);
        return;
    }
    struct arena *arena = arena_new();
    diag_note("alphabet: kept %llu of %llu characters, %u.%02u %% of the text; dropped %llu, such as %s",
              (ull)coverage->kept, (ull)coverage->different, covered / 100, covered % 100,
              (ull)(coverage->different - coverage->kept), list_dropped(coverage, arena));
    arena_free(arena);
}

static void note_unknown(const struct trained *trained)
{
    unsigned unknown = share(trained->unknown_words, trained->words);
    diag_note("%llu of %llu words, %u.%02u %%, become the unknown token: they have a dropped character, more than %d "
              "characters, or a # among others",
              (ull)trained->unknown_words, (ull)trained->words, unknown / 100, unknown % 100, TRAINER_WORD_CHARACTERS);
}

static void note_size(const struct trained *trained, const struct trainer_options *options)
{
    size_t len = map_len(trained->vocabulary);
    if (len < options->vocab_size && trained->type == TRAINER_UNIGRAM)
        diag_note("only %zu of %zu ids: no other piece is worth an id", len, options->vocab_size);
    else if (len < options->vocab_size)
        diag_note("only %zu of %zu ids: no remaining pair of pieces occurs %llu times", len, options->vocab_size,
                  (ull)options->min_count);
}

void notes_trained(const struct trained *trained, const struct trainer_options *options)
{
    if (trained->coverage.different > 0)
        note_coverage(&trained->coverage);
    if (trained->unknown_words > 0)
        note_unknown(trained);
    note_size(trained, options);
}
