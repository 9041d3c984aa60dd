/* key.c - the key of a word: see key.h. */
#include "text/key.h"

#include "base/memory.h"
#include "text/text.h"

struct keys {
    struct text_work *work;
    struct bytes plain, folded, composed; /* after each step */
};

struct keys *keys_new(void)
{
    struct text_work *work = text_work_new();
    if (work == NULL)
        return NULL;
    struct keys *keys = mem_zalloc(1, sizeof *keys);
    keys->work = work;
    return keys;
}

void keys_free(struct keys *keys)
{
    if (keys == NULL)
        return;
    text_work_free(keys->work);
    vec_free(&keys->plain);
    vec_free(&keys->folded);
    vec_free(&keys->composed);
    mem_free(keys);
}

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

/* The first byte that the key of an ASCII word changes, or its end; NULL if the word is not ASCII. */
static const char *first_upper(struct slice word)
{
    const char *end = word.ptr + word.len, *first = end;
    for (const char *at = word.ptr; at < end; at++) {
        if ((unsigned char)*at >= 0x80)
            return NULL;
        if (first == end && is_upper(*at))
            first = at;
    }
    return first;
}

static struct slice ascii_key(struct keys *keys, struct slice word, const char *first)
{
    if (first == word.ptr + word.len)
        return word;
    keys->folded.len = 0;
    bytes_put(&keys->folded, word);
    for (size_t i = (size_t)(first - word.ptr); i < word.len; i++)
        if (is_upper(keys->folded.items[i]))
            keys->folded.items[i] = (char)(keys->folded.items[i] + ('a' - 'A'));
    return bytes_slice(&keys->folded);
}

/* The word with U+0027 for each U+2019. */
static struct slice plain_apostrophes(struct keys *keys, struct slice word)
{
    const char *at = word.ptr, *end = at + word.len;
    keys->plain.len = 0;
    for (; at < end; at++) {
        bool curly = end - at >= 3 && memcmp(at, "\xe2\x80\x99", 3) == 0;
        bytes_byte(&keys->plain, curly ? '\'' : *at);
        at += curly ? 2 : 0;
    }
    return bytes_slice(&keys->plain);
}

struct slice key_of_word(struct keys *keys, struct slice word)
{
    const char *first = first_upper(word);
    if (first != NULL)
        return ascii_key(keys, word, first);
    word = plain_apostrophes(keys, word);
    enum text_status folds = text_fold(keys->work, word, NULL, &keys->folded);
    if (folds == TEXT_CHANGED)
        word = bytes_slice(&keys->folded);
    enum text_status composes =
        folds == TEXT_FAILED ? TEXT_FAILED : text_normalize(keys->work, word, TEXT_NFC, NULL, &keys->composed);
    if (composes == TEXT_FAILED)
        return (struct slice){NULL, 0};
    return composes == TEXT_CHANGED ? bytes_slice(&keys->composed) : word;
}
