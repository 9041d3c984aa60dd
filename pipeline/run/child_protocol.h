/* child_protocol.h - how requests and replies look on the pipes to an engine, and how a reply is known to belong to its
 * request. */
#ifndef QUERN_CHILD_PROTOCOL_H
#define QUERN_CHILD_PROTOCOL_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum child_identity {
    CHILD_BY_PLACE, /* replies come in the order of the requests; a sentinel shows that none was lost or added */
    CHILD_BY_ID,    /* each request has a number, and its reply has the same */
    CHILD_BY_COUNT, /* the engine answers when its input has ended: as many replies as requests, or none counts */
};

/* One reply. */
struct child_reply {
    uint64_t id;        /* BY_ID */
    struct slice reply; /* valid until more is read */
    const char *error;  /* the engine, or the protocol, refuses this request: why; else NULL */
    bool skip;          /* it answers nothing: a greeting, a line without an id */
};

struct child_protocol {
    const char *name;
    enum child_identity identity;
    bool objects; /* requests and replies are JSON objects; else they are texts */
    char end;     /* the byte that ends a reply */

    /* What is sent once, after the start of an engine; may be NULL. */
    const char *greeting;

    /* Appends the request as bytes for the engine. The id counts from 1 in each process, for BY_ID. */
    void (*put)(uint64_t id, struct slice request, struct bytes *out);

    /* Takes the first reply off `in`, which starts where the previous one ended. `ended`: nothing follows `in`. 1; 0 if
     * it is not complete; -1 with the message if what has come is not in the protocol, so that the engine must be
     * started again. */
    int (*take)(struct slice *in, bool ended, struct arena *arena, struct child_reply *reply);
};

/* A text on a line, its reply on a line. Line ends in a text become spaces. */
extern const struct child_protocol child_line;

/* The same for engines that read all of their input first. */
extern const struct child_protocol child_batch;

/* {"id":7,…} each way, in any order. */
extern const struct child_protocol child_jsonl;

/* The names of the three, ending in NULL, for an option; and the protocol of each. */
extern const char *const child_protocol_names[];
extern const struct child_protocol *const child_protocols[];

#endif
