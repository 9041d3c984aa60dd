/* word_order.c - see word_order.h. */
#include "word_order.h"

#include "../tokenizer/text/byte_spelling.h"

#include <stddef.h>

/* Spellings are characters, and UTF-8 sorts as code points do. */
struct word_order word_order_of(enum word_spelling spelling)
{
    struct word_order order = {{0}};
    for (unsigned byte = 0; byte < 256; byte++) {
        if (spelling == WORDS_AS_TEXT)
            order.rank[byte] = (uint8_t)byte;
        for (unsigned other = 0; spelling == WORDS_AS_BYTES && other < 256; other++)
            order.rank[byte] = (uint8_t)(order.rank[byte] +
                                         (byte_spelling((unsigned char)other) < byte_spelling((unsigned char)byte)));
    }
    return order;
}

int word_order_compare(const struct word_order *order, struct slice a, struct slice b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < shared; i++)
        if (a.ptr[i] != b.ptr[i])
            return order->rank[(unsigned char)a.ptr[i]] < order->rank[(unsigned char)b.ptr[i]] ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

uint64_t word_order_head(const struct word_order *order, struct slice word)
{
    uint64_t head = 0;
    for (size_t i = 0; i < sizeof head; i++)
        head = head << 8 | (i < word.len ? order->rank[(unsigned char)word.ptr[i]] : 0);
    return head;
}
