/* candidates.c - the synonyms of words, kept: see candidates.h. */
#include "candidates.h"

#include "base/arena.h"
#include "base/memory.h"

struct candidates {
    const struct lexicon *lexicon;
    struct lexicon_choice choice;
    struct arena *arena;
    struct synonyms found; /* scratch */
    struct {
        bool known;
        size_t count;
        const struct slice *items;
    } entries[]; /* of the lexicon */
};

struct candidates *candidates_new(const struct lexicon *lexicon, struct lexicon_choice choice)
{
    struct candidates *made = mem_zalloc(1, sizeof *made + lexicon_count(lexicon) * sizeof made->entries[0]);
    made->lexicon = lexicon;
    made->choice = choice;
    made->arena = arena_new();
    return made;
}

void candidates_free(struct candidates *candidates)
{
    if (candidates == NULL)
        return;
    arena_free(candidates->arena);
    vec_free(&candidates->found);
    mem_free(candidates);
}

const struct slice *candidates_of(struct candidates *candidates, struct slice key, size_t *count)
{
    size_t number;
    *count = 0;
    if (!lexicon_find(candidates->lexicon, key, &number))
        return NULL;
    if (!candidates->entries[number].known) {
        struct synonyms *found = &candidates->found;
        lexicon_synonyms(candidates->lexicon, number, candidates->choice, found);
        struct slice *items = arena_array(candidates->arena, found->len, sizeof *items);
        for (size_t i = 0; i < found->len; i++)
            items[i] = found->items[i].text;
        candidates->entries[number].known = true;
        candidates->entries[number].count = found->len;
        candidates->entries[number].items = items;
    }
    *count = candidates->entries[number].count;
    return candidates->entries[number].items;
}
