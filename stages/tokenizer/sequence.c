/* sequence.c - see sequence.h.
 *
 * The steps in order: cut out added tokens, normalize, cut out the added tokens that are looked for in normalized text,
 * pre-tokenize, look every word up in the caches or pass it to the model. */
#include "sequence.h"

#include "base/diag.h"
#include "base/memory.h"
#include "models/wordlevel.h"

struct tokenizer_thread *tokenizer_thread_new(const struct tokenizer *tokenizer)
{
    struct tokenizer_thread *thread = mem_zalloc(1, sizeof *thread);
    thread->tokenizer = tokenizer;
    thread->cache = word_cache_new();
    short_words_init(&thread->short_words);
    thread->bpe = bpe_scratch_new();
    thread->sentencepiece = sentencepiece_thread_new(&tokenizer->sentencepiece);
    return thread;
}

static void free_sequence(struct sequence *sequence)
{
    vec_free(&sequence->ids);
    vec_free(&sequence->spans);
    vec_free(&sequence->words);
    vec_free(&sequence->verbatim);
}

void tokenizer_thread_free(struct tokenizer_thread *thread)
{
    if (thread == NULL)
        return;
    draft_free(&thread->draft);
    normalizer_thread_free(&thread->normalizer);
    pretokenizer_thread_free(&thread->pretokenizer);
    short_words_free(&thread->short_words);
    word_cache_free(thread->cache);
    vec_free(&thread->wordpiece);
    bpe_scratch_free(thread->bpe);
    vec_free(&thread->unigram);
    unigram_sampling_free(&thread->sampled);
    sentencepiece_thread_free(thread->sentencepiece);
    vec_free(&thread->subwords);
    vec_free(&thread->part);
    free_sequence(&thread->sequences[0]);
    free_sequence(&thread->sequences[1]);
    free_sequence(&thread->segment);
    mem_free(thread);
}

/* ---- what is written ---- */

static void push_span(const struct draft *draft, struct sequence *out, size_t start, size_t end)
{
    vec_push(&out->spans, ((struct span){draft_from(draft, start), draft_to(draft, end)}));
}

static void emit_added(struct tokenizer_thread *thread, struct piece piece, unsigned want, struct arena *arena,
                       struct sequence *out)
{
    const struct draft *draft = &thread->draft;
    struct slice shown = {draft->text + piece.start, piece.end - piece.start};
    if (!slice_equal(shown, tokenizer_token(thread->tokenizer, piece.id)) && want != ENCODE_IDS)
        vec_push(&out->verbatim, ((struct verbatim){out->ids.len, arena_copy(arena, shown)}));
    vec_push(&out->ids, piece.id);
    if (want & ENCODE_OFFSETS)
        push_span(draft, out, piece.start, piece.end);
}

/* The tokens since the last call belong to the next word. */
static void number_word(struct sequence *out, unsigned want, int32_t *word)
{
    if (want & ENCODE_WORD_IDS)
        while (out->words.len < out->ids.len)
            vec_push(&out->words, *word);
    (*word)++;
}

/* There must be room for it in ids and spans. */
static inline void emit_short(const struct draft *draft, size_t start, const struct short_word *word, unsigned want,
                              struct sequence *out)
{
    int32_t *ids = out->ids.items + out->ids.len;
    size_t count = short_word_count(word);
    short_word_ids(word, ids);
    out->ids.len += count;
    if (!(want & ENCODE_OFFSETS))
        return;
    size_t from = start;
    for (size_t i = 0; i < count; i++) {
        size_t end = start + short_word_end(word, i);
        out->spans.items[out->spans.len++] = (struct span){draft_from(draft, from), draft_to(draft, end)};
        from = end;
    }
}

static void emit_subwords(const struct draft *draft, size_t start, const struct subwords *subwords, unsigned want,
                          struct sequence *out)
{
    vec_reserve(&out->ids, subwords->len);
    for (size_t i = 0; i < subwords->len; i++)
        out->ids.items[out->ids.len++] = subwords->items[i].id;
    for (size_t i = 0; want & ENCODE_OFFSETS && i < subwords->len; i++)
        push_span(draft, out, start + subwords->items[i].start, start + subwords->items[i].end);
}

/* ---- a word that is not in the cache of short words ---- */

static void append_short(struct subwords *out, uint32_t start, const struct short_word *word)
{
    uint32_t from = start;
    for (size_t i = 0; i < short_word_count(word); i++) {
        uint32_t end = start + short_word_end(word, i);
        vec_push(out, ((struct subword){short_word_id(word, i), from, end}));
        from = end;
    }
}

static inline struct short_key short_key(const struct short_words *words, struct slice word, size_t readable)
{
    struct short_key key = {0};
    if (word.len <= SHORT_WORD_BYTES)
        key = short_key_of(word.ptr, word.len, readable, false);
    short_key_place(words, &key);
    return key;
}

/* If a word may be a token as a whole, the key of a part must differ from that of the word with the same bytes. */
static struct short_key part_key(const struct tokenizer_thread *thread, struct slice part, size_t readable)
{
    struct short_key key = {0};
    if (part.len <= SHORT_WORD_BYTES) {
        key = short_key_of(part.ptr, part.len, readable, false);
        key.high |= (uint64_t)thread->tokenizer->bpe.ignore_merges << 63;
    }
    short_key_place(&thread->short_words, &key);
    return key;
}

/* A word of several parts that no merge joins: encodes each part separately. */
static void bpe_parts(struct tokenizer_thread *thread, struct slice word, size_t readable)
{
    const struct bpe *bpe = &thread->tokenizer->bpe;
    struct subwords *out = &thread->subwords, *part = &thread->part;
    out->len = 0;
    for (size_t start = 0, end; start < word.len; start = end) {
        end = bpe_part_end(bpe, word, start);
        if (start == 0 && end == word.len) { /* the caller stores the result */
            bpe_merge(bpe, thread->bpe, word, out);
            return;
        }
        struct slice text = {word.ptr + start, end - start};
        struct short_key key = part_key(thread, text, readable - start);
        const struct short_word *known = key.high != 0 ? short_words_get(&thread->short_words, &key) : NULL;
        if (known != NULL) {
            append_short(out, (uint32_t)start, known);
            continue;
        }
        bpe_merge(bpe, thread->bpe, text, part);
        (void)short_words_put(&thread->short_words, &key, part->items, part->len);
        for (size_t i = 0; i < part->len; i++)
            vec_push(out, ((struct subword){part->items[i].id, (uint32_t)start + part->items[i].start,
                                            (uint32_t)start + part->items[i].end}));
    }
}

/* Fills thread->subwords. */
static int model_word(struct tokenizer_thread *thread, struct slice word, size_t readable)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    if (tokenizer->model == MODEL_UNIGRAM)
        return unigram_word(&tokenizer->unigram, &thread->unigram, word, &thread->subwords);
    if (tokenizer->model == MODEL_WORDLEVEL)
        return wordlevel_word(&tokenizer->vocab, tokenizer->unk_id, word, &thread->subwords);
    if (tokenizer->model == MODEL_WORDPIECE)
        wordpiece_word(&tokenizer->wordpiece, &thread->wordpiece, word, &thread->subwords);
    else if (!bpe_has_parts(&tokenizer->bpe))
        bpe_word(&tokenizer->bpe, thread->bpe, word, &thread->subwords);
    else if (!bpe_whole(&tokenizer->bpe, thread->bpe, word, &thread->subwords))
        bpe_parts(thread, word, readable);
    return 0;
}

/* The same with random choices. */
static int chance_word(struct tokenizer_thread *thread, struct slice word)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    if (thread->drops) {
        bpe_word(&tokenizer->bpe, thread->bpe, word, &thread->subwords);
        return 0;
    }
    thread->subwords.len = 0;
    if (unigram_sample(thread->sampling, &thread->sampled, word, &thread->subwords) != 0)
        return -1;
    return unigram_word_unknown(&tokenizer->unigram, word, &thread->subwords);
}

static inline bool by_chance(const struct tokenizer_thread *thread)
{
    return thread->drops || thread->sampling != NULL;
}

static void fill_subwords(struct subwords *subwords, const struct cached_word *known)
{
    subwords->len = 0;
    for (uint32_t i = 0, from = 0; i < known->count; from = known->ends[i++])
        vec_push(subwords, ((struct subword){known->ids[i], from, known->ends[i]}));
}

/* Fills thread->subwords. key: missing from the cache of short words, which then gets the word; the other cache has
 * words that are too long for that one or have too many subwords. */
static int look_up_word(struct tokenizer_thread *thread, struct slice word, size_t readable,
                        const struct short_key *key)
{
    struct subwords *subwords = &thread->subwords;
    struct word_key other;
    bool may_fit = key->high != 0 && !short_words_misfit(&thread->short_words, key);
    if (!may_fit) {
        word_cache_key(word, readable, &other);
        const struct cached_word *known = word_cache_get(thread->cache, &other);
        if (known != NULL) {
            fill_subwords(subwords, known);
            return 0;
        }
    }
    if (model_word(thread, word, readable) != 0)
        return -1;
    if (short_words_put(&thread->short_words, key, subwords->items, subwords->len))
        return 0;
    if (may_fit)
        word_cache_key(word, readable, &other);
    word_cache_put(thread->cache, &other, subwords);
    return 0;
}

/* start: the word's place in the draft; key: missing from the cache of short words. */
static int encode_word(struct tokenizer_thread *thread, size_t start, size_t end, const struct short_key *key,
                       unsigned want, struct sequence *out)
{
    const struct draft *draft = &thread->draft;
    struct slice word = {draft->text + start, end - start};
    if (by_chance(thread)) {
        if (chance_word(thread, word) != 0)
            return -1;
        emit_subwords(draft, start, &thread->subwords, want, out);
        return 0;
    }
    if (look_up_word(thread, word, draft->len - start, key) != 0)
        return -1;
    emit_subwords(draft, start, &thread->subwords, want, out);
    return 0;
}

/* Shows an unknown token of a Unigram model as the text that it stands for. The tokens of the word start at number
 * `first`. */
static void show_unknown(struct tokenizer_thread *thread, size_t start, size_t end, size_t first, struct sequence *out)
{
    size_t i = first;
    while (i < out->ids.len && out->ids.items[i] != thread->tokenizer->unk_id)
        i++;
    struct slice word = {thread->draft.text + start, end - start};
    if (i == out->ids.len || (!by_chance(thread) && model_word(thread, word, word.len) != 0))
        return;
    for (; i < out->ids.len; i++) {
        struct subword subword = thread->subwords.items[i - first];
        struct slice shown = {word.ptr + subword.start, subword.end - subword.start};
        if (subword.id == thread->tokenizer->unk_id)
            vec_push(&out->verbatim, ((struct verbatim){i, arena_copy(thread->arena, shown)}));
    }
}

/* ---- words, many at a time ---- */

/* All keys are made before the first look-up, so that the look-ups do not wait for memory. */
enum { BATCH = 64 };

/* Words [starts[i], ends[i]) of the draft, at most BATCH. */
static int encode_words(struct tokenizer_thread *thread, const uint32_t *starts, const uint32_t *ends, size_t count,
                        unsigned want, int32_t *number, struct sequence *out)
{
    const struct draft *draft = &thread->draft;
    bool shows_unknown = thread->tokenizer->model == MODEL_UNIGRAM && (want & ENCODE_TOKENS);
    struct short_key keys[BATCH];
    for (size_t i = 0; i < count; i++) {
        struct slice word = {draft->text + starts[i], ends[i] - starts[i]};
        keys[i] = short_key(&thread->short_words, word, draft->len - starts[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct short_word *known =
            keys[i].high != 0 && !by_chance(thread) ? short_words_get(&thread->short_words, &keys[i]) : NULL;
        size_t before = out->ids.len;
        vec_reserve(&out->ids, SHORT_WORD_SUBWORDS);
        if (want & ENCODE_OFFSETS)
            vec_reserve(&out->spans, SHORT_WORD_SUBWORDS);
        if (known != NULL)
            emit_short(draft, starts[i], known, want, out);
        else if (encode_word(thread, starts[i], ends[i], &keys[i], want, out) != 0)
            return -1;
        if (shows_unknown)
            show_unknown(thread, starts[i], ends[i], before, out);
        number_word(out, want, number);
    }
    return 0;
}

/* A piece that the last step of the pre-tokenizer has still to cut. */
static int encode_uncut(struct tokenizer_thread *thread, struct piece piece, unsigned want, int32_t *number,
                        struct sequence *out)
{
    struct pretokenizer_cursor cursor = pretokenizer_cursor(&thread->tokenizer->pretokenizer, &thread->draft, piece);
    uint32_t starts[BATCH + PRETOKENIZER_BLOCK + 1];
    size_t found = 0;
    while (pretokenizer_more(&cursor)) {
        found += pretokenizer_starts(&cursor, starts + found);
        if (found > BATCH) {
            if (encode_words(thread, starts, starts + 1, BATCH, want, number, out) != 0)
                return -1;
            found -= BATCH;
            memmove(starts, starts + BATCH, found * sizeof *starts);
        }
    }
    starts[found] = piece.end;
    return encode_words(thread, starts, starts + 1, found, want, number, out);
}

/* Encodes pieces of text that are words, from *next on, and sets it to the first piece that was not encoded. */
static int encode_cut(struct tokenizer_thread *thread, size_t *next, unsigned want, int32_t *number,
                      struct sequence *out)
{
    const struct pieces *pieces = &thread->draft.pieces;
    uint32_t starts[BATCH], ends[BATCH];
    size_t found = 0, first = *next;
    for (; found < BATCH && first + found < pieces->len && pieces->items[first + found].id == PIECE_TEXT; found++) {
        starts[found] = pieces->items[first + found].start;
        ends[found] = pieces->items[first + found].end;
    }
    *next = first + found;
    return encode_words(thread, starts, ends, found, want, number, out);
}

/* ---- BERT: words are found in the text as it was written, and positions are counted in code points ---- */

/* The key of a segment that is not all ASCII must differ from that of a normalized word with the same bytes: the
 * positions of its subwords are code points. */
static inline struct short_key segment_key(const struct short_words *words, bool lower, struct slice text,
                                           const struct bert_word *word)
{
    struct short_key key = {0};
    size_t len = word->end - word->start;
    if (len <= SHORT_WORD_BYTES) {
        key = short_key_of(text.ptr + word->start, len, text.len - word->start, lower);
        key.high |= (uint64_t)word->wide << 63;
    }
    short_key_place(words, &key);
    return key;
}

static void emit_segment(const struct bert_word *word, const struct subwords *subwords, unsigned want,
                         struct sequence *out)
{
    vec_reserve(&out->ids, subwords->len);
    for (size_t i = 0; i < subwords->len; i++)
        out->ids.items[out->ids.len++] = subwords->items[i].id;
    for (size_t i = 0; want & ENCODE_OFFSETS && i < subwords->len; i++)
        vec_push(&out->spans,
                 ((struct span){word->point + subwords->items[i].start, word->point + subwords->items[i].end}));
}

/* A segment that the normalizer turns into a word byte by byte. False if it is not one. */
enum { PLAIN_BYTES = 128 };
static bool plain_segment(struct tokenizer_thread *thread, struct slice segment, const struct short_key *key)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    char bytes[PLAIN_BYTES];
    if (segment.len > sizeof bytes)
        return false;
    for (size_t i = 0; i < segment.len; i++) {
        unsigned char byte = (unsigned char)segment.ptr[i];
        if (byte >= 0x80 || tokenizer->normalizer.ascii[byte] == NORMALIZER_REMOVED)
            return false;
        bytes[i] = (char)tokenizer->normalizer.ascii[byte];
    }
    return look_up_word(thread, (struct slice){bytes, segment.len}, sizeof bytes, key) == 0;
}

/* Any segment, through all the steps. *words: how many words it makes. */
static int any_segment(struct tokenizer_thread *thread, struct slice segment, int32_t *words)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    struct draft *draft = &thread->draft;
    struct sequence *made = &thread->segment;
    made->ids.len = made->spans.len = made->words.len = 0;
    *words = 0;
    draft_start(draft, segment, true);
    if (normalizer_apply(&tokenizer->normalizer, &thread->normalizer, draft) != 0 ||
        pretokenizer_apply(&tokenizer->pretokenizer, &thread->pretokenizer, draft) != 0)
        return -1;
    for (size_t i = 0; i < draft->pieces.len;)
        if (encode_cut(thread, &i, ENCODE_IDS | ENCODE_OFFSETS | ENCODE_WORD_IDS, words, made) != 0)
            return -1;
    thread->subwords.len = 0;
    for (size_t i = 0; i < made->ids.len; i++)
        vec_push(&thread->subwords,
                 ((struct subword){made->ids.items[i], made->spans.items[i].start, made->spans.items[i].end}));
    return 0;
}

__attribute__((noinline)) static int encode_segment(struct tokenizer_thread *thread, struct slice text,
                                                    const struct bert_word *word, const struct short_key *key,
                                                    unsigned want, int32_t *number, struct sequence *out)
{
    struct slice segment = {text.ptr + word->start, word->end - word->start};
    const struct sequence *made = &thread->segment;
    int32_t words = 1;
    bool plain = plain_segment(thread, segment, key);
    if (!plain && any_segment(thread, segment, &words) != 0)
        return -1;
    if (!plain && words == 1)
        (void)short_words_put(&thread->short_words, key, thread->subwords.items, thread->subwords.len);
    emit_segment(word, &thread->subwords, want, out);
    for (size_t i = 0; want & ENCODE_WORD_IDS && i < thread->subwords.len; i++)
        vec_push(&out->words, *number + (plain ? 0 : made->words.items[i]));
    *number += words;
    return 0;
}

/* There must be room for it in ids and spans. */
static inline void emit_short_segment(const struct bert_word *word, const struct short_word *known, unsigned want,
                                      struct sequence *out)
{
    size_t count = short_word_count(known);
    short_word_ids(known, out->ids.items + out->ids.len);
    out->ids.len += count;
    if (!(want & ENCODE_OFFSETS))
        return;
    struct span *spans = out->spans.items + out->spans.len;
    uint32_t from = word->point;
    for (size_t i = 0; i < SHORT_WORD_SUBWORDS; i++) { /* all of them, as for the ids */
        uint32_t end = word->point + short_word_end(known, i);
        spans[i] = (struct span){from, end};
        from = end;
    }
    out->spans.len += count;
}

static void reserve_short(size_t words, unsigned want, struct sequence *out)
{
    vec_reserve(&out->ids, words * SHORT_WORD_SUBWORDS);
    if (want & ENCODE_OFFSETS)
        vec_reserve(&out->spans, words * SHORT_WORD_SUBWORDS);
}

enum { BERT_BATCH = BATCH + BERT_BLOCK };

static int encode_bert_words(struct tokenizer_thread *thread, struct slice text, const struct bert_word *words,
                             const struct short_key *keys, size_t count, unsigned want, int32_t *number,
                             struct sequence *out)
{
    reserve_short(count, want, out);
    for (size_t i = 0; i < count; i++) {
        const struct short_word *known = keys[i].high != 0 ? short_words_get(&thread->short_words, &keys[i]) : NULL;
        if (known != NULL) {
            emit_short_segment(&words[i], known, want, out);
            number_word(out, want, number);
        } else {
            if (encode_segment(thread, text, &words[i], &keys[i], want, number, out) != 0)
                return -1;
            reserve_short(count - i, want, out);
        }
    }
    return 0;
}

/* Characters that are each a word and a token; the first of them is code point `point`. */
static void emit_run(const int32_t *ids, uint32_t point, size_t count, unsigned want, int32_t *number,
                     struct sequence *out)
{
    if (count == 0)
        return;
    vec_reserve(&out->ids, count);
    memcpy(out->ids.items + out->ids.len, ids, count * sizeof *ids);
    out->ids.len += count;
    if (want & ENCODE_OFFSETS) {
        vec_reserve(&out->spans, count);
        struct span *spans = out->spans.items + out->spans.len;
        for (uint32_t i = 0; i < count; i++)
            spans[i] = (struct span){point + i, point + i + 1};
        out->spans.len += count;
    }
    for (size_t i = 0; want & ENCODE_WORD_IDS && i < count; i++)
        vec_push(&out->words, *number + (int32_t)i);
    *number += (int32_t)count;
}

static int encode_bert(struct tokenizer_thread *thread, struct slice text, unsigned want, struct sequence *out)
{
    const struct bert_words *bert = thread->tokenizer->bert_words;
    struct bert_cursor cursor = bert_cursor(bert, text);
    struct bert_word words[BERT_BATCH];
    struct short_key keys[BERT_BATCH];
    int32_t run[BERT_BLOCK], number = 0;
    while (cursor.at < cursor.end) {
        size_t found = 0;
        while (cursor.at < cursor.end && found < BATCH && !bert_at_run(&cursor))
            found += bert_next(&cursor, words + found);
        for (size_t i = 0; i < found; i++)
            keys[i] = segment_key(&thread->short_words, bert->lower, text, &words[i]);
        /* While the places of the words are fetched from memory. */
        uint32_t point = cursor.point;
        size_t characters = bert_run(&cursor, run);
        if (encode_bert_words(thread, text, words, keys, found, want, &number, out) != 0)
            return -1;
        emit_run(run, point, characters, want, &number, out);
    }
    return 0;
}

/* Is the text free of added tokens? */
static bool is_plain_text(struct tokenizer_thread *thread, struct slice text)
{
    struct draft *draft = &thread->draft;
    draft_start(draft, text, false);
    added_apply(&thread->tokenizer->added, draft);
    return draft->pieces.len == 1 && draft->pieces.items[0].id == PIECE_TEXT;
}

/* ---- the text ---- */

static int cut_text(struct tokenizer_thread *thread, struct slice text, bool wants_origins)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    struct draft *draft = &thread->draft;
    draft_start(draft, text, wants_origins || tokenizer->pretokenizer.needs_origins);
    added_apply(&tokenizer->added, draft);
    if (normalizer_apply(&tokenizer->normalizer, &thread->normalizer, draft) != 0)
        return -1;
    added_apply(&tokenizer->normalized, draft);
    return pretokenizer_apply_most(&tokenizer->pretokenizer, &thread->pretokenizer, draft);
}

/* A SentencePiece model does all the steps. A word starts at a blank. */
static int encode_sentence(struct tokenizer_thread *thread, struct slice text, unsigned want, struct arena *arena,
                           struct sequence *out)
{
    const struct sentencepiece *model = &thread->tokenizer->sentencepiece;
    struct sentencepiece_text pieces;
    int32_t word = -1;
    if (sentencepiece_encode(model, thread->sentencepiece, text, (want & ENCODE_OFFSETS) != 0, &pieces) != 0)
        return -1;
    for (size_t i = 0; i < pieces.tokens.len; i++) {
        struct subword token = pieces.tokens.items[i];
        struct slice shown = {pieces.normalized.ptr + token.start, token.end - token.start};
        if (token.id == model->unk && (want & ENCODE_TOKENS))
            vec_push(&out->verbatim, ((struct verbatim){i, arena_copy(arena, shown)}));
        vec_push(&out->ids, token.id);
        if (want & ENCODE_OFFSETS)
            vec_push(&out->spans, ((struct span){pieces.origins[token.start], pieces.origins[token.end]}));
        if (want & ENCODE_WORD_IDS) {
            word += i == 0 || slice_starts(shown, SLICE("\xe2\x96\x81"));
            vec_push(&out->words, word);
        }
    }
    return 0;
}

int sequence_encode(struct tokenizer_thread *thread, struct slice text, unsigned want, struct arena *arena,
                    struct sequence *out)
{
    out->ids.len = out->spans.len = out->words.len = out->verbatim.len = 0;
    if (text.len > UINT32_MAX)
        return diag_error("a text of %zu bytes is too long to be tokenized", text.len);
    if (thread->tokenizer->bert_words != NULL && is_plain_text(thread, text))
        return encode_bert(thread, text, want, out);
    thread->arena = arena;
    if (thread->tokenizer->model == MODEL_SENTENCEPIECE)
        return encode_sentence(thread, text, want, arena, out);
    if (cut_text(thread, text, (want & ENCODE_OFFSETS) != 0) != 0)
        return -1;
    const struct pieces *pieces = &thread->draft.pieces;
    bool uncut = pretokenizer_leaves_last(&thread->tokenizer->pretokenizer);
    int32_t number = 0;
    for (size_t i = 0; i < pieces->len;) {
        struct piece piece = pieces->items[i];
        if (piece.id != PIECE_TEXT) {
            emit_added(thread, piece, want, arena, out);
            number_word(out, want, &number);
            i++;
        } else if (uncut) {
            if (encode_uncut(thread, piece, want, &number, out) != 0)
                return -1;
            i++;
        } else if (encode_cut(thread, &i, want, &number, out) != 0) {
            return -1;
        }
    }
    return 0;
}
