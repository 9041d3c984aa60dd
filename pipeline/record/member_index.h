/* member_index.h - finds a member by its name in a record with very many of them.
 *
 * For record.c alone. Up to MEMBER_INDEX_FROM members a record has no index and is searched from its end, which is
 * faster. Beyond that number every name is hashed when its member is added, so that reading never changes a record. */
#ifndef QUERN_MEMBER_INDEX_H
#define QUERN_MEMBER_INDEX_H

#include "record/record.h"

enum { MEMBER_INDEX_FROM = 64 };

/* To be called when a member has been appended and has its name: adds it to the index, or makes the index if the record
 * has outgrown the search. */
void member_index_add(struct record *record, struct arena *arena);

/* The last member of the name, NULL without one. The record has an index. */
struct member *member_index_find(const struct record *record, struct slice name);

/* Marks all members of the name as removed. They keep their places until half of the record is removed or it is
 * settled, so that to remove very many one by one takes no longer than to add them. The record has an index. */
void member_index_remove(struct record *record, struct slice name);

/* Gives `made`, a copy of `in` with room for its members, the members and the index of `in`. `in` has an index. */
void member_index_copy(struct record *made, const struct record *in, struct arena *arena);

/* Closes the gaps that removed members have left. The record has an index. */
void member_index_settle(struct record *record);

#endif
