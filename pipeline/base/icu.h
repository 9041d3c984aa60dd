/* icu.h - ICU's memory. */
#ifndef QUERN_ICU_H
#define QUERN_ICU_H

/* Makes ICU use the checked allocators (memory.h), so that the program ends when memory is exhausted. By default ICU
 * reports that as an error, or not at all. Call it once, in main, before any other function of ICU. */
void icu_take_memory(void);

#endif
