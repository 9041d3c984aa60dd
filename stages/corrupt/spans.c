/* spans.c - see spans.h. */
#include "spans.h"

#include <assert.h>

/* ---- the plan ---- */

static size_t within(uint64_t number, size_t least, size_t most)
{
    return number < least ? least : number > most ? most : (size_t)number;
}

void spans_count(size_t count, struct decimal density, struct decimal mean, bool first_kept, struct plan *plan)
{
    assert(count >= 2);
    *plan = (struct plan){.count = count, .noise = within(decimal_share(density, count), 1, count - 1)};
    size_t rest = count - plan->noise, most = first_kept ? rest : rest + 1;
    plan->spans = within(decimal_quotient(plan->noise, mean), 1, plan->noise < most ? plan->noise : most);
}

void spans_draw(struct plan *plan, struct rng *rng, bool compat, struct arena *arena)
{
    size_t rest = plan->count - plan->noise;
    plan->lengths = arena_array(arena, plan->spans, sizeof *plan->lengths);
    plan->rest = arena_array(arena, plan->spans + 1, sizeof *plan->rest);
    choose_parts(rng, DRAW_NOISE, plan->noise, plan->spans, arena, plan->lengths);
    if (compat) {
        choose_parts(rng, DRAW_REST, rest, plan->spans, arena, plan->rest);
        plan->rest[plan->spans] = 0;
    } else {
        choose_parts_around(rng, DRAW_REST, rest, plan->spans, arena, plan->rest);
    }
}

/* ---- open ---- */

static void add_sentinel(struct spans *spans, struct seq2seq *seq2seq, int32_t id)
{
    spans->sentinels = mem_resize(spans->sentinels, spans->sentinel_count + 1, sizeof *spans->sentinels);
    spans->sentinels[spans->sentinel_count++] = id;
    if ((size_t)id < seq2seq->size)
        seq2seq->kinds[id] = TOKEN_SENTINEL;
}

static int32_t named_sentinel(const struct seq2seq *seq2seq, const char *form, size_t number)
{
    const char *place = strstr(form, "%d");
    struct bytes name = {0};
    bytes_put(&name, slice_between(form, place));
    json_put_int(&name, (int64_t)number);
    bytes_put(&name, slice_of(place + 2));
    int32_t id = tokenizer_id(seq2seq->tokenizer, bytes_slice(&name));
    vec_free(&name);
    return id;
}

static int find_named(struct spans *spans, struct seq2seq *seq2seq, const char *form)
{
    const char *place = strstr(form, "%d");
    if (place == NULL || strchr(form, '%') != place || strchr(place + 1, '%') != NULL)
        return diag_error("--sentinel %s: expected a name with %%d in it, once, where the number is", form);
    for (int32_t id; (id = named_sentinel(seq2seq, form, spans->sentinel_count)) >= 0;)
        add_sentinel(spans, seq2seq, id);
    if (spans->sentinel_count == 0)
        return diag_error("--sentinel %s: %s has no such token with the number 0; --extra-ids N puts N of them behind "
                          "the vocabulary",
                          form, seq2seq->model);
    return 0;
}

static int add_extra(struct spans *spans, struct seq2seq *seq2seq, size_t count)
{
    if (tokenizer_id(seq2seq->tokenizer, SLICE("<extra_id_0>")) >= 0)
        return diag_error("--extra-ids: %s has <extra_id_0> already", seq2seq->model);
    if (count > INT32_MAX - seq2seq->size)
        return diag_error("--extra-ids: ids behind a vocabulary of %zu would exceed 2^31 - 1", seq2seq->size);
    for (size_t number = 0; number < count; number++)
        add_sentinel(spans, seq2seq, (int32_t)(seq2seq->size + count - 1 - number));
    return 0;
}

static int read_options(const struct corrupt_options *given, struct seq2seq *seq2seq, bool is_ul2, struct spans *spans)
{
    if ((given->extra_ids > 0 ? add_extra(spans, seq2seq, (size_t)given->extra_ids)
                              : find_named(spans, seq2seq, given->sentinel)) < 0)
        return -1;
    if (is_ul2)
        return denoisers_read(&given->denoisers, &given->mode_tokens, seq2seq->tokenizer, seq2seq->model,
                              &spans->denoisers);
    if (!decimal_is_whole(given->mean))
        return diag_error("--mean: expected 1 or more");
    struct denoiser only = {.kind = 'R', .density = given->density, .mean = given->mean, .weight = 1};
    vec_push(&spans->denoisers, only);
    spans->denoisers.weight = 1;
    return 0;
}

struct spans *spans_new(const struct corrupt_options *given, struct seq2seq *seq2seq, bool is_ul2)
{
    struct spans *spans = mem_zalloc(1, sizeof *spans);
    if (read_options(given, seq2seq, is_ul2, spans) == 0)
        return spans;
    spans_free(spans);
    return NULL;
}

void spans_free(struct spans *spans)
{
    if (spans == NULL)
        return;
    denoisers_free(&spans->denoisers);
    mem_free(spans->sentinels);
    mem_free(spans);
}

/* ---- record ---- */

static const struct denoiser *draw_denoiser(const struct spans *spans, struct rng *rng)
{
    const struct denoiser *denoiser = spans->denoisers.items;
    if (spans->denoisers.len == 1)
        return denoiser;
    uint64_t left = rng_below(rng, draw_number(DRAW_DENOISER, 0), spans->denoisers.weight);
    for (; left >= denoiser->weight; denoiser++)
        left -= denoiser->weight;
    return denoiser;
}

static void add_spans(const struct plan *plan, const struct spans *spans, bool final, const int32_t *ids,
                      struct ids *inputs, struct ids *labels)
{
    for (size_t i = 0; i < plan->spans; i++) {
        seq2seq_add(inputs, ids, plan->rest[i]);
        ids += plan->rest[i];
        seq2seq_add(inputs, &spans->sentinels[i], 1);
        seq2seq_add(labels, &spans->sentinels[i], 1);
        seq2seq_add(labels, ids, plan->lengths[i]);
        ids += plan->lengths[i];
    }
    seq2seq_add(inputs, ids, plan->rest[plan->spans]);
    if (final)
        seq2seq_add(labels, &spans->sentinels[plan->spans], 1);
}

static int hide_spans(const struct corrupter *corrupter, const struct denoiser *denoiser,
                      const struct original *original, struct rng *rng, struct sink *out, struct ids *inputs,
                      struct ids *labels)
{
    const struct corrupt_options *given = corrupter->given;
    const struct spans *spans = corrupter->spans;
    struct plan plan;
    spans_count(original->count, denoiser->density, denoiser->mean, given->t5_compat, &plan);
    if (plan.spans + given->final_sentinel > spans->sentinel_count)
        return diag_error("input_ids: %zu tokens have %zu spans to hide, which need %zu sentinels, but there are %zu; "
                          "make shorter records",
                          plan.count, plan.spans, plan.spans + given->final_sentinel, spans->sentinel_count);
    spans_draw(&plan, rng, given->t5_compat, sink_arena(out));
    add_spans(&plan, spans, given->final_sentinel, original->ids, inputs, labels);
    sink_count(out, COUNT_NOISE, plan.noise);
    sink_count(out, COUNT_SPANS, plan.spans);
    return 0;
}

/* The last tokens are the labels. */
static void hide_end(const struct denoiser *denoiser, const struct original *original, struct sink *out,
                     struct ids *inputs, struct ids *labels)
{
    size_t noise = within(decimal_share(denoiser->density, original->count), 1, original->count - 1);
    seq2seq_add(inputs, original->ids, original->count - noise);
    seq2seq_add(labels, original->ids + original->count - noise, noise);
    sink_count(out, COUNT_NOISE, noise);
    sink_count(out, COUNT_SPANS, 1);
}

enum { MORE_INPUTS = 2, MORE_LABELS = 2 }; /* a mode token, a final sentinel, and the end */

int spans_corrupt(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                  const struct record *in, struct record *made, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    const struct denoiser *denoiser = draw_denoiser(corrupter->spans, rng);
    struct ids inputs = {.items = arena_array(arena, original->count + MORE_INPUTS, sizeof *inputs.items)};
    struct ids labels = {.items = arena_array(arena, 2 * original->count + MORE_LABELS, sizeof *labels.items)};
    if (denoiser->has_mode)
        seq2seq_add(&inputs, &denoiser->mode, 1);
    if (denoiser->kind == 'S')
        hide_end(denoiser, original, out, &inputs, &labels);
    else if (hide_spans(corrupter, denoiser, original, rng, out, &inputs, &labels) < 0)
        return -1;
    seq2seq_set(corrupter->seq2seq, in, made, inputs, labels, arena);
    if (corrupter->given->task == TASK_UL2)
        rec_set_text(made, SLICE("denoiser"), denoiser->name);
    return 0;
}
