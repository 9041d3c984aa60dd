/* language.c - see language.h. */
#include "text/language.h"

#include "base/memory.h"

#include <string.h>
#include <unicode/uloc.h>

char *language_locale(struct slice tag)
{
    char *hyphens = mem_string(tag.ptr, tag.len);
    for (size_t i = 0; i < tag.len; i++)
        if (hyphens[i] == '_')
            hyphens[i] = '-';
    char *locale = mem_zalloc(ULOC_FULLNAME_CAPACITY, 1);
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    int32_t len = uloc_forLanguageTag(hyphens, locale, ULOC_FULLNAME_CAPACITY, &parsed, &status);
    mem_free(hyphens);
    if (U_SUCCESS(status) && len < ULOC_FULLNAME_CAPACITY && (size_t)parsed == tag.len)
        return locale;
    mem_free(locale);
    return NULL;
}

static bool is_known(const char *locale)
{
    char language[ULOC_LANG_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    (void)uloc_getLanguage(locale, language, sizeof language, &status);
    if (U_FAILURE(status))
        return false;
    for (const char *const *code = uloc_getISOLanguages(); *code != NULL; code++)
        if (strcmp(*code, language) == 0)
            return true;
    return strlen(language) == 3; /* one of the thousands of ISO 639-3 */
}

bool language_is_known(struct slice tag)
{
    char *locale = language_locale(tag);
    bool root = tag.len > 0 && locale != NULL && (locale[0] == '\0' || locale[0] == '_' || locale[0] == '@');
    bool known = root || (locale != NULL && is_known(locale));
    mem_free(locale);
    return known;
}

bool language_is(struct slice tag, const char *language)
{
    size_t length = strlen(language);
    if (tag.len < length || (tag.len > length && tag.ptr[length] != '-' && tag.ptr[length] != '_'))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((tag.ptr[i] | 0x20) != language[i])
            return false;
    return true;
}

/* "eng" for "en-GB"; "" if the tag says no language that ICU knows. */
static void three_letters(struct slice tag, char code[static 4])
{
    char *locale = language_locale(tag);
    const char *found = locale != NULL ? uloc_getISO3Language(locale) : "";
    size_t len = strlen(found);
    memcpy(code, found, len < 3 ? len : 3);
    code[len < 3 ? len : 3] = '\0';
    mem_free(locale);
}

bool language_same(struct slice a, struct slice b)
{
    char first[4], second[4];
    if (slice_equal(a, b))
        return true;
    three_letters(a, first);
    three_letters(b, second);
    return first[0] != '\0' && strcmp(first, second) == 0;
}
