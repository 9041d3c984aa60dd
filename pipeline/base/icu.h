/* icu.h - where ICU takes its memory from. */
#ifndef QUERN_ICU_H
#define QUERN_ICU_H

/* From now on from the checked allocators (memory.h): when memory is exhausted the program ends. Without it ICU passes
 * a refusal on as an error, or not at all. To be called once, by main, before anything else of ICU. */
void icu_take_memory(void);

#endif
