/* json_end.h - finds the end of a string or a value in validated JSON text, for the walkers of json.h. */
#ifndef QUERN_JSON_END_H
#define QUERN_JSON_END_H

/* The end of the string that starts at this quote, after its closing quote. */
const char *json_end_of_string(const char *at);

/* The end of the value. limit: no byte from there on is read; the value must end there or before. */
const char *json_end_of_value(const char *at, const char *limit);

#endif
