/* bert_words.c - see bert_words.h. */
#include "bert_words.h"

#include "text.h"
#include "text/classes.h"

/* ---- is it BERT, and what stands alone ---- */

enum { CJK_FIRST = 0x3400, CJK_END = 0xa000 }; /* no normal form and no case changes these */

static bool is_bert(const struct normalizer *normalizer, bool *lower)
{
    size_t at = 0;
    const enum normalizer_step *steps = normalizer->steps;
    if (normalizer->count < 2 || normalizer->rewriting != NULL || normalizer->next != NULL ||
        steps[at++] != NORMALIZE_BERT_CLEAN || steps[at++] != NORMALIZE_BERT_CJK)
        return false;
    if (at < normalizer->count && steps[at] == NORMALIZE_BERT_ACCENTS)
        at++;
    *lower = at < normalizer->count && steps[at] == NORMALIZE_LOWERCASE;
    return at + *lower == normalizer->count;
}

/* Which characters stand alone and stay what they are: their ids. What is Chinese is unknown where it is no token,
 * punctuation that is no token is left to who looks words up. */
static void make_tables(struct bert_words *words, const struct normalizer *normalizer,
                        const struct wordpiece *wordpiece)
{
    const uint8_t *classes = classes_table();
    const struct vocab *vocab = wordpiece->vocab;
    struct normalizer_thread thread = {0};
    for (unsigned c = 0; c < 128; c++)
        words->ascii[c] = classes[c] & CLASS_PUNCT ? wordpiece->unk : -1;
    for (size_t point = 0; point < BERT_WIDE_END; point++)
        words->wide[point] = point >= CJK_FIRST && point < CJK_END && classes[point] & CLASS_CJK ? wordpiece->unk : -1;
    for (size_t id = 0; id < vocab->size; id++) {
        struct slice token = vocab->tokens[id];
        size_t len;
        if (token.len == 0 || text_sequence(token.ptr, token.ptr + token.len) != token.len)
            continue;
        uint32_t point = text_decode(token.ptr, &len);
        if (point < 128 && words->ascii[point] >= 0)
            words->ascii[point] = vocab_id(vocab, token);
        else if (len == 3 && (words->wide[point] >= 0 ||
                              (classes[point] & CLASS_PUNCT && normalizer_keeps(normalizer, &thread, point))))
            words->wide[point] = vocab_id(vocab, token);
    }
    normalizer_thread_free(&thread);
}

struct bert_words *bert_words_new(const struct normalizer *normalizer, const struct pretokenizer *pretokenizer,
                                  const struct wordpiece *wordpiece)
{
    bool lower;
    if (!is_bert(normalizer, &lower) || pretokenizer->count != 1 || pretokenizer->steps[0].kind != PRETOKENIZE_BERT ||
        wordpiece->max_chars == 0)
        return NULL;
    struct bert_words *words = mem_alloc(sizeof *words);
    words->lower = lower;
    words->find = byte_masks_best();
    make_tables(words, normalizer, wordpiece);
    return words;
}

void bert_words_free(struct bert_words *words)
{
    mem_free(words);
}

/* ---- a block ---- */

struct kinds {
    uint64_t white, alone; /* every byte of the character */
};

/* The id of a character where it is one of a run, else -1. Three bytes can be read. */
static inline int32_t id_of_three(const struct bert_words *words, const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    uint32_t point = (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
    return (bytes[0] & 0xf0) == 0xe0 ? words->wide[point] : -1;
}

static inline int32_t run_id(const struct bert_words *words, const char *at, size_t left)
{
    return left >= 3 ? id_of_three(words, at) : -1;
}

bool bert_at_run(const struct bert_cursor *cursor)
{
    return run_id(cursor->words, cursor->text + cursor->at, cursor->end - cursor->at) >= 0;
}

size_t bert_run(struct bert_cursor *cursor, int32_t ids[BERT_BLOCK])
{
    const struct bert_words *words = cursor->words;
    const char *text = cursor->text + cursor->at;
    size_t most = (cursor->end - cursor->at) / 3, count = 0;
    most = most < BERT_BLOCK ? most : BERT_BLOCK;
    for (int32_t id; count < most && (id = id_of_three(words, text + 3 * count)) >= 0; count++)
        ids[count] = id;
    cursor->at += 3 * count;
    cursor->point += (uint32_t)count;
    return count;
}

/* What is not ASCII. Returns the length of the block, which ends where a run starts. */
static size_t add_wide(const struct bert_words *words, const char *text, size_t len, const struct byte_masks *masks,
                       struct kinds *kinds)
{
    const uint8_t *classes = classes_table();
    for (uint64_t rest = masks->wide & ~masks->inside & mask_first(len); rest != 0; rest &= rest - 1) {
        size_t at = (size_t)__builtin_ctzll(rest), bytes;
        if (run_id(words, text + at, len - at) >= 0)
            return at;
        uint8_t class = classes[text_decode(text + at, &bytes)];
        uint64_t character = mask_first(bytes) << at;
        kinds->alone |= class & (CLASS_CJK | CLASS_PUNCT) ? character : 0;
        kinds->white |= (class & (CLASS_SPACE | CLASS_CONTROL)) == CLASS_SPACE ? character : 0;
    }
    return len;
}

static size_t read_block(const struct bert_cursor *cursor, struct byte_masks *masks, struct kinds *kinds)
{
    const char *text = cursor->text + cursor->at;
    size_t len = byte_masks_read(cursor->words->find, text, cursor->end - cursor->at, masks);
    *kinds = (struct kinds){masks->white & ~masks->feed, masks->sign};
    return masks->wide != 0 ? add_wide(cursor->words, text, len, masks, kinds) : len;
}

static uint32_t bits_of(uint64_t mask)
{
    mask -= mask >> 1 & 0x5555555555555555u;
    mask = (mask & 0x3333333333333333u) + (mask >> 2 & 0x3333333333333333u);
    mask = (mask + (mask >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(mask * 0x0101010101010101u >> 56);
}

/* The end of the segment that is there at `at` of a block; 64: it goes on behind the block. */
static size_t segment_end(uint64_t segment, size_t at)
{
    uint64_t others = ~segment & ~mask_first(at);
    return others != 0 ? (size_t)__builtin_ctzll(others) : BERT_BLOCK;
}

/* Does the segment that reaches `at`, the end of the block, go on behind it? */
static bool stays_open(const struct bert_cursor *cursor, size_t at)
{
    return at < cursor->end && run_id(cursor->words, cursor->text + at, cursor->end - at) < 0;
}

/* The segment that goes on behind the block before. Returns the number of words that have ended: 1 or 0. */
static size_t go_on(struct bert_cursor *cursor, const struct byte_masks *masks, uint64_t segment, size_t len,
                    struct bert_word *found)
{
    size_t end = segment_end(segment, 0);
    end = end < len ? end : len;
    cursor->open.wide |= (masks->wide & mask_first(end)) != 0;
    cursor->open.end = (uint32_t)(cursor->at + end);
    cursor->is_open = end == len && stays_open(cursor, cursor->open.end);
    *found = cursor->open;
    return cursor->is_open ? 0 : 1;
}

static void set_alone(const struct bert_words *words, unsigned char lead, struct bert_word *word)
{
    word->wide = lead >= 0x80;
    word->id = word->wide ? -1 : words->ascii[lead];
    word->end = word->start + (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
}

size_t bert_next(struct bert_cursor *cursor, struct bert_word found[BERT_BLOCK + 1])
{
    struct byte_masks masks;
    struct kinds kinds;
    size_t len = read_block(cursor, &masks, &kinds), count = 0;
    const uint64_t valid = mask_first(len), points = ~masks.inside, wide = masks.wide;
    uint64_t segment = valid & ~(kinds.white | kinds.alone);
    uint64_t starts = (segment & ~(segment << 1 | (uint64_t)cursor->is_open)) | (kinds.alone & points & valid);
    if (cursor->is_open)
        count = go_on(cursor, &masks, segment, len, found);
    for (; starts != 0; starts &= starts - 1) {
        size_t at = (size_t)__builtin_ctzll(starts), end;
        struct bert_word *word = &found[count++];
        word->start = (uint32_t)(cursor->at + at);
        word->point = cursor->point + (wide == 0 ? (uint32_t)at : bits_of(points & mask_first(at)));
        if (kinds.alone >> at & 1) {
            set_alone(cursor->words, (unsigned char)cursor->text[word->start], word);
            continue;
        }
        end = segment_end(segment, at);
        end = end < len ? end : len;
        word->end = (uint32_t)(cursor->at + end);
        word->id = -1;
        word->wide = (wide & mask_first(end) & ~mask_first(at)) != 0;
        if (end == len && stays_open(cursor, word->end)) {
            cursor->open = *word;
            cursor->is_open = true;
            count--;
        }
    }
    cursor->point += wide == 0 ? (uint32_t)len : bits_of(points & valid);
    cursor->at += len;
    return count;
}
