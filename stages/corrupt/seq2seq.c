/* seq2seq.c - see seq2seq.h. */
#include "seq2seq.h"

#include "../documents/markers.h"
#include "../tokenizer/own_tokens.h"
#include "../tokenizer/parallel.h"
#include "../tokenizer/shared.h"

#include <inttypes.h>

/* ---- open ---- */

static int find_eos(struct seq2seq *seq2seq, const char *name)
{
    struct marker eos;
    if (name == NULL && tokenizer_id(seq2seq->tokenizer, SLICE("</s>")) >= 0)
        name = "</s>";
    if (name != NULL && name[0] == '\0')
        name = NULL;
    if (marker_find(seq2seq->tokenizer, seq2seq->model, "eos", name, &eos) < 0)
        return -1;
    seq2seq->has_eos = eos.given;
    seq2seq->eos = eos.id;
    return 0;
}

static uint8_t kind_of(const struct tokenizer *tokenizer, int32_t id)
{
    if (tokenizer_token(tokenizer, id).len == 0)
        return TOKEN_ABSENT;
    return tokenizer_is_special(tokenizer, id) && id != tokenizer_unk_id(tokenizer) ? TOKEN_SPECIAL : TOKEN_ORDINARY;
}

struct seq2seq *seq2seq_new(struct stage_context *context, const struct corrupt_options *given)
{
    if (given->model == NULL) {
        diag_error("--model FILE is required: the tokenizer that made the tokens");
        return NULL;
    }
    const struct tokenizer *tokenizer = shared_tokenizer(context, given->model);
    if (tokenizer == NULL)
        return NULL;
    struct seq2seq *seq2seq = mem_zalloc(1, sizeof *seq2seq);
    *seq2seq = (struct seq2seq){
        .tokenizer = tokenizer,
        .model = given->model,
        .size = (size_t)tokenizer_size(tokenizer),
    };
    seq2seq->kinds = mem_zalloc(seq2seq->size, sizeof *seq2seq->kinds);
    for (size_t id = 0; id < seq2seq->size; id++)
        seq2seq->kinds[id] = kind_of(tokenizer, (int32_t)id);
    if (find_eos(seq2seq, given->task == TASK_BART ? "" : given->eos) == 0)
        return seq2seq;
    seq2seq_free(seq2seq);
    return NULL;
}

void seq2seq_free(struct seq2seq *seq2seq)
{
    if (seq2seq == NULL)
        return;
    mem_free(seq2seq->kinds);
    mem_free(seq2seq);
}

/* ---- reading ---- */

static enum token_kind kind_at(const struct seq2seq *seq2seq, int32_t id)
{
    return id >= 0 && (size_t)id < seq2seq->size ? (enum token_kind)seq2seq->kinds[id] : TOKEN_ABSENT;
}

bool seq2seq_special(const struct seq2seq *seq2seq, const struct original *original, size_t i)
{
    if (original->special != NULL)
        return original->special[i] != 0;
    return kind_at(seq2seq, original->ids[i]) == TOKEN_SPECIAL;
}

static int check_token(const struct seq2seq *seq2seq, const struct original *original, bool special, size_t i)
{
    int32_t id = original->ids[i];
    enum token_kind kind = kind_at(seq2seq, id);
    struct slice token = kind != TOKEN_ABSENT ? tokenizer_token(seq2seq->tokenizer, id) : SLICE("");
    if (kind == TOKEN_ABSENT)
        return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %s", i, id, seq2seq->model);
    if (kind == TOKEN_SENTINEL)
        return diag_error("input_ids[%zu]: %.*s marks what is hidden, so the text must not contain it", i,
                          (int)token.len, token.ptr);
    if (!special && seq2seq_special(seq2seq, original, i))
        return diag_error("input_ids[%zu]: %.*s is a special token; this task takes text only (quern tokenize "
                          "--no-special)",
                          i, (int)token.len, token.ptr);
    return 0;
}

int seq2seq_read(const struct seq2seq *seq2seq, const struct record *in, bool special, struct arena *arena,
                 struct original *original)
{
    *original = (struct original){0};
    if (rec_present(in, SLICE("labels")) != NULL)
        return diag_error("labels: already present, so another filter has decided what to predict (or rename them: "
                          "quern fields --rename NEW=labels)");
    if (rec_ints(in, SLICE("input_ids"), arena, &original->ids, &original->count) < 0 ||
        parallel_flags(in, SLICE("special_tokens_mask"), original->count, arena, &original->special) < 0 ||
        parallel_flags(in, SLICE("attention_mask"), original->count, arena, &original->attention) < 0)
        return -1;
    for (size_t i = 0; original->attention != NULL && i < original->count; i++)
        if (original->attention[i] == 0)
            return diag_error("attention_mask[%zu]: padding can't be corrupted; pad what this filter writes (quern "
                              "fields --pad)",
                              i);
    for (size_t i = 0; i < original->count; i++)
        if ((kind_at(seq2seq, original->ids[i]) != TOKEN_ORDINARY || original->special != NULL) &&
            check_token(seq2seq, original, special, i) < 0)
            return -1;
    return own_tokens_check(seq2seq->tokenizer, seq2seq->model, in, original->ids, original->count, arena);
}

/* ---- writing ---- */

void seq2seq_add(struct ids *ids, const int32_t *items, size_t count)
{
    if (count > 0)
        memcpy(ids->items + ids->count, items, count * sizeof *items);
    ids->count += count;
}

/* Everything about tokens but what is set here is of the tokens as they were. */
static void remove_others(const struct record *in, struct record *made)
{
    for (uint32_t i = 0; i < in->count; i++) {
        struct slice name = in->members[i].name;
        const struct member_kind *kind = member_find(name);
        bool about_tokens =
            kind != NULL && kind->of != MEMBER_OF_RECORD && kind->of != MEMBER_OF_TEXT && kind->of != MEMBER_OF_CONTENT;
        if (about_tokens && !slice_is(name, "input_ids") && !slice_is(name, "attention_mask") &&
            !slice_is(name, "labels"))
            rec_remove(made, name);
    }
}

void seq2seq_set(const struct seq2seq *seq2seq, const struct record *in, struct record *made, struct ids inputs,
                 struct ids labels, struct arena *arena)
{
    if (seq2seq->has_eos) {
        seq2seq_add(&inputs, &seq2seq->eos, 1);
        seq2seq_add(&labels, &seq2seq->eos, 1);
    }
    remove_others(in, made);
    rec_set_ints(made, SLICE("input_ids"), inputs.items, inputs.count);
    if (rec_present(in, SLICE("attention_mask")) != NULL) {
        int32_t *attention = arena_array(arena, inputs.count, sizeof *attention);
        for (size_t i = 0; i < inputs.count; i++)
            attention[i] = 1;
        rec_set_ints(made, SLICE("attention_mask"), attention, inputs.count);
    }
    rec_set_ints(made, SLICE("labels"), labels.items, labels.count);
}
