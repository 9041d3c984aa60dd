/* child.h - other programs that run beside a filter. */
#ifndef QUERN_CHILD_H
#define QUERN_CHILD_H

/* Puts a pager ($PAGER, else less) between standard output and the terminal. Where there is none, the output
 * goes to the terminal as it is. 0, or -1 with the message. */
int child_pager(void);

/* Waits for the pager, if one was started, after standard output is closed. */
void child_wait_pager(void);

#endif
