/* One tokenizer in two ways: as it is, with its short cuts, and step by step. Ids, tokens, offsets and word ids have to
 * be the same. The first byte says which; with 0xe0 by threads that have seen nothing. */
#include "pipeline/base/map.h"
#include "pipeline/base/stream.h"
#include "pipeline/text/json.h"
#include "small.h"
#include "stages/tokenizer/parts.h"
#include "stages/tokenizer/text/gpt2.h"
#include "stages/tokenizer/text/gpt4.h"
#include "stages/tokenizer/text/runs.h"
#include "tokenizers.h"

/* BERT: words are found in the text as it was written; without bert_words it is the normalizer and the pre-tokenizer
 * that do it. The others: expressions that are matched by hand; in a group they are the same, and left to PCRE2. */
enum { UNCASED, CASED, NO_CJK, EXPRESSIONS };

/* All that are matched by hand, but for cl100k_base's, which means something else in a tokenizer.json. */
static const char *expression_of(unsigned number)
{
    if (number == (unsigned)GPT4_CL100K)
        return gpt2_expression;
    return number < (unsigned)GPT4_FORMS ? gpt4_forms[number].expression
                                         : runs_forms[number - (unsigned)GPT4_FORMS].expression;
}

enum { TOKENIZERS = EXPRESSIONS + (int)GPT4_FORMS + (int)RUNS_FORMS };

struct way {
    struct tokenizer *tokenizer;
    struct tokenizer_thread *thread;
};

static void put_bert_json(unsigned which, struct bytes *out)
{
    bytes_put(out, SLICE("{\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,\"strip_accents\":null,"
                         "\"handle_chinese_chars\":"));
    bytes_put(out, which == NO_CJK ? SLICE("false,\"lowercase\":") : SLICE("true,\"lowercase\":"));
    bytes_put(out, which == CASED ? SLICE("false},") : SLICE("true},"));
    bytes_put(out, SLICE("\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},\"model\":{\"type\":\"WordPiece\","
                         "\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\","
                         "\"max_input_chars_per_word\":100,\"vocab\":{\"[UNK]\":0"));
    struct bytes words = {0};
    small_put_bert(&words);
    struct map *seen = map_new();
    *map_put(seen, SLICE("[UNK]")) = 1;
    for (struct slice left = bytes_slice(&words), line; stream_next_line(&left, &line);) {
        uint64_t *twice = map_put(seen, line);
        if (++*twice > 1)
            continue;
        bytes_byte(out, ',');
        json_put_string(out, line);
        bytes_byte(out, ':');
        json_put_int(out, (int64_t)map_len(seen) - 1);
    }
    bytes_put(out, SLICE("}}}"));
    vec_free(&words);
    map_free(seen);
}

static struct way load_way(unsigned which, bool by_steps)
{
    struct arena *arena = arena_new();
    struct bytes text = {0}, cut = {0}, expression = {0};
    if (which < EXPRESSIONS) {
        put_bert_json(which, &text);
    } else {
        bytes_put(&expression, by_steps ? SLICE("(?:") : SLICE(""));
        bytes_put(&expression, slice_of(expression_of(which - EXPRESSIONS)));
        bytes_put(&expression, by_steps ? SLICE(")") : SLICE(""));
        bytes_put(&cut, SLICE("{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":"));
        json_put_string(&cut, bytes_slice(&expression));
        bytes_put(&cut, SLICE("},\"behavior\":\"Isolated\",\"invert\":false},{\"type\":\"ByteLevel\","
                              "\"add_prefix_space\":false,\"use_regex\":false}]}"));
        small_put_gpt2(bytes_slice(&cut), &text, arena);
    }
    struct way way = {.tokenizer = small_load(bytes_slice(&text), arena)};
    if (which < EXPRESSIONS && by_steps) {
        bert_words_free(way.tokenizer->bert_words);
        way.tokenizer->bert_words = NULL;
    }
    way.thread = tokenizer_thread_new(way.tokenizer);
    vec_free(&text);
    vec_free(&cut);
    vec_free(&expression);
    arena_free(arena);
    return way;
}

static const struct encoding *encode_fresh(const struct way *way, bool fresh, struct slice text, struct arena *arena)
{
    if (!fresh)
        return encode(way->thread, text, EVERYTHING, false, arena);
    struct tokenizer_thread *thread = tokenizer_thread_new(way->tokenizer);
    const struct encoding *encoding = encode(thread, text, EVERYTHING, false, arena);
    tokenizer_thread_free(thread);
    return encoding;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct way ways[TOKENIZERS][2];
    if (size == 0)
        return -1;
    struct arena *arena = fuzz_arena();
    unsigned which = (data[0] & 0x1f) % TOKENIZERS;
    bool fresh = (data[0] & 0xe0) == 0xe0;
    const struct encoding *encodings[2];
    struct slice text = fuzz_text(data + 1, size - 1, arena);
    for (unsigned i = 0; i < 2; i++) {
        if (ways[which][i].tokenizer == NULL)
            ways[which][i] = load_way(which, i == 1);
        encodings[i] = encode_fresh(&ways[which][i], fresh, text, arena);
        LAW(encodings[i] != NULL);
    }
    const struct encoding *fast = encodings[0], *steps = encodings[1];
    LAW(fast->count == steps->count);
    for (size_t i = 0; i < fast->count; i++) {
        LAW(fast->ids[i] == steps->ids[i]);
        LAW(fast->word_ids[i] == steps->word_ids[i]);
        LAW(fast->offsets[i].start == steps->offsets[i].start && fast->offsets[i].end == steps->offsets[i].end);
        LAW(slice_equal(fast->tokens[i], steps->tokens[i]));
    }
    return 0;
}
