/* json_end.h - where a string or a value of validated JSON text ends; what json.h's walkers stand on. */
#ifndef QUERN_JSON_END_H
#define QUERN_JSON_END_H

/* Behind the string that starts at a quote. */
const char *json_end_of_string(const char *at);

/* Behind the value. limit: no byte from there on is read; the value ends there or before. */
const char *json_end_of_value(const char *at, const char *limit);

#endif
