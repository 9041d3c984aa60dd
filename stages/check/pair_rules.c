/* pair_rules.c - the rules for a pair: see pair.h. */
#include "pair.h"

static void lay_out(const struct pair *pair, const struct texts *texts, struct cells *cells)
{
    const struct layout *layout = &pair->layouts[texts->count - 1];
    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_part *part = &layout->parts[i];
        size_t which = part->kind == LAYOUT_SECOND;
        struct cell cell = {.marker = part->id, .type = part->type};
        if (part->kind == LAYOUT_SPECIAL) {
            vec_push(cells, cell);
            continue;
        }
        cell.document = texts->documents[which];
        cell.part = (uint32_t)which + 1;
        for (cell.token = texts->tokens[which].start; cell.token < texts->tokens[which].end; cell.token++)
            vec_push(cells, cell);
    }
}

static struct document *in_pool(const struct pair *pair, struct slice id)
{
    const uint64_t *place = map_get(pair->places, id);
    return place != NULL ? pair->pool.items[*place - 1] : NULL;
}

bool pair_read_texts(struct check *check, struct pair *pair, const struct record *in, struct arena *arena,
                     struct texts *texts)
{
    struct source *sources;
    int64_t target = pair->given->length;
    struct slice id = bytes_slice(&pair->document->id);
    if (!sources_read(check, in, arena, &sources, &texts->count))
        return false;
    if (texts->count == 0 || texts->count > 2 || (texts->count == 2) == (pair->given->task == TASK_SINGLE) ||
        (texts->count == 1 && pair->given->task < TASK_ELECTRA)) {
        if (texts->count == 0 || texts->count > 2 || pair->given->task != TASK_ELECTRA) {
            report_broken(check->report, RULE_SOURCES, "sources: expected one for each segment, found %zu",
                          texts->count);
            return false;
        }
    }
    texts->exact = check_has(in, "target_length") || pair->short_prob <= 0;
    if (check_has(in, "target_length") && !check_int(check, in, SLICE("target_length"), &target))
        return false;
    if (target < (int64_t)pair->specials + 2 || target > pair->given->length) {
        report_broken(check->report, RULE_LENGTH, "target_length: expected from %zu to %" PRId64 ", found %" PRId64,
                      pair->specials + 2, pair->given->length, target);
        return false;
    }
    texts->room = (size_t)target - pair->specials;
    for (size_t i = 0; i < texts->count; i++) {
        bool own = slice_equal(sources[i].id, id);
        texts->documents[i] = own ? pair->document : in_pool(pair, sources[i].id);
        texts->tokens[i] = sources[i].tokens;
        texts->foreign = texts->foreign || (i == 1 && !own);
        if (texts->documents[i] == NULL || (i == 0 && !own) || sources[i].tokens.start >= sources[i].tokens.end ||
            sources[i].tokens.end > texts->documents[i]->count) {
            if (own || i == 0 || pair->given->pool != NULL)
                report_broken(check->report, RULE_SOURCES,
                              "sources[%zu]: expected tokens of %s, found [%" PRIu32 ",%" PRIu32 "] of %.*s", i,
                              i == 0 ? "the document" : "it or of the pool", sources[i].tokens.start,
                              sources[i].tokens.end, (int)sources[i].id.len, sources[i].id.ptr);
            return false;
        }
    }
    return true;
}

/* The part of the document itself that the record has: from and to where. */
static struct span own_part(const struct texts *texts)
{
    struct span a = texts->tokens[0], b = texts->tokens[1];
    if (texts->count == 1 || texts->foreign)
        return a;
    return (struct span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

/* nsp: 1 if B is of another document. sop: 1 if A is behind B. The two are neighbours. */
static void check_label(struct check *check, const struct pair *pair, const struct texts *texts)
{
    struct span a = texts->tokens[0], b = texts->tokens[1];
    bool nsp = pair->given->task == TASK_NSP, swapped = texts->count == 2 && b.start < a.start;
    if (pair->given->task <= TASK_SOP) {
        int64_t expected = nsp ? texts->foreign : swapped;
        report_checked(check->report, RULE_LABEL);
        if (texts->label != expected)
            report_broken(check->report, RULE_LABEL, "%s: expected %" PRId64 " by the sources, found %" PRId64,
                          pair_label_names[pair->given->task], expected, texts->label);
    }
    if (texts->foreign && !nsp)
        report_broken(check->report, RULE_SOURCES, "sources[1]: expected tokens of the same document");
    bool neighbours = pair->given->task == TASK_SOP && swapped ? b.end == a.start : a.end == b.start;
    if (texts->count == 2 && !texts->foreign && !neighbours)
        report_broken(check->report, RULE_SOURCES,
                      "sources: expected neighbours, found [%" PRIu32 ",%" PRIu32 "] and [%" PRIu32 ",%" PRIu32 "]",
                      a.start, a.end, b.start, b.end);
}

static void check_chunk(struct check *check, const struct pair *pair, const struct texts *texts)
{
    const struct document *document = pair->document;
    struct span own = own_part(texts);
    size_t fill = document_fill(document, own.start, texts->room), length = own.end - own.start;
    bool whole = document_sentence_border(document, own.end);
    report_checked(check->report, RULE_CHUNK);
    if (texts->foreign) {
        if (own.end >= fill && length >= texts->room)
            report_broken(check->report, RULE_CHUNK, "expected A to leave room in %zu tokens, found %zu", texts->room,
                          length);
        return;
    }
    bool allowed = texts->exact
                       ? own.end == fill
                       : length <= texts->room && (whole || document_sentence_end(document, own.start) > own.end);
    if (!allowed)
        report_broken(check->report, RULE_CHUNK,
                      "expected whole sentences from token %" PRIu32
                      " while they fit into %zu tokens, to %zu, found %" PRIu32,
                      own.start, texts->room, fill, own.end);
}

/* How many borders of sentences, else of words, lie inside [from, to), and which of them (from 1) `cut` is; 0: none. */
static size_t borders_in(const struct document *document, size_t from, size_t to, size_t cut, bool words, size_t *which)
{
    size_t count = 0;
    *which = 0;
    for (size_t i = from + 1; i < to; i++) {
        if (words ? !document_word_border(document, i) : !document_sentence_border(document, i))
            continue;
        count++;
        if (i == cut)
            *which = count;
    }
    return count;
}

/* electra: the border nearest to the middle, of two the earlier one. */
static bool is_nearest(const struct document *document, struct span own, size_t cut)
{
    size_t best = 0, distance = SIZE_MAX, middle = (size_t)own.start + own.end;
    for (size_t i = own.start + 1; i < own.end; i++) {
        size_t from = 2 * i > middle ? 2 * i - middle : middle - 2 * i;
        if (!document_sentence_border(document, i) || from >= distance)
            continue;
        best = i;
        distance = from;
    }
    return best == cut;
}

static void check_cut(struct check *check, struct pair *pair, const struct texts *texts)
{
    const struct document *document = pair->document;
    struct span own = own_part(texts);
    size_t cut = texts->count == 1                                                    ? 0
                 : texts->tokens[0].start > texts->tokens[1].start && !texts->foreign ? texts->tokens[0].start
                                                                                      : texts->tokens[0].end;
    size_t end = texts->foreign ? document_fill(document, own.start, texts->room) : own.end, which;
    size_t sentences = borders_in(document, own.start, end, cut, false, &which);
    bool electra = pair->given->task == TASK_ELECTRA, right;
    report_checked(check->report, RULE_CUT);
    if (electra && sentences > 0) {
        drift_add(&pair->single, texts->count == 1, pair->single_prob);
        pair->single_count++;
    }
    if (texts->count == 1) {
        right = pair->given->task == TASK_SINGLE || electra;
    } else if (electra) {
        right = sentences > 0 && is_nearest(document, own, cut);
    } else if (texts->foreign && !texts->exact) { /* the chunk may have been shorter */
        right = document_word_border(document, cut) &&
                (document_sentence_border(document, cut) || document_sentence_end(document, own.start) > cut);
    } else {
        bool words = sentences == 0;
        size_t borders = words ? borders_in(document, own.start, end, cut, true, &which) : sentences;
        right = which > 0 && (!words || pair->given->single == SINGLE_SPLIT);
        if (right && !texts->foreign && borders > 1) {
            drift_add(&pair->cuts[words], (double)which / (double)(borders + 1), 0.5);
            pair->cut_count++;
        }
    }
    if (!right)
        report_broken(check->report, RULE_CUT,
                      "expected a border of %s in tokens %" PRIu32 " to %zu of the document, "
                      "found a cut at %zu",
                      sentences > 0 ? "sentences" : "words", own.start, end, cut);
}

static bool excluded(const struct pair *pair, const struct document *candidate)
{
    struct slice id = bytes_slice(&candidate->id);
    return slice_equal(id, bytes_slice(&pair->document->id)) || slice_equal(id, bytes_slice(&pair->document->root));
}

static void count_foreign(struct pair *pair, const struct document *document, size_t start)
{
    size_t places = pair->pool.len, others = places, sentence = 0;
    const uint64_t *mine[2] = {map_get(pair->places, bytes_slice(&pair->document->id)),
                               map_get(pair->places, bytes_slice(&pair->document->root))};
    double less[PLACES] = {0};
    for (size_t i = 0; i < 2; i++)
        if (mine[i] != NULL && (i == 0 || mine[1] != mine[0])) {
            others--;
            less[(*mine[i] - 1) * PLACES / places]++;
        }
    pair->drawn[(*map_get(pair->places, bytes_slice(&document->id)) - 1) * PLACES / places]++;
    for (size_t i = 0; i < PLACES; i++) {
        size_t from = (i * places + PLACES - 1) / PLACES, to = ((i + 1) * places + PLACES - 1) / PLACES;
        pair->drawn_expected[i] += ((double)(to - from) - less[i]) / (double)others;
    }
    pair->drawn_count++;
    while (document->sentences[sentence].start < start)
        sentence++;
    drift_add(&pair->beginnings, ((double)sentence + 0.5) / (double)document->sentence_count, 0.5);
}

/* B: of another document, from a sentence on, whole sentences as far as A leaves room. */
static void check_foreign(struct check *check, struct pair *pair, const struct texts *texts)
{
    const struct document *document = texts->documents[1];
    struct span b = texts->tokens[1];
    size_t used = texts->tokens[0].end - texts->tokens[0].start;
    size_t room = texts->room > used ? texts->room - used : 0, fill = document_fill(document, b.start, room);
    report_checked(check->report, RULE_FOREIGN);
    if (excluded(pair, document))
        report_broken(check->report, RULE_FOREIGN, "expected B of another document than %.*s and its root, found %.*s",
                      (int)pair->document->id.len, pair->document->id.items, (int)document->id.len, document->id.items);
    else if (!document_sentence_border(document, b.start))
        report_broken(check->report, RULE_FOREIGN, "expected B to begin with a sentence, found token %" PRIu32,
                      b.start);
    else if (texts->exact ? b.end != fill
                          : b.end - b.start > room || (!document_sentence_border(document, b.end) &&
                                                       document_sentence_end(document, b.start) <= b.end))
        report_broken(check->report, RULE_FOREIGN,
                      "expected B to have whole sentences while they fit into %zu tokens, to %zu, found %" PRIu32, room,
                      fill, b.end);
    else
        count_foreign(pair, document, b.start);
}

static void count_laws(struct pair *pair, const struct texts *texts)
{
    size_t most = (size_t)pair->given->length - pair->specials, sentences = pair->document->sentence_count;
    size_t class = sentences <= 1 ? 0 : sentences == 2 ? 1 : sentences < 10 ? 2 : 3;
    if (texts->label >= 0) {
        drift_add(&pair->labels[class], (double)texts->label, 0.5);
        pair->label_count++;
    }
    bool drop = pair->given->task <= TASK_SOP && pair->given->single == SINGLE_DROP;
    if (!texts->exact || pair->short_prob <= 0 || drop || most <= SMALL_ROOM || texts->room < SMALL_ROOM)
        return;
    /* of the rooms from SMALL_ROOM on: below, a chunk of one word is likely to be left out */
    double short_ = pair->short_prob * (double)(most - SMALL_ROOM) / (double)(most - 1);
    double full = 1 - pair->short_prob * (double)(most - 2) / (double)(most - 1);
    drift_add(&pair->shorts, texts->room < most, short_ / (short_ + full));
    pair->short_count++;
    if (texts->room == most)
        return;
    size_t rooms = most - SMALL_ROOM;
    pair->targets[(texts->room - SMALL_ROOM) * PLACES / rooms]++;
    for (size_t i = 0; i < PLACES; i++)
        pair->targets_expected[i] += verdict_bin_share(i, PLACES, rooms);
    pair->target_count++;
}

void pair_check_texts(struct check *check, struct pair *pair, const struct record *in, struct texts *texts,
                      struct arena *arena)
{
    static const struct sequence_rules sequence = {RULE_TOKENS, RULE_CARRIED, RULE_WORDS, RULE_RANGES, RULE_SOURCES, 0};
    struct cells cells = {0};
    struct span own = own_part(texts);
    lay_out(pair, texts, &cells);
    sequence_check(check, &sequence, in, cells.items, cells.len, &pair->given->emit, arena);
    vec_free(&cells);
    check_label(check, pair, texts);
    report_checked(check->report, RULE_COVER);
    if (own.start < pair->at)
        report_broken(check->report, RULE_COVER, "expected tokens from %zu on of the document, found token %" PRIu32,
                      pair->at, own.start);
    else
        pair_check_gap(check, pair, pair->at, own.start);
    pair->at = own.end;
    check_chunk(check, pair, texts);
    check_cut(check, pair, texts);
    if (texts->foreign && pair->given->task == TASK_NSP)
        check_foreign(check, pair, texts);
    count_laws(pair, texts);
}
