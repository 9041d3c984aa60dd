/* vote.h - what the files of vote share. */
#ifndef QUERN_VOTE_VOTE_H
#define QUERN_VOTE_VOTE_H

#include "../predictions/distribution.h"
#include "ballots.h"
#include "record/stage.h"
#include "roll.h"

enum method { METHOD_MEAN, METHOD_WEIGHTED, METHOD_MAJORITY, METHOD_LIST, METHOD_SKENE };

struct vote_options {
    const char *by, *classes, *label, *annotator;
    int method;
    struct words weights;
    int64_t min_votes, max_memory;
};

/* A ballot of `majority` and `dawid-skene`. */
struct label_ballot {
    uint32_t annotator, label;
};

/* One of `list`; its prediction and then its id follow. */
struct list_ballot {
    uint64_t len;     /* of the prediction, as JSON */
    uint64_t id_len;  /* of the id, decoded */
    uint64_t id_kind; /* '"' or '0' */
};

struct vote {
    const struct vote_options *given;
    struct class_list classes;
    struct distribution_rules rules;
    struct ballots ballots;
    struct roll labels, annotators;

    const struct words *files; /* the input files, with --weights */
    double *file_weights;
    bool any, logits; /* list: has there been a prediction, and as logits? */

    double *probs; /* dawid-skene: a row for each group, by its number; in `beliefs` */
    struct region beliefs;
    unsigned rounds; /* that it took; 0: it has not settled */
};

/* First pass: keeps what the record says. 0, or -1 with the message. */
int vote_cast(struct vote *vote, const struct record *in, struct arena *arena);

/* The key of the group of a record. *own: list: the record is the one that the others belong to. */
int vote_key(const struct vote *vote, const struct record *in, struct arena *arena, struct identity *key, bool *own);

/* Second pass: sets on `made`, a copy of the record that stands for the group, what the group says. 0, or -1 with the
 * message. */
int vote_count(const struct vote *vote, const struct group *group, struct record *made, struct arena *arena);

/* Between the passes: finds the labels that are most likely, and how reliable the annotators are (skene.c). 0, or -1
 * with the message. */
int vote_settle(struct vote *vote);

extern const struct stage vote_agreement;

#endif
