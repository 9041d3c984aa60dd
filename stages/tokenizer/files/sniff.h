/* sniff.h - what a file is that is no tokenizer, for a message that helps: people name the pointer of Git LFS, the page
 * of a web site, the weights of the model. */
#ifndef QUERN_TOKENIZER_SNIFF_H
#define QUERN_TOKENIZER_SNIFF_H

#include "base/slice.h"

/* What the bytes are, with what to do about it: "a zip archive: unpack it". NULL if they are nothing that is known.
 * Takes any bytes. */
const char *sniff_bytes(struct slice file);

/* What the text is, by its lines; NULL likewise. Valid UTF-8. */
const char *sniff_text(struct slice text);

/* What the object, array or string is, the root of a valid JSON document; NULL likewise. */
const char *sniff_json(struct slice root);

#endif
