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

/* ASCII in small letters; the compiler makes vector instructions of both loops. */
static void lower_ascii(const char *from, size_t len, char *to)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (char)(from[i] + ((unsigned char)(from[i] - 'A') < 26 ? 'a' - 'A' : 0));
}

/* Has the text no white space but single spaces between words? */
static bool is_collapsed(const char *text, size_t len)
{
    unsigned others = 0;
    for (size_t i = 1; i < len; i++)
        others |= (text[i] <= ' ') & ((text[i] != ' ') | (text[i - 1] == ' '));
    return len == 0 || (others == 0 && text[0] > ' ' && text[len - 1] > ' ');
}

/* For ASCII, where NFKC changes nothing. */
static void put_ascii(struct bytes *out, struct slice text)
{
    vec_reserve(out, text.len);
    char *start = out->items + out->len, *to = start;
    lower_ascii(text.ptr, text.len, start);
    out->len += text.len;
    if (is_collapsed(start, text.len))
        return;
    bool space = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text_is_space((unsigned char)start[i])) {
            space = to > start;
            continue;
        }
        if (space)
            *to++ = ' ';
        space = false;
        *to++ = start[i];
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
    struct bytes *spare = text.ptr == distinct->one.items ? &distinct->other : &distinct->one; /* what text is not in */
    if (status != TEXT_FAILED)
        status = text_collapse_spaces(text, NULL, spare);
    if (status == TEXT_CHANGED)
        text = bytes_slice(spare);
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
