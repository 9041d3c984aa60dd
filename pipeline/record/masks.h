/* masks.h - do the labels of a record say which of its tokens are masked?
 *
 * Other tasks write `labels` too: the ids of the tokens themselves or of the next ones (causal), 0 and 1 (rtd), numbers
 * of tags (entities tags), targets that nothing hides (permute), the text for a decoder (corrupt). */
#ifndef QUERN_MASKS_H
#define QUERN_MASKS_H

#include "record/record.h"

/* ids, labels, special (NULL: not known): `count` items each. Records of a few tokens can't always be told apart; they
 * count as masked. */
bool masks_are(const struct record *record, const int32_t *ids, const int32_t *labels, const int32_t *special,
               size_t count);

#endif
