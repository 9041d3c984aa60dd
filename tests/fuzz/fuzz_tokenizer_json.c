/* A file that is to be read as tokenizer.json, whatever it holds. */
#include "tokenizers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    const char *path = fuzz_file("tokenizer.json", fuzz_slice(data, size, arena), arena);
    check_file(path, arena);
    (void)unlink(path);
    return 0;
}
