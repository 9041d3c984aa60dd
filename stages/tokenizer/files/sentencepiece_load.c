/* sentencepiece_load.c - a .model file as a tokenizer. Its ids are the numbers of the pieces. As in SentencePiece's own
 * encoder, nothing is put around a text, and the name of a control piece is ordinary text. */
#include "load.h"

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
    };
    tokenizer_plain_templates(tokenizer);
    return 0;
}
