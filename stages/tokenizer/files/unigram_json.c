/* unigram_json.c - the Unigram model of a tokenizer.json. */
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- scores ---- */

/* 10^exponent, correctly rounded. */
static double power_of_ten(int exponent)
{
    char text[8];
    (void)snprintf(text, sizeof text, "1e%d", exponent);
    return strtod(text, NULL);
}

/* Reads a number as the reference's JSON reader (serde_json) does: the digits, as many as 64 bits hold, as an integer,
 * then one multiplication or division. That is not always the nearest double, and sums of scores depend on the last
 * bit. */
static bool read_score(struct slice value, double *score)
{
    const char *at = value.ptr, *end = at + value.len;
    bool negative = at < end && *at == '-', full = false, behind_point = false;
    uint64_t digits = 0;
    int64_t exponent = 0, written = 0;
    for (at += negative; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            behind_point = true;
            continue;
        }
        unsigned digit = (unsigned)(*at - '0');
        full |= digits > (UINT64_MAX - digit) / 10;
        if (!full)
            digits = 10 * digits + digit;
        exponent += full && !behind_point ? 1 : !full && behind_point ? -1 : 0;
    }
    if (at < end) {
        bool down = ++at < end && *at == '-';
        for (at += at < end && (*at == '-' || *at == '+'); at < end; at++)
            written = written < 100000 ? 10 * written + (*at - '0') : written;
        exponent += down ? -written : written;
    }
    double number = (double)digits;
    for (; number != 0 && exponent < -308; exponent += 308)
        number /= 1e308;
    if (exponent > 308 && number != 0)
        return false;
    if (number != 0)
        number = exponent < 0 ? number / power_of_ten((int)-exponent) : number * power_of_ten((int)exponent);
    *score = negative ? -number : number;
    return !isinf(number);
}

/* ---- the vocabulary ---- */

/* ["token", score] */
static int read_entry(struct tokenizer *tokenizer, struct slice entry, struct slice *token, double *score)
{
    struct json_walk walk = json_walk(json_kind(entry) == '[' ? entry : SLICE("[]"));
    bool has_token = json_next(&walk) && json_kind(walk.value) == '"';
    if (has_token)
        *token = json_string(walk.value, tokenizer->arena);
    bool has_score = has_token && json_next(&walk) && json_kind(walk.value) == '0' && read_score(walk.value, score);
    return has_score && !json_next(&walk) ? 0 : -1;
}

static int read_vocab(struct tokenizer *tokenizer, struct slice list)
{
    enum { BYTES_PER_ENTRY = 30 };
    struct unigram *unigram = &tokenizer->unigram;
    struct json_walk walk = json_walk(list);
    VEC(struct trie_key) keys = {0};
    VEC(double) scores = {0};
    double least = INFINITY;
    int status = 0;
    vocab_init(&tokenizer->vocab, list.len / BYTES_PER_ENTRY);
    for (int32_t id = 0; status == 0 && json_next(&walk); id++) {
        struct slice token = {0};
        double score = 0;
        if (read_entry(tokenizer, walk.value, &token, &score) != 0 || id > VOCAB_MAX_ID) {
            status = diag_error("model: Unigram: vocab: entry %d: expected a token and its score", id);
            break;
        }
        vocab_add(&tokenizer->vocab, token, id);
        vec_push(&scores, score);
        if (token.len > 0)
            vec_push(&keys, ((struct trie_key){token, id}));
        least = score < least ? score : least;
    }
    const double unk_penalty = 10;
    tokenizer->unigram_scores = scores.items;
    unigram->scores = scores.items;
    unigram->unk_score = least - unk_penalty;
    if (status == 0)
        status = trie_build(&unigram->trie, keys.items, keys.len);
    vec_free(&keys);
    return status;
}

int tokenizer_load_unigram(struct tokenizer *tokenizer, const struct model_json *model)
{
    static const char where[] = "model: Unigram";
    struct unigram *unigram = &tokenizer->unigram;
    struct slice value;
    if (pretokenizer_spell(&tokenizer->pretokenizer) != 0)
        return -1;
    if (model->vocab.ptr == NULL || json_kind(model->vocab) != '[')
        return component_wrong("model", "vocab", "an array");
    unigram->unk = -1;
    if (component_bool(model->settings, where, "byte_fallback", false, &unigram->byte_fallback) != 0 ||
        (component_member(model->settings, "unk_id", &value) &&
         component_id(value, where, "unk_id", &unigram->unk) != 0) ||
        read_vocab(tokenizer, model->vocab) != 0)
        return -1;
    if (unigram->unk >= 0 && (size_t)unigram->unk >= tokenizer->vocab.size)
        return diag_error("model: Unigram: unk_id %d is not in the vocabulary", unigram->unk);
    for (unsigned byte = 0; byte < 256; byte++) {
        struct slice name = arena_print(tokenizer->arena, "<0x%02X>", byte);
        unigram->byte_ids[byte] = vocab_id(&tokenizer->vocab, name);
    }
    tokenizer->model = MODEL_UNIGRAM;
    tokenizer->unk_id = unigram->unk;
    return 0;
}
