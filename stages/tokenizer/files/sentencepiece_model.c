/* sentencepiece_model.c - reads a .model file: a ModelProto of sentencepiece_model.proto, in protocol buffers' wire
 * format. Reads the members that encoding and decoding depend on; the others are how the model was trained
 * (trainer_spec) and samples to test it (self_test_data). */
#include "../models/sentencepiece.h"
#include "base/diag.h"
#include "text/text.h"

#include <float.h>
#include <stdlib.h>

/* ---- the wire format ---- */

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct wire {
    const char *at, *end;
    uint64_t field;
    unsigned type;
    uint64_t number;    /* of a varint or fixed-size field */
    struct slice bytes; /* of a WIRE_BYTES field */
};

static bool read_varint(struct wire *wire, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
        unsigned char byte = (unsigned char)*wire->at++;
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool read_fixed(struct wire *wire, size_t size)
{
    if ((size_t)(wire->end - wire->at) < size)
        return false;
    wire->number = 0;
    for (size_t i = 0; i < size; i++)
        wire->number |= (uint64_t)(unsigned char)wire->at[i] << 8 * i;
    wire->at += size;
    return true;
}

/* The next field: 1, 0 at the end, or -1 if the data is damaged. */
static int next_field(struct wire *wire)
{
    uint64_t tag, len;
    if (wire->at == wire->end)
        return 0;
    if (!read_varint(wire, &tag) || tag >> 3 == 0)
        return -1;
    wire->field = tag >> 3;
    wire->type = tag & 7;
    switch (wire->type) {
    case WIRE_VARINT:
        return read_varint(wire, &wire->number) ? 1 : -1;
    case WIRE_FIXED64:
        return read_fixed(wire, 8) ? 1 : -1;
    case WIRE_FIXED32:
        return read_fixed(wire, 4) ? 1 : -1;
    case WIRE_BYTES:
        if (!read_varint(wire, &len) || len > (size_t)(wire->end - wire->at))
            return -1;
        wire->bytes = (struct slice){wire->at, (size_t)len};
        wire->at += len;
        return 1;
    default:
        return -1;
    }
}

static struct wire wire_start(struct slice message)
{
    return (struct wire){.at = message.ptr, .end = message.ptr + message.len};
}

/* To the last byte. */
static bool is_whole(struct slice message)
{
    struct wire wire = wire_start(message);
    int more;
    while ((more = next_field(&wire)) > 0)
        continue;
    return more == 0;
}

bool sentencepiece_is_model(struct slice file)
{
    enum { FIELD_PIECES = 1, FIELD_PIECE = 1 };
    struct wire outer = wire_start(file);
    if (next_field(&outer) <= 0 || outer.field != FIELD_PIECES || outer.type != WIRE_BYTES)
        return false;
    struct wire inner = wire_start(outer.bytes);
    if (next_field(&inner) <= 0 || inner.field != FIELD_PIECE || inner.type != WIRE_BYTES)
        return false;
    int more = next_field(&inner); /* a score; few files leave it out, and few texts look as if they did */
    return more > 0 ? inner.type != WIRE_BYTES : more == 0 && is_whole(file);
}

/* ---- the messages ---- */

static int broken(const struct wire *wire, const char *message)
{
    return diag_error("SentencePiece: %s is truncated or damaged %zu bytes before its end", message,
                      (size_t)(wire->end - wire->at));
}

static int read_piece(struct sentencepiece *model, struct slice message)
{
    struct wire wire = wire_start(message);
    struct sentencepiece_piece piece = {.text = {"", 0}, .type = PIECE_NORMAL};
    int more;
    while ((more = next_field(&wire)) > 0) {
        if (wire.field == 1 && wire.type == WIRE_BYTES) {
            piece.text = wire.bytes;
        } else if (wire.field == 2 && wire.type == WIRE_FIXED32) {
            uint32_t bits = (uint32_t)wire.number;
            memcpy(&piece.score, &bits, sizeof bits);
        } else if (wire.field == 3 && wire.type == WIRE_VARINT) {
            piece.type = (int64_t)wire.number;
        }
    }
    if (more < 0)
        return broken(&wire, "a piece");
    if (piece.text.len == 0 || !text_is_utf8(piece.text))
        return diag_error("SentencePiece: piece %zu is empty or not UTF-8", model->pieces.len);
    if (piece.type < PIECE_NORMAL || piece.type > PIECE_BYTE)
        return diag_error("SentencePiece: piece %zu: type %lld is not supported", model->pieces.len,
                          (long long)piece.type);
    if (!(piece.score >= -FLT_MAX && piece.score <= FLT_MAX))
        return diag_error("SentencePiece: piece %zu: the score is not a number", model->pieces.len);
    vec_push(&model->pieces, piece);
    return 0;
}

static int read_trainer(struct sentencepiece *model, struct slice message)
{
    struct wire wire = wire_start(message);
    int more;
    while ((more = next_field(&wire)) > 0) {
        if (wire.field == 44 && wire.type == WIRE_BYTES)
            model->unk_surface = wire.bytes;
        if (wire.type != WIRE_VARINT)
            continue;
        if (wire.field == 3)
            model->model = (int64_t)wire.number;
        else if (wire.field == 43)
            model->pad = (int32_t)wire.number;
        else if (wire.field == 24)
            model->whitespace_is_suffix = wire.number != 0;
        else if (wire.field == 35)
            model->byte_fallback = wire.number != 0;
    }
    return more < 0 ? broken(&wire, "trainer_spec") : 0;
}

static int read_normalizer(struct sentencepiece *model, const char *name, struct slice message)
{
    struct wire wire = wire_start(message);
    int more;
    while ((more = next_field(&wire)) > 0) {
        if (wire.field == 2 && wire.type == WIRE_BYTES)
            model->charsmap_blob = wire.bytes;
        if (wire.type != WIRE_VARINT)
            continue;
        if (wire.field == 3)
            model->dummy_prefix = wire.number != 0;
        else if (wire.field == 4)
            model->remove_extra_whitespaces = wire.number != 0;
        else if (wire.field == 5)
            model->escape_whitespaces = wire.number != 0;
    }
    return more < 0 ? broken(&wire, name) : 0;
}

/* What both kinds of normalizers do if the file does not say. */
static const struct sentencepiece defaults = {
    .charsmap_blob = {"", 0},
    .dummy_prefix = true,
    .remove_extra_whitespaces = true,
    .escape_whitespaces = true,
};

static int read_denormalizer(struct sentencepiece *model, struct slice message)
{
    if (model->denormalizer == NULL) {
        model->denormalizer = mem_alloc(sizeof *model->denormalizer);
        *model->denormalizer = defaults;
    }
    return read_normalizer(model->denormalizer, "denormalizer_spec", message);
}

static int read_model(struct sentencepiece *model, struct slice file)
{
    struct wire wire = wire_start(file);
    int more, status = 0;
    while (status == 0 && (more = next_field(&wire)) > 0) {
        if (wire.type != WIRE_BYTES)
            continue;
        if (wire.field == 1)
            status = read_piece(model, wire.bytes);
        else if (wire.field == 2)
            status = read_trainer(model, wire.bytes);
        else if (wire.field == 3)
            status = read_normalizer(model, "normalizer_spec", wire.bytes);
        else if (wire.field == 5)
            status = read_denormalizer(model, wire.bytes);
    }
    return status == 0 && more < 0 ? broken(&wire, "the model") : status;
}

/* ---- derived data ---- */

static const char BLANK[] = "\xe2\x96\x81";

/* Is there a blank after another character? */
static bool has_inner_blank(struct slice text)
{
    size_t at = 0;
    while (text.len - at >= 3 && memcmp(text.ptr + at, BLANK, 3) == 0)
        at += 3;
    return memmem(text.ptr + at, text.len - at, BLANK, 3) != NULL;
}

/* As SentencePiece does it: the smallest and the largest score of normal pieces; the largest is at least the smallest
 * positive number. */
static void score_pieces(struct sentencepiece *model)
{
    float least = FLT_MAX, most = FLT_MIN;
    for (size_t i = 0; i < model->pieces.len; i++) {
        const struct sentencepiece_piece *piece = &model->pieces.items[i];
        if (piece->type != PIECE_NORMAL)
            continue;
        least = piece->score < least ? piece->score : least;
        most = piece->score > most ? piece->score : most;
    }
    const float unk_penalty = 10;
    model->unigram.unk_score = (double)(least - unk_penalty);
    model->scores = mem_zalloc(model->pieces.len, sizeof *model->scores);
    model->types = mem_zalloc(model->pieces.len, 1);
    for (size_t i = 0; i < model->pieces.len; i++) {
        const struct sentencepiece_piece *piece = &model->pieces.items[i];
        model->types[i] = (uint8_t)piece->type;
        model->scores[i] = (double)piece->score;
        if (piece->type == PIECE_USER_DEFINED && model->model == SENTENCEPIECE_UNIGRAM)
            model->scores[i] = (double)((float)piece->text.len * most) - 0.1; /* so that it is always chosen */
        model->cautious |= model->scores[i] > 0;
    }
}

static int find_unknown(struct sentencepiece *model)
{
    model->unk = -1;
    for (size_t i = 0; i < model->pieces.len; i++) {
        if (model->pieces.items[i].type != PIECE_UNKNOWN)
            continue;
        if (model->unk >= 0)
            return diag_error("SentencePiece: pieces %d and %zu are both unknown pieces; expected one", (int)model->unk,
                              i);
        model->unk = (int32_t)i;
    }
    return model->unk < 0 ? diag_error("SentencePiece: the model has no unknown piece") : 0;
}

static int find_bytes(struct sentencepiece *model)
{
    int32_t *ids = model->unigram.byte_ids;
    for (size_t byte = 0; byte < 256; byte++)
        ids[byte] = -1;
    for (size_t i = 0; i < model->pieces.len; i++) {
        static const char digits[] = "0123456789ABCDEF";
        struct slice text = model->pieces.items[i].text;
        const char *high = text.len == 6 ? memchr(digits, text.ptr[3], 16) : NULL;
        const char *low = text.len == 6 ? memchr(digits, text.ptr[4], 16) : NULL;
        if (model->types[i] == PIECE_BYTE && high != NULL && low != NULL)
            ids[(high - digits) << 4 | (low - digits)] = (int32_t)i;
    }
    for (size_t byte = 0; byte < 256; byte++)
        if (model->byte_fallback && ids[byte] < 0)
            return diag_error("SentencePiece: byte_fallback, but no piece for byte %zu", byte);
    return 0;
}

/* Indexes the pieces of these types, given as a bit each. */
static int index_pieces(const struct sentencepiece *model, unsigned types, struct trie *trie)
{
    struct trie_key *keys = mem_zalloc(model->pieces.len + 1, sizeof *keys);
    size_t count = 0;
    for (size_t i = 0; i < model->pieces.len; i++)
        if (types >> model->types[i] & 1)
            keys[count++] = (struct trie_key){model->pieces.items[i].text, (int32_t)i};
    int status = count > 0 || types != 1u << PIECE_USER_DEFINED ? trie_build(trie, keys, count) : 0;
    mem_free(keys);
    return status;
}

/* A character that is a user-defined symbol by itself stays as it is too. */
static void find_plain(struct sentencepiece *model)
{
    bool longer[256] = {false};
    for (size_t i = 0; i < model->pieces.len; i++) {
        struct slice text = model->pieces.items[i].text;
        if (model->types[i] != PIECE_USER_DEFINED)
            continue;
        model->symbol_starts[(unsigned char)*text.ptr] = true;
        longer[(unsigned char)*text.ptr] |= text.len > 1 || *text.ptr == ' ';
    }
    for (size_t c = 0; c < 128; c++)
        model->plain[c] = model->symbol_starts[c] ? !longer[c] : model->charsmap.plain[c];
    size_t exceptions = 0;
    for (size_t c = ' '; c <= '~'; c++) {
        if (model->plain[c])
            continue;
        if (exceptions < SENTENCEPIECE_EXCEPTIONS)
            model->exceptions[exceptions] = (char)c;
        exceptions++;
    }
    model->printable = model->escape_whitespaces && exceptions <= SENTENCEPIECE_EXCEPTIONS;
}

/* One without replacements is not used at all, as in SentencePiece. */
static int prepare_denormalizer(struct sentencepiece *model)
{
    struct sentencepiece *denormalizer = model->denormalizer;
    if (denormalizer == NULL)
        return 0;
    if (denormalizer->charsmap_blob.len == 0) {
        mem_free(denormalizer);
        model->denormalizer = NULL;
        return 0;
    }
    if (charsmap_read(&denormalizer->charsmap, denormalizer->charsmap_blob) != 0)
        return -1;
    find_plain(denormalizer);
    return 0;
}

static int prepare(struct sentencepiece *model)
{
    unsigned types = 1u << PIECE_NORMAL | 1u << PIECE_USER_DEFINED;
    score_pieces(model);
    if (model->model != SENTENCEPIECE_UNIGRAM)
        types |= 1u << PIECE_UNUSED;
    if (find_unknown(model) != 0 || find_bytes(model) != 0 || charsmap_read(&model->charsmap, model->charsmap_blob) ||
        index_pieces(model, 1u << PIECE_USER_DEFINED, &model->symbols) != 0 ||
        index_pieces(model, types, &model->unigram.trie) != 0)
        return -1;
    model->scores[model->unk] = model->unigram.unk_score; /* a token for every character that has none */
    model->unigram.scores = model->scores;
    model->unigram.unk = model->unk;
    model->bpe = (struct sentencepiece_bpe){
        .pieces = &model->unigram.trie,
        .symbols = &model->symbols,
        .types = model->types,
        .unk = model->unk,
    };
    if (model->model == SENTENCEPIECE_BPE)
        sentencepiece_bpe_ready(&model->bpe, model->scores, model->pieces.len);
    find_plain(model);
    if (prepare_denormalizer(model) != 0)
        return -1;
    model->cuts = true;
    for (size_t i = 0; i < model->pieces.len; i++) {
        if (types >> model->types[i] & 1)
            model->cuts &= !has_inner_blank(model->pieces.items[i].text);
        /* How an unused piece was made is remembered for the whole sentence. */
        model->cuts &= model->model == SENTENCEPIECE_UNIGRAM || model->types[i] != PIECE_UNUSED;
    }
    return 0;
}

int sentencepiece_read(struct sentencepiece *model, struct slice file)
{
    *model = defaults;
    model->model = SENTENCEPIECE_UNIGRAM;
    model->unk_surface = SLICE(" \xe2\x81\x87 ");
    model->pad = -1;
    if (read_model(model, file) != 0)
        return -1;
    if (model->model < SENTENCEPIECE_UNIGRAM || model->model > SENTENCEPIECE_CHAR)
        return diag_error("SentencePiece: model_type %lld is not supported", (long long)model->model);
    if (!text_is_utf8(model->unk_surface))
        return diag_error("SentencePiece: unk_surface is not UTF-8");
    return prepare(model);
}

const char *sentencepiece_kind(const struct sentencepiece *model)
{
    static const char *const names[] = {"", "Unigram", "BPE", "Word", "Character"};
    return names[model->model];
}

void sentencepiece_free(struct sentencepiece *model)
{
    if (model->denormalizer != NULL)
        charsmap_free(&model->denormalizer->charsmap);
    mem_free(model->denormalizer);
    model->denormalizer = NULL;
    vec_free(&model->pieces);
    charsmap_free(&model->charsmap);
    trie_free(&model->symbols);
    trie_free(&model->unigram.trie);
    sentencepiece_bpe_free(&model->bpe);
    mem_free(model->scores);
    mem_free(model->types);
    model->scores = NULL;
    model->types = NULL;
}
