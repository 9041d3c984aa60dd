/* cutter.h - cuts texts into words as `segment` does: in the language of the record, entries of a lexicon first. */
#ifndef QUERN_SEGMENTER_CUTTER_H
#define QUERN_SEGMENTER_CUTTER_H

#include "breaks.h"
#include "record/options.h"
#include "record/stage.h"
#include "text/lexicon.h"

/* What the user says of it, the same in every filter that needs words. */
struct word_options {
    const char *lang, *lexicon; /* NULL: not given */
};
#define OPTION_LANG(type, field)                                                                                       \
    {                                                                                                                  \
        "lang", 0, OPT_TEXT, OPT_AT(type, field), .value = "TAG",                                                      \
                                                  .help = "the language, as a BCP 47 tag; by default the record says " \
                                                          "it in its member lang, if it has one"                       \
    }
#define OPTION_WORD_LEXICON(type, field)                                                                               \
    {                                                                                                                  \
        "lexicon", 0, OPT_FILE, OPT_AT(type, field), .value = "FILE",                                                  \
                                                     .help = "words that take precedence over those of ICU"            \
    }

/* Shared by all threads. */
struct word_rules {
    const char *lang;
    const struct lexicon *lexicon;
};

/* For `open`. 0, or -1 with the message: the tag is no language, or the lexicon can't be used. */
int word_rules_open(struct stage_context *context, const struct word_options *given, struct word_rules *rules);

/* The state of one thread, and the text that was cut last. Zero it, then cutter_open. */
struct cutter {
    const struct word_rules *rules;
    struct breaks *breaks;
    struct passage passage;
    struct spans words; /* in units of the passage: breaks_to_points */
    struct spans other;
};
void cutter_open(struct cutter *cutter, const struct word_rules *rules);
void cutter_release(struct cutter *cutter);

/* The language of a record: that of the rules, else of its member `lang`; "" if neither says a known one. *unknown: the
 * record says one that is not known. 0, or -1 with the message. */
int cutter_language(struct cutter *cutter, const struct record *record, struct arena *arena, struct slice *tag,
                    bool *unknown);

/* Cuts the passage, which breaks_passage has filled. 0, or -1 with the message. */
int cutter_words(struct cutter *cutter, struct slice tag);

#endif
