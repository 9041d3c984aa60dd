/* permute.h - the rules of permute: permute.c applies them to a record, permute_laws.c judges all of them. */
#ifndef CHECK_PERMUTE_H
#define CHECK_PERMUTE_H

#include "mask.h"

struct permute_options {
    struct check_options common;
    const char *prob, *lengths;
    int64_t num_predict, reuse;
    bool dense;
    struct random_options random;
};

enum permute_rule {
    PERMUTE_UNTOUCHED = RULES_COMMON,
    PERMUTE_TARGETS,
    PERMUTE_BUDGET,
    PERMUTE_WHOLE,
    PERMUTE_ORDER,
    PERMUTE_SPLIT,
    PERMUTE_DENSE,
    PERMUTE_LAW_POSITION,
    PERMUTE_LAW_SIZE,
    PERMUTE_LAW_LENGTHS,
    PERMUTE_LAW_ORDER,
    PERMUTE_LAW_EPOCHS,
    PERMUTE_LAW_NEIGHBOURS,
};

enum { RUNS = 8, ORDERS = 4 };

struct permute {
    const struct permute_options *given;
    struct decimal prob;
    struct length_law lengths;
    uint64_t random; /* the state of a generator of its own */

    /* what has been seen so far, against what a draw of its own has given */
    struct drift position[PLACES], size[SIZES], runs[RUNS], epochs, neighbours;
    struct drift order[2][ORDERS][ORDERS], next; /* special or not, where, which number */
    uint64_t selected, ordered, overlaps[2];
    struct {
        bool is;
        struct identity identity;
        uint8_t *selected;
        size_t count, room;
    } before;
};

/* A part of a record. */
struct permute_part {
    size_t from, to, budget;
    struct units words;
};

/* Selects words as the specification says, by the generator of the check: what the filter might have drawn. */
void permute_draw(struct permute *permute, const struct mask_tokens *tokens, const struct permute_part *part,
                  uint8_t *selected, struct arena *arena);
void permute_laws_part(struct permute *permute, const struct mask_tokens *tokens, const struct permute_part *part,
                       const uint8_t *drawn);
/* order: of the part's tokens; special: those of them that are. */
void permute_laws_order(struct permute *permute, const int32_t *order, const uint8_t *special, size_t count);
void permute_laws_overlap(struct permute *permute, const struct mask_tokens *tokens, const uint8_t *drawn,
                          struct identity identity);
void permute_laws_judge(const struct permute *permute, struct report *report);

#endif
