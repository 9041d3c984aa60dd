/* wordpiece.c - see wordpiece.h.
 *
 * The first bytes of the rest of a word limit which lengths a token can have, and only those lengths are tried: each is
 * one probe with the hash of that prefix, which reads no bytes unless the hash is in the table. No prefix longer than
 * the longest token is tried: a word of any length takes linear time. */
#include "wordpiece.h"

#include "base/vec.h"
#include "text/text.h"

/* Tokens of fewer bytes than FIRST are always tried; those of LONG bytes and more count as one length. */
enum { FIRST = 3, LONG = FIRST + 31 };

static size_t place_of(const char *text, bool continues)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t key = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)continues << 24;
    return key * 0x9e3779b1u >> (32 - WORDPIECE_LENGTHS_BITS);
}

static void note_length(struct wordpiece *wordpiece, struct slice token, bool continues)
{
    if (token.len >= FIRST)
        wordpiece->lengths[place_of(token.ptr, continues)] |= 1u << ((token.len < LONG ? token.len : LONG) - FIRST);
}

void wordpiece_ready(struct wordpiece *wordpiece)
{
    struct slice prefix = wordpiece->prefix;
    wordpiece->longest = 0;
    wordpiece->prefix_hash = vocab_hash_start();
    for (size_t i = 0; i < prefix.len; i++)
        wordpiece->prefix_hash = vocab_hash_byte(wordpiece->prefix_hash, prefix.ptr[i]);
    for (size_t id = 0; id < wordpiece->vocab->size; id++) {
        struct slice token = wordpiece->vocab->tokens[id];
        if (token.len > wordpiece->longest)
            wordpiece->longest = token.len;
        note_length(wordpiece, token, false);
        if (slice_starts(token, prefix))
            note_length(wordpiece, (struct slice){token.ptr + prefix.len, token.len - prefix.len}, true);
    }
}

/* The next length to try below this one; 0: none. */
static size_t next_length(uint32_t lengths, size_t below)
{
    if (below > LONG && lengths >> (LONG - FIRST) != 0)
        return below - 1;
    if (below > LONG)
        below = LONG;
    if (below <= FIRST)
        return below - 1;
    lengths &= (1u << (below - FIRST)) - 1;
    return lengths != 0 ? FIRST + 31 - (size_t)__builtin_clz(lengths) : FIRST - 1;
}

/* The id of the longest token that the text starts with, or -1. */
static int32_t longest_prefix(const struct wordpiece *wordpiece, struct wordpiece_scratch *scratch, bool continues,
                              struct slice text, size_t *len)
{
    size_t most = text.len < wordpiece->longest ? text.len : wordpiece->longest;
    uint32_t lengths = most >= FIRST ? wordpiece->lengths[place_of(text.ptr, continues)] : 0;
    struct slice prefix = continues ? wordpiece->prefix : (struct slice){NULL, 0};
    uint64_t hash = continues ? wordpiece->prefix_hash : vocab_hash_start();
    *len = next_length(lengths, most + 1);
    scratch->len = 0;
    vec_reserve(scratch, *len + 1);
    for (size_t i = 0; i < *len; i++) {
        hash = vocab_hash_byte(hash, text.ptr[i]);
        scratch->items[i + 1] = hash;
    }
    for (; *len > 0; *len = next_length(lengths, *len)) {
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
            int32_t id = longest_prefix(wordpiece, scratch, at > 0, rest, &len);
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
