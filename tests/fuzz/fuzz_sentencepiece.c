/* A file that is to be read as a SentencePiece model. */
#include "tokenizers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    const char *path = fuzz_file("spiece.model", fuzz_slice(data, size, arena), arena);
    check_file(path, arena);
    (void)unlink(path);
    return 0;
}
