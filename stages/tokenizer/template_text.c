/* template_text.c - templates as text: see tokenizer_read_template in tokenizer.h. */
#include "base/diag.h"
#include "parts.h"
#include "text/json.h"

#include <inttypes.h>

const struct template *tokenizer_template(const struct tokenizer *tokenizer, bool pair)
{
    return pair ? &tokenizer->pair : &tokenizer->single;
}

/* Takes ":N" off the end of the part. */
static int32_t take_type(struct slice *part)
{
    size_t at = part->len;
    int64_t type;
    while (at > 0 && part->ptr[at - 1] >= '0' && part->ptr[at - 1] <= '9')
        at--;
    if (at < 2 || at == part->len || part->ptr[at - 1] != ':' ||
        !json_int((struct slice){part->ptr + at, part->len - at}, &type) || type > INT32_MAX)
        return 0;
    part->len = at - 1;
    return (int32_t)type;
}

static int add_part(const struct tokenizer *tokenizer, struct slice part, struct template *template)
{
    int64_t id;
    int32_t type = take_type(&part);
    if (slice_is(part, "$A") || slice_is(part, "$B"))
        return template_add(template, part.ptr[1] == 'A' ? TEMPLATE_FIRST : TEMPLATE_SECOND, type, 0,
                            (struct slice){NULL, 0});
    if (part.ptr[0] == '#' && json_int((struct slice){part.ptr + 1, part.len - 1}, &id) && id >= 0 && id <= INT32_MAX &&
        tokenizer_token(tokenizer, (int32_t)id).len > 0)
        return template_add(template, TEMPLATE_SPECIAL, type, (int32_t)id, tokenizer_token(tokenizer, (int32_t)id));
    id = tokenizer_id(tokenizer, part);
    if (id < 0)
        return diag_error("\"%.*s\" is neither $A, $B nor a token of the vocabulary", (int)part.len, part.ptr);
    return template_add(template, TEMPLATE_SPECIAL, type, (int32_t)id, tokenizer_token(tokenizer, (int32_t)id));
}

int tokenizer_read_template(const struct tokenizer *tokenizer, const char *text, struct template *template)
{
    *template = (struct template){0};
    for (const char *at = text; *at != '\0';) {
        const char *end = at;
        while (*end != '\0' && *end != ' ')
            end++;
        if (end > at && add_part(tokenizer, slice_between(at, end), template) < 0)
            return -1;
        at = *end == ' ' ? end + 1 : end;
    }
    return 0;
}
