/* temperature.h - the temperature that `fit temperature` writes: logits are divided by it.
 *
 *     {"format":"quern-fit-1","kind":"temperature","options":{},"classes":["ham","spam"],"records":4,"temperature":1.5}
 */
#ifndef QUERN_PREDICTIONS_TEMPERATURE_H
#define QUERN_PREDICTIONS_TEMPERATURE_H

/* Reads a file. 0, or -1 with the message. */
int temperature_load(const char *path, double *temperature);

#endif
