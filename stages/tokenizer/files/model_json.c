/* model_json.c - the models BPE and WordLevel of a tokenizer.json. */
#include "../models/bpe_chars.h"
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"
#include "text/text.h"

static int load_vocab(struct tokenizer *tokenizer, const struct model_json *model)
{
    if (model->vocab.ptr == NULL || json_kind(model->vocab) != '{')
        return component_wrong("model", "vocab", "an object");
    return tokenizer_load_vocab(tokenizer, model->vocab);
}

/* ---- BPE ---- */

/* "a b", or, in newer files, ["a", "b"] */
static int read_merge(struct tokenizer *tokenizer, struct slice value, uint32_t rank, struct bpe_halves *merge)
{
    if (json_kind(value) == '"') {
        struct slice text = json_string(value, tokenizer->arena);
        const char *blank = text.len > 0 ? memchr(text.ptr, ' ', text.len) : NULL;
        if (blank == NULL)
            return diag_error("model: merge %u: expected two tokens", rank + 1);
        *merge = (struct bpe_halves){slice_between(text.ptr, blank), slice_between(blank + 1, text.ptr + text.len)};
        return 0;
    }
    struct slice halves[2];
    struct json_walk pair = json_walk(json_kind(value) == '[' ? value : SLICE("[]"));
    size_t count = 0;
    for (; json_next(&pair); count++)
        if (count < 2 && json_kind(pair.value) == '"')
            halves[count] = json_string(pair.value, tokenizer->arena);
        else
            count = 2;
    if (count != 2)
        return diag_error("model: merge %u: expected two tokens", rank + 1);
    *merge = (struct bpe_halves){halves[0], halves[1]};
    return 0;
}

/* As the reference does: a merge of two strings is one, whatever it says. */
static bool is_version_line(struct tokenizer *tokenizer, struct slice value)
{
    bool may = json_kind(value) == '"' && (value.ptr[1] == '#' || value.ptr[1] == '\\');
    return may && slice_starts(json_string(value, tokenizer->arena), SLICE("#version"));
}

static int load_merges(struct tokenizer *tokenizer, struct slice list)
{
    struct json_walk walk = json_walk(list);
    struct bpe_batch batch;
    batch.count = batch.rank = 0;
    while (json_next(&walk)) {
        if (is_version_line(tokenizer, walk.value))
            continue;
        if (read_merge(tokenizer, walk.value, batch.rank + batch.count, &batch.merges[batch.count]) != 0 ||
            bpe_batch_put(&tokenizer->bpe, &batch) != 0)
            return -1;
    }
    return bpe_batch_end(&tokenizer->bpe, &batch);
}

static int read_affixes(struct tokenizer *tokenizer, struct slice settings)
{
    static const char where[] = "model: BPE";
    struct bpe *bpe = &tokenizer->bpe;
    if (component_string(tokenizer->arena, settings, where, "continuing_subword_prefix", "", &bpe->prefix) != 0 ||
        component_string(tokenizer->arena, settings, where, "end_of_word_suffix", "", &bpe->suffix) != 0)
        return -1;
    /* The reference removes as many bytes from a merge as the prefix has characters. */
    if (!text_is_ascii(bpe->prefix))
        return diag_error("%s: continuing_subword_prefix \"%.*s\": only ASCII is supported", where,
                          (int)bpe->prefix.len, bpe->prefix.ptr);
    return 0;
}

/* The reference accepts these settings, but the results make no sense. */
static int check_bpe(const struct tokenizer *tokenizer)
{
    static const char where[] = "model: BPE";
    const struct bpe *bpe = &tokenizer->bpe;
    bool affixed = bpe->prefix.len > 0 || bpe->suffix.len > 0;
    if (bpe->byte_fallback && affixed)
        return diag_error("%s: byte_fallback with a subword prefix or suffix is not supported", where);
    if (bpe->byte_level && affixed && bpe->unk < 0)
        return diag_error("%s: a subword prefix or suffix after ByteLevel without unk_token is not supported", where);
    for (unsigned byte = 0; bpe->byte_level && bpe->byte_fallback && byte < 256; byte++)
        if (bpe->byte_ids[byte] < 0)
            return diag_error("%s: byte_fallback after ByteLevel: byte %u is not in the vocabulary", where, byte);
    return 0;
}

int tokenizer_load_bpe(struct tokenizer *tokenizer, const struct model_json *model)
{
    static const char where[] = "model: BPE";
    struct bpe *bpe = &tokenizer->bpe;
    struct slice settings = model->settings, unk, value;
    if (component_member(settings, "dropout", &value) && !slice_is(value, "0.0") && !slice_is(value, "0"))
        return diag_error("%s: dropout in the file is not supported (tokenize --dropout sets it)", where);
    if (load_vocab(tokenizer, model) != 0 || read_affixes(tokenizer, settings) != 0 ||
        component_bool(settings, where, "fuse_unk", false, &bpe->fuse_unk) != 0 ||
        component_bool(settings, where, "byte_fallback", false, &bpe->byte_fallback) != 0 ||
        component_bool(settings, where, "ignore_merges", false, &bpe->ignore_merges) != 0 ||
        component_string(tokenizer->arena, settings, where, "unk_token", "", &unk) != 0)
        return -1;
    if (model->merges.ptr == NULL || json_kind(model->merges) != '[')
        return component_wrong("model", "merges", "an array");
    if (tokenizer_use_bpe(tokenizer, unk, tokenizer->vocab.used) != 0 || check_bpe(tokenizer) != 0)
        return -1;
    bpe_chars_ready(bpe);
    return load_merges(tokenizer, model->merges);
}

/* ---- WordLevel ---- */

int tokenizer_load_wordlevel(struct tokenizer *tokenizer, const struct model_json *model)
{
    struct slice unk;
    if (pretokenizer_spell(&tokenizer->pretokenizer) != 0 || load_vocab(tokenizer, model) != 0 ||
        component_string(tokenizer->arena, model->settings, "model: WordLevel", "unk_token", "<unk>", &unk) != 0)
        return -1;
    tokenizer->model = MODEL_WORDLEVEL;
    tokenizer->unk_id = vocab_id(&tokenizer->vocab, unk);
    return 0;
}
