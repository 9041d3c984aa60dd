/* pager.h - a pager between standard output and the terminal. */
#ifndef QUERN_PAGER_H
#define QUERN_PAGER_H

/* Puts a pager ($PAGER, else less) between standard output and the terminal. Without a pager the output
 * goes to the terminal directly. 0, or -1 with the message. */
int pager_start(void);

/* Waits for the pager, if one was started, after standard output is closed. */
void pager_wait(void);

#endif
