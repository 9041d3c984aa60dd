/* members.c - the table of members: see members.h. */
#include "record/members.h"

/* Each list is written once, here, and used twice: for the table and for the names. Filters read and write the members
 * in this order. */

/* name, shape */
#define OF_TEXT(MEMBER)                                                                                                \
    MEMBER("entities", VALUE_RAW)                                                                                      \
    MEMBER("sentences", VALUE_SPANS)                                                                                   \
    MEMBER("words", VALUE_SPANS)                                                                                       \
    MEMBER("phrases", VALUE_SPANS)                                                                                     \
    MEMBER("stopwords", VALUE_SPANS)

/* name, shape, the member whose spans it may number, padding */
#define OF_EACH_TOKEN(MEMBER)                                                                                          \
    MEMBER("tokens", VALUE_STRINGS, NULL, 0)                                                                           \
    MEMBER("input_ids", VALUE_INTS, NULL, 0)                                                                           \
    MEMBER("offset_mapping", VALUE_SPANS, NULL, 0)                                                                     \
    MEMBER("word_ids", VALUE_INTS, "words", -1)                                                                        \
    MEMBER("special_tokens_mask", VALUE_INTS, NULL, 1)                                                                 \
    MEMBER("attention_mask", VALUE_INTS, NULL, 0)                                                                      \
    MEMBER("token_type_ids", VALUE_INTS, NULL, 0)                                                                      \
    MEMBER("labels", VALUE_INTS, NULL, IGNORE_INDEX)

/* name, shape */
#define OF_TOKENS(MEMBER) MEMBER("token_count", VALUE_INT)

/* name, the member whose spans it places */
#define OF_SPANS(MEMBER)                                                                                               \
    MEMBER("sentence_tokens", "sentences")                                                                             \
    MEMBER("word_tokens", "words")                                                                                     \
    MEMBER("phrase_tokens", "phrases")                                                                                 \
    MEMBER("entity_tokens", "entities")

/* name, shape */
#define OF_RECORD(MEMBER)                                                                                              \
    MEMBER("id", VALUE_RAW)                                                                                            \
    MEMBER("text", VALUE_TEXT)                                                                                         \
    MEMBER("label", VALUE_TEXT)                                                                                        \
    MEMBER("lang", VALUE_TEXT)                                                                                         \
    MEMBER("parent", VALUE_RAW)                                                                                        \
    MEMBER("root", VALUE_RAW)                                                                                          \
    MEMBER("sources", VALUE_RAW)                                                                                       \
    MEMBER("window", VALUE_SPANS)                                                                                      \
    MEMBER("epoch", VALUE_INT)

#define NAME(name)                                                                                                     \
    {                                                                                                                  \
        name, sizeof(name) - 1                                                                                         \
    }
#define ROW_OF_TEXT(name, shape) {NAME(name), shape, MEMBER_OF_TEXT, NULL, 0},
#define ROW_OF_EACH_TOKEN(name, shape, spans, pad) {NAME(name), shape, MEMBER_OF_EACH_TOKEN, spans, pad},
#define ROW_OF_TOKENS(name, shape) {NAME(name), shape, MEMBER_OF_TOKENS, NULL, 0},
#define ROW_OF_SPANS(name, spans) {NAME(name), VALUE_SPANS, MEMBER_OF_SPANS, spans, 0},
#define ROW_OF_RECORD(name, shape) {NAME(name), shape, MEMBER_OF_RECORD, NULL, 0},

const struct member_kind members[] = {OF_TEXT(ROW_OF_TEXT) OF_EACH_TOKEN(ROW_OF_EACH_TOKEN) OF_TOKENS(ROW_OF_TOKENS)
                                          OF_SPANS(ROW_OF_SPANS) OF_RECORD(ROW_OF_RECORD)};
const size_t members_count = sizeof members / sizeof *members;

#define FIRST(name, ...) name,
#define SECOND(name, second) second,

const char *const members_of_text[] = {OF_TEXT(FIRST) NULL};
const char *const members_of_tokens[] = {OF_EACH_TOKEN(FIRST) OF_TOKENS(FIRST) OF_SPANS(FIRST) NULL};
const char *const members_in_tokens[] = {OF_SPANS(FIRST) NULL};
const char *const members_with_tokens[] = {OF_SPANS(SECOND) NULL};
_Static_assert(sizeof members_of_text / sizeof *members_of_text == MEMBERS_OF_TEXT + 1, "MEMBERS_OF_TEXT");
_Static_assert(sizeof members_in_tokens / sizeof *members_in_tokens == MEMBERS_IN_TOKENS + 1, "MEMBERS_IN_TOKENS");

const struct member_kind *member_find(struct slice name)
{
    for (size_t i = 0; i < members_count; i++)
        if (slice_equal(members[i].name, name))
            return &members[i];
    return NULL;
}
