/* component.h - members of a component of a tokenizer.json, with the reference's defaults.
 *
 * A component is one object of the file; `where` names it in messages. Each function returns 0, or -1 with the message.
 * A member that is null counts as missing. */
#ifndef QUERN_TOKENIZER_COMPONENT_H
#define QUERN_TOKENIZER_COMPONENT_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* How deep a Sequence of Sequences may be. */
enum { COMPONENT_NESTING = 16 };

/* Validates a JSON document; *root is its value without the space around it. */
int component_root(struct slice file, struct slice *root);

/* Whether the object has the member and it is not null. */
bool component_member(struct slice object, const char *name, struct slice *value);

int component_bool(struct slice object, const char *where, const char *name, bool fallback, bool *out);

/* If fallback is NULL the member is required. */
int component_string(struct arena *arena, struct slice object, const char *where, const char *name,
                     const char *fallback, struct slice *out);

/* A number of 0 or more, up to `most`. */
int component_count(struct slice object, const char *where, const char *name, int64_t fallback, int64_t most,
                    int64_t *out);

/* Does the object have no other members than these? NULL ends them. `of` names the object in the message. */
int component_only(struct slice object, const char *const *known, const char *of);

/* A value that is an id. */
int component_id(struct slice value, const char *where, const char *name, int32_t *out);

/* The type of a component, `where` being the name of its kind: "normalizer", "post_processor" … If the file does not
 * say it, it is what the reference takes the component for. */
int component_type(struct arena *arena, struct slice component, const char *where, struct slice *type);

/* Always -1. */
int component_wrong(const char *where, const char *name, const char *expected);
int component_unsupported(const char *where, struct slice what);

#endif
