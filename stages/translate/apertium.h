/* stub */
#ifndef QUERN_TRANSLATE_APERTIUM_H
#define QUERN_TRANSLATE_APERTIUM_H
#include "record/words.h"
#include "run/child_protocol.h"
extern const struct child_protocol apertium_protocol;
extern const char *const apertium_environment[];
int apertium_open(const char *pair, struct commands *commands, const char **first);
#endif
