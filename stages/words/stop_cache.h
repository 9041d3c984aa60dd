/* stop_cache.h - what the words of a text are by a list of stop words. Most of them are among a few hundred words, so
 * what they are is remembered: that saves making their keys and looking them up. */
#ifndef QUERN_WORDS_STOP_CACHE_H
#define QUERN_WORDS_STOP_CACHE_H

#include "stop_list.h"

/* Of one thread. NULL with the message. */
struct stop_cache;
struct stop_cache *stop_cache_new(void);
void stop_cache_free(struct stop_cache *cache);

/* What the word, as it is written, is by this list. 0, or -1 with the message: see key_of_word. */
int stop_cache_kind(struct stop_cache *cache, const struct lexicon *list, struct slice word, enum stop_kind *kind);

#endif
