/* decoder.c - see decoder.h. */
#include "decoder.h"

#include "base/diag.h"
#include "models/sentencepiece_normalizer.h"
#include "parts.h"
#include "text/byte_spelling.h"
#include "text/text.h"

/* The tokens, concatenated, and where each one ends; and those that the next step writes. */
struct ends {
    size_t *items;
    size_t len, cap;
};

struct decoding {
    struct bytes text, made;
    struct ends ends, made_ends;
    struct regex_work *patterns;
};

static void decoding_free(struct decoding *decoding)
{
    vec_free(&decoding->text);
    vec_free(&decoding->made);
    vec_free(&decoding->ends);
    vec_free(&decoding->made_ends);
    regex_work_free(decoding->patterns);
}

static struct slice token_at(const struct decoding *decoding, size_t index)
{
    size_t start = index > 0 ? decoding->ends.items[index - 1] : 0;
    return (struct slice){decoding->text.items + start, decoding->ends.items[index] - start};
}

/* Makes a token of what was written since the last one. */
static void end_token(struct decoding *decoding)
{
    vec_push(&decoding->made_ends, decoding->made.len);
}

static size_t made_start(const struct decoding *decoding)
{
    size_t count = decoding->made_ends.len;
    return count > 0 ? decoding->made_ends.items[count - 1] : 0;
}

static void swap_made(struct decoding *decoding)
{
    struct bytes text = decoding->text;
    struct ends ends = decoding->ends;
    decoding->text = decoding->made;
    decoding->ends = decoding->made_ends;
    decoding->made = text;
    decoding->made_ends = ends;
    decoding->made.len = decoding->made_ends.len = 0;
}

/* ---- bytes that may not be UTF-8 ---- */

static const char replacement[] = "\xef\xbf\xbd";

/* The length of the longest prefix of a sequence that could still become valid: Rust's from_utf8_lossy and Unicode
 * (3.9, U+FFFD substitution of maximal subparts) replace it as a whole. */
static size_t broken_length(const char *at, const char *end)
{
    const unsigned char *s = (const unsigned char *)at;
    size_t left = (size_t)(end - at), len = s[0] >= 0xf0 ? 3 : 2;
    if (s[0] < 0xe0 || s[0] > 0xf4 || left < 2)
        return 1;
    unsigned char low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high)
        return 1;
    return len == 3 && left > 2 && (s[2] & 0xc0) == 0x80 ? 3 : 2;
}

static void put_lossy(struct bytes *out, struct slice bytes)
{
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len, *valid = at;
    while (at < end) {
        size_t len = text_sequence(at, end);
        if (len > 0) {
            at += len;
            continue;
        }
        bytes_put(out, slice_between(valid, at));
        bytes_put(out, slice_of(replacement));
        at += broken_length(at, end);
        valid = at;
    }
    bytes_put(out, slice_between(valid, at));
}

/* ---- the steps ---- */

/* The byte that a character spells, or -1. */
static int spelled_byte(uint32_t point)
{
    if (point >= 0x100 && point <= 0x120)
        return (int)point - 0x100;
    if (point >= 0x121 && point <= 0x142)
        return (int)point - 0x121 + 0x7f;
    if (point == 0x143)
        return 0xad;
    return point < 0x100 && byte_spelling((unsigned char)point) == point ? (int)point : -1;
}

/* A token with any other character stands for its own bytes. */
static void put_spelled(struct bytes *out, struct slice token)
{
    size_t start = out->len;
    for (size_t at = 0, len; at < token.len; at += len) {
        int byte = spelled_byte(text_decode(token.ptr + at, &len));
        if (byte < 0) {
            out->len = start;
            bytes_put(out, token);
            return;
        }
        bytes_byte(out, (char)byte);
    }
}

static void decode_byte_level(struct decoding *decoding)
{
    struct bytes spelled = {0};
    for (size_t i = 0; i < decoding->ends.len; i++)
        put_spelled(&spelled, token_at(decoding, i));
    put_lossy(&decoding->made, bytes_slice(&spelled));
    vec_free(&spelled);
    end_token(decoding);
}

/* Replaces every `from` in what was made since `start` with `to`, which is not longer. */
static void replace_made(struct bytes *made, size_t start, struct slice from, struct slice to)
{
    size_t kept = start, at = start;
    while (at < made->len) {
        if (slice_starts((struct slice){made->items + at, made->len - at}, from)) {
            memcpy(made->items + kept, to.ptr, to.len);
            kept += to.len;
            at += from.len;
        } else {
            made->items[kept++] = made->items[at++];
        }
    }
    made->len = kept;
}

/* Is there a blank followed by a character that one of the changes below begins with? Most tokens need no more than
 * this test. */
static bool may_change(struct slice text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end && (at = memchr(at, ' ', (size_t)(end - at))) != NULL)
        if (++at < end && *at != '\0' && strchr(".?!,'nd", *at) != NULL)
            return true;
    return false;
}

/* Rejoins English text that BERT's pre-tokenizer split. */
static void clean_made(struct bytes *made, size_t start)
{
    static const char *const changes[][2] = {
        {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},    {" n't", "n't"},
        {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
    };
    if (!may_change(slice_between(made->items + start, made->items + made->len)))
        return;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (made->len > start && memchr(made->items + start, ' ', made->len - start) != NULL)
            replace_made(made, start, slice_of(changes[i][0]), slice_of(changes[i][1]));
}

static void decode_wordpiece(struct decoding *decoding, const struct decoder_step *step)
{
    for (size_t i = 0; i < decoding->ends.len; i++) {
        struct slice token = token_at(decoding, i);
        size_t start = decoding->made.len;
        if (i > 0 && slice_starts(token, step->affix))
            token = (struct slice){token.ptr + step->affix.len, token.len - step->affix.len};
        else if (i > 0)
            bytes_byte(&decoding->made, ' ');
        bytes_put(&decoding->made, token);
        if (step->clean)
            clean_made(&decoding->made, start);
        end_token(decoding);
    }
}

/* Most tokens do not contain its first byte, and memmem has a set-up cost. */
static const char *find(const char *at, const char *end, struct slice what)
{
    at = memchr(at, what.ptr[0], (size_t)(end - at));
    return at != NULL ? memmem(at, (size_t)(end - at), what.ptr, what.len) : NULL;
}

/* Replaces every `from`, which is not empty, with `to`. */
static void put_replaced(struct bytes *out, struct slice text, struct slice from, struct slice to)
{
    const char *at = text.ptr, *end = text.ptr + text.len, *found;
    while (at < end && (found = find(at, end, from)) != NULL) {
        bytes_put(out, slice_between(at, found));
        bytes_put(out, to);
        at = found + from.len;
    }
    bytes_put(out, slice_between(at, end));
}

static void decode_metaspace(struct decoding *decoding, const struct decoder_step *step)
{
    for (size_t i = 0; i < decoding->ends.len; i++) {
        bool nothing = i == 0 && step->prepended;
        put_replaced(&decoding->made, token_at(decoding, i), step->affix, nothing ? SLICE("") : SLICE(" "));
        end_token(decoding);
    }
}

static void decode_suffix(struct decoding *decoding, const struct decoder_step *step)
{
    for (size_t i = 0; i < decoding->ends.len; i++) {
        bool last = i + 1 == decoding->ends.len;
        put_replaced(&decoding->made, token_at(decoding, i), step->affix, last ? SLICE("") : SLICE(" "));
        end_token(decoding);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of <0x41>, or of <0x+A>, which Rust accepts as well; -1 for any other token. */
static int fallback_byte(struct slice token)
{
    if (token.len != 6 || !slice_starts(token, SLICE("<0x")) || token.ptr[5] != '>')
        return -1;
    int high = token.ptr[3] == '+' ? 0 : hex_digit(token.ptr[3]), low = hex_digit(token.ptr[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Ends a run of bytes: makes one token, or a U+FFFD for each byte. */
static void end_bytes(struct decoding *decoding, struct bytes *run)
{
    if (run->len == 0)
        return;
    bool valid = text_is_utf8(bytes_slice(run));
    if (valid)
        bytes_put(&decoding->made, bytes_slice(run));
    for (size_t i = 0; i < (valid ? 1 : run->len); i++) {
        if (!valid)
            bytes_put(&decoding->made, slice_of(replacement));
        end_token(decoding);
    }
    run->len = 0;
}

static void decode_byte_fallback(struct decoding *decoding)
{
    struct bytes run = {0};
    for (size_t i = 0; i < decoding->ends.len; i++) {
        struct slice token = token_at(decoding, i);
        int byte = fallback_byte(token);
        if (byte >= 0) {
            bytes_byte(&run, (char)byte);
            continue;
        }
        end_bytes(decoding, &run);
        bytes_put(&decoding->made, token);
        end_token(decoding);
    }
    end_bytes(decoding, &run);
    vec_free(&run);
}

static void decode_fuse(struct decoding *decoding)
{
    bytes_put(&decoding->made, bytes_slice(&decoding->text));
    end_token(decoding);
}

static bool ends_with(struct slice text, struct slice suffix)
{
    return text.len >= suffix.len && slice_equal((struct slice){text.ptr + text.len - suffix.len, suffix.len}, suffix);
}

static void decode_strip(struct decoding *decoding, const struct decoder_step *step)
{
    size_t len = step->affix.len;
    for (size_t i = 0; i < decoding->ends.len; i++) {
        struct slice token = token_at(decoding, i);
        for (uint32_t n = 0; n < step->counts[0] && slice_starts(token, step->affix); n++)
            token = (struct slice){token.ptr + len, token.len - len};
        for (uint32_t n = 0; n < step->counts[1] && ends_with(token, step->affix); n++)
            token.len -= len;
        bytes_put(&decoding->made, token);
        end_token(decoding);
    }
}

static int put_matches_replaced(struct decoding *decoding, const struct decoder_step *step, struct slice token)
{
    struct pattern_matches matches = {0};
    size_t kept = 0, start, end;
    int found;
    while ((found = pattern_next(step->pattern, decoding->patterns, token, &matches, &start, &end)) > 0) {
        bytes_put(&decoding->made, slice_between(token.ptr + kept, token.ptr + start));
        bytes_put(&decoding->made, step->content);
        kept = end;
    }
    bytes_put(&decoding->made, slice_between(token.ptr + kept, token.ptr + token.len));
    return found;
}

static int decode_replace(struct decoding *decoding, const struct decoder_step *step)
{
    if (step->pattern != NULL && decoding->patterns == NULL)
        decoding->patterns = regex_work_new();
    for (size_t i = 0; i < decoding->ends.len; i++) {
        struct slice token = token_at(decoding, i);
        if (step->pattern == NULL)
            put_replaced(&decoding->made, token, step->affix, step->content);
        else if (token.len > 0 && put_matches_replaced(decoding, step, token) != 0)
            return -1;
        end_token(decoding);
    }
    return 0;
}

static void decode_ctc(struct decoding *decoding, const struct decoder_step *step)
{
    struct bytes cleaned = {0};
    for (size_t i = 0; i < decoding->ends.len; i++) {
        struct slice token = token_at(decoding, i);
        if (i > 0 && slice_equal(token, token_at(decoding, i - 1)))
            continue;
        cleaned.len = 0;
        put_replaced(&cleaned, token, step->affix, SLICE(""));
        if (step->clean)
            clean_made(&cleaned, 0);
        if (step->clean)
            put_replaced(&decoding->made, bytes_slice(&cleaned), step->content, SLICE(" "));
        else
            bytes_put(&decoding->made, bytes_slice(&cleaned));
        if (decoding->made.len > made_start(decoding))
            end_token(decoding);
    }
    vec_free(&cleaned);
}

static int run_step(struct decoding *decoding, const struct decoder_step *step)
{
    int status = 0;
    switch (step->kind) {
    case DECODE_BYTE_LEVEL:
        decode_byte_level(decoding);
        break;
    case DECODE_WORDPIECE:
        decode_wordpiece(decoding, step);
        break;
    case DECODE_METASPACE:
        decode_metaspace(decoding, step);
        break;
    case DECODE_SUFFIX:
        decode_suffix(decoding, step);
        break;
    case DECODE_BYTE_FALLBACK:
        decode_byte_fallback(decoding);
        break;
    case DECODE_FUSE:
        decode_fuse(decoding);
        break;
    case DECODE_STRIP:
        decode_strip(decoding, step);
        break;
    case DECODE_REPLACE:
        status = decode_replace(decoding, step);
        break;
    case DECODE_CTC:
        decode_ctc(decoding, step);
        break;
    }
    swap_made(decoding);
    return status;
}

/* ---- SentencePiece ---- */

/* Bytes that are not UTF-8 become a U+FFFD each. */
static void put_pieces_bytes(struct bytes *out, struct bytes *run)
{
    const char *at = run->items, *end = run->items + run->len;
    while (at < end) {
        size_t len = text_sequence(at, end);
        bytes_put(out, len > 0 ? (struct slice){at, len} : slice_of(replacement));
        at += len > 0 ? len : 1;
    }
    run->len = 0;
}

/* Removes the blank that was put before the text: from the first piece that starts with one, if nothing was written
 * before it; if extra white space was removed from texts, from all pieces before anything was written. */
static void decode_sentencepiece(const struct tokenizer *tokenizer, const int32_t *ids, size_t count, bool skip_special,
                                 struct bytes *out)
{
    const struct sentencepiece_decoder *decoder = &tokenizer->decoder.sentencepiece;
    const struct slice blank = SLICE("\xe2\x96\x81");
    bool removes = decoder->dummy_prefix || !decoder->extra_whitespaces, starts = true, seen = false;
    struct bytes run = {0};
    for (size_t i = 0; i < count; i++) {
        struct slice piece = tokenizer_token(tokenizer, ids[i]);
        if (piece.ptr == NULL || (skip_special && tokenizer_is_special(tokenizer, ids[i])))
            continue;
        uint8_t type = (size_t)ids[i] < decoder->size ? decoder->types[ids[i]] : 0;
        int byte = type == PIECE_BYTE ? fallback_byte(piece) : -1;
        if (byte >= 0) {
            bytes_byte(&run, (char)byte);
            continue;
        }
        put_pieces_bytes(out, &run);
        starts = starts && !seen && out->len == 0;
        seen = false;
        if (type == PIECE_CONTROL)
            continue;
        if (type == PIECE_UNKNOWN) {
            bytes_put(out, decoder->unk_surface);
            continue;
        }
        bool has_blank = slice_starts(piece, blank), goes = starts && removes && has_blank;
        if (has_blank)
            piece = (struct slice){piece.ptr + blank.len, piece.len - blank.len};
        if (goes)
            seen = decoder->extra_whitespaces;
        else if (has_blank)
            bytes_byte(out, ' ');
        put_replaced(out, piece, blank, SLICE(" "));
    }
    put_pieces_bytes(out, &run);
    vec_free(&run);
    if (decoder->denormalizer != NULL) {
        struct sentencepiece_normalized rewritten = {0};
        sentencepiece_normalize(decoder->denormalizer, bytes_slice(out), false, &rewritten);
        out->len = 0;
        bytes_put(out, bytes_slice(&rewritten.text));
        vec_free(&rewritten.text);
        vec_free(&rewritten.origins);
    }
}

/* ---- the whole ---- */

int decoder_add(struct decoder *decoder, struct decoder_step step)
{
    if (decoder->count == DECODER_STEPS) {
        regex_free(step.pattern);
        return diag_error("decoder: more than %d steps are not supported", DECODER_STEPS);
    }
    decoder->steps[decoder->count++] = step;
    return 0;
}

void decoder_free(struct decoder *decoder)
{
    for (size_t i = 0; i < decoder->count; i++)
        regex_free(decoder->steps[i].pattern);
    decoder->count = 0;
}

static void list_tokens(const struct tokenizer *tokenizer, const int32_t *ids, size_t count, bool skip_special,
                        struct decoding *decoding)
{
    for (size_t i = 0; i < count; i++) {
        struct slice token = tokenizer_token(tokenizer, ids[i]);
        if (token.ptr == NULL || (skip_special && tokenizer_is_special(tokenizer, ids[i])))
            continue;
        if (tokenizer->decoder.count == 0 && decoding->made_ends.len > 0)
            bytes_byte(&decoding->made, ' ');
        bytes_put(&decoding->made, token);
        end_token(decoding);
    }
    swap_made(decoding);
}

int tokenizer_decode(const struct tokenizer *tokenizer, const int32_t *ids, size_t count, bool skip_special,
                     struct arena *arena, struct slice *text)
{
    const struct decoder *decoder = &tokenizer->decoder;
    struct decoding decoding = {0};
    int status = 0;
    if (decoder->sentencepiece.types != NULL)
        decode_sentencepiece(tokenizer, ids, count, skip_special, &decoding.text);
    else
        list_tokens(tokenizer, ids, count, skip_special, &decoding);
    for (size_t i = 0; i < decoder->count && status == 0; i++)
        status = run_step(&decoding, &decoder->steps[i]);
    if (status == 0)
        *text = arena_copy(arena, bytes_slice(&decoding.text));
    decoding_free(&decoding);
    return status;
}
