/* distinct.c - texts that differ by more than their form: see distinct.h. */
#include "distinct.h"

#include "text/text.h"

int distinct_open(struct distinct *distinct)
{
    distinct->work = text_work_new();
    return distinct->work == NULL ? -1 : 0;
}

void distinct_release(struct distinct *distinct)
{
    text_work_free(distinct->work);
    vec_free(&distinct->all);
    vec_free(&distinct->one);
    vec_free(&distinct->other);
    vec_free(&distinct->seen);
}

void distinct_reset(struct distinct *distinct)
{
    distinct->seen.len = 0;
}

/* For ASCII, all three at once. */
static void put_ascii(struct bytes *out, struct slice text)
{
    vec_reserve(out, text.len);
    char *start = out->items + out->len, *to = start;
    bool space = false;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (text_is_space((unsigned char)byte)) {
            space = to > start;
            continue;
        }
        if (space)
            *to++ = ' ';
        space = false;
        *to++ = byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
    }
    out->len = (size_t)(to - out->items);
}

static int put_form(struct distinct *distinct, struct slice text)
{
    enum text_status status = text_normalize(distinct->work, text, TEXT_NFKC, NULL, &distinct->one);
    if (status == TEXT_CHANGED)
        text = bytes_slice(&distinct->one);
    if (status != TEXT_FAILED)
        status = text_fold(distinct->work, text, NULL, &distinct->other);
    if (status == TEXT_CHANGED)
        text = bytes_slice(&distinct->other);
    if (status != TEXT_FAILED)
        status = text_collapse_spaces(text, NULL, &distinct->one);
    if (status == TEXT_CHANGED)
        text = bytes_slice(&distinct->one);
    bytes_put(&distinct->all, text);
    return status == TEXT_FAILED ? -1 : 0;
}

int distinct_add(struct distinct *distinct, const struct slice *texts, size_t count)
{
    distinct->all.len = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_put(&distinct->all, SLICE("\n")); /* no text has one after the collapse */
        if (text_is_ascii(texts[i]))
            put_ascii(&distinct->all, texts[i]);
        else if (put_form(distinct, texts[i]) < 0)
            return -1;
    }
    struct hash hash = hash_bytes(bytes_slice(&distinct->all), 0);
    for (size_t i = 0; i < distinct->seen.len; i++)
        if (hash_compare(distinct->seen.items[i], hash) == 0)
            return 0;
    vec_push(&distinct->seen, hash);
    return 1;
}
