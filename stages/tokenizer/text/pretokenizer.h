/* pretokenizer.h - where a text is cut before the model sees it: into words, mostly. */
#ifndef QUERN_TOKENIZER_PRETOKENIZER_H
#define QUERN_TOKENIZER_PRETOKENIZER_H

#include "draft.h"
#include "gpt2.h"
#include "gpt4.h"
#include "metaspace.h"
#include "pattern.h"
#include "runs.h"

#include <stdbool.h>

enum pretokenizer_kind {
    PRETOKENIZE_BERT,         /* White_Space removed, BERT's punctuation character by character */
    PRETOKENIZE_GPT2,         /* gpt2.h */
    PRETOKENIZE_GPT4,         /* gpt4.h */
    PRETOKENIZE_RUNS,         /* runs.h */
    PRETOKENIZE_PREFIX_SPACE, /* a blank before each piece that does not start with one */
    PRETOKENIZE_METASPACE,    /* metaspace.h */
    PRETOKENIZE_SPELL,        /* spell.h: for steps, or a model, that see the characters that spell bytes */
    PRETOKENIZE_SCRIPTS,      /* scripts.h */
    PRETOKENIZE_FIXED,        /* every `length` characters */
    PRETOKENIZE_PATTERN,      /* by the matches of an expression */
    PRETOKENIZE_LITERAL,      /* by the occurrences of a string */
    PRETOKENIZE_WORDS,        /* runs of \w, and runs of characters that are neither \w nor \s */
    PRETOKENIZE_WHITESPACE,   /* by White_Space characters */
    PRETOKENIZE_PUNCTUATION,  /* by BERT's punctuation characters */
    PRETOKENIZE_NUMBERS,      /* by \p{N} characters */
};

/* What happens to the delimiters, the matches. */
enum pretokenizer_behavior {
    DELIMITER_REMOVED,
    DELIMITER_ISOLATED, /* each becomes a piece of its own */
    DELIMITER_MERGED_WITH_PREVIOUS,
    DELIMITER_MERGED_WITH_NEXT,
    DELIMITER_CONTIGUOUS, /* adjacent ones become one piece */
};

struct pretokenizer_step {
    enum pretokenizer_kind kind;
    enum pretokenizer_behavior behavior; /* from PRETOKENIZE_PATTERN on, except WORDS */
    bool invert;                         /* the text between the matches is the delimiter */
    struct regex *pattern;               /* owned */
    const struct gpt4_form *form;        /* PRETOKENIZE_GPT4 */
    const struct run_form *runs;         /* PRETOKENIZE_RUNS */
    struct slice literal;                /* not owned, not empty */
    size_t length;                       /* PRETOKENIZE_FIXED: not 0 */
    struct metaspace metaspace;
};

enum { PRETOKENIZER_STEPS = 64 };

struct pretokenizer {
    struct pretokenizer_step steps[PRETOKENIZER_STEPS];
    size_t count;
    bool byte_level;    /* the model sees bytes, not characters */
    bool needs_origins; /* even if no offsets are wanted */
};

struct pretokenizer_thread {
    struct regex_work *patterns;
    struct chunks {
        struct chunk {
            size_t start, end;
            bool delimiter;
        } * items;
        size_t len, cap;
    } chunks;
};

/* -1, with the message, if there are too many. Takes ownership of the pattern. */
int pretokenizer_add(struct pretokenizer *pretokenizer, struct pretokenizer_step step);
void pretokenizer_free(struct pretokenizer *pretokenizer);

/* If what comes next is to see the characters that spell bytes instead of the bytes. */
int pretokenizer_spell(struct pretokenizer *pretokenizer);

/* Makes the step, whose behavior and invert are set, cut by the expression without an engine. False, and nothing
 * changes, if there is no such code for them. */
bool pretokenizer_by_hand(struct pretokenizer_step *step, struct slice expression);

/* Cuts every piece of text; added tokens stay as they are. 0, or -1 with the message. */
int pretokenizer_apply(const struct pretokenizer *pretokenizer, struct pretokenizer_thread *thread,
                       struct draft *draft);

/* The same without the last step, if the caller does that step itself: with a cursor. */
bool pretokenizer_leaves_last(const struct pretokenizer *pretokenizer);
int pretokenizer_apply_most(const struct pretokenizer *pretokenizer, struct pretokenizer_thread *thread,
                            struct draft *draft);
void pretokenizer_thread_free(struct pretokenizer_thread *thread);

/* Walks through a piece of text that the last step has not cut. */
struct pretokenizer_cursor {
    enum pretokenizer_kind kind;
    struct gpt2_cursor gpt2;
    struct gpt4_cursor gpt4;
};
enum { PRETOKENIZER_BLOCK = 64 };
_Static_assert((int)GPT2_BLOCK <= PRETOKENIZER_BLOCK && (int)GPT4_BLOCK <= PRETOKENIZER_BLOCK, "room for all starts");

struct pretokenizer_cursor pretokenizer_cursor(const struct pretokenizer *pretokenizer, const struct draft *draft,
                                               struct piece piece);

static inline bool pretokenizer_more(const struct pretokenizer_cursor *cursor)
{
    return cursor->kind == PRETOKENIZE_GPT2 ? cursor->gpt2.at < cursor->gpt2.end : cursor->gpt4.at < cursor->gpt4.end;
}

/* As gpt2_starts. */
static inline size_t pretokenizer_starts(struct pretokenizer_cursor *cursor, uint32_t starts[PRETOKENIZER_BLOCK])
{
    return cursor->kind == PRETOKENIZE_GPT2 ? gpt2_starts(&cursor->gpt2, starts) : gpt4_starts(&cursor->gpt4, starts);
}

#endif
