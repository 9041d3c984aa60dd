/* tagged.c - words with tags become a text with entities: see tagged.h. */
#include "tagged.h"

#include "base/visible.h"

const char *const tag_schemes[] = {[SCHEME_BIO] = "bio", [SCHEME_IOB1] = "iob1", [SCHEME_BIOES] = "bioes", NULL};

void tagged_clear(struct tagged *tagged)
{
    tagged->words.len = 0;
    tagged->mended = 0;
}

void tagged_release(struct tagged *tagged)
{
    vec_free(&tagged->words);
    vec_free(&tagged->text);
    vec_free(&tagged->entities);
}

/* ---- a tag ---- */

static enum tag_part part_of(char letter, enum tag_scheme scheme)
{
    switch (letter) {
    case 'B':
        return PART_BEGIN;
    case 'I':
        return PART_INSIDE;
    case 'E':
        return scheme == SCHEME_BIOES ? PART_END : PART_NONE;
    case 'S':
        return scheme == SCHEME_BIOES ? PART_SINGLE : PART_NONE;
    default:
        return PART_NONE;
    }
}

/* The message for a tag, which is quoted in it. */
static const char *bad_tag(struct slice tag, const char *before, const char *after, struct arena *arena)
{
    enum { TAG_BYTES = 40 };
    struct slice shown = visible_cut(tag, TAG_BYTES);
    return arena_print(arena, "%s\"%.*s%s\"%s", before, (int)shown.len, shown.ptr,
                       shown.len < tag.len ? VISIBLE_ELLIPSIS : "", after)
        .ptr;
}

const char *tagged_read(enum tag_scheme scheme, struct slice tag, const char *hint, struct arena *arena,
                        struct tagged_word *word)
{
    word->tag = tag;
    if (slice_is(tag, "O")) {
        word->part = PART_OUTSIDE;
        return NULL;
    }
    word->part = tag.len > 2 && tag.ptr[1] == '-' ? part_of(tag.ptr[0], scheme) : PART_NONE;
    if (word->part == PART_NONE)
        return bad_tag(tag,
                       scheme == SCHEME_BIOES ? "expected the tag O, or B-, I-, E- or S- with a label, found "
                                              : "expected the tag O, or B- or I- with a label, found ",
                       hint, arena);
    word->label = (struct slice){tag.ptr + 2, tag.len - 2};
    return NULL;
}

const char *tagged_add(struct tagged *tagged, struct slice word, struct slice tag, const char *hint,
                       struct arena *arena)
{
    struct tagged_word added = {.word = word};
    const char *problem = tagged_read(tagged->scheme, tag, hint, arena, &added);
    if (problem == NULL)
        vec_push(&tagged->words, added);
    return problem;
}

/* ---- tags in a row ---- */

/* Does the tag continue the entity of the word before it? */
static bool continues(const struct tagged *tagged, size_t i)
{
    const struct tagged_word *word = &tagged->words.items[i], *before = word - 1;
    if (i == 0 || (word->part != PART_INSIDE && word->part != PART_END))
        return false;
    return (before->part == PART_BEGIN || before->part == PART_INSIDE) && slice_equal(before->label, word->label);
}

/* A tag must continue an entity if it says so; in BIOES it must also be continued if it says so. In IOB1 an I begins
 * an entity where there is none to continue. */
static const char *check_tag(struct tagged *tagged, size_t i, struct arena *arena)
{
    const struct tagged_word *word = &tagged->words.items[i];
    bool follows = word->part == PART_INSIDE || word->part == PART_END;
    bool open = word->part == PART_BEGIN || word->part == PART_INSIDE;
    bool torn = follows && !continues(tagged, i) && tagged->scheme != SCHEME_IOB1;
    bool left = open && tagged->scheme == SCHEME_BIOES && !(i + 1 < tagged->words.len && continues(tagged, i + 1));
    if (tagged->lenient || (!torn && !left)) {
        tagged->mended += torn || left;
        return NULL;
    }
    if (torn)
        return bad_tag(word->tag, "", " continues no entity (--lenient: it begins one)", arena);
    return bad_tag(word->tag, "", " is not continued (--lenient: the entity ends here)", arena);
}

const char *tagged_check(struct tagged *tagged, struct arena *arena, size_t *which)
{
    const char *problem = NULL;
    for (*which = 0; *which < tagged->words.len; (*which)++)
        if ((problem = check_tag(tagged, *which, arena)) != NULL)
            break;
    return problem;
}

/* ---- what they mean ---- */

static void put_text(struct tagged *tagged)
{
    uint32_t point = 0, join_points = (uint32_t)text_length(tagged->join);
    tagged->text.len = 0;
    for (size_t i = 0; i < tagged->words.len; i++) {
        struct tagged_word *word = &tagged->words.items[i];
        if (i > 0) {
            bytes_put(&tagged->text, tagged->join);
            point += join_points;
        }
        word->place.start = point;
        point += (uint32_t)text_length(word->word);
        word->place.end = point;
        bytes_put(&tagged->text, word->word);
    }
}

static void put_entities(struct tagged *tagged)
{
    const struct tagged_word *words = tagged->words.items;
    size_t count = tagged->words.len;
    tagged->entities.len = 0;
    bytes_byte(&tagged->entities, '[');
    for (size_t i = 0, next; i < count; i = next) {
        next = i + 1;
        if (words[i].part == PART_OUTSIDE)
            continue;
        while (next < count && continues(tagged, next))
            next++;
        struct span place = {words[i].place.start, words[next - 1].place.end};
        entities_put(&tagged->entities, place, words[i].label);
    }
    bytes_byte(&tagged->entities, ']');
}

void tagged_build(struct tagged *tagged)
{
    put_text(tagged);
    put_entities(tagged);
}

void tagged_set(const struct tagged *tagged, struct record *made, struct arena *arena)
{
    struct span *words = arena_array(arena, tagged->words.len, sizeof *words);
    for (size_t i = 0; i < tagged->words.len; i++)
        words[i] = tagged->words.items[i].place;
    rec_set_spans(made, SLICE("words"), words, tagged->words.len);
    rec_set_json(made, SLICE("entities"), arena_copy(arena, bytes_slice(&tagged->entities)));
}
