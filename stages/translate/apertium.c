#include "apertium.h"
#include "base/diag.h"
const struct child_protocol apertium_protocol = {.name="apertium"};
const char *const apertium_environment[]={NULL};
int apertium_open(const char *pair, struct commands *commands, const char **first){(void)pair;(void)commands;(void)first;return diag_error("no");}
