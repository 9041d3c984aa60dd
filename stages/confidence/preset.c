/* preset.c - presets are spellings of other options. */
#include "confidence.h"

const char *const confidence_presets[] = {"none",      "uda-text",  "uda-few",   "uda-image", "fixmatch", "mixmatch",
                                          "flexmatch", "freematch", "softmatch", "ups",       NULL};

/* What a preset says. A number of 0 says nothing. */
static const struct {
    struct decimal threshold;
    double temperature;
    bool tsa, ge, hard, mean, class_thresholds, soft_weight, passes;
    const char *needs;
} presets[] = {
    [PRESET_UDA_TEXT] = {.tsa = true},
    [PRESET_UDA_FEW] = {.threshold = {8, 1}, .temperature = 0.9},
    [PRESET_UDA_IMAGE] = {.threshold = {8, 1}, .temperature = 0.4},
    [PRESET_FIXMATCH] = {.threshold = {95, 2}, .ge = true, .hard = true},
    [PRESET_MIXMATCH] = {.mean = true, .temperature = 0.5},
    [PRESET_FLEXMATCH] = {.ge = true, .hard = true, .needs = "thresholds"},
    [PRESET_FREEMATCH] = {.ge = true, .hard = true, .class_thresholds = true, .needs = "shares"},
    [PRESET_SOFTMATCH] = {.hard = true, .soft_weight = true, .needs = "shares"},
    [PRESET_UPS] = {.passes = true},
};

/* Has the user said where the threshold comes from? */
static bool says_threshold(const struct stage_context *context)
{
    return opt_given(context, "threshold") || opt_given(context, "thresholds") ||
           opt_given(context, "class-thresholds");
}

static void set_preset(const struct stage_context *context, struct confidence_options *given)
{
    const int preset = given->preset;
    if (presets[preset].threshold.scale > 0 && !says_threshold(context))
        given->threshold = presets[preset].threshold;
    if (presets[preset].class_thresholds && !says_threshold(context))
        given->class_thresholds = true;
    if (presets[preset].temperature > 0 && !opt_given(context, "temperature") && !given->hard)
        given->temperature = presets[preset].temperature;
    if (presets[preset].tsa && !opt_given(context, "tsa"))
        given->tsa = (struct decimal){TSA_LINEAR, OPTION_WORD};
    if (presets[preset].ge && !opt_given(context, "compare"))
        given->compare = COMPARE_GE;
    if (presets[preset].hard && !opt_given(context, "temperature"))
        given->hard = true;
    if (presets[preset].mean && !opt_given(context, "guess"))
        given->guess = GUESS_MEAN;
    given->soft_weight = given->soft_weight || presets[preset].soft_weight;
    given->passes = given->passes || presets[preset].passes;
}

static int check_needs(const struct stage_context *context, const struct confidence_options *given)
{
    const char *needs = presets[given->preset].needs;
    if (needs == NULL || opt_given(context, needs) || (given->preset != PRESET_SOFTMATCH && says_threshold(context)))
        return 0;
    return diag_error("--preset %s needs --%s FILE, which \"quern fit %s\" writes", confidence_presets[given->preset],
                      needs, needs);
}

static int check_steps(const struct stage_context *context, const struct confidence_options *given)
{
    bool schedule = given->tsa.scale == OPTION_WORD && given->tsa.digits != TSA_NONE;
    bool step = opt_given(context, "step"), field = given->step_field != NULL, total = opt_given(context, "total");
    if (!schedule && (step || field || total))
        return diag_error("--step, --step-field and --total are for --tsa linear, log or exp");
    if (schedule && step == field)
        return diag_error("--tsa: give --step S or --step-field NAME: how far training has come, out of --total N");
    if (schedule && !total)
        return diag_error("--tsa: --total N is missing: the number of training steps");
    if (step && given->step > given->total)
        return diag_error("--step: more than --total");
    return 0;
}

int preset_apply(const struct stage_context *context, struct confidence_options *given)
{
    static const char *const not_multi[] = {"thresholds", "shares",           "align",     "target-shares",
                                            "prior",      "true-prior",       "guess",     "soft-weight",
                                            "passes",     "class-thresholds", "calibrate", NULL};
    if (check_needs(context, given) < 0)
        return -1;
    set_preset(context, given);
    if (given->hard && opt_given(context, "temperature"))
        return diag_error("--temperature does not go with --hard, which takes the largest probability as it is");
    bool fixed = given->threshold.scale != OPTION_WORD;
    if (fixed + (given->thresholds != NULL) + given->class_thresholds > 1)
        return diag_error("give one of --threshold, --thresholds and --class-thresholds");
    if (given->align != ALIGN_NONE && given->target_shares.len > 0)
        return diag_error("give one of --align and --target-shares");
    for (size_t i = 0; given->multi_label && not_multi[i] != NULL; i++)
        if (opt_given(context, not_multi[i]))
            return diag_error("--%s does not go with --multi-label", not_multi[i]);
    if (given->multi_label && (given->passes || given->guess == GUESS_MEAN || presets[given->preset].needs != NULL))
        return diag_error("--preset %s does not go with --multi-label", confidence_presets[given->preset]);
    if (given->passes && (fixed || given->thresholds != NULL || given->class_thresholds))
        return diag_error("--passes has its own bounds, --least-mean and --most-std");
    if (given->passes && given->guess == GUESS_MEAN)
        return diag_error("--passes does not go with --guess mean");
    return check_steps(context, given);
}
