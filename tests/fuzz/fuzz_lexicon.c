/* A compiled lexicon that was damaged. The input: a byte that says what the text is, the text of a plain lexicon, a
 * NUL, and the damage, three bytes each: a place in the compiled file and what is added to the byte there. An odd first
 * byte has the checksum of the header put right afterwards, so that it does not hide what is wrong behind it. */
#include "lexicon_laws.h"
#include "pipeline/text/lexicon_build.h"

static int compile(struct slice text, unsigned use, struct bytes *image)
{
    struct bytes plain = {0};
    struct lexicon_build *build = lexicon_build_new(BUILD_BYTES | BUILD_KEYS);
    bytes_put(&plain, text);
    int status = lexicon_plain_read(build, &plain, (enum lexicon_use)(use % 4), "text", NULL);
    if (status == 0)
        status = lexicon_build_finish(build, image);
    lexicon_build_free(build);
    vec_free(&plain);
    return status;
}

static void damage(struct bytes *image, struct slice changes)
{
    const unsigned char *at = (const unsigned char *)changes.ptr;
    for (size_t i = 0; i + 3 <= changes.len; i += 3) {
        size_t place = (at[i] | (size_t)at[i + 1] << 8) % image->len;
        image->items[place] = (char)((unsigned char)image->items[place] + at[i + 2]);
    }
}

static void mend_header(struct bytes *image)
{
    struct lexicon_header header;
    memcpy(&header, image->items, sizeof header);
    header.header_sum = lexicon_header_sum(&header);
    memcpy(image->items, &header, sizeof header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct bytes image = {0};
    if (size == 0)
        return -1;
    const uint8_t *end = memchr(data + 1, 0, size - 1);
    size_t len = end != NULL ? (size_t)(end - data) : size;
    if (compile(fuzz_slice(data + 1, len - 1, arena), data[0] >> 1, &image) < 0)
        return -1;
    if (end != NULL)
        damage(&image, (struct slice){(const char *)end + 1, size - len - 1});
    if (data[0] & 1)
        mend_header(&image);
    /* In memory that ends where the file does, so that a read behind its end is seen. */
    struct lexicon *lexicon = lexicon_of_image(image, true, (struct lexicon_lines){0}, "lexicon");
    if (lexicon != NULL)
        check_lexicon(lexicon);
    LAW(end != NULL || lexicon != NULL);
    lexicon_free(lexicon);
    return 0;
}
