/* scripts.h - scripts that are written without spaces between words. */
#ifndef QUERN_SEGMENTER_SCRIPTS_H
#define QUERN_SEGMENTER_SCRIPTS_H

#include <stdbool.h>
#include <stdint.h>

/* Does the character belong to a script without spaces: Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar …? */
bool script_is_unspaced(uint32_t point);

#endif
