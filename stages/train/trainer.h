/* trainer.h - learns a vocabulary from counted words.
 *
 * Byte pair encoding (Sennrich et al., ACL 2016): each word starts as a sequence of letters; the pair of adjacent
 * pieces that occurs most often, each word weighted by its count, becomes a piece, until the vocabulary is full. For
 * byte-level BPE (Radford et al. 2019) the letters are the 256 bytes; else they are characters (alphabet.h). In
 * WordPiece a piece that does not start its word has the prefix "##", as in the trainer of Hugging Face's tokenizers.
 *
 * The order is total, so the result does not depend on the order of the words: the highest count first; on equal counts
 * the smaller left piece by bytes, then the smaller right piece by bytes, both as they are written in the vocabulary.
 * Pieces are distinguished only by their bytes, so one that is also a reserved one shares its id. */
#ifndef QUERN_TRAINER_H
#define QUERN_TRAINER_H

#include "alphabet.h"
#include "base/map.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trainer_type { TRAINER_BPE, TRAINER_WORDPIECE, TRAINER_UNIGRAM };

/* The longest word, in characters, that WordPiece cuts: a longer one is unknown as a whole. */
enum { TRAINER_WORD_CHARACTERS = 100 };

struct trainer_options {
    enum trainer_type type;
    bool bytes;                      /* BPE: the letters are bytes */
    size_t vocab_size;               /* of all ids: reserved, letters, merges */
    uint64_t min_count;              /* a pair that occurs less often is not merged */
    size_t max_piece;                /* letters of the longest piece; 0: any number */
    struct alphabet_choice alphabet; /* unless the letters are bytes */
    const struct slice *reserved;    /* pieces with the ids from 0, such as special tokens; all different */
    size_t reserved_count;
};

struct trainer_merge {
    uint32_t left, right; /* ids */
};

struct trained {
    enum trainer_type type;
    struct map *vocabulary; /* the key of entry i is the piece with id i: reserved, letters by bytes, merges */
    VEC(struct trainer_merge) merges;
    VEC(int64_t) scores;           /* of a unigram model, by id: millionths of a natural logarithm; 0 if reserved */
    struct coverage coverage;      /* unless the letters are bytes */
    uint64_t words, unknown_words; /* of WordPiece: how often words occur; those that it learns nothing from */
};

/* A vocabulary of the reserved pieces. To be released. */
void trainer_start(struct trained *trained, const struct trainer_options *options);
void trainer_release(struct trained *trained);

/* The id of a piece, which is added if it is new. */
uint32_t trainer_piece(struct trained *trained, struct slice text);

/* Do the letters and the reserved pieces fit into the vocabulary? 0, or -1 with the message. */
int trainer_check_room(size_t letters, const struct trainer_options *options);

/* Learns BPE or WordPiece from words with their counts (map.h); unigram_trainer.h has the other type. A word is valid
 * UTF-8, or any bytes if the letters are bytes. A character outside the alphabet ends a word of BPE. WordPiece learns
 * nothing from words that would become the unknown token as a whole (a character outside the alphabet, over 100
 * characters), nor from words of several characters that contain a '#' (the BERT pre-tokenizer makes none). `trained`
 * is from trainer_start. 0, or -1 with the message: letters and reserved pieces alone exceed vocab_size, or there are
 * too many words. Memory grows only with the distinct words: 8 bytes for each of their letters, 40 to 50 for each
 * distinct pair of pieces, 4 for each place of a pair that occurs min_count times, and 8 more while the first pairs are
 * counted. */
int trainer_learn(const struct map *words, const struct trainer_options *options, struct trained *trained);

#endif
