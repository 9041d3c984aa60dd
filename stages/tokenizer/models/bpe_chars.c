/* bpe_chars.c - see bpe_chars.h. */
#include "bpe_chars.h"

#include "../text/byte_spelling.h"
#include "text/text.h"

#include <stdio.h>

void bpe_chars_ready(struct bpe *bpe)
{
    for (unsigned byte = 0; bpe->byte_fallback && byte < 256; byte++) {
        char token[8];
        int len = snprintf(token, sizeof token, "<0x%02X>", byte);
        bpe->fallback_ids[byte] = vocab_id(bpe->vocab, (struct slice){token, (size_t)len});
    }
}

/* The symbols collected so far. If `unk_len` > 0, an unknown token of this many bytes is pending; the reference emits
 * it only just before the next known one, after the bytes of any character in between. */
struct start {
    struct subwords *out;
    uint32_t end, unk_len;
};

static void put_symbol(struct start *start, int32_t id, uint32_t len)
{
    vec_push(start->out, ((struct subword){id, start->end, start->end + len}));
    start->end += len;
}

static void put_waiting(const struct bpe *bpe, struct start *start)
{
    if (start->unk_len > 0)
        put_symbol(start, bpe->unk, start->unk_len);
    start->unk_len = 0;
}

static void put_unknown(const struct bpe *bpe, struct start *start, uint32_t len)
{
    if (!bpe->fuse_unk)
        put_waiting(bpe, start);
    start->unk_len += len;
}

/* Puts the character as bytes; false if the vocabulary does not have all of them. */
static bool put_bytes(const struct bpe *bpe, struct start *start, struct slice character)
{
    for (size_t i = 0; i < character.len; i++)
        if (bpe->fallback_ids[(unsigned char)character.ptr[i]] < 0)
            return false;
    for (size_t i = 0; i < character.len; i++)
        put_symbol(start, bpe->fallback_ids[(unsigned char)character.ptr[i]], 1);
    return true;
}

/* The character at a place of the word as the vocabulary spells it, with the affixes for that place; *len: its bytes in
 * the word. */
static struct slice spelled_at(const struct bpe *bpe, struct bytes *spelled, struct slice word, size_t at, size_t *len)
{
    char bytes[4];
    struct slice character = {bytes, 0};
    if (bpe->byte_level) {
        *len = 1;
        character.len = text_encode(byte_spelling((unsigned char)word.ptr[at]), bytes);
    } else {
        (void)text_decode(word.ptr + at, len);
        character = (struct slice){word.ptr + at, *len};
        if ((at == 0 || bpe->prefix.len == 0) && (at + *len < word.len || bpe->suffix.len == 0))
            return character;
    }
    spelled->len = 0;
    if (at > 0)
        bytes_put(spelled, bpe->prefix);
    bytes_put(spelled, character);
    if (at + *len == word.len)
        bytes_put(spelled, bpe->suffix);
    return bytes_slice(spelled);
}

void bpe_chars_start(const struct bpe *bpe, struct bytes *spelled, struct slice word, struct subwords *out,
                     bool *left_out)
{
    struct start start = {.out = out};
    *left_out = false;
    out->len = 0;
    for (size_t at = 0, len; at < word.len; at += len) {
        struct slice character = spelled_at(bpe, spelled, word, at, &len);
        int32_t id = vocab_id(bpe->vocab, character);
        if (id >= 0) {
            put_waiting(bpe, &start);
            put_symbol(&start, id, (uint32_t)len);
        } else if (bpe->byte_fallback && put_bytes(bpe, &start, character)) {
            continue;
        } else if (bpe->unk >= 0) {
            put_unknown(bpe, &start, (uint32_t)len);
        } else {
            *left_out = true;
        }
    }
    put_waiting(bpe, &start);
}
