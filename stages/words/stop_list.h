/* stop_list.h - lists of stop words: those that are built into the program, and those of a user. */
#ifndef QUERN_WORDS_STOP_LIST_H
#define QUERN_WORDS_STOP_LIST_H

#include "record/stage.h"
#include "text/lexicon.h"

/* The built-in lists, lexicons/stopwords.NAME.txt as text; the name is a language. Ends in {0}; the build makes it. */
struct stop_list_file {
    const char *name, *text;
};
extern const struct stop_list_file stop_list_files[];

/* For `open`: the list of this name, a built-in one or a file. NULL with the message. */
const struct lexicon *stop_list_open(struct stage_context *context, const char *name);

enum stop_kind { STOP_NONE, STOP_WORD, STOP_NEGATION /* a stop word too: its label in the list is "neg" */ };

/* What the word with this key is. `list` may be NULL. */
enum stop_kind stop_list_kind(const struct lexicon *list, struct slice key);

/* The list for a text: the one that the user has named or, without one, the built-in list of the text's language. */
struct stop_lists {
    const struct lexicon *named;
    const struct lexicon *built_in[4]; /* in the order of stop_list_files */
};
int stop_lists_open(struct stage_context *context, const char *name, struct stop_lists *lists);

/* tag: the language; "en-GB" and "EN_us" have the list of "en". NULL: there is no list. */
const struct lexicon *stop_lists_for(const struct stop_lists *lists, struct slice tag);

#endif
