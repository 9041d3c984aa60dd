/* seq2seq_spans.c - spans that sentinels stand for: see seq2seq.h. */
#include "seq2seq.h"

/* The number of a sentinel, or -1. */
static int64_t sentinel_number(const struct check *check, const struct seq2seq *state, int32_t id)
{
    if (state->first_extra < 0)
        return id >= 0 && id < check->kinds->size ? (int64_t)state->numbers[id] - 1 : -1;
    int64_t number = (int64_t)state->first_extra - id;
    return number >= 0 && number < state->given->extra_ids ? number : -1;
}

/* x / y, half to even, where x is digits / 10^scale. */
static uint64_t divide(uint64_t n, struct decimal by)
{
    uint64_t scale = 1, quotient, rest;
    for (unsigned i = 0; i < by.scale; i++)
        scale *= 10;
    quotient = n * scale / by.digits;
    rest = n * scale % by.digits;
    if (2 * rest > by.digits || (2 * rest == by.digits && quotient % 2 == 1))
        quotient++;
    return quotient;
}

static uint64_t within(uint64_t n, uint64_t low, uint64_t high)
{
    return n < low ? low : n > high ? high : n;
}

/* What the record shows: which tokens are noise. */
struct noise {
    size_t spans, tokens, first, last; /* first, last: are the ends of the text noise? */
    size_t short_spans, inner_gaps, short_gaps;
    size_t other; /* tokens that stay */
};

static bool broken_at(struct check *check, const char *side, size_t at, int64_t expected)
{
    report_broken(check->report, RULE_SENTINELS, "%s[%zu]: expected sentinel %" PRId64 " or a token", side, at,
                  expected);
    return false;
}

/* Puts the spans of the labels back into the inputs and compares with the original. */
static bool splice(struct check *check, const struct seq2seq *state, const struct sides *sides, size_t from,
                   struct noise *noise)
{
    size_t label = 0, at = 0, gap = 0;
    int64_t expected = 0;
    report_checked(check->report, RULE_SENTINELS);
    for (size_t i = from; i < sides->input_count; i++) {
        int64_t number = sentinel_number(check, state, sides->inputs[i]);
        if (number < 0) {
            if (sides->original != NULL && (at >= sides->count || sides->original[at] != sides->inputs[i])) {
                report_broken(check->report, RULE_RESTORED,
                              "input_ids[%zu]: expected token %zu of --against, found %" PRId32, i, at,
                              sides->inputs[i]);
                return false;
            }
            at++;
            gap++;
            noise->other++;
            continue;
        }
        if (number != expected || (expected > 0 && gap == 0))
            return broken_at(check, "input_ids", i, expected);
        if (label >= sides->label_count || sentinel_number(check, state, sides->labels[label]) != expected)
            return broken_at(check, "labels", label, expected);
        noise->first = expected == 0 ? gap == 0 : noise->first;
        noise->inner_gaps += expected > 0;
        noise->short_gaps += expected > 0 && gap == 1;
        size_t length = 0;
        for (label++; label < sides->label_count && sentinel_number(check, state, sides->labels[label]) < 0;
             label++, length++, at++) {
            if (sides->original != NULL && (at >= sides->count || sides->original[at] != sides->labels[label])) {
                report_broken(check->report, RULE_RESTORED,
                              "labels[%zu]: expected token %zu of --against, found %" PRId32, label, at,
                              sides->labels[label]);
                return false;
            }
        }
        noise->tokens += length;
        noise->short_spans += length == 1;
        if (length == 0)
            return broken_at(check, "labels", label, expected);
        expected++;
        gap = 0;
    }
    noise->spans = (size_t)expected;
    noise->last = gap == 0;
    if (state->given->final_sentinel &&
        (label + 1 != sides->label_count || sentinel_number(check, state, sides->labels[label]) != expected))
        return broken_at(check, "labels", label, expected);
    if (!state->given->final_sentinel && label != sides->label_count)
        return broken_at(check, "labels", label, expected);
    if (sides->original != NULL && at != sides->count) {
        report_broken(check->report, RULE_RESTORED, "expected %zu tokens in all, as in --against, found %zu",
                      sides->count, at);
        return false;
    }
    return true;
}

static void count_laws(struct seq2seq *state, const struct noise *noise, size_t length, size_t n, size_t s)
{
    if (state->given->compat)
        return;
    double share = (double)s / (double)(length - n + 1);
    drift_add(&state->ends[0], (double)noise->first, share);
    drift_add(&state->ends[1], (double)noise->last, share);
    state->records++;
    if (s < 2)
        return;
    drift_add(&state->spans, (double)noise->short_spans, (double)s * (double)(s - 1) / (double)(n - 1));
    drift_add(&state->gaps, (double)noise->short_gaps, (double)(s - 1) * share);
    state->span_count += s;
}

void seq2seq_spans(struct check *check, struct seq2seq *state, const struct sides *sides,
                   const struct denoiser *denoiser)
{
    struct noise noise = {0};
    if (!splice(check, state, sides, denoiser->mode >= 0, &noise))
        return;
    size_t length = noise.tokens + noise.other;
    report_checked(check->report, RULE_COUNT);
    if (length < 2) {
        report_broken(check->report, RULE_COUNT, "expected two tokens or more, found %zu", length);
        return;
    }
    uint64_t n = within(decimal_share(denoiser->density, length), 1, length - 1);
    uint64_t most = state->given->compat ? length - n : length - n + 1;
    uint64_t s = within(divide(n, denoiser->mean), 1, n < most ? n : most);
    if (noise.tokens != n || noise.spans != s)
        report_broken(check->report, RULE_COUNT,
                      "expected %" PRIu64 " of %zu tokens hidden in %" PRIu64 " spans, found %zu in %zu", n, length, s,
                      noise.tokens, noise.spans);
    else if (state->given->compat && (noise.first || !noise.last))
        report_broken(check->report, RULE_COUNT,
                      "expected the first token to stay and the last to be hidden (--t5-compat)");
    else
        count_laws(state, &noise, length, n, s);
}
