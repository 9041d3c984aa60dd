/* completion.h - completion scripts for bash, zsh and fish, from the option tables. */
#ifndef QUERN_COMPLETION_H
#define QUERN_COMPLETION_H

#include <stdio.h>

/* shell: "bash", "zsh" or "fish"; 0, or -1 with the message for another. */
int completion_print(const char *shell, FILE *out);

#endif
