/* words.h - lists of words, and commands split by the shell's rules of quoting. */
#ifndef QUERN_WORDS_H
#define QUERN_WORDS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words {
    const char **items; /* NUL-terminated */
    size_t len, cap;
};

bool words_has(const struct words *words, struct slice word);

/* Frees the list and its words, which the list must own. */
void words_release(struct words *words);

/* Splits a text by the shell's rules of quoting (spaces, '…', "…", backslash) and cuts it at '|'. Nothing is
 * expanded: $, `, *, ?, ;, &, <, > and parentheses outside quotes are refused. Command c is commands->items[c].
 * what: "chain" (of filters) or "command", for the messages.
 * 0, or -1 with the message, and no commands. */
struct commands {
    struct words *items;
    size_t len, cap;
};
int words_split(const char *what, const char *text, struct commands *commands);
void words_split_release(struct commands *commands);

#endif
