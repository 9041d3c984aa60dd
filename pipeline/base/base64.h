/* base64.h - bytes as text: RFC 4648, section 4, with padding. */
#ifndef QUERN_BASE64_H
#define QUERN_BASE64_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>

/* Appends the bytes as base64. */
void base64_put(struct bytes *out, struct slice bytes);

/* Decodes into the arena; false if the text is not valid base64. */
bool base64_decode(struct slice text, struct arena *arena, struct slice *bytes);

#endif
