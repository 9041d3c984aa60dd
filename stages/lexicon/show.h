/* show.h - what the verbs share that show a lexicon: loading one, compiled or plain. */
#ifndef QUERN_LEXICON_SHOW_H
#define QUERN_LEXICON_SHOW_H

#include "quern.h"
#include "text/lexicon_form.h"

struct show_options {
    int format;
};
extern const struct option show_option_table[];

/* NULL with the message. */
struct lexicon *show_load(const struct show_options *options, const char *path);

/* "plain", "synonyms" or "groups"; of a compiled lexicon the format of its sources. */
struct slice show_format(const struct show_options *options, const struct lexicon *lexicon);

#endif
