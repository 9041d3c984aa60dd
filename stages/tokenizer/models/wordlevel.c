/* wordlevel.c - see wordlevel.h. */
#include "wordlevel.h"

#include "base/diag.h"
#include "base/vec.h"

int wordlevel_word(const struct vocab *vocab, int32_t unk, struct slice word, struct subwords *out)
{
    int32_t id = vocab_id(vocab, word);
    out->len = 0;
    if (id < 0 && unk < 0)
        return diag_error("\"%.*s\" is not in the vocabulary, and the model has no unknown token", (int)word.len,
                          word.ptr);
    vec_push(out, ((struct subword){id >= 0 ? id : unk, 0, (uint32_t)word.len}));
    return 0;
}
