/* help.h - what quern says about itself, on standard output. */
#ifndef QUERN_HELP_H
#define QUERN_HELP_H

#include "run/chain.h"

/* -h: a line for each option. --help: everything. */
void help_stage_short(const struct stage *stage);
void help_stage(const struct stage *stage);

void help_run(bool brief);

/* `quern --help`, and `quern stages`, which is a part of it. */
void help_quern(void);
void help_list_stages(void);

#endif
