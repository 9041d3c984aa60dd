/* An expression, a NUL, a text: what is accepted finds matches from left to right, or says that it gives up. */
#include "fuzz.h"
#include "stages/tokenizer/text/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct regex_work *thread;
    if (thread == NULL)
        thread = regex_work_new();
    struct arena *arena = fuzz_arena();
    struct slice both = fuzz_text(data, size, arena);
    const char *gap = size > 0 ? memchr(both.ptr, '\0', both.len) : NULL;
    if (gap == NULL)
        return -1;
    struct regex *pattern = pattern_new(slice_between(both.ptr, gap));
    struct slice text = slice_between(gap + 1, both.ptr + both.len);
    if (pattern == NULL) {
        LAW(diag_message()[0] != '\0');
        return 0;
    }
    struct pattern_matches matches = {0};
    size_t start, end, last_end = 0;
    while (pattern_next(pattern, thread, text, &matches, &start, &end) == 1) {
        LAW(start >= last_end && end >= start && end <= text.len);
        LAW(start == text.len || ((unsigned char)text.ptr[start] & 0xc0) != 0x80);
        LAW(end == text.len || ((unsigned char)text.ptr[end] & 0xc0) != 0x80);
        last_end = end;
    }
    regex_free(pattern);
    return 0;
}
