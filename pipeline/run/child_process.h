/* child_process.h - starts and ends the programs of an engine.
 *
 *     quern ---- keeper ---- command, command …     in a process group of their own
 *
 * The keeper is a small process of ours that does nothing but wait: until its commands have ended, or until quern
 * closes its end of the control socket or dies, however it dies. Then the keeper ends the group: TERM, and KILL for
 * those that are left. So no engine outlives a run. */
#ifndef QUERN_CHILD_PROCESS_H
#define QUERN_CHILD_PROCESS_H

#include "record/words.h"

#include <stdbool.h>
#include <sys/types.h>

struct process {
    pid_t keeper; /* 0: none */
    int to;       /* standard input of the first command, not blocking; -1: closed */
    int from;     /* standard output of the last one, not blocking */
    int control;  /* readable when the commands have ended */
};

/* Is there a program of this name? As execvp looks for it. */
bool process_can_run(const char *name);

/* Starts the commands, joined by pipes. Every other descriptor of ours but standard error is closed in them, and
 * signals are as after a login. environment ends in NULL. 0, or -1 with the message. To be called by a thread that has
 * blocked all signals. */
int process_start(struct process *process, const struct commands *commands, char *const *environment);

/* The commands get the end of their input. */
void process_end_input(struct process *process);

/* Ends what still runs and waits for it, for some seconds at most. Returns the status of the command that failed first:
 * 0, its exit status, or 128 + the number of the signal that ended it. */
int process_stop(struct process *process);

#endif
