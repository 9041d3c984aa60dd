/* markers.h - special tokens that a filter puts between the tokens of documents. */
#ifndef DOCUMENTS_MARKERS_H
#define DOCUMENTS_MARKERS_H

#include "../tokenizer/tokenizer.h"

struct marker {
    bool given;
    int32_t id;
    struct slice token; /* its spelling; empty: not known, since there is no tokenizer */
};

/* The marker that an option names: a token, or #102 for the token with id 102. name NULL: none. tokenizer may be NULL,
 * which is an error if a token is named. 0, or -1 with the message. */
int marker_find(const struct tokenizer *tokenizer, const char *model, const char *option, const char *name,
                struct marker *marker);

/* Is the spelling of all of them known, for documents that carry tokens? 0, or -1 with the message. */
int markers_spelled(const struct marker *markers, size_t count);

#endif
