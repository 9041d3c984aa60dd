/* denoisers.c - see denoisers.h. */
#include "denoisers.h"

#include "../documents/markers.h"
#include "base/diag.h"
#include "base/vec.h"
#include "text/json.h"

/* Takes what is before the sign away from the text; all of it if there is none. */
static struct slice take_field(struct slice *text, char sign)
{
    const char *end = text->ptr + text->len, *at = memchr(text->ptr, sign, text->len);
    struct slice field = slice_between(text->ptr, at != NULL ? at : end);
    *text = at != NULL ? slice_between(at + 1, end) : (struct slice){end, 0};
    return field;
}

static int read_weight(struct slice text, uint64_t *weight)
{
    int64_t number = 0;
    if (!json_int(text, &number) || number < 1 || number > INT32_MAX)
        return -1;
    *weight = (uint64_t)number;
    return 0;
}

static int read_one(const char *text, struct denoiser *denoiser)
{
    static const char expected[] = "expected R:MEAN:DENSITY, X:MEAN:DENSITY or S:SHARE, perhaps with *WEIGHT at its "
                                   "end";
    struct slice rest = slice_of(text);
    bool weighted = strchr(text, '*') != NULL;
    *denoiser = (struct denoiser){.name = take_field(&rest, '*'), .weight = 1};
    if (weighted && read_weight(rest, &denoiser->weight) < 0)
        return diag_error("--denoisers %s: the weight must be an integer from 1 to 2147483647", text);
    rest = denoiser->name;
    struct slice kind = take_field(&rest, ':');
    if (kind.len != 1 || strchr("RXS", kind.ptr[0]) == NULL)
        return diag_error("--denoisers %s: %s", text, expected);
    denoiser->kind = kind.ptr[0];
    if (denoiser->kind != 'S') {
        if (!decimal_read(take_field(&rest, ':'), MEAN_MOST, &denoiser->mean) || !decimal_is_whole(denoiser->mean))
            return diag_error("--denoisers %s: the mean length must be a number from 1 to %d", text, MEAN_MOST);
    }
    if (!decimal_read(rest, 1, &denoiser->density))
        return diag_error("--denoisers %s: the share must be a number from 0 to 1 (%s)", text, expected);
    return 0;
}

/* A token for each kind that is there; others may be named too. */
static int read_modes(const struct words *modes, const struct tokenizer *tokenizer, const char *model,
                      struct denoisers *denoisers)
{
    for (size_t i = 0; i < modes->len; i++) {
        const char *text = modes->items[i];
        struct marker token;
        if (strchr("RXS", text[0]) == NULL || text[1] != '=' || text[2] == '\0')
            return diag_error("--mode-tokens %s: expected R=TOKEN, X=TOKEN or S=TOKEN", text);
        if (marker_find(tokenizer, model, "mode-tokens", text + 2, &token) < 0)
            return -1;
        for (size_t k = 0; k < denoisers->len; k++) {
            struct denoiser *denoiser = &denoisers->items[k];
            if (denoiser->kind == text[0]) {
                denoiser->has_mode = true;
                denoiser->mode = token.id;
            }
        }
    }
    for (size_t k = 0; modes->len > 0 && k < denoisers->len; k++)
        if (!denoisers->items[k].has_mode)
            return diag_error("--mode-tokens: there is none for the kind %c", denoisers->items[k].kind);
    return 0;
}

int denoisers_read(const struct words *texts, const struct words *modes, const struct tokenizer *tokenizer,
                   const char *model, struct denoisers *denoisers)
{
    *denoisers = (struct denoisers){0};
    for (size_t i = 0; i < texts->len; i++) {
        struct denoiser denoiser;
        if (read_one(texts->items[i], &denoiser) < 0)
            return -1;
        vec_push(denoisers, denoiser);
        denoisers->weight += denoiser.weight;
    }
    return read_modes(modes, tokenizer, model, denoisers);
}

void denoisers_free(struct denoisers *denoisers)
{
    vec_free(denoisers);
}
