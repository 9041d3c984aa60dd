/* measures.h - what follows from a tally: how good the predictions are. Each is computed from integers in a fixed
 * order, so equal tallies have equal measures. */
#ifndef QUERN_EVALUATE_MEASURES_H
#define QUERN_EVALUATE_MEASURES_H

#include "tally.h"

struct class_measures {
    uint64_t support, predicted, correct; /* records with this label, with this prediction, with both */
    double precision, recall, f1;         /* 0 where the denominator is 0 */
};

struct measures {
    double accuracy;
    double balanced_accuracy; /* the mean recall of the classes that occur as a label */
    double macro_f1;          /* the mean F1 of the classes that occur as a label or a prediction */
    double g_mean;            /* the geometric mean of the recalls of the classes that occur as a label */
    double mcc;               /* R_K (Gorodkin 2004, equation 8); 0 where the denominator is 0 */
    double log_loss, brier;   /* means over the records with probabilities */
    double ece;               /* expected calibration error (Guo et al. 2017, equation 5) */
    struct class_measures *classes;
};

/* The tally must have records; the losses are 0 if none is scored. */
void measures_make(const struct tally *tally, size_t classes, struct arena *arena, struct measures *made);

#endif
