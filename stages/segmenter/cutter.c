/* cutter.c - texts into words by rules that a user sets: see cutter.h. */
#include "cutter.h"

#include "base/diag.h"
#include "base/vec.h"
#include "entries.h"
#include "text/json.h"
#include "text/language.h"

int word_rules_open(struct stage_context *context, const struct word_options *given, struct word_rules *rules)
{
    *rules = (struct word_rules){.lang = given->lang};
    if (given->lang != NULL && !language_is_known(slice_of(given->lang)))
        return diag_error("--lang: \"%s\" is not a language; expected its code, such as en, de or zh-Hant",
                          given->lang);
    if (given->lexicon == NULL)
        return 0;
    rules->lexicon = chain_share(context, "words", given->lexicon, entries_load, lexicon_free);
    return rules->lexicon == NULL ? -1 : entries_check(rules->lexicon, given->lexicon);
}

void cutter_open(struct cutter *cutter, const struct word_rules *rules)
{
    cutter->rules = rules;
    cutter->breaks = breaks_new();
}

void cutter_release(struct cutter *cutter)
{
    breaks_free(cutter->breaks);
    vec_free(&cutter->passage.units);
    vec_free(&cutter->words);
    vec_free(&cutter->other);
}

int cutter_language(struct cutter *cutter, const struct record *record, struct arena *arena, struct slice *tag,
                    bool *unknown)
{
    *tag = SLICE("");
    *unknown = false;
    if (cutter->rules->lang != NULL) {
        *tag = slice_of(cutter->rules->lang);
        return 0;
    }
    const struct value *lang = rec_present(record, SLICE("lang"));
    if (lang == NULL)
        return 0;
    if (json_kind(rec_json(lang, arena)) == '"' && rec_text(record, SLICE("lang"), arena, tag) < 0)
        return -1;
    if (!breaks_knows(cutter->breaks, *tag)) {
        *unknown = true;
        *tag = SLICE("");
    }
    return 0;
}

int cutter_words(struct cutter *cutter, struct slice tag)
{
    if (breaks_words(cutter->breaks, tag, &cutter->passage, &cutter->words) < 0)
        return -1;
    if (cutter->rules->lexicon == NULL)
        return 0;
    entries_cut(cutter->rules->lexicon, &cutter->passage, &cutter->words, &cutter->other);
    struct spans swapped = cutter->words;
    cutter->words = cutter->other;
    cutter->other = swapped;
    return 0;
}
