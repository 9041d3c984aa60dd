/* stale.h - members that are no longer true because a filter has changed what they describe.
 *
 * What a filter has set on a copy is compared with what was there, so one rule holds for all filters. A member is
 * changed if it gets another value than it had; quern-record(5) has the rule in full:
 *
 *     changed                        stale, unless the filter has set or confirmed it too
 *     text                           spans of the text; all about tokens
 *     what the filter's --field is   all about tokens; in a record without text also the spans
 *     words, sentences …             word_tokens, sentence_tokens …, also if the record had no words
 *     words                          word_ids, which may number them
 *
 * What does not show in a record, that the tokens are those of another tokenizer, a filter says in `invalidates`. */
#ifndef QUERN_STALE_H
#define QUERN_STALE_H

#include "record/members.h"
#include "run/chain.h"

#include <stdbool.h>

/* The member that the filter works on: its option --field, else "text". */
struct slice stale_field(const struct stage *stage, const void *options);

/* Removes the stale members of a copy, or, without --drop-stale, refuses it: 0, or -1 with the message. */
int stale_refuse(const struct link *link, struct record *record);

/* Can this member become stale when the filter writes what it says it writes? For the help. */
bool stale_may(const struct stage *stage, const struct member_kind *kind);

#endif
