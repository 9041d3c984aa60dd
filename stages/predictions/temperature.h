/* temperature.h - the temperature that `fit temperature` writes: logits are divided by it.
 *
 *     {"format":"quern-fit-1","kind":"temperature","options":{},"classes":["ham","spam"],"records":4,"temperature":1.5}
 */
#ifndef QUERN_PREDICTIONS_TEMPERATURE_H
#define QUERN_PREDICTIONS_TEMPERATURE_H

#include <stddef.h>

/* Reads a file. classes: of how many classes the predictions are; 0: that is not known yet. 0, or -1 with the message:
 * it is no such file, or of another number of classes. */
int temperature_load(const char *path, size_t classes, double *temperature);

#endif
