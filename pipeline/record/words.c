/* words.c - see words.h. */
#include "record/words.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"

bool words_has(const struct words *words, struct slice word)
{
    for (size_t i = 0; i < words->len; i++)
        if (slice_is(word, words->items[i]))
            return true;
    return false;
}

void words_release(struct words *words)
{
    for (size_t i = 0; i < words->len; i++)
        mem_free((void *)(uintptr_t)words->items[i]);
    vec_free(words);
}

/* ---- a chain in one string ---- */

/* A backslash before the end of a line joins it with the next, as in the shell. */
static bool is_joint(const char *at)
{
    return at[0] == '\\' && at[1] == '\n';
}

/* Reads a quoted part after its opening quote; returns the place after the closing quote, or NULL. */
static const char *split_quoted(const char *at, char quote, struct bytes *word)
{
    for (; *at != quote; at++) {
        if (*at == '\0')
            return NULL;
        if (quote == '"' && is_joint(at)) {
            at++;
            continue;
        }
        /* Between double quotes a backslash quotes only characters that are special there. */
        if (quote == '"' && *at == '\\' && at[1] != '\0' && strchr("\"\\$`", at[1]) != NULL)
            at++;
        else if (quote == '"' && (*at == '$' || *at == '`'))
            return NULL;
        bytes_byte(word, *at);
    }
    return at + 1;
}

static int refuse_special(const char *what, const char *at)
{
    if (*at == '>' && strcmp(what, "chain") == 0)
        return diag_error("'>' is not allowed in a chain: give -o FILE after the chain instead: %s", at);
    if (*at == '<' && strcmp(what, "chain") == 0)
        return diag_error("'<' is not allowed in a chain: name the input file after the chain: %s", at);
    return diag_error("'%c' is not allowed in a %s, which no shell expands; quote it if you mean the character: %s",
                      *at, what, at);
}

/* Reads one word; returns its end, or NULL with the message. */
static const char *split_word(const char *what, const char *at, struct bytes *word)
{
    while (*at != '\0' && strchr(" \t\n|", *at) == NULL) {
        if (is_joint(at)) {
            at += 2;
        } else if (*at == '\'' || *at == '"') {
            const char *behind = split_quoted(at + 1, *at, word);
            if (behind == NULL) {
                (void)diag_error("the %s has an unclosed quote, or $ or ` inside double quotes: %s", what, at);
                return NULL;
            }
            at = behind;
        } else if (*at == '\\' && at[1] != '\0') {
            bytes_byte(word, at[1]);
            at += 2;
        } else if (strchr("$`*?;&<>()\\", *at) != NULL) {
            (void)refuse_special(what, at);
            return NULL;
        } else {
            bytes_byte(word, *at++);
        }
    }
    return at;
}

int words_split(const char *what, const char *text, struct commands *commands)
{
    const struct words none = {0};
    vec_push(commands, none);
    for (const char *at = text;;) {
        while (*at != '\0' && (strchr(" \t\n", *at) != NULL || is_joint(at)))
            at += is_joint(at) ? 2 : 1;
        struct words *last = &commands->items[commands->len - 1];
        if (*at == '\0' || *at == '|') {
            if (last->len == 0) {
                words_split_release(commands);
                return diag_error("the %s has an empty part: expected a %s before and after each |, found \"%s\"", what,
                                  strcmp(what, "chain") == 0 ? "filter" : "program", text);
            }
            if (*at == '\0')
                return 0;
            vec_push(commands, none);
            at++;
            continue;
        }
        struct bytes word = {0};
        at = split_word(what, at, &word);
        if (at == NULL) {
            vec_free(&word);
            words_split_release(commands);
            return -1;
        }
        vec_push(last, mem_string(word.items, word.len));
        vec_free(&word);
    }
}

void words_split_release(struct commands *commands)
{
    for (size_t c = 0; c < commands->len; c++)
        words_release(&commands->items[c]);
    vec_free(commands);
}
