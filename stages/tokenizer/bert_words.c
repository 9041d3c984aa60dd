/* bert_words.c - see bert_words.h. */
#include "bert_words.h"

#include "text/classes.h"
#include "text/text.h"

/* ---- is it BERT, and which characters are separate ---- */

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

enum { CJK_END = 0xa000 }; /* no normal form changes a Chinese character below this */

/* The ids of the three-byte characters that are separate and do not change. A Chinese character that is not a token is
 * unknown; punctuation that is not a token is left to the word look-up. */
static void make_tables(struct bert_words *words, const struct normalizer *normalizer,
                        const struct wordpiece *wordpiece)
{
    const uint8_t *classes = classes_table();
    const struct vocab *vocab = wordpiece->vocab;
    struct normalizer_thread thread = {0};
    for (size_t point = 0; point < CJK_END; point++)
        if (classes[point] & CLASS_CJK)
            words->wide[point] = 1 + wordpiece->unk;
    for (size_t id = 0; id < vocab->size; id++) {
        struct slice token = vocab->tokens[id];
        size_t len;
        if (token.len == 0 || text_sequence(token.ptr, token.ptr + token.len) != token.len)
            continue;
        uint32_t point = text_decode(token.ptr, &len);
        if (len == 3 &&
            (words->wide[point] != 0 || (classes[point] & CLASS_PUNCT && normalizer_keeps(normalizer, &thread, point))))
            words->wide[point] = 1 + vocab_id(vocab, token);
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
    struct bert_words *words = mem_zalloc(1, sizeof *words);
    words->lower = lower;
    words->find = byte_masks_best();
    make_tables(words, normalizer, wordpiece);
    return words;
}

void bert_words_free(struct bert_words *words)
{
    mem_free(words);
}

/* ---- a run ---- */

/* The id of a character that belongs in a run, else -1. Three bytes must be readable. */
static inline int32_t id_of_three(const struct bert_words *words, const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    uint32_t point = (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
    return (bytes[0] & 0xf0) == 0xe0 ? words->wide[point] - 1 : -1;
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

/* ---- a block ---- */

struct block {
    size_t len;
    uint64_t segment, alone; /* every byte of the character */
    uint64_t starts;         /* of characters */
    uint64_t wide;           /* bytes that are not ASCII */
    bool at_run;             /* one starts right after the block */
};

/* Handles what is not ASCII. The block ends where a run starts. */
static void add_wide(const struct bert_words *words, const char *text, struct block *block)
{
    const uint8_t *classes = classes_table();
    for (uint64_t rest = block->wide & block->starts & mask_first(block->len); rest != 0; rest &= rest - 1) {
        size_t at = (size_t)__builtin_ctzll(rest), bytes;
        if (run_id(words, text + at, block->len - at) >= 0) {
            block->len = at;
            block->at_run = true;
            return;
        }
        uint8_t class = classes_of(classes, text_decode(text + at, &bytes));
        uint64_t character = mask_first(bytes) << at;
        if (class & (CLASS_CJK | CLASS_PUNCT))
            block->alone |= character;
        else if ((class & (CLASS_SPACE | CLASS_CONTROL)) != CLASS_SPACE)
            block->segment |= character;
    }
}

static void read_block(const struct bert_cursor *cursor, struct block *block)
{
    const char *text = cursor->text + cursor->at;
    struct byte_masks masks;
    block->len = byte_masks_read(cursor->words->find, text, cursor->end - cursor->at, &masks);
    block->segment = ~((masks.white & ~masks.feed) | masks.sign | masks.wide);
    block->alone = masks.sign;
    block->starts = ~masks.inside;
    block->wide = masks.wide;
    block->at_run = false;
    if (masks.wide != 0)
        add_wide(cursor->words, text, block);
    block->segment &= mask_first(block->len);
    block->alone &= mask_first(block->len);
}

static uint32_t bits_of(uint64_t mask)
{
    mask -= mask >> 1 & 0x5555555555555555u;
    mask = (mask & 0x3333333333333333u) + (mask >> 2 & 0x3333333333333333u);
    mask = (mask + (mask >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(mask * 0x0101010101010101u >> 56);
}

/* Advances to the end of a segment that is at least a block long. */
static void long_segment(struct bert_cursor *cursor, struct bert_word *word)
{
    struct block block;
    size_t len;
    *word = (struct bert_word){.start = (uint32_t)cursor->at, .point = cursor->point};
    do {
        read_block(cursor, &block);
        len = block.segment == mask_first(block.len) ? block.len : (size_t)__builtin_ctzll(~block.segment);
        word->wide |= (block.wide & mask_first(len)) != 0;
        cursor->point += bits_of(block.starts & mask_first(len));
        cursor->at += len;
    } while (len == block.len && !block.at_run && cursor->at < cursor->end);
    word->end = (uint32_t)cursor->at;
}

size_t bert_next(struct bert_cursor *cursor, struct bert_word found[BERT_BLOCK])
{
    struct block block;
    read_block(cursor, &block);
    size_t len = block.len, count = 0;
    uint64_t starts = (block.segment & ~(block.segment << 1)) | (block.alone & block.starts);
    uint64_t lasts = (block.segment & ~(block.segment >> 1)) | (block.alone & (block.starts >> 1 | UINT64_C(1) << 63));
    /* A segment that may continue after the block is left for the next one. */
    if (block.segment >> (len - 1) & 1 && !block.at_run && cursor->at + len < cursor->end) {
        len = 63 - (size_t)__builtin_clzll(starts);
        if (len == 0) {
            long_segment(cursor, found);
            return 1;
        }
        starts &= mask_first(len);
    }
    for (; starts != 0; starts &= starts - 1, lasts &= lasts - 1) {
        size_t at = (size_t)__builtin_ctzll(starts), end = (size_t)__builtin_ctzll(lasts) + 1;
        struct bert_word *word = &found[count++];
        word->start = (uint32_t)(cursor->at + at);
        word->end = (uint32_t)(cursor->at + end);
        word->point = cursor->point + (uint32_t)at;
        word->wide = false;
        if (block.wide != 0) {
            word->point = cursor->point + bits_of(block.starts & mask_first(at));
            word->wide = (block.wide & mask_first(end) & ~mask_first(at)) != 0;
        }
    }
    cursor->point += block.wide == 0 ? (uint32_t)len : bits_of(block.starts & mask_first(len));
    cursor->at += len;
    return count;
}
