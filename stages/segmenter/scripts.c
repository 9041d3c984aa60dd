/* scripts.c - scripts without spaces: see scripts.h. */
#include "scripts.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

bool script_is_unspaced(uint32_t point)
{
    if (point < 0xe00)
        return false;
    UChar32 c = (UChar32)point;
    if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT || /* ICU has dictionaries for these */
        u_getIntPropertyValue(c, UCHAR_WORD_BREAK) == U_WB_KATAKANA)
        return true;
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &status);
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_BOPOMOFO;
}
