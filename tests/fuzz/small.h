/* small.h - small tokenizers as files: BERT's, and GPT-2's with any pre-tokenizer. */
#ifndef TESTS_FUZZ_SMALL_H
#define TESTS_FUZZ_SMALL_H

#include "fuzz.h"
#include "stages/tokenizer/tokenizer.h"

/* GPT-2's pre-tokenizer. */
#define SMALL_GPT2 "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}"

static inline void small_put_bert(struct bytes *out)
{
    static const char *const words[] = {"[PAD]",      "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "un",  "##aff",
                                        "##able",     "##ing", "##s",   "na",    "##ive",  "中",  "文",  "é",
                                        "##é",        "ss",    "1",     "##1",   "12",     "##'", "'",   "fi",
                                        "##\xcc\x81", "क",     "##क",   "か",    "##か",   "한",  "##한"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        bytes_put(out, slice_of(words[i]));
        bytes_byte(out, '\n');
    }
    for (char c = '!'; c <= '~'; c++) {
        bytes_byte(out, c);
        bytes_put(out, SLICE("\n##"));
        bytes_byte(out, c);
        bytes_byte(out, '\n');
    }
}

/* The code point by which GPT-2 spells a byte. */
static inline uint32_t small_spelling(unsigned byte)
{
    uint32_t unprintable = 0;
    for (unsigned b = 0; b <= byte; b++) {
        bool printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
        if (b == byte && printable)
            return b;
        unprintable += !printable;
    }
    return 0xff + unprintable;
}

static inline void small_put_spelled(struct bytes *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char point[4];
        size_t len = text_encode(small_spelling((unsigned char)text.ptr[i]), point);
        if (len == 1 && (point[0] == '"' || point[0] == '\\'))
            bytes_byte(out, '\\');
        bytes_append(out, point, len);
    }
}

/* pre_tokenizer: the component. */
static inline void small_put_gpt2(struct slice pre_tokenizer, struct bytes *out, struct arena *arena)
{
    static const char *const merges[][2] = {{"t", "h"},           {"th", "e"},  {" ", "the"},     {" ", "t"},
                                            {"a", "a"},           {"aa", "aa"}, {"aaaa", "aaaa"}, {" ", " "},
                                            {"  ", "  "},         {"\n", "\n"}, {"\xc3", "\xa9"}, {"\xe4", "\xb8"},
                                            {"i", "n"},           {"in", "g"},  {"'", "s"},       {"1", "2"},
                                            {"\xe4\xb8", "\xad"}, {"!", "!"},   {"\r", "\n"},     {"\xf0", "\x9f"}};
    enum { MERGES = sizeof merges / sizeof *merges };
    bytes_put(out, SLICE("{\"added_tokens\":[{\"id\":276,\"content\":\"<|endoftext|>\",\"special\":true},"
                         "{\"id\":277,\"content\":\"<mask>\",\"special\":true,\"lstrip\":true},"
                         "{\"id\":278,\"content\":\"word\",\"single_word\":true,\"normalized\":true},"
                         "{\"id\":279,\"content\":\"ab\",\"rstrip\":true,\"normalized\":false}],"
                         "\"pre_tokenizer\":"));
    bytes_put(out, pre_tokenizer);
    bytes_put(out, SLICE(",\"post_processor\":{\"type\":\"ByteLevel\",\"trim_offsets\":false},"
                         "\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\",\"vocab\":{"));
    for (unsigned i = 0; i < 256 + MERGES; i++) {
        const char byte[] = {(char)i, '\0'};
        bytes_put(out, i > 0 ? SLICE(",\"") : SLICE("\""));
        if (i < 256) {
            small_put_spelled(out, (struct slice){byte, 1});
        } else {
            small_put_spelled(out, slice_of(merges[i - 256][0]));
            small_put_spelled(out, slice_of(merges[i - 256][1]));
        }
        bytes_put(out, arena_print(arena, "\":%u", i));
    }
    bytes_put(out, SLICE("},\"merges\":["));
    for (size_t i = 0; i < MERGES; i++) {
        bytes_put(out, i > 0 ? SLICE(",[\"") : SLICE("[\""));
        small_put_spelled(out, slice_of(merges[i][0]));
        bytes_put(out, SLICE("\",\""));
        small_put_spelled(out, slice_of(merges[i][1]));
        bytes_put(out, SLICE("\"]"));
    }
    bytes_put(out, SLICE("]}}"));
}

/* The file as a tokenizer. */
static inline struct tokenizer *small_load(struct slice file, struct arena *arena)
{
    const char *path = fuzz_file("tokenizer", file, arena);
    struct tokenizer *tokenizer = tokenizer_load(path);
    if (tokenizer == NULL)
        diag_die(STATUS_FAILED, "%s", diag_message());
    (void)unlink(path);
    return tokenizer;
}

#endif
