/* completion.h - completion in bash, zsh and fish. */
#ifndef QUERN_COMPLETION_H
#define QUERN_COMPLETION_H

#include <stdio.h>

extern const char *const completion_shells[]; /* ends in NULL */

/* The script that a shell reads once: 0, or -1 with the message if there is none for this shell. */
int completion_print(const char *shell, FILE *out);

/* What the scripts ask each time: the candidates for the end of a command line. See completion.c. */
void completion_answer(const char *line, FILE *out);

#endif
