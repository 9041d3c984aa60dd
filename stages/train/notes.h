/* notes.h - what training tells the user, on standard error. */
#ifndef QUERN_TRAIN_NOTES_H
#define QUERN_TRAIN_NOTES_H

#include "trainer.h"

/* What the alphabet covers and what falls out; whether the vocabulary has its size. */
void notes_trained(const struct trained *trained, const struct trainer_options *options);

#endif
