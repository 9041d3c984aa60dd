/* writer.c - a learned vocabulary in the formats of Hugging Face's tokenizers: see writer.h.
 *
 * The members stand in the order in which that library writes them, so that a file of ours and the same file
 * written again by it can be compared. */
#include "writer.h"

#include "json.h"

static struct slice piece_text(const struct trained *trained, size_t id)
{
    return map_at(trained->vocabulary, id)->key;
}

static void put(struct bytes *out, const char *text)
{
    bytes_put(out, slice_of(text));
}

/* The id of a special token, -1 where it is none. */
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
        bool takes_blank = trained->type == TRAINER_BPE && slice_is(token, "<mask>");
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

static void put_wordpiece(const struct trained *trained, bool lowercase, struct bytes *out)
{
    put(out, "\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,"
             "\"strip_accents\":null,\"lowercase\":");
    put(out, lowercase ? "true" : "false");
    put(out, "},\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},\"post_processor\":");
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

static void put_bpe(const struct trained *trained, struct bytes *out)
{
    put(out, "\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,"
             "\"trim_offsets\":true,\"use_regex\":true},\"post_processor\":");
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

/* ---- the files ---- */

void writer_tokenizer(const struct trained *trained, bool lowercase, struct bytes *out)
{
    put(out, "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
    put_added_tokens(trained, out);
    put(out, "],");
    if (trained->type == TRAINER_WORDPIECE)
        put_wordpiece(trained, lowercase, out);
    else
        put_bpe(trained, out);
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
