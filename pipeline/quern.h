/* quern.h - everything that the author of a filter needs, and a map of the source.
 *
 * A program is a chain of filters. pipeline/ reads the records, runs the chain and writes them; each filter is a file
 * in stages/. Start with record/stage.h, the interface of a filter, and with stages/cat.c, the smallest one.
 *
 *     pipeline/base/       bytes, memory, messages, files, exact arithmetic; knows nothing about text
 *     pipeline/text/       what bytes mean: UTF-8, JSON, regular expressions, lexicons, terminals
 *     pipeline/record/     one record, its members, identity and random numbers; options; the interface of a filter
 *     pipeline/run/        many records: the chain, its threads, engines, bad records, outputs, sorting, main
 *     stages/NAME.c        the filter NAME
 *     stages/corrupt/      corrupt: a file for each task
 *     stages/augment/      augment: drafts of a text, their changes, a file for each kind of operation, variants
 *     stages/check/        check: a task for each filter, rules, reports, and p-values to judge laws by
 *     stages/documents/    a family: tokenized documents, and sequences made of their tokens
 *     stages/classes/      a family: the classes of a data set, their sizes, the class of a record, groups of records
 *     stages/contrast/     contrast: the pool that negatives are drawn from
 *     stages/engines/      a family, shared by filters: asking an engine for numbers about each text
 *     stages/entities/     entities: a file for each verb, and what they read
 *     stages/evaluate/     evaluate: what is counted, measures of it, an evaluation as JSON and as tables
 *     stages/features/     features: a hash of terms, and their order
 *     stages/fields/       fields: which members to keep, under which names, in which order
 *     stages/fit/          fit: a file for each verb, sums of terms, of columns and of their products
 *     stages/fitted/       a family: the form of what fit writes and other filters read
 *     stages/grid/         a family: tables for people, as grids of cells
 *     stages/import/       import: a parser for each input format
 *     stages/inspect/      inspect: the description of a tokenizer file
 *     stages/lexicon/      lexicon: a file for each verb, and a reader for each foreign format
 *     stages/mask/         mask: levels and budgets, the choice of units, what they become, members on demand
 *     stages/masking/      a family: what may be masked or drawn, units of tokens, sources of random tokens
 *     stages/mixup/        mixup: the pool that partners are drawn from
 *     stages/pack/         pack: which documents share a sequence
 *     stages/pair/         pair: chunks of documents, and a pool of foreign ones
 *     stages/permute/      permute: an order of prediction as matrices
 *     stages/predict/      predict: what an engine says of classes, what is written
 *     stages/predictions/  a family: classes of predictions, distributions over them, linear models, temperatures
 *     stages/query/        query: scores, the best records, records far from each other
 *     stages/resample/     resample: classes, draws, plans; points, which of them go, what is made of them; verbs
 *     stages/rewriting/    a family: changes of a text, the variants made of them, texts that an engine wrote
 *     stages/rtd/          rtd: a model that fills the masks
 *     stages/sample/       sample: the smallest ranks of a stream
 *     stages/segmenter/    a family, shared by filters: word and sentence boundaries, abbreviations, lexicons in a text
 *     stages/stats/        stats: summaries that add up, and tables of them
 *     stages/stream/       stream: the two segments of a step
 *     stages/tagging/      a family, shared by filters: words with a tag each, and the entities that they mean
 *     stages/tfidf/        tfidf: a file for each verb, and the sums of a table
 *     stages/tokenize/     tokenize: decoding, excerpts for messages, chances of sampling
 *     stages/tokenizer/    a family, shared by filters: text to tokens (encode, decode, windows, special tokens)
 *         text/            normalization and pre-tokenization
 *         models/          BPE, WordPiece, Unigram, WordLevel
 *         files/           tokenizer.json, vocab files, SentencePiece models, tiktoken ranks
 *     stages/train/        train: word counts, and a trainer for each type of tokenizer
 *     stages/translate/    translate: pieces of a text, requests and variants, Apertium
 *     stages/view/         view: marks, shades and tokens on a terminal
 *     stages/vectors/      a family, shared by filters: terms, tables that make, scale or turn vectors; neighbours
 *     stages/vote/         vote: votes by group, what a group says, Dawid and Skene, agreement of annotators
 *     stages/words/        a family, shared by filters: the words of a text, lists of stop words, what goes with a word
 *
 * In pipeline/ each folder includes only from itself and from the folders above it in this list. Filters never include
 * each other: stages/NAME/ is private to NAME.c, and a folder without a NAME.c is a family, open to all of them. */
#ifndef QUERN_H
#define QUERN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/real.h"
#include "base/search.h"
#include "base/slice.h"
#include "base/vec.h"
#include "record/annotations.h"
#include "record/condition.h"
#include "record/entities.h"
#include "record/keep.h"
#include "record/law.h"
#include "record/lineage.h"
#include "record/members.h"
#include "record/options.h"
#include "record/record.h"
#include "record/rng.h"
#include "record/stage.h"
#include "text/edits.h"
#include "text/json.h"
#include "text/key.h"
#include "text/language.h"
#include "text/lexicon.h"
#include "text/number.h"
#include "text/text.h"

#endif
