/* Learning from any words, one a line; the first bytes say what and how. The words in another order teach the same.
 * What is written loads, encodes by the laws, and is the text again where it is byte-level. */
#include "pipeline/base/map.h"
#include "pipeline/base/stream.h"
#include "small.h"
#include "stages/train/trainer.h"
#include "stages/train/unigram_trainer.h"
#include "stages/train/writer.h"
#include "tokenizers.h"

enum { CHOICES = 4, MOST_LEARNED = 64 };

static const struct slice no_unknown[] = {{"<s>", 3}, {"a", 1}}, unknown[] = {{"[UNK]", 5}, {"<unk>", 5}, {"a", 1}};

struct choice {
    struct trainer_options options;
    enum writer_cut cut;
    bool lowercase;
};

static struct choice choose(const uint8_t *data)
{
    static const enum trainer_type types[] = {TRAINER_BPE, TRAINER_WORDPIECE, TRAINER_UNIGRAM};
    static const enum writer_cut cuts[] = {WRITER_GPT2, WRITER_BERT, WRITER_WHITESPACE};
    enum trainer_type type = types[data[0] % 3];
    bool has_a = (data[3] & 1) != 0; /* a special token that is a letter, too */
    struct choice choice = {.cut = cuts[data[3] / 4 % 3], .lowercase = (data[3] & 2) != 0};
    choice.options = (struct trainer_options){
        .type = type,
        .vocab_size = (type == TRAINER_BPE ? 258U : 3U) + data[1] % MOST_LEARNED,
        .min_count = 1 + data[2] % 4,
        .limit_alphabet = 1 + data[2] / 4,
        .special = type == TRAINER_BPE ? no_unknown : unknown,
        .special_count = (type == TRAINER_BPE ? 1 : 2) + (size_t)has_a,
    };
    if (type == TRAINER_UNIGRAM)
        choice.cut = WRITER_METASPACE;
    else if (type == TRAINER_WORDPIECE && choice.cut == WRITER_GPT2)
        choice.cut = WRITER_BERT;
    return choice;
}

/* Counts differ, so that not all is a tie. */
static struct map *count_words(struct slice text, enum trainer_type type, bool backwards)
{
    struct map *words = map_new();
    VEC(struct slice) lines = {0};
    for (struct slice left = text, line; stream_next_line(&left, &line);)
        if (line.len > 0)
            vec_push(&lines, line);
    for (size_t i = 0; i < lines.len; i++) {
        struct slice word = lines.items[backwards ? lines.len - 1 - i : i];
        LAW(type == TRAINER_BPE || text_is_utf8(word));
        *map_put(words, word) += 1 + (unsigned char)word.ptr[0] % 3;
    }
    vec_free(&lines);
    return words;
}

/* The tokenizer.json; false where the learner says that it can't. */
static bool learn(struct slice text, const struct choice *choice, bool backwards, struct bytes *file)
{
    struct map *words = count_words(text, choice->options.type, backwards);
    struct trained trained;
    bool learned = (choice->options.type == TRAINER_UNIGRAM ? unigram_trainer_learn
                                                            : trainer_learn)(words, &choice->options, &trained) == 0;
    if (learned) {
        LAW(map_len(trained.vocabulary) <= choice->options.vocab_size);
        writer_tokenizer(&trained, choice->cut, choice->lowercase, file);
        trainer_release(&trained);
    }
    map_free(words);
    return learned;
}

static void check_learned(struct slice file, const struct choice *choice, struct slice text, struct arena *arena)
{
    struct tokenizer *tokenizer = small_load(file, arena);
    struct tokenizer_thread *thread = tokenizer_thread_new(tokenizer);
    const struct encoding *encoding = check_text(tokenizer, thread, text, false, arena);
    LAW(encoding != NULL);
    bool special = false;
    for (size_t i = 0; i < encoding->count; i++)
        special |= tokenizer_is_special(tokenizer, encoding->ids[i]);
    struct slice decoded;
    LAW(tokenizer_decode(tokenizer, encoding->ids, encoding->count, true, arena, &decoded) == 0);
    LAW(text_is_utf8(decoded));
    if (choice->cut == WRITER_GPT2 && !special)
        LAW(slice_equal(decoded, text));
    tokenizer_thread_free(thread);
    tokenizer_free(tokenizer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CHOICES)
        return -1;
    struct arena *arena = fuzz_arena();
    struct choice choice = choose(data);
    struct slice text = fuzz_text(data + CHOICES, size - CHOICES, arena);
    struct slice words = choice.options.type == TRAINER_BPE ? fuzz_slice(data + CHOICES, size - CHOICES, arena) : text;
    struct bytes file = {0}, again = {0};
    bool learned = learn(words, &choice, false, &file);
    LAW(learned == learn(words, &choice, true, &again));
    LAW(slice_equal(bytes_slice(&file), bytes_slice(&again)));
    if (learned)
        check_learned(bytes_slice(&file), &choice, text, arena);
    vec_free(&file);
    vec_free(&again);
    return 0;
}
