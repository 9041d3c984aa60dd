/* pager.c - see pager.h. */
#include "run/pager.h"

#include "base/diag.h"
#include "base/vec.h"
#include "record/words.h"
#include "run/child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pager; /* 0: none */

/* In the child: runs the pager; does not return. */
static void become_pager(const char *command, int from)
{
    struct commands commands = {0};
    if (dup2(from, STDIN_FILENO) < 0 || words_split("command", command, &commands) < 0)
        _exit(127);
    struct words *words = &commands.items[0];
    vec_push(words, NULL);
    /* quit at the end of a short text, keep colours, leave the text on the screen */
    (void)setenv("LESS", "FRX", 0);
    /* in the C locale less shows the bytes of what is not ASCII */
    (void)setenv("LESSCHARSET", "utf-8", 0);
    (void)execvp(words->items[0], (char *const *)(uintptr_t)words->items);
    _exit(127);
}

/* Is there a program of this name? Checked before the output depends on it. */
static bool can_run(const char *command)
{
    struct commands commands = {0};
    bool found = words_split("command", command, &commands) == 0 && process_can_run(commands.items[0].items[0]);
    words_split_release(&commands);
    return found;
}

int pager_start(void)
{
    const char *command = getenv("PAGER");
    if (command == NULL || command[0] == '\0')
        command = "less";
    int ends[2];
    if (!can_run(command))
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return diag_errno("pager: pipe");
    pager = fork();
    if (pager < 0) {
        pager = 0;
        return diag_errno("pager: fork");
    }
    if (pager == 0)
        become_pager(command, ends[0]);
    (void)close(ends[0]);
    int done = dup2(ends[1], STDOUT_FILENO);
    (void)close(ends[1]);
    return done < 0 ? diag_errno("pager") : 0;
}

void pager_wait(void)
{
    if (pager == 0)
        return;
    (void)close(STDOUT_FILENO); /* closed and checked before, unless the run failed */
    while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
        continue;
    pager = 0;
}
