/* sentencepiece_load.c - a .model file as a tokenizer. Its ids are the numbers of the pieces. As in SentencePiece's own
 * encoder, nothing is put around a text, and the name of a control piece is ordinary text. */
#include "base/diag.h"
#include "load.h"

/* What the config of a folder asks for, and a .model does not have. */
static int check_config(const struct tokenizer *tokenizer)
{
    /* They put pieces of their own before those of the model, or number them by another file. */
    static const char *const renumbering[] = {
        "XLMRoberta", "Camembert", "MBart",   "MBart50", "Nllb",        "M2M100",   "XGLM",
        "Barthez",    "Bartpho",   "Pegasus", "Marian",  "Speech2Text", "SpeechT5",
    };
    const struct config *config = &tokenizer->config;
    for (size_t i = 0; i < sizeof renumbering / sizeof *renumbering; i++) {
        size_t len = strlen(renumbering[i]);
        if (slice_starts(config->class, slice_of(renumbering[i])) && config->class.len == len + strlen("Tokenizer"))
            return diag_error(
                "a %.*s (tokenizer_config.json) has other ids than its .model: name its tokenizer.json, or "
                "the .model itself for SentencePiece's own ids",
                (int)config->class.len, config->class.ptr);
    }
    for (size_t i = 0; i < config->added.len; i++) {
        struct slice content = config->added.items[i].token.content;
        if (vocab_id(&tokenizer->vocab, content) < 0)
            return diag_error(
                "tokenizer_config.json or another file beside it adds \"%.*s\", which a .model can't have: "
                "name its tokenizer.json, or the .model itself to do without",
                (int)content.len, content.ptr);
    }
    return 0;
}

/* A user-defined piece in brackets, such as XLNet's <eop>, is a mark in the text and none of its words. */
static bool is_mark(const struct sentencepiece_piece *piece)
{
    struct slice text = piece->text;
    if (piece->type != PIECE_USER_DEFINED || text.len < 3)
        return false;
    char first = text.ptr[0], last = text.ptr[text.len - 1];
    return (first == '<' && last == '>') || (first == '[' && last == ']');
}

int tokenizer_load_sentencepiece(struct tokenizer *tokenizer)
{
    struct sentencepiece *model = &tokenizer->sentencepiece;
    tokenizer->model = MODEL_SENTENCEPIECE;
    if (sentencepiece_read(model, bytes_slice(&tokenizer->file)) != 0)
        return -1;
    vocab_init(&tokenizer->vocab, model->pieces.len);
    for (size_t i = 0; i < model->pieces.len; i++) {
        const struct sentencepiece_piece *piece = &model->pieces.items[i];
        int32_t id = (int32_t)i;
        vocab_add(&tokenizer->vocab, piece->text, id);
        if (is_mark(piece)) {
            vec_push(&tokenizer->specials, id);
            tokenizer->marks = true;
        }
        if (piece->type != PIECE_UNKNOWN && piece->type != PIECE_CONTROL)
            continue;
        vocab_add(&tokenizer->added_vocab, piece->text, id);
        vec_push(&tokenizer->specials, id);
    }
    tokenizer->unk_id = model->unk;
    tokenizer->decoder.sentencepiece = (struct sentencepiece_decoder){
        .types = model->types,
        .size = model->pieces.len,
        .unk_surface = model->unk_surface,
        .dummy_prefix = model->dummy_prefix,
        .extra_whitespaces = !model->remove_extra_whitespaces,
        .denormalizer = model->denormalizer,
    };
    if (model->pad >= 0 && (size_t)model->pad < model->pieces.len)
        tokenizer->pad_token = model->pieces.items[model->pad].text;
    tokenizer_plain_templates(tokenizer);
    return check_config(tokenizer);
}
