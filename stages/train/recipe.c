/* recipe.c - see recipe.h. */
#include "recipe.h"

#include "base/diag.h"
#include "text/text.h"

const char *const role_names[] = {[ROLE_BOS] = "bos", [ROLE_EOS] = "eos", [ROLE_UNK] = "unk",   [ROLE_SEP] = "sep",
                                  [ROLE_PAD] = "pad", [ROLE_CLS] = "cls", [ROLE_MASK] = "mask", NULL};

/* ---- tokens ---- */

/* RoBERTa's, BERT's and ALBERT's, in the order of their ids. */
static const char *const usual_special[][6] = {
    [TRAINER_BPE] = {"<s>", "<pad>", "</s>", "<unk>", "<mask>", NULL},
    [TRAINER_WORDPIECE] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", NULL},
    [TRAINER_UNIGRAM] = {"<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", NULL},
};

static int32_t find_token(const struct recipe *recipe, struct slice token)
{
    for (size_t i = 0; i < recipe->reserved.len; i++)
        if (slice_equal(recipe->reserved.items[i], token))
            return (int32_t)i;
    return -1;
}

static int add_token(struct recipe *recipe, const char *option, const char *token)
{
    struct slice text = slice_of(token);
    if (!text_is_utf8(text))
        return diag_error("%s: a token is not UTF-8", option);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20)
            return diag_error("%s: a token contains a control character", option);
    int32_t known = find_token(recipe, text);
    if (known >= 0 && recipe->special_count > 0 && (size_t)known < recipe->special_count)
        return diag_error("%s: %s is a special token already", option, token);
    if (known >= 0)
        return diag_error("%s: %s is given twice", option, token);
    vec_push(&recipe->reserved, text);
    return 0;
}

static int add_special(struct recipe *recipe, const struct words *given)
{
    if (given->len == 1 && slice_is(slice_of(given->items[0]), "none"))
        return 0;
    if (given->len == 0)
        for (const char *const *usual = usual_special[recipe->type]; *usual != NULL; usual++)
            (void)add_token(recipe, "--special", *usual);
    for (size_t i = 0; i < given->len; i++)
        if (add_token(recipe, "--special", given->items[i]) != 0)
            return -1;
    return 0;
}

static int add_tokens(struct recipe *recipe, const struct train_options *options)
{
    if (add_special(recipe, &options->special) != 0)
        return -1;
    recipe->special_count = recipe->reserved.len;
    for (size_t i = 0; i < options->user_defined.len; i++)
        if (add_token(recipe, "--user-defined", options->user_defined.items[i]) != 0)
            return -1;
    recipe->token_count = recipe->reserved.len;
    recipe->byte_fallback = options->byte_fallback;
    for (unsigned byte = 0; recipe->byte_fallback && byte < 256; byte++) {
        struct slice name = arena_print(recipe->arena, "<0x%02X>", byte);
        if (find_token(recipe, name) >= 0)
            return diag_error("--byte-fallback: %s is one of its 256 tokens; leave it out of --special and "
                              "--user-defined",
                              name.ptr);
        vec_push(&recipe->reserved, name);
    }
    return 0;
}

/* ---- roles ---- */

/* The names by which a role is known, the best first. */
static const char *const role_tokens[ROLES][7] = {
    [ROLE_BOS] = {"<s>", "[BOS]", "<bos>", "<|startoftext|>", "<|begin_of_text|>", "<|endoftext|>", NULL},
    [ROLE_EOS] = {"</s>", "[EOS]", "<eos>", "<|endoftext|>", "<|end_of_text|>", NULL},
    [ROLE_UNK] = {"[UNK]", "<unk>", NULL},
    [ROLE_SEP] = {"[SEP]", "<sep>", NULL},
    [ROLE_PAD] = {"[PAD]", "<pad>", "<|pad|>", NULL},
    [ROLE_CLS] = {"[CLS]", "<cls>", NULL},
    [ROLE_MASK] = {"[MASK]", "<mask>", NULL},
};

static int32_t find_special(const struct recipe *recipe, struct slice token)
{
    int32_t id = find_token(recipe, token);
    return id >= 0 && (size_t)id < recipe->special_count ? id : -1;
}

static void name_roles(struct recipe *recipe)
{
    for (int role = 0; role < ROLES; role++) {
        recipe->role[role] = -1;
        for (const char *const *name = role_tokens[role]; *name != NULL && recipe->role[role] < 0; name++)
            recipe->role[role] = find_special(recipe, slice_of(*name));
    }
    if (recipe->type != TRAINER_BPE)
        return;
    /* As in RoBERTa, where <s> and </s> do the work of [CLS] and [SEP] too. */
    int32_t start = find_special(recipe, SLICE("<s>")), end = find_special(recipe, SLICE("</s>"));
    if (start >= 0 && end >= 0) {
        recipe->role[ROLE_CLS] = start;
        recipe->role[ROLE_SEP] = end;
    }
}

/* "mask=<hidden>" */
static int choose_role(struct recipe *recipe, const char *word)
{
    const char *equals = strchr(word, '=');
    int role = 0;
    while (equals != NULL && role < ROLES && !slice_is(slice_between(word, equals), role_names[role]))
        role++;
    if (equals == NULL || role == ROLES)
        return diag_error("--role: expected ROLE=TOKEN, a ROLE of bos, eos, unk, sep, pad, cls and mask, found \"%s\"",
                          word);
    if (recipe->chosen[role])
        return diag_error("--role: %s is given twice", role_names[role]);
    recipe->role[role] = find_special(recipe, slice_of(equals + 1));
    recipe->chosen[role] = true;
    if (recipe->role[role] < 0)
        return diag_error("--role: %s is not a special token: add it to --special", equals + 1);
    return 0;
}

static int check_unknown(const struct recipe *recipe)
{
    const char *usual = recipe->type == TRAINER_WORDPIECE ? "[UNK]" : "<unk>";
    bool needs = recipe->type != TRAINER_BPE || (!recipe->bytes && !recipe->byte_fallback);
    if (!needs || recipe->chosen[ROLE_UNK] || slice_is(recipe_token(recipe, ROLE_UNK), usual))
        return 0;
    if (recipe->type == TRAINER_WORDPIECE)
        return diag_error("--special: WordPiece needs [UNK] for words that it can't cut; --role unk=TOKEN gives it "
                          "another name");
    return diag_error("--special: %s needs <unk> for characters that it doesn't know; --role unk=TOKEN gives it "
                      "another name",
                      recipe->type == TRAINER_BPE ? "BPE of characters" : "a unigram model");
}

static int choose_roles(struct recipe *recipe, const struct train_options *options)
{
    name_roles(recipe);
    for (size_t i = 0; i < options->roles.len; i++)
        if (choose_role(recipe, options->roles.items[i]) != 0)
            return -1;
    if (recipe->type != TRAINER_BPE && !recipe->chosen[ROLE_UNK]) {
        int32_t usual = find_special(recipe, recipe->type == TRAINER_WORDPIECE ? SLICE("[UNK]") : SLICE("<unk>"));
        recipe->role[ROLE_UNK] = usual >= 0 ? usual : recipe->role[ROLE_UNK];
    }
    return check_unknown(recipe);
}

struct slice recipe_token(const struct recipe *recipe, enum role role)
{
    return recipe->role[role] >= 0 ? recipe->reserved.items[recipe->role[role]] : (struct slice){"", 0};
}

bool recipe_surrounds(const struct recipe *recipe)
{
    bool bpe = recipe->type == TRAINER_BPE;
    struct slice cls = recipe_token(recipe, ROLE_CLS), sep = recipe_token(recipe, ROLE_SEP);
    return (recipe->chosen[ROLE_CLS] ? cls.len > 0 : slice_is(cls, bpe ? "<s>" : "[CLS]")) &&
           (recipe->chosen[ROLE_SEP] ? sep.len > 0 : slice_is(sep, bpe ? "</s>" : "[SEP]"));
}

/* ---- how a text is cut ---- */

/* --pattern */
static int use_pattern(struct recipe *recipe, const struct train_options *options)
{
    recipe->pattern = options->pattern;
    recipe->cut = CUT_PATTERN;
    if (options->cut != CUT_TYPE)
        return diag_error("--pattern does not go with --pre-tokenizer: it is one");
    if (!recipe->bytes)
        return diag_error("--pattern does not go with --letters characters, whose words begin with U+2581");
    if (recipe->pattern[0] == '\0' || !text_is_utf8(slice_of(recipe->pattern)))
        return diag_error("--pattern: expected an expression, in UTF-8");
    return 0;
}

static int choose_cut(struct recipe *recipe, const struct train_options *options)
{
    static const char *const names[] = {"type", "gpt2", "gpt4", "bert", "whitespace", "none"};
    static const int usual[] = {[TRAINER_BPE] = CUT_GPT2, [TRAINER_WORDPIECE] = CUT_BERT, [TRAINER_UNIGRAM] = CUT_TYPE};
    bool gpt = options->cut == CUT_GPT2 || options->cut == CUT_GPT4;
    recipe->cut = options->cut == CUT_TYPE && !recipe->marks ? usual[recipe->type] : options->cut;
    if (recipe->marks && recipe->cut != CUT_TYPE && recipe->cut != CUT_NONE)
        return diag_error("--pre-tokenizer %s does not go with %s, whose words begin with U+2581: only type or none",
                          names[options->cut], recipe->type == TRAINER_BPE ? "--letters characters" : "--type unigram");
    if (gpt && !recipe->bytes)
        return diag_error("--pre-tokenizer %s needs --type bpe: its words begin with spaces", names[options->cut]);
    return 0;
}

static int choose_prefix(struct recipe *recipe, const struct train_options *options)
{
    recipe->prefix = options->prefix != PREFIX_TYPE ? options->prefix : recipe->marks ? PREFIX_ALWAYS : PREFIX_NEVER;
    if (recipe->bytes && recipe->prefix == PREFIX_FIRST)
        return diag_error("--prefix-space first does not go with letters that are bytes: only always or never");
    return 0;
}

static void choose_normalizer(struct recipe *recipe, const struct train_options *options)
{
    bool usual = options->form == FORM_TYPE, wordpiece = recipe->type == TRAINER_WORDPIECE;
    recipe->bert = usual && wordpiece;
    recipe->joiners = usual && recipe->marks;
    recipe->form = !usual ? options->form : recipe->marks ? FORM_NMT_NFKC : FORM_NONE;
    recipe->lower = options->letter_case == CASE_LOWER || (options->letter_case == CASE_TYPE && wordpiece);
    recipe->accents = options->accents;
    if (recipe->accents == ACCENTS_TYPE && !recipe->bert)
        recipe->accents = wordpiece && recipe->lower ? ACCENTS_STRIP : ACCENTS_KEEP;
}

bool recipe_is_usual(const struct recipe *recipe)
{
    bool plain = !recipe->split_digits && recipe->token_count == recipe->special_count;
    if (recipe->type == TRAINER_WORDPIECE)
        return plain && recipe->bert && recipe->accents == ACCENTS_TYPE && recipe->cut == CUT_BERT;
    return plain && recipe->bytes && recipe->form == FORM_NONE && !recipe->lower && recipe->accents == ACCENTS_KEEP &&
           recipe->cut == CUT_GPT2 && recipe->prefix == PREFIX_NEVER;
}

int recipe_make(struct recipe *recipe, const struct train_options *options)
{
    *recipe = (struct recipe){.type = (enum trainer_type)options->type, .arena = arena_new()};
    recipe->bytes = recipe->type == TRAINER_BPE && options->letters == LETTERS_BYTES;
    recipe->marks = recipe->type != TRAINER_WORDPIECE && !recipe->bytes;
    recipe->split_digits = options->split_digits;
    choose_normalizer(recipe, options);
    if ((options->pattern != NULL ? use_pattern : choose_cut)(recipe, options) != 0 ||
        choose_prefix(recipe, options) != 0 || add_tokens(recipe, options) != 0)
        return -1;
    return choose_roles(recipe, options);
}

void recipe_free(struct recipe *recipe)
{
    vec_free(&recipe->reserved);
    arena_free(recipe->arena);
    recipe->arena = NULL;
}
