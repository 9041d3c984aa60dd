/* preset.c - see preset.h.
 *
 * Sources: the forward methods of Hugging Face transformers; create_pretraining_data.py of google-research/bert;
 * mask_tokens_dataset.py of fairseq; seqio's features; the pretraining reader of PaddlePaddle/ERNIE. */
#include "preset.h"

static const struct preset_member hf[] = {
    {"input_ids", "input_ids", MAKE_NOT},
    {"attention_mask", "attention_mask", MAKE_NOT},
    {"token_type_ids", "token_type_ids", MAKE_NOT},
    {"position_ids", "position_ids", MAKE_NOT},
    {"labels", "labels", MAKE_NOT},
    {"decoder_input_ids", "decoder_input_ids", MAKE_NOT},
    {"next_sentence_label", "next_sentence_label", MAKE_NOT},
    {"sentence_order_label", "sentence_order_label", MAKE_NOT},
    {"perm_mask", "perm_mask", MAKE_NOT},
    {"target_mapping", "target_mapping", MAKE_NOT},
    {0},
};

static const struct preset_member bert[] = {
    {"input_ids", "input_ids", MAKE_NOT},
    {"input_mask", "attention_mask", MAKE_NOT},
    {"segment_ids", "token_type_ids", MAKE_NOT},
    {"masked_lm_positions", NULL, MAKE_MASKED_POSITIONS},
    {"masked_lm_ids", NULL, MAKE_MASKED_IDS},
    {"masked_lm_weights", NULL, MAKE_MASKED_WEIGHTS},
    {"next_sentence_labels", "next_sentence_label", MAKE_NOT},
    {0},
};

static const struct preset_member fairseq[] = {
    {"src_tokens", "input_ids", MAKE_NOT},
    {"target", NULL, MAKE_TARGET},
    {0},
};

static const struct preset_member seqio[] = {
    {"inputs", "input_ids", MAKE_NOT},
    {"targets", "labels", MAKE_NOT},
    {0},
};

static const struct preset_member paddle[] = {
    {"src_ids", "input_ids", MAKE_NOT},
    {"sent_ids", "token_type_ids", MAKE_NOT},
    {"pos_ids", "position_ids", MAKE_POSITIONS},
    {"input_mask", "attention_mask", MAKE_NOT},
    {"mask_pos", NULL, MAKE_MASKED_POSITIONS},
    {"mask_label", NULL, MAKE_MASKED_IDS},
    {"labels", NULL, MAKE_FOLLOWS},
    {0},
};

const struct preset_member *preset_members(enum preset preset)
{
    static const struct preset_member *const presets[] = {
        [PRESET_HF] = hf,       [PRESET_BERT] = bert,     [PRESET_FAIRSEQ] = fairseq,
        [PRESET_SEQIO] = seqio, [PRESET_PADDLE] = paddle,
    };
    return presets[preset];
}
