/* vocab.json and merges.txt, in one input with an empty line between them. */
#include "tokenizers.h"

#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct slice both = fuzz_slice(data, size, arena);
    const char *gap = size > 0 ? memmem(both.ptr, both.len, "\n\n", 2) : NULL;
    if (gap == NULL)
        return -1;
    /* The names matter, so they have a folder of their own. */
    const char *folder = fuzz_path("folder", arena);
    (void)mkdir(folder, 0700);
    const char *vocab = fuzz_file("folder/vocab.json", slice_between(both.ptr, gap), arena);
    const char *merges = fuzz_file("folder/merges.txt", slice_between(gap + 2, both.ptr + both.len), arena);
    check_file(vocab, arena);
    (void)unlink(vocab);
    (void)unlink(merges);
    (void)rmdir(folder);
    return 0;
}
