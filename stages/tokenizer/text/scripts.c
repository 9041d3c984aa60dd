/* scripts.c - see scripts.h. The reference has SentencePiece's table, of Unicode 9. */
#include "scripts.h"

#include "classes.h"
#include "text/text.h"

#include <unicode/uscript.h>

/* USCRIPT_INVALID_CODE for a character of any script. */
static UScriptCode script_of(uint32_t point)
{
    if (point == ' ' || classes_newer(point, 9, 0))
        return USCRIPT_INVALID_CODE;
    if (point == 0x30fc)
        return USCRIPT_HAN;
    if (point == 0x589 || point == 0x61c)
        return USCRIPT_COMMON;
    if (point == 0x953 || point == 0x954)
        return USCRIPT_DEVANAGARI;
    UErrorCode error = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)point, &error);
    if (U_FAILURE(error) || script == USCRIPT_UNKNOWN)
        return USCRIPT_INVALID_CODE;
    return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ? USCRIPT_HAN : script;
}

void scripts_cut(struct draft *draft, struct piece piece)
{
    UScriptCode last = USCRIPT_INVALID_CODE;
    size_t start = piece.end; /* of the current run */
    for (size_t at = piece.start, len; at < piece.end; at += len) {
        UScriptCode script = script_of(text_decode(draft->text + at, &len));
        if (script == USCRIPT_INVALID_CODE || script == last)
            continue;
        draft_cut(draft, start, at, PIECE_TEXT);
        start = at;
        last = script;
    }
    draft_cut(draft, start, piece.end, PIECE_TEXT);
}
