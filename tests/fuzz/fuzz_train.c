/* Learning from any words, one a line; the first bytes say what and how. The words in another order teach the same.
 * What is written loads, encodes by the laws, and is the text again where it is byte-level. */
#include "pipeline/base/map.h"
#include "pipeline/base/stream.h"
#include "small.h"
#include "stages/train/recipe.h"
#include "stages/train/trainer.h"
#include "stages/train/unigram_trainer.h"
#include "stages/train/writer.h"
#include "tokenizers.h"

enum { CHOICES = 4, MOST_LEARNED = 64 };

struct choice {
    struct train_options options;
    struct recipe recipe;
    struct trainer_options trainer;
};

/* The special tokens are none or three, of which one is a letter, too. False if the options do not go together. */
static bool choose(const uint8_t *data, struct choice *choice)
{
    static const int cuts[] = {CUT_TYPE, CUT_WHITESPACE, CUT_NONE, CUT_GPT4};
    static const char *special[] = {"<unk>", "[UNK]", "a"}, *none[] = {"none"}, *defined[] = {"ab"};
    enum trainer_type type = (enum trainer_type)(data[0] % 3);
    bool bare = type == TRAINER_BPE && (data[3] & 1) != 0;
    choice->options = (struct train_options){
        .type = (int)type,
        .letters = data[0] / 3 % 2 == 0 ? LETTERS_BYTES : LETTERS_CHARACTERS,
        .letter_case = (data[3] & 2) != 0 ? CASE_LOWER : CASE_KEEP,
        .cut = cuts[data[3] / 4 % 4],
        .split_digits = (data[3] & 16) != 0,
        .special = {.items = bare ? none : special, .len = bare ? 1 : 3},
        .user_defined = {.items = defined, .len = (data[3] & 32) != 0},
    };
    if (recipe_make(&choice->recipe, &choice->options) != 0)
        return false;
    choice->trainer = (struct trainer_options){
        .type = type,
        .bytes = choice->recipe.bytes,
        .vocab_size = (choice->recipe.bytes ? 260U : 5U) + data[1] % MOST_LEARNED,
        .min_count = 1 + data[2] % 4,
        .max_piece = data[3] / 64,
        .alphabet = {.coverage = {1, 0}, .limit = 1 + data[2] / 4},
        .reserved = choice->recipe.reserved.items,
        .reserved_count = choice->recipe.reserved.len,
    };
    return true;
}

/* Counts differ, so that not all is a tie. */
static struct map *count_words(struct slice text, bool bytes, bool backwards)
{
    struct map *words = map_new();
    VEC(struct slice) lines = {0};
    for (struct slice left = text, line; stream_next_line(&left, &line);)
        if (line.len > 0)
            vec_push(&lines, line);
    for (size_t i = 0; i < lines.len; i++) {
        struct slice word = lines.items[backwards ? lines.len - 1 - i : i];
        LAW(bytes || text_is_utf8(word));
        *map_put(words, word) += 1 + (unsigned char)word.ptr[0] % 3;
    }
    vec_free(&lines);
    return words;
}

/* The tokenizer.json; false where the learner says that it can't. */
static bool learn(struct slice text, const struct choice *choice, bool backwards, struct bytes *file)
{
    struct map *words = count_words(text, choice->trainer.bytes, backwards);
    struct trained trained;
    trainer_start(&trained, &choice->trainer);
    bool learned = (choice->trainer.type == TRAINER_UNIGRAM ? unigram_trainer_learn
                                                            : trainer_learn)(words, &choice->trainer, &trained) == 0;
    if (learned) {
        LAW(map_len(trained.vocabulary) <= choice->trainer.vocab_size);
        writer_tokenizer(&choice->recipe, &trained, file);
    }
    trainer_release(&trained);
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
    bool whole = choice->trainer.bytes && choice->options.letter_case == CASE_KEEP &&
                 choice->recipe.cut != CUT_WHITESPACE; /* which drops it */
    if (whole && !special)
        LAW(slice_equal(decoded, text));
    tokenizer_thread_free(thread);
    tokenizer_free(tokenizer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choice choice;
    if (size < CHOICES)
        return -1;
    if (choose(data, &choice)) {
        struct arena *arena = fuzz_arena();
        struct slice text = fuzz_text(data + CHOICES, size - CHOICES, arena);
        struct slice words = choice.trainer.bytes ? fuzz_slice(data + CHOICES, size - CHOICES, arena) : text;
        struct bytes file = {0}, again = {0};
        bool learned = learn(words, &choice, false, &file);
        LAW(learned == learn(words, &choice, true, &again));
        LAW(slice_equal(bytes_slice(&file), bytes_slice(&again)));
        if (learned)
            check_learned(bytes_slice(&file), &choice, text, arena);
        vec_free(&file);
        vec_free(&again);
    }
    recipe_free(&choice.recipe);
    return 0;
}
