/* A chain in the shell's quoting: no command is empty, and every word comes back from its quoted form. */
#include "fuzz.h"
#include "pipeline/record/options.h"

static void put_quoted(struct bytes *out, const char *word)
{
    bytes_byte(out, '\'');
    for (; *word != '\0'; word++)
        if (*word == '\'')
            bytes_put(out, SLICE("'\\''"));
        else
            bytes_byte(out, *word);
    bytes_put(out, SLICE("' "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    const char *chain = arena_print(arena, "%.*s", (int)size, (const char *)data).ptr;
    struct commands commands = {0}, again = {0};
    struct bytes quoted = {0};
    if (words_split("chain", chain, &commands) == 0) {
        for (size_t c = 0; c < commands.len; c++) {
            const struct words *words = &commands.items[c];
            LAW(words->len > 0);
            if (c > 0)
                bytes_byte(&quoted, '|');
            for (size_t w = 0; w < words->len; w++)
                put_quoted(&quoted, words->items[w]);
        }
        bytes_byte(&quoted, '\0');
        LAW(words_split("chain", quoted.items, &again) == 0 && again.len == commands.len);
        for (size_t c = 0; c < commands.len; c++) {
            LAW(again.items[c].len == commands.items[c].len);
            for (size_t w = 0; w < commands.items[c].len; w++)
                LAW(strcmp(again.items[c].items[w], commands.items[c].items[w]) == 0);
        }
        words_split_release(&again);
    }
    words_split_release(&commands);
    vec_free(&quoted);
    return 0;
}
