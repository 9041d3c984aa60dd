/* draft.c - texts to be changed: see draft.h. */
#include "draft.h"

#include "../segmenter/scripts.h"
#include "../words/places.h"
#include "../words/stop_list.h"
#include "../words/word_cache.h"
#include "protect.h"

#include <stdlib.h>
#include <unicode/uchar.h>

/* What a word is by the lists, whatever is protected. */
struct known {
    const struct lexicon *stops; /* the list that was asked */
    enum stop_kind kind;
    size_t synonym_count;
    const struct slice *synonyms;
};

/* Most words are looked up once, not in each record. */
struct known_words {
    struct word_cache cache; /* of keys */
    struct known items[WORD_CACHE_SLOTS];
};

/* ---- the thread ---- */

int drafter_open(struct drafter *drafter, const struct draft_rules *rules)
{
    drafter->rules = rules;
    cutter_open(&drafter->cutter, &rules->words);
    drafter->regex = regex_work_new();
    drafter->keys = keys_new();
    drafter->known = mem_zalloc(1, sizeof *drafter->known);
    if (rules->synonyms != NULL)
        drafter->synonyms = candidates_new(rules->synonyms, rules->choice);
    if (rules->characters != NULL)
        drafter->candidates = candidates_new(rules->characters, (struct lexicon_choice){.multiword = true});
    return drafter->keys == NULL ? -1 : 0;
}

void drafter_release(struct drafter *drafter)
{
    cutter_release(&drafter->cutter);
    regex_work_free(drafter->regex);
    keys_free(drafter->keys);
    mem_free(drafter->known);
    candidates_free(drafter->synonyms);
    candidates_free(drafter->candidates);
    vec_free(&drafter->sentences);
    vec_free(&drafter->characters);
    vec_free(&drafter->closed);
    vec_free(&drafter->free);
    vec_free(&drafter->replaceable);
    edits_release(&drafter->edits);
}

/* ---- what the words are ---- */

static bool has_number(struct slice word)
{
    size_t size;
    for (const char *at = word.ptr, *end = at + word.len; at < end; at += size) {
        uint32_t point = text_decode(at, &size);
        if (point < 0x80 ? point >= '0' && point <= '9' : (U_MASK(u_charType((UChar32)point)) & U_GC_N_MASK) != 0)
            return true;
    }
    return false;
}

/* The keys of the words that count. */
static int set_keys(struct drafter *drafter, struct draft *draft, struct arena *arena)
{
    draft->counting = 0;
    for (size_t i = 0; i < draft->count; i++) {
        struct draft_word *word = &draft->words[i];
        if (!word->counts)
            continue;
        struct slice key = key_of_word(drafter->keys, word->bytes);
        if (key.ptr == NULL)
            return -1;
        word->key = key.ptr == word->bytes.ptr ? key : arena_copy(arena, key);
        draft->counting++;
    }
    return 0;
}

static struct known look_up(struct drafter *drafter, const struct lexicon *stops, struct slice key)
{
    const struct lexicon *focus = drafter->rules->focus;
    struct known word = {.stops = stops, .kind = stop_list_kind(stops, key)};
    size_t number;
    if (word.kind == STOP_NONE && drafter->synonyms != NULL && (focus == NULL || lexicon_find(focus, key, &number)))
        word.synonyms = candidates_of(drafter->synonyms, key, &word.synonym_count);
    return word;
}

static struct known know_word(struct drafter *drafter, const struct lexicon *stops, struct slice key)
{
    bool known;
    size_t slot = word_cache_slot(&drafter->known->cache, key, &known);
    if (slot == WORD_CACHE_SLOTS)
        return look_up(drafter, stops, key);
    if (!known || drafter->known->items[slot].stops != stops)
        drafter->known->items[slot] = look_up(drafter, stops, key);
    return drafter->known->items[slot];
}

/* Lists the characters of a word that may become others. */
static int list_characters(struct drafter *drafter, const struct draft_word *word)
{
    struct part part = word->part;
    for (size_t size; part.start < word->part.end; part.start = part.end, part.place.start = part.place.end) {
        struct slice bytes = {word->bytes.ptr + (part.start - word->part.start), 0};
        uint32_t point = text_decode(bytes.ptr, &size);
        bytes.len = size;
        part.end = part.start + (uint32_t)size;
        part.place.end = part.place.start + 1;
        struct slice key = script_is_unspaced(point) ? bytes : key_of_word(drafter->keys, bytes);
        struct draft_character character = {.part = part};
        if (key.ptr == NULL)
            return -1;
        character.candidates = candidates_of(drafter->candidates, key, &character.count);
        if (character.count > 0)
            vec_push(&drafter->characters, character);
    }
    return 0;
}

/* A copy in the arena. */
static void *keep(const void *items, size_t count, size_t size, struct arena *arena)
{
    void *kept = arena_array(arena, count, size);
    if (count > 0)
        memcpy(kept, items, count * size);
    return kept;
}

/* Which words are protected, stop words, replaceable. */
static int mark_words(struct drafter *drafter, struct draft *draft, struct arena *arena)
{
    const struct draft_rules *rules = drafter->rules;
    const struct lexicon *stops = rules->stops == NULL ? NULL : stop_lists_for(rules->stops, draft->tag);
    drafter->free.len = drafter->replaceable.len = drafter->characters.len = 0;
    size_t next = 0; /* the first closed place that ends after the start of the word */
    for (size_t i = 0; i < draft->count; i++) {
        struct draft_word *word = &draft->words[i];
        while (next < draft->closed_count && draft->closed[next].end <= word->part.place.start)
            next++;
        struct known known = {.kind = STOP_NONE};
        if (word->counts)
            known = know_word(drafter, stops, word->key);
        word->protected = (next < draft->closed_count && draft->closed[next].start < word->part.place.end) ||
                          (known.kind == STOP_NEGATION && (rules->protect & PROTECT_NEGATIONS) != 0) ||
                          ((rules->protect & PROTECT_NUMBERS) != 0 && has_number(word->bytes));
        if (!word->counts || word->protected)
            continue;
        vec_push(&drafter->free, (uint32_t)i);
        word->synonym_count = known.synonym_count;
        word->synonyms = known.synonyms;
        if (word->synonym_count > 0)
            vec_push(&drafter->replaceable, (uint32_t)i);
        if (drafter->candidates != NULL && list_characters(drafter, word) < 0)
            return -1;
    }
    size_t free = drafter->free.len, replaceable = drafter->replaceable.len;
    draft->free = (struct numbers){keep(drafter->free.items, free, sizeof(uint32_t), arena), free};
    draft->replaceable =
        (struct numbers){keep(drafter->replaceable.items, replaceable, sizeof(uint32_t), arena), replaceable};
    draft->character_count = drafter->characters.len;
    draft->characters = keep(drafter->characters.items, draft->character_count, sizeof *draft->characters, arena);
    return 0;
}

/* ---- reading ---- */

static int read_words(struct drafter *drafter, const struct record *record, struct arena *arena, struct draft *draft)
{
    struct text_words words;
    if (text_words_read(&drafter->cutter, record, draft->field, draft->text, arena, &words) < 0)
        return -1;
    draft->tag = words.tag;
    draft->has_words = words.given;
    draft->count = words.count;
    draft->words = arena_array(arena, words.count, sizeof *draft->words);
    for (size_t i = 0; i < words.count; i++) {
        struct text_word word = words.items[i];
        uint32_t start = (uint32_t)(word.bytes.ptr - draft->text.ptr);
        draft->words[i] = (struct draft_word){
            .part = {start, start + (uint32_t)word.bytes.len, word.place}, .counts = word.counts, .bytes = word.bytes};
    }
    return 0;
}

static int read_entities(const struct record *record, struct arena *arena, struct draft *draft)
{
    const struct entity *entities = NULL;
    if (rec_present(record, SLICE("entities")) == NULL)
        return 0;
    if (entities_read(record, text_length(draft->text), arena, &entities, &draft->entity_count) < 0)
        return -1;
    draft->entities = arena_array(arena, draft->entity_count, sizeof *draft->entities);
    for (size_t i = 0; i < draft->entity_count; i++)
        draft->entities[i] = (struct draft_entity){entities[i].place, entities[i].label};
    return 0;
}

/* Everything that may not be touched. */
static int close_places(struct drafter *drafter, struct draft *draft, struct arena *arena)
{
    size_t entities = 0;
    if (protect_find(drafter, draft, &entities) < 0)
        return -1;
    size_t fixed = drafter->closed.len - entities;
    draft->fixed = keep(drafter->closed.items + entities, fixed, sizeof(struct span), arena);
    draft->fixed_count = places_merge(draft->fixed, fixed);
    draft->closed = keep(drafter->closed.items, drafter->closed.len, sizeof(struct span), arena);
    draft->closed_count = places_merge(draft->closed, drafter->closed.len);
    return 0;
}

int draft_read(struct drafter *drafter, const struct record *record, struct slice field, struct arena *arena,
               struct draft *draft)
{
    const struct draft_rules *rules = drafter->rules;
    *draft = (struct draft){.field = field};
    if (slice_is(field, "text") && rec_present(record, field) == NULL)
        return member_missing_named(record, field, "(--fields NAME,... works on other members)");
    if (rec_text(record, field, arena, &draft->text) < 0 || read_words(drafter, record, arena, draft) < 0)
        return -1;
    if (annotations_belong(record, field)) {
        int found = annotations_read(record, draft->text, arena, &draft->annotations);
        if (found < 0 || (rules->entities && read_entities(record, arena, draft) < 0))
            return -1;
        draft->annotated = found > 0;
    }
    struct sentence_finder finder = {drafter->cutter.breaks, &drafter->cutter.passage, rules->abbreviations,
                                     &drafter->sentences};
    if (rules->sentences && sentences_read(&finder, record, field, draft->text, draft->tag, arena, &draft->sentences,
                                           &draft->sentence_count) < 0)
        return -1;
    if (set_keys(drafter, draft, arena) < 0 || close_places(drafter, draft, arena) < 0)
        return -1;
    return mark_words(drafter, draft, arena);
}

/* ---- after the changes ---- */

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    return a->start != b->start ? (a->start > b->start) - (a->start < b->start) : (a->end > b->end) - (a->end < b->end);
}

/* The words that came in. */
static size_t add_words(const struct changes *changes, struct span *words)
{
    size_t count = 0;
    uint32_t old = 0, at = 0; /* the same place in the old text and in the new one */
    for (size_t i = 0; i < changes->len; i++) {
        const struct change *change = &changes->items[i];
        uint32_t length = (uint32_t)text_length(change->text);
        at += change->part.place.start - old;
        old = change->part.place.end;
        if (change->inserts_word)
            words[count++] = (struct span){at + change->lead, at + length - change->trail};
        at += length;
    }
    return count;
}

/* The words that stayed and those that came in, by their places only. */
static void move_words(const struct draft *draft, const struct changes *changes, const struct edits *edits,
                       struct arena *arena, struct draft *after)
{
    size_t count = draft->count;
    struct span *places = arena_array(arena, count + changes->len, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] = draft->words[i].part.place;
    if (changes->moves.len == 0)
        edits_spans(edits, places, count);
    for (size_t i = 0; changes->moves.len > 0 && i < count; i++)
        places[i] = changes_span(changes, edits, places[i]);
    size_t came = add_words(changes, places + count);
    if (came > 0 || changes->moves.len > 0)
        qsort(places, count + came, sizeof *places, compare_spans);
    uint32_t end = 0;
    after->count = 0;
    for (size_t i = 0; i < count + came; i++) {
        struct span place = places[i];
        place.start = place.start > end ? place.start : end; /* of words that one change has joined the first is left */
        if (place.start >= place.end)
            continue;
        end = place.end;
        places[after->count++] = place;
    }
    after->places = places;
}

/* The words of the places. */
static void complete_words(struct draft *after, struct arena *arena)
{
    struct text_place from = text_start(after->text);
    after->words = arena_array(arena, after->count, sizeof *after->words);
    for (size_t i = 0; i < after->count; i++) {
        struct part part = draft_part(&from, after->places[i]);
        struct slice bytes = {after->text.ptr + part.start, part.end - part.start};
        after->words[i] = (struct draft_word){.part = part, .counts = word_counts(bytes), .bytes = bytes};
    }
}

static struct span *move_spans(const struct span *spans, size_t count, const struct changes *changes,
                               const struct edits *edits, struct arena *arena)
{
    struct span *moved = arena_array(arena, count, sizeof *moved);
    for (size_t i = 0; i < count; i++)
        moved[i] = changes_span(changes, edits, spans[i]);
    return moved;
}

/* Sentences that a name reached across would both have all of the name that took its place: the first keeps it. */
static void part_sentences(struct span *spans, size_t count)
{
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        if (spans[i].start < end && spans[i].end >= end)
            spans[i].start = end;
        end = spans[i].end > end ? spans[i].end : end;
    }
}

/* In order, without those whose text is gone. */
static void drop_empty(struct span *spans, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (spans[i].start < spans[i].end)
            spans[kept++] = spans[i];
    if (kept > 1)
        qsort(spans, kept, sizeof *spans, compare_spans);
    *count = kept;
}

static void move_annotations(const struct draft *draft, const struct changes *changes, const struct edits *edits,
                             struct arena *arena, struct draft *after)
{
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        struct annotation *member = &after->annotations.members[i];
        const struct span *before = member->spans;
        member->spans = move_spans(before, member->count, changes, edits, arena);
        if (changes->moves.len == 0)
            places_trim(draft->text, after->text, before, member->spans, member->count);
        if (slice_is(member->name, "phrases") || slice_is(member->name, "stopwords"))
            for (size_t j = 0; j < member->count; j++)
                if (changes_touch(changes, draft->annotations.members[i].spans[j]) && changes->moves.len == 0)
                    member->spans[j] = (struct span){0, 0};
        if (changes->moves.len > 0 && !member->objects && member->count > 0)
            qsort(member->spans, member->count, sizeof *member->spans, compare_spans);
        if (slice_is(member->name, "sentences"))
            part_sentences(member->spans, member->count);
    }
}

int draft_after(struct drafter *drafter, const struct draft *draft, const struct changes *changes, struct slice text,
                bool marked, struct arena *arena, struct draft *after)
{
    *after = *draft;
    after->text = text;
    changes_edits(changes, &drafter->edits);
    if (draft->annotated)
        move_annotations(draft, changes, &drafter->edits, arena, after);
    if (draft->has_words || marked)
        move_words(draft, changes, &drafter->edits, arena, after);
    if (!marked)
        return 0;
    complete_words(after, arena);
    const struct edits *edits = &drafter->edits;
    after->closed = move_spans(draft->closed, draft->closed_count, changes, edits, arena);
    after->closed_count = places_merge(after->closed, draft->closed_count);
    after->fixed = move_spans(draft->fixed, draft->fixed_count, changes, edits, arena);
    after->fixed_count = places_merge(after->fixed, draft->fixed_count);
    after->sentences = move_spans(draft->sentences, draft->sentence_count, changes, edits, arena);
    if (changes->moves.len == 0)
        places_trim(draft->text, text, draft->sentences, after->sentences, draft->sentence_count);
    part_sentences(after->sentences, after->sentence_count);
    drop_empty(after->sentences, &after->sentence_count);
    after->entities = keep(draft->entities, draft->entity_count, sizeof *draft->entities, arena);
    for (size_t i = 0; i < draft->entity_count; i++)
        after->entities[i].place = changes_span(changes, edits, draft->entities[i].place);
    return set_keys(drafter, after, arena) < 0 ? -1 : mark_words(drafter, after, arena);
}

void draft_keep(struct draft *draft, struct arena *arena)
{
    draft->text = arena_copy(arena, draft->text);
    if (draft->places != NULL)
        draft->places = keep(draft->places, draft->count, sizeof *draft->places, arena);
    for (size_t i = 0; draft->annotated && i < MEMBERS_OF_TEXT; i++) {
        struct annotation *member = &draft->annotations.members[i];
        member->spans = keep(member->spans, member->count, sizeof *member->spans, arena);
    }
}

void draft_set(const struct draft *draft, struct record *made, struct arena *arena)
{
    rec_set_text(made, draft->field, draft->text);
    if (draft->annotated)
        (void)annotations_set(made, &draft->annotations, arena);
    if (draft->has_words && draft->places != NULL)
        rec_set_spans(made, SLICE("words"), draft->places, draft->count);
}

bool draft_is_closed(const struct draft *draft, uint32_t point)
{
    size_t i;
    search_first(i, draft->closed_count, draft->closed[i].end <= point);
    return i < draft->closed_count && draft->closed[i].start < point;
}

bool draft_is_protected(const struct draft *draft, struct span place)
{
    size_t i;
    search_first(i, draft->closed_count, draft->closed[i].end <= place.start);
    return i < draft->closed_count && draft->closed[i].start < place.end;
}

struct part draft_part(struct text_place *from, struct span place)
{
    struct part part = {.place = place};
    part.start = (uint32_t)text_to_point(from, place.start);
    part.end = (uint32_t)text_to_point(from, place.end);
    return part;
}
