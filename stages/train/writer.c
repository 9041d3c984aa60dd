/* writer.c - a learned vocabulary in the formats of Hugging Face's tokenizers: see writer.h.
 *
 * The members are in the order in which that library writes them, so that our file can be compared with the same file
 * rewritten by the library. */
#include "writer.h"

#include "text/json.h"

#include <assert.h>

static struct slice piece_text(const struct trained *trained, size_t id)
{
    return map_at(trained->vocabulary, id)->key;
}

static void put(struct bytes *out, const char *text)
{
    bytes_put(out, slice_of(text));
}

/* The id of a special token, or -1. */
static int64_t special_id(const struct trained *trained, struct slice token)
{
    for (size_t id = 0; id < trained->special_count; id++)
        if (slice_equal(piece_text(trained, id), token))
            return (int64_t)id;
    return -1;
}

static void put_added_tokens(const struct trained *trained, struct bytes *out)
{
    for (size_t id = 0; id < trained->special_count; id++) {
        struct slice token = piece_text(trained, id);
        bool takes_blank = (trained->type == TRAINER_BPE && slice_is(token, "<mask>")) ||
                           (trained->type == TRAINER_UNIGRAM && slice_is(token, "[MASK]"));
        put(out, id > 0 ? ",{\"id\":" : "{\"id\":");
        json_put_int(out, (int64_t)id);
        put(out, ",\"content\":");
        json_put_string(out, token);
        put(out, ",\"single_word\":false,\"lstrip\":");
        put(out, takes_blank ? "true" : "false");
        put(out, ",\"rstrip\":false,\"normalized\":false,\"special\":true}");
    }
}

static void put_vocab(const struct trained *trained, struct bytes *out)
{
    for (size_t id = 0; id < map_len(trained->vocabulary); id++) {
        bytes_byte(out, id > 0 ? ',' : '{');
        json_put_string(out, piece_text(trained, id));
        bytes_byte(out, ':');
        json_put_int(out, (int64_t)id);
    }
    put(out, map_len(trained->vocabulary) > 0 ? "}" : "{}");
}

static void put_cut(enum writer_cut cut, struct bytes *out)
{
    put(out, cut == WRITER_BERT ? "{\"type\":\"BertPreTokenizer\"}" : "{\"type\":\"WhitespaceSplit\"}");
}

/* ---- WordPiece ---- */

static void put_template_special(struct bytes *out, const char *token, int64_t id)
{
    put(out, "\"");
    put(out, token);
    put(out, "\":{\"id\":\"");
    put(out, token);
    put(out, "\",\"ids\":[");
    json_put_int(out, id);
    put(out, "],\"tokens\":[\"");
    put(out, token);
    put(out, "\"]}");
}

static void put_bert_template(const struct trained *trained, struct bytes *out)
{
    int64_t cls = special_id(trained, SLICE("[CLS]")), sep = special_id(trained, SLICE("[SEP]"));
    if (cls < 0 || sep < 0) {
        put(out, "null");
        return;
    }
    put(out, "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"[CLS]\",\"type_id\":0}},"
             "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},{\"SpecialToken\":{\"id\":\"[SEP]\",\"type_id\":0}}],"
             "\"pair\":[{\"SpecialToken\":{\"id\":\"[CLS]\",\"type_id\":0}},"
             "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},{\"SpecialToken\":{\"id\":\"[SEP]\",\"type_id\":0}},"
             "{\"Sequence\":{\"id\":\"B\",\"type_id\":1}},{\"SpecialToken\":{\"id\":\"[SEP]\",\"type_id\":1}}],"
             "\"special_tokens\":{");
    put_template_special(out, "[CLS]", cls);
    put(out, ",");
    put_template_special(out, "[SEP]", sep);
    put(out, "}}");
}

static void put_wordpiece(const struct trained *trained, enum writer_cut cut, bool lowercase, struct bytes *out)
{
    put(out, "\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,"
             "\"strip_accents\":null,\"lowercase\":");
    put(out, lowercase ? "true" : "false");
    put(out, "},\"pre_tokenizer\":");
    put_cut(cut, out);
    put(out, ",\"post_processor\":");
    put_bert_template(trained, out);
    put(out, ",\"decoder\":{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true},"
             "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\","
             "\"max_input_chars_per_word\":");
    json_put_int(out, TRAINER_WORD_CHARACTERS);
    put(out, ",\"vocab\":");
    put_vocab(trained, out);
    put(out, "}");
}

/* ---- BPE ---- */

static void put_roberta_template(const struct trained *trained, struct bytes *out)
{
    int64_t cls = special_id(trained, SLICE("<s>")), sep = special_id(trained, SLICE("</s>"));
    if (cls < 0 || sep < 0) {
        put(out, "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,\"use_regex\":true}");
        return;
    }
    put(out, "{\"type\":\"RobertaProcessing\",\"sep\":[\"</s>\",");
    json_put_int(out, sep);
    put(out, "],\"cls\":[\"<s>\",");
    json_put_int(out, cls);
    put(out, "],\"trim_offsets\":true,\"add_prefix_space\":false}");
}

static void put_merges(const struct trained *trained, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < trained->merges.len; i++) {
        put(out, i > 0 ? ",[" : "[");
        json_put_string(out, piece_text(trained, trained->merges.items[i].left));
        bytes_byte(out, ',');
        json_put_string(out, piece_text(trained, trained->merges.items[i].right));
        bytes_byte(out, ']');
    }
    bytes_byte(out, ']');
}

/* The byte level itself cuts GPT-2's words. */
static void put_byte_level(enum writer_cut cut, struct bytes *out)
{
    if (cut == WRITER_GPT2) {
        put(out, "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}");
        return;
    }
    put(out, "{\"type\":\"Sequence\",\"pretokenizers\":[");
    put_cut(cut, out);
    put(out, ",{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":false}]}");
}

static void put_bpe(const struct trained *trained, enum writer_cut cut, struct bytes *out)
{
    put(out, "\"normalizer\":null,\"pre_tokenizer\":");
    put_byte_level(cut, out);
    put(out, ",\"post_processor\":");
    put_roberta_template(trained, out);
    put(out, ",\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
             "\"use_regex\":true},\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,"
             "\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":false,"
             "\"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":");
    put_vocab(trained, out);
    put(out, ",\"merges\":");
    put_merges(trained, out);
    put(out, "}");
}

/* ---- unigram ---- */

static void put_score(int64_t score, struct bytes *out)
{
    const int64_t unit = 1000000;
    assert(score <= 0);
    if (score < 0)
        bytes_byte(out, '-');
    json_put_int(out, -score / unit);
    bytes_byte(out, '.');
    int64_t rest = -score % unit;
    for (int64_t place = unit / 10; place > 0 && (rest > 0 || place == unit / 10); place /= 10) {
        bytes_byte(out, (char)('0' + rest / place));
        rest %= place;
    }
}

static void put_scored_vocab(const struct trained *trained, struct bytes *out)
{
    for (size_t id = 0; id < map_len(trained->vocabulary); id++) {
        put(out, id > 0 ? ",[" : "[[");
        json_put_string(out, piece_text(trained, id));
        bytes_byte(out, ',');
        put_score(trained->scores.items[id], out);
        bytes_byte(out, ']');
    }
    bytes_byte(out, ']');
}

static void put_metaspace(struct bytes *out)
{
    put(out,
        "{\"type\":\"Metaspace\",\"replacement\":\"" WRITER_BLANK "\",\"prepend_scheme\":\"always\",\"split\":true}");
}

static void put_unigram(const struct trained *trained, struct bytes *out)
{
    put(out, "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Nmt\"},{\"type\":\"NFKC\"},"
             "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"" WRITER_BLANKS "\"},\"content\":\" \"}]},"
             "\"pre_tokenizer\":");
    put_metaspace(out);
    put(out, ",\"post_processor\":");
    put_bert_template(trained, out);
    put(out, ",\"decoder\":");
    put_metaspace(out);
    put(out, ",\"model\":{\"type\":\"Unigram\",\"unk_id\":");
    json_put_int(out, special_id(trained, SLICE("<unk>")));
    put(out, ",\"vocab\":");
    put_scored_vocab(trained, out);
    put(out, ",\"byte_fallback\":false}");
}

/* ---- the files ---- */

void writer_tokenizer(const struct trained *trained, enum writer_cut cut, bool lowercase, struct bytes *out)
{
    put(out, "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
    put_added_tokens(trained, out);
    put(out, "],");
    if (trained->type == TRAINER_WORDPIECE)
        put_wordpiece(trained, cut, lowercase, out);
    else if (trained->type == TRAINER_UNIGRAM)
        put_unigram(trained, out);
    else
        put_bpe(trained, cut, out);
    put(out, "}");
}

void writer_vocab(const struct trained *trained, struct bytes *out)
{
    if (trained->type == TRAINER_BPE) {
        put_vocab(trained, out);
        return;
    }
    for (size_t id = 0; id < map_len(trained->vocabulary); id++) {
        if (id > 0)
            bytes_byte(out, '\n');
        bytes_put(out, piece_text(trained, id));
        if (trained->type == TRAINER_UNIGRAM) {
            bytes_byte(out, '\t');
            put_score(trained->scores.items[id], out);
        }
    }
}

void writer_merges(const struct trained *trained, struct bytes *out)
{
    put(out, "#version: 0.2");
    for (size_t i = 0; i < trained->merges.len; i++) {
        bytes_byte(out, '\n');
        bytes_put(out, piece_text(trained, trained->merges.items[i].left));
        bytes_byte(out, ' ');
        bytes_put(out, piece_text(trained, trained->merges.items[i].right));
    }
}
