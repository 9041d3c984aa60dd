/* members.c - the table of members: see members.h. */
#include "record/members.h"

#include "base/diag.h"
#include "base/visible.h"
#include "text/json.h"

/* Each list is written once, here, and used twice: for the table and for the names. Filters read and write the members
 * in this order. */

/* name, shape, the command that writes it */
#define OF_TEXT(MEMBER)                                                                                                \
    MEMBER("entities", VALUE_RAW, "entities find")                                                                     \
    MEMBER("sentences", VALUE_SPANS, "segment")                                                                        \
    MEMBER("words", VALUE_SPANS, "segment")                                                                            \
    MEMBER("phrases", VALUE_SPANS, "segment --phrases FILE")                                                           \
    MEMBER("stopwords", VALUE_SPANS, "stopwords --mode mark")

/* name, shape, command */
#define OF_CONTENT(MEMBER)                                                                                             \
    MEMBER("features", VALUE_VECTOR, "features")                                                                       \
    MEMBER("sparse", VALUE_VECTOR, "features")                                                                         \
    MEMBER("probs", VALUE_RAW, "predict")                                                                              \
    MEMBER("logits", VALUE_RAW, "predict --emit logits")                                                               \
    MEMBER("aug_probs", VALUE_RAW, "vote --method list")                                                               \
    MEMBER("aug_logits", VALUE_RAW, "vote --method list")                                                              \
    MEMBER("pass_probs", VALUE_RAW, "predict --protocol jsonl")                                                        \
    MEMBER("predicted", VALUE_RAW, "predict")                                                                          \
    MEMBER("confidence", VALUE_RAW, "confidence")                                                                      \
    MEMBER("tie", VALUE_RAW, "confidence --emit tie")                                                                  \
    MEMBER("margin", VALUE_FLOAT, "confidence --emit margin")                                                          \
    MEMBER("entropy", VALUE_FLOAT, "confidence --emit entropy")                                                        \
    MEMBER("target", VALUE_FLOATS, "confidence")                                                                       \
    MEMBER("kl", VALUE_FLOAT, "confidence")                                                                            \
    MEMBER("threshold", VALUE_RAW, "confidence --emit threshold")                                                      \
    MEMBER("loss_mask", VALUE_RAW, "confidence")                                                                       \
    MEMBER("loss_weight", VALUE_RAW, "confidence")                                                                     \
    MEMBER("label_prob", VALUE_RAW, "confidence --emit label_prob")                                                    \
    MEMBER("cross_entropy", VALUE_FLOAT, "confidence --emit cross_entropy")                                            \
    MEMBER("std", VALUE_FLOATS, "confidence --preset ups")                                                             \
    MEMBER("negative_mask", VALUE_INTS, "confidence --preset ups")                                                     \
    MEMBER("invalid", VALUE_TEXT, "confidence --invalid mark")                                                         \
    MEMBER("pseudo", VALUE_RAW, "confidence --pseudo")                                                                 \
    MEMBER("suspect", VALUE_RAW, "suspect")                                                                            \
    MEMBER("label_score", VALUE_RAW, "suspect")                                                                        \
    MEMBER("suggested", VALUE_RAW, "suspect")                                                                          \
    MEMBER("score", VALUE_FLOAT, "query")

/* name, shape, the member whose spans it may number, padding, command */
#define OF_EACH_TOKEN(MEMBER)                                                                                          \
    MEMBER("tokens", VALUE_STRINGS, NULL, 0, "tokenize")                                                               \
    MEMBER("input_ids", VALUE_INTS, NULL, 0, "tokenize")                                                               \
    MEMBER("offset_mapping", VALUE_SPANS, NULL, 0, "tokenize")                                                         \
    MEMBER("word_ids", VALUE_INTS, "words", -1, "tokenize")                                                            \
    MEMBER("special_tokens_mask", VALUE_INTS, NULL, 1, "tokenize")                                                     \
    MEMBER("attention_mask", VALUE_INTS, NULL, 0, "tokenize")                                                          \
    MEMBER("token_type_ids", VALUE_INTS, NULL, 0, "tokenize")                                                          \
    MEMBER("labels", VALUE_INTS, NULL, IGNORE_INDEX, "mask")                                                           \
    MEMBER("doc_ids", VALUE_INTS, NULL, 0, "pack")                                                                     \
    MEMBER("position_ids", VALUE_INTS, NULL, 0, "pack --also position_ids")                                            \
    MEMBER("start_labels", VALUE_INTS, NULL, IGNORE_INDEX, "entities tags --scheme mrc")                               \
    MEMBER("end_labels", VALUE_INTS, NULL, IGNORE_INDEX, "entities tags --scheme mrc")                                 \
    MEMBER("masked_input_ids", VALUE_INTS, NULL, 0, "rtd --also masked_input_ids")                                     \
    MEMBER("mlm_labels", VALUE_INTS, NULL, IGNORE_INDEX, "rtd --also mlm_labels")                                      \
    MEMBER("perm_order", VALUE_INTS, NULL, -1, "permute")

/* name, shape, command */
#define OF_TOKENS(MEMBER)                                                                                              \
    MEMBER("token_count", VALUE_INT, "tokenize --count")                                                               \
    MEMBER("seq_lengths", VALUE_INTS, "pack --also seq_lengths")                                                       \
    MEMBER("prefix_length", VALUE_INT, "causal --prefix")                                                              \
    MEMBER("sentence_order", VALUE_INTS, "corrupt --task bart --also sentence_order")                                  \
    MEMBER("noise_spans", VALUE_SPANS, "corrupt --task bart --also noise_spans")                                       \
    MEMBER("rotation", VALUE_INT, "corrupt --task bart --also rotation")                                               \
    MEMBER("mask_level", VALUE_TEXT, "mask --unit mix")                                                                \
    MEMBER("masked_lm_positions", VALUE_INTS, "mask --also masked_lm_positions")                                       \
    MEMBER("masked_lm_ids", VALUE_INTS, "mask --also masked_lm_ids")                                                   \
    MEMBER("masked_spans", VALUE_SPANS, "mask --also masked_spans")                                                    \
    MEMBER("pair_targets", VALUE_RAW, "mask --also pair_targets")                                                      \
    MEMBER("perm_split", VALUE_INT, "permute --reuse R")                                                               \
    MEMBER("perm_mask", VALUE_RAW, "permute --dense")                                                                  \
    MEMBER("target_mapping", VALUE_RAW, "permute --dense")                                                             \
    MEMBER("spans", VALUE_SPANS, "entities negatives")                                                                 \
    MEMBER("span_labels", VALUE_INTS, "entities negatives")

/* name, shape, the member whose spans it is about, command */
#define OF_EACH_SPAN(MEMBER)                                                                                           \
    MEMBER("tags", VALUE_STRINGS, "words", "entities tags")                                                            \
    MEMBER("replace_prob", VALUE_FLOATS, "words", "augment --ops tfidf --explain")

/* name, the member whose spans it places, which tokenize --spans names */
#define OF_SPANS(MEMBER)                                                                                               \
    MEMBER("sentence_tokens", "sentences")                                                                             \
    MEMBER("word_tokens", "words")                                                                                     \
    MEMBER("phrase_tokens", "phrases")                                                                                 \
    MEMBER("entity_tokens", "entities")

/* name, shape, command */
#define OF_RECORD(MEMBER)                                                                                              \
    MEMBER("id", VALUE_RAW, "import")                                                                                  \
    MEMBER("text", VALUE_TEXT, "import")                                                                               \
    MEMBER("label", VALUE_TEXT, "import")                                                                              \
    MEMBER("lang", VALUE_TEXT, "import --lang TAG")                                                                    \
    MEMBER("parent", VALUE_RAW, NULL)                                                                                  \
    MEMBER("root", VALUE_RAW, NULL)                                                                                    \
    MEMBER("op", VALUE_TEXT, "augment")                                                                                \
    MEMBER("edits", VALUE_RAW, "augment")                                                                              \
    MEMBER("parents", VALUE_RAW, "resample --method over")                                                             \
    MEMBER("synthetic", VALUE_RAW, "resample --method over")                                                           \
    MEMBER("method", VALUE_TEXT, "resample --method over")                                                             \
    MEMBER("gap", VALUE_FLOAT, "resample --method smote")                                                              \
    MEMBER("parent_labels", VALUE_RAW, "resample --method borderline2")                                                \
    MEMBER("nominal", VALUE_STRINGS, NULL)                                                                             \
    MEMBER("from", VALUE_INTS, "resample --method combine")                                                            \
    MEMBER("subsets", VALUE_INTS, "resample --method easyensemble")                                                    \
    MEMBER("bags", VALUE_INTS, "resample --method bootstrap")                                                          \
    MEMBER("sources", VALUE_RAW, "pack")                                                                               \
    MEMBER("next_sentence_label", VALUE_INT, "pair --task nsp")                                                        \
    MEMBER("sentence_order_label", VALUE_INT, "pair --task sop")                                                       \
    MEMBER("target_length", VALUE_INT, "pair --also target_length")                                                    \
    MEMBER("mems_row", VALUE_INT, "stream")                                                                            \
    MEMBER("mems_step", VALUE_INT, "stream")                                                                           \
    MEMBER("backward", VALUE_INT, "stream --backward-half")                                                            \
    MEMBER("question", VALUE_TEXT, "entities questions")                                                               \
    MEMBER("window", VALUE_SPANS, NULL)                                                                                \
    MEMBER("epoch", VALUE_INT, NULL)                                                                                   \
    MEMBER("sent0", VALUE_TEXT, "contrast")                                                                            \
    MEMBER("sent1", VALUE_TEXT, "contrast")                                                                            \
    MEMBER("hard_neg", VALUE_TEXT, "contrast")                                                                         \
    MEMBER("anchor", VALUE_TEXT, "contrast --names sentence-transformers")                                             \
    MEMBER("positive", VALUE_TEXT, "contrast --names sentence-transformers")                                           \
    MEMBER("negative", VALUE_TEXT, "contrast --names sentence-transformers")                                           \
    MEMBER("fim", VALUE_TEXT, "corrupt --task fim")                                                                    \
    MEMBER("fim_cuts", VALUE_INTS, "corrupt --task fim")                                                               \
    MEMBER("denoiser", VALUE_TEXT, "corrupt --task ul2")                                                               \
    MEMBER("weight", VALUE_FLOAT, "weigh --counts FILE")                                                               \
    MEMBER("rank", VALUE_INT, "query")                                                                                 \
    MEMBER("votes", VALUE_INT, "vote")                                                                                 \
    MEMBER("agreement", VALUE_FLOAT, "vote --method majority")                                                         \
    MEMBER("annotator", VALUE_TEXT, NULL)                                                                              \
    MEMBER("lambda", VALUE_FLOAT, "mixup")

#define NAME(name)                                                                                                     \
    {                                                                                                                  \
        name, sizeof(name) - 1                                                                                         \
    }
#define ROW_OF_TEXT(name, shape, by) {NAME(name), shape, MEMBER_OF_TEXT, NULL, 0, by},
#define ROW_OF_CONTENT(name, shape, by) {NAME(name), shape, MEMBER_OF_CONTENT, NULL, 0, by},
#define ROW_OF_EACH_TOKEN(name, shape, spans, pad, by) {NAME(name), shape, MEMBER_OF_EACH_TOKEN, spans, pad, by},
#define ROW_OF_TOKENS(name, shape, by) {NAME(name), shape, MEMBER_OF_TOKENS, NULL, 0, by},
#define ROW_OF_SPANS(name, spans) {NAME(name), VALUE_SPANS, MEMBER_OF_SPANS, spans, 0, "tokenize --spans " spans},
#define ROW_OF_EACH_SPAN(name, shape, spans, by) {NAME(name), shape, MEMBER_OF_EACH_SPAN, spans, 0, by},
#define ROW_OF_RECORD(name, shape, by) {NAME(name), shape, MEMBER_OF_RECORD, NULL, 0, by},

const struct member_kind members[] = {OF_TEXT(ROW_OF_TEXT) OF_EACH_TOKEN(ROW_OF_EACH_TOKEN) OF_TOKENS(ROW_OF_TOKENS)
                                          OF_SPANS(ROW_OF_SPANS) OF_EACH_SPAN(ROW_OF_EACH_SPAN)
                                              OF_CONTENT(ROW_OF_CONTENT) OF_RECORD(ROW_OF_RECORD)};
const size_t members_count = sizeof members / sizeof *members;

#define FIRST(name, ...) name,
#define SECOND(name, second) second,

const char *const members_of_text[] = {OF_TEXT(FIRST) NULL};
const char *const members_of_tokens[] = {OF_EACH_TOKEN(FIRST) OF_TOKENS(FIRST) OF_SPANS(FIRST) NULL};
const char *const members_of_text_and_tokens[] = {OF_TEXT(FIRST) OF_EACH_TOKEN(FIRST) OF_TOKENS(FIRST) OF_SPANS(FIRST)
                                                      NULL};
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

/* ---- a member that a record does not have ---- */

enum { NAMES_SHOWN = 8, NAME_BYTES = 40, PATH_BYTES = 200 };

/* "; the record has id, body, title and 2 more": in the order of the record, each name once. */
static void put_names(const struct record *record, struct bytes *out)
{
    size_t shown = 0, left = 0;
    for (uint32_t i = 0; i < record->count; i++) {
        const struct member *member = &record->members[i];
        if (member->removed || rec_member(record, member->name) != member)
            continue;
        if (shown == NAMES_SHOWN) {
            left++;
            continue;
        }
        struct slice name = visible_cut(member->name, NAME_BYTES);
        bytes_put(out, shown++ > 0 ? SLICE(", ") : SLICE("; the record has "));
        bytes_put(out, name);
        bytes_put(out, name.len < member->name.len ? SLICE(VISIBLE_ELLIPSIS) : SLICE(""));
    }
    if (shown == 0)
        bytes_put(out, SLICE("; the record has no members"));
    if (left == 0)
        return;
    bytes_put(out, SLICE(" and "));
    json_put_int(out, (int64_t)left);
    bytes_put(out, SLICE(" more"));
}

/* "_source.body", "messages[0].content" */
static bool looks_like_path(struct slice name)
{
    return memchr(name.ptr, '.', name.len) != NULL || memchr(name.ptr, '[', name.len) != NULL;
}

/* how: what follows "missing", or "null". */
static int missing(const struct record *record, struct slice name, struct bytes *how)
{
    put_names(record, how);
    (void)diag_error("%.*s: %s%.*s", (int)name.len, name.ptr, rec_get(record, name) != NULL ? "null" : "missing",
                     (int)how->len, how->items);
    vec_free(how);
    return -1;
}

int member_missing_named(const struct record *record, struct slice name, const char *hint)
{
    struct bytes how = {0};
    bytes_byte(&how, ' ');
    bytes_put(&how, slice_of(hint));
    return missing(record, name, &how);
}

int member_missing(const struct record *record, struct slice name, const char *why)
{
    const struct member_kind *kind = member_find(name);
    struct bytes how = {0};
    bytes_put(&how, slice_of(why));
    if (slice_is(name, "text")) {
        bytes_put(&how, SLICE(" (--field NAME works on another member)"));
    } else if (kind != NULL && kind->by != NULL) {
        bytes_put(&how, SLICE(" (\"quern "));
        bytes_put(&how, slice_of(kind->by));
        bytes_put(&how, SLICE("\" writes it)"));
    } else if (looks_like_path(name)) {
        bytes_put(&how, SLICE(" (a name is not a path; \"quern import\" takes paths: --format jsonl --text "));
        bytes_put(&how, visible_cut(name, PATH_BYTES));
        bytes_put(&how, SLICE(")"));
    }
    return missing(record, name, &how);
}
