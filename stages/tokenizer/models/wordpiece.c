/* wordpiece.c - see wordpiece.h.
 *
 * The hash of every prefix of what is left is known after one pass over it, so that trying the next shorter one is
 * one probe, without a look at the bytes unless the hash is in the table. No prefix longer than the longest
 * token is tried: a word of any length takes linear time. */
#include "wordpiece.h"

#include "text.h"
#include "vec.h"

void wordpiece_ready(struct wordpiece *wordpiece)
{
    wordpiece->longest = 0;
    for (size_t id = 0; id < wordpiece->vocab->size; id++)
        if (wordpiece->vocab->tokens[id].len > wordpiece->longest)
            wordpiece->longest = wordpiece->vocab->tokens[id].len;
}

/* The longest token that the text starts with: its id, -1 where there is none. */
static int32_t longest_prefix(const struct wordpiece *wordpiece, struct wordpiece_scratch *scratch, struct slice prefix,
                              struct slice text, size_t *len)
{
    size_t most = text.len < wordpiece->longest ? text.len : wordpiece->longest;
    scratch->len = 0;
    vec_reserve(scratch, most + 1);
    uint64_t hash = vocab_hash_start();
    for (size_t i = 0; i < prefix.len; i++)
        hash = vocab_hash_byte(hash, prefix.ptr[i]);
    for (size_t i = 0; i < most; i++) {
        hash = vocab_hash_byte(hash, text.ptr[i]);
        scratch->items[i + 1] = hash;
    }
    for (*len = most; *len > 0; (*len)--) {
        int32_t id = vocab_find(wordpiece->vocab, prefix, (struct slice){text.ptr, *len}, scratch->items[*len]);
        if (id >= 0)
            return id;
    }
    return -1;
}

void wordpiece_word(const struct wordpiece *wordpiece, struct wordpiece_scratch *scratch, struct slice word,
                    struct subwords *out)
{
    out->len = 0;
    size_t at = 0;
    if (word.len <= wordpiece->max_chars || text_length(word) <= wordpiece->max_chars) {
        while (at < word.len) {
            struct slice rest = {word.ptr + at, word.len - at};
            size_t len;
            int32_t id =
                longest_prefix(wordpiece, scratch, at > 0 ? wordpiece->prefix : (struct slice){NULL, 0}, rest, &len);
            if (id < 0)
                break;
            vec_push(out, ((struct subword){id, (uint32_t)at, (uint32_t)(at + len)}));
            at += len;
        }
    }
    if (at < word.len) {
        out->len = 0;
        vec_push(out, ((struct subword){wordpiece->unk, 0, (uint32_t)word.len}));
    }
}
