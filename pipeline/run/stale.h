/* stale.h - members that are no longer valid because a filter has changed what they describe.
 *
 * The members that a filter has set on a copy are compared with the original, so one rule holds for all filters. A
 * member has changed if its value differs; quern-record(5) has the full rule:
 *
 *     changed                        stale, unless the filter has set or confirmed it too
 *     text                           spans of the text; everything about tokens
 *     the filter's --field           everything about tokens; in a record without text also the spans
 *     words, sentences …             word_tokens, sentence_tokens …, also if the record had no words
 *     words                          word_ids, which may number them, and tags
 *
 * A filter declares changes that are not visible in the record, such as another tokenizer, in `invalidates`. */
#ifndef QUERN_STALE_H
#define QUERN_STALE_H

#include "record/members.h"
#include "run/chain.h"

#include <stdbool.h>

/* The member that the filter processes: its option --field, or "text". */
struct slice stale_field(const struct stage *stage, const void *options);

/* With --drop-stale, removes the stale members of a copy; otherwise refuses a copy that has any. 0, or -1 with the
 * message. */
int stale_refuse(const struct link *link, struct record *record);

/* Can this member become stale when the filter writes the members it declares? For the help. */
bool stale_may(const struct stage *stage, const struct member_kind *kind);

/* Can the filter make any member stale? */
bool stale_any(const struct stage *stage);

#endif
