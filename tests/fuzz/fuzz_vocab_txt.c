/* A file that is to be read as vocab.txt, and what else is seen from its contents not to be one. */
#include "tokenizers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    const char *path = fuzz_file("vocab.txt", fuzz_slice(data, size, arena), arena);
    check_file(path, arena);
    (void)unlink(path);
    return 0;
}
