/* member_index.h - finds a member by name in a record with very many members.
 *
 * Only for record.c. A record with up to MEMBER_INDEX_FROM members has no index and is searched from its end, which is
 * faster. Beyond that every name is hashed when its member is added, so that reading never changes a record. */
#ifndef QUERN_MEMBER_INDEX_H
#define QUERN_MEMBER_INDEX_H

#include "record/record.h"

enum { MEMBER_INDEX_FROM = 64 };

/* Call this when a member has been appended and has its name. Adds it to the index, or makes the index if the record
 * now has enough members. */
void member_index_add(struct record *record, struct arena *arena);

/* The last member of this name, or NULL. The record must have an index. */
struct member *member_index_find(const struct record *record, struct slice name);

/* Marks all members of this name as removed. They keep their places until half of the members are removed or the record
 * is settled, so that removing very many one by one takes no longer than adding them. The record must have an index. */
void member_index_remove(struct record *record, struct slice name);

/* Copies the members and the index of `in`, which must have one, to `made`, which has room for the members. */
void member_index_copy(struct record *made, const struct record *in, struct arena *arena);

/* Closes the gaps that removed members have left. The record must have an index. */
void member_index_settle(struct record *record);

#endif
