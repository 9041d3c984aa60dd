/* completion.c - see completion.h.
 *
 * The scripts know nothing of the filters: they pass the command line up to the cursor to `quern --complete`, which
 * answers from the option tables. Its first line is
 *
 *     KIND PLACE WORD PART
 *
 * KIND: names, or files or dirs: then file names or folders are offered too. PLACE: chain inside the quotes of `quern
 * run`, else word. WORD: where the word at the cursor begins, after a quote; PART: where the part of it begins that the
 * candidates replace; both in characters. The other lines are candidates, each with a tab and a description. */
#include "run/completion.h"

#include "base/diag.h"
#include "run/chain.h"
#include "run/runner.h"
#include "run/stale.h"

/* ---- a command line up to the cursor ---- */

/* The words of the last command, without their quotes, and the unfinished one at the end, which may be empty. */
struct typed {
    VEC(char *) words;
    struct bytes last;
    size_t start; /* of the last word, after a quote: a place in the line */
    char quote;   /* the quote that is open at the end; 0: none */
    bool open;    /* in a word */
    bool redirected;
};

static void end_word(struct typed *typed)
{
    if (typed->open && !typed->redirected)
        vec_push(&typed->words, mem_string(typed->last.items, typed->last.len));
    if (typed->open)
        typed->redirected = false;
    typed->open = false;
    typed->last.len = 0;
}

static void forget_words(struct typed *typed)
{
    for (size_t i = 0; i < typed->words.len; i++)
        mem_free(typed->words.items[i]);
    typed->words.len = 0;
    typed->redirected = false;
}

/* A character outside quotes that is no part of a word. `before` is the one before it. */
static bool read_mark(struct typed *typed, char before, char c)
{
    if (strchr(" \t\n|&;()<>", c) == NULL)
        return false;
    end_word(typed);
    if (strchr("|&;()", c) != NULL && before != '>') /* 2>&1 goes on */
        forget_words(typed);
    if (strchr("<>", c) != NULL)
        typed->redirected = true;
    return true;
}

/* The rules of a shell as far as they matter here. A newline joins words: in a chain it is a blank. */
static void read_line(struct slice line, struct typed *typed)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        bool escaped = typed->quote != '\'' && c == '\\' && i + 1 < line.len;
        if (escaped && line.ptr[i + 1] == '\n') {
            i++;
            continue;
        }
        if (typed->quote == 0 && !escaped && read_mark(typed, i > 0 ? line.ptr[i - 1] : ' ', c))
            continue;
        if (!typed->open)
            typed->start = i;
        typed->open = true;
        if (c == typed->quote) {
            typed->quote = 0;
        } else if (typed->quote == 0 && (c == '\'' || c == '"')) {
            typed->quote = c;
            if (typed->last.len == 0)
                typed->start = i + 1;
        } else {
            i += escaped;
            bytes_byte(&typed->last, line.ptr[i]);
        }
    }
    if (!typed->open)
        typed->start = line.len;
    bytes_byte(&typed->last, '\0');
    typed->last.len--;
}

static void typed_release(struct typed *typed)
{
    forget_words(typed);
    vec_free(&typed->words);
    vec_free(&typed->last);
}

/* ---- candidates ---- */

struct answer {
    const char *kind, *place;
    size_t word, part;  /* places in the line */
    struct slice typed; /* from `part` on */
    struct bytes names;
};

static void offer(struct answer *answer, const char *before, const char *name, const char *description)
{
    size_t len = strlen(before);
    struct slice typed = answer->typed;
    if (typed.len < len ? memcmp(before, typed.ptr, typed.len) != 0
                        : memcmp(before, typed.ptr, len) != 0 || strncmp(name, typed.ptr + len, typed.len - len) != 0)
        return;
    bytes_put(&answer->names, slice_of(before));
    bytes_put(&answer->names, slice_of(name));
    bytes_byte(&answer->names, '\t');
    bytes_put(&answer->names, slice_of(description));
    bytes_byte(&answer->names, '\n');
}

/* What was typed begins with so many bytes that stay. */
static void keep(struct answer *answer, size_t len)
{
    answer->part += len;
    answer->typed = (struct slice){answer->typed.ptr + len, answer->typed.len - len};
}

static bool starts(struct slice typed, const char *with)
{
    return slice_starts(typed, slice_of(with));
}

/* ---- the value of an option ---- */

/* A choice such as "quarantine=FILE" goes on with a file's name. */
static void offer_choice(struct answer *answer, const char *choice, const char *help)
{
    const char *equals = strchr(choice, '=');
    if (equals == NULL) {
        offer(answer, "", choice, help);
        return;
    }
    size_t len = (size_t)(equals + 1 - choice);
    if (answer->typed.len < len) {
        char *name = mem_string(choice, len);
        offer(answer, "", name, help);
        mem_free(name);
    } else if (memcmp(answer->typed.ptr, choice, len) == 0) {
        keep(answer, len);
        answer->kind = "files";
    }
}

static void offer_values(struct answer *answer, const struct option *option)
{
    if (option->type == OPT_FILE)
        answer->kind = strcmp(option->value, "DIR") == 0 ? "dirs" : "files";
    if (option->type == OPT_WORDS) {
        const char *comma = memrchr(answer->typed.ptr, ',', answer->typed.len);
        keep(answer, comma != NULL ? (size_t)(comma + 1 - answer->typed.ptr) : 0);
    }
    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
        offer_choice(answer, option->choices[i], option->help);
}

/* ---- the options and operands of a filter ---- */

/* The tables that are searched, in order; the second and third may be NULL. */
struct tables {
    const struct option *tables[3];
};

static const struct option *find_option(const struct tables *tables, const char *name, size_t len, char letter)
{
    for (size_t t = 0; t < sizeof tables->tables / sizeof *tables->tables; t++)
        for (const struct option *option = tables->tables[t]; option != NULL && option->name != NULL; option++)
            if (letter != 0 ? option->letter == letter : slice_is((struct slice){name, len}, option->name))
                return option;
    return NULL;
}

/* The option that a word ends with; *value is where its value begins in the word, NULL if that is the next word. */
static const struct option *option_of(const struct tables *tables, const char *word, const char **value)
{
    *value = NULL;
    if (word[0] != '-' || word[1] == '\0')
        return NULL;
    if (word[1] == '-') {
        size_t len = strcspn(word + 2, "=");
        *value = word[2 + len] == '=' ? word + 2 + len + 1 : NULL;
        return find_option(tables, word + 2, len, 0);
    }
    for (const char *at = word + 1; *at != '\0'; at++) {
        const struct option *option = find_option(tables, NULL, 0, *at);
        if (option == NULL)
            return NULL;
        if (option->type == OPT_FLAG && at[1] != '\0')
            continue;
        *value = at[1] != '\0' ? at + 1 : NULL;
        return option;
    }
    return NULL;
}

static void offer_options(struct answer *answer, const struct tables *tables)
{
    char seen[UINT8_MAX + 1] = {0};
    for (size_t t = 0; t < sizeof tables->tables / sizeof *tables->tables; t++) {
        for (const struct option *option = tables->tables[t]; option != NULL && option->name != NULL; option++) {
            char letter[] = {option->letter, '\0'};
            if (option->letter != 0 && !seen[(unsigned char)option->letter] && !starts(answer->typed, "--"))
                offer(answer, "-", letter, option->help);
            seen[(unsigned char)option->letter] = 1;
            offer(answer, "--", option->name, option->help);
        }
    }
    offer(answer, "--", "help", "print all options, defaults and an example");
    offer(answer, "--", "version", "print the version");
}

/* Goes through the words before the last. Returns how many of them are operands, or the option whose value is next. */
static size_t read_words(const struct tables *tables, char *const *words, size_t count, const struct option **awaits,
                         bool *ended)
{
    size_t operands = 0;
    *awaits = NULL;
    *ended = false;
    for (size_t i = 0; i < count; i++) {
        const char *value;
        const struct option *option = *ended ? NULL : option_of(tables, words[i], &value);
        if (*awaits != NULL)
            *awaits = NULL;
        else if (option != NULL)
            *awaits = option->type != OPT_FLAG && value == NULL ? option : NULL;
        else if (!*ended && strcmp(words[i], "--") == 0)
            *ended = true;
        else if (*ended || words[i][0] != '-' || words[i][1] == '\0')
            operands++;
    }
    return operands;
}

/* Completes an option or its value; false if the last word is an operand. operands: how many come before it. */
static bool complete_option(struct answer *answer, const struct tables *tables, char *const *words, size_t count,
                            size_t *operands)
{
    const struct option *awaits;
    const char *value;
    bool ended;
    *operands = read_words(tables, words, count, &awaits, &ended);
    if (awaits != NULL) {
        offer_values(answer, awaits);
        return true;
    }
    if (ended || answer->typed.len == 0 || answer->typed.ptr[0] != '-')
        return false;
    const struct option *option = option_of(tables, answer->typed.ptr, &value);
    if (option != NULL && value != NULL && option->type != OPT_FLAG) {
        keep(answer, (size_t)(value - answer->typed.ptr));
        offer_values(answer, option);
    } else {
        offer_options(answer, tables);
    }
    return true;
}

static const struct stage *find_stage(const char *name)
{
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        if (strcmp((*stage)->name, name) == 0)
            return *stage;
    return NULL;
}

static void offer_verbs(struct answer *answer, const struct stage *stage)
{
    for (const struct stage *const *verb = stage->verbs; verb != NULL && *verb != NULL; verb++)
        offer(answer, "", strrchr((*verb)->name, ' ') + 1, (*verb)->summary);
}

/* words[0] is the name of a filter. In a chain it has no files and no options of the run. */
static void complete_filter(struct answer *answer, char *const *words, size_t count, bool chained)
{
    const struct stage *stage = find_stage(words[0]);
    size_t operands;
    if (stage == NULL)
        return;
    for (const struct stage *verb; count > 1 && (verb = chain_verb(stage, words[1])) != NULL; words++, count--)
        stage = verb;
    if (count == 1 && !starts(answer->typed, "-"))
        offer_verbs(answer, stage);
    struct tables tables = {
        {stage->options, stale_any(stage) ? common_option_table : NULL, chained ? NULL : runner_option_table}};
    if (!complete_option(answer, &tables, words + 1, count - 1, &operands) && !chained)
        answer->kind = "files";
}

/* ---- chains ---- */

/* In a chain what reads lines can only come first. */
static void offer_filters(struct answer *answer, bool reads_lines)
{
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        if (reads_lines || !(*stage)->lines_in)
            offer(answer, "", (*stage)->name, (*stage)->summary);
}

/* The text of a chain is a command line of its own. */
static void complete_chain(struct answer *answer, struct slice line)
{
    struct slice chain = {line.ptr + answer->word, line.len - answer->word};
    struct typed typed = {0};
    read_line(chain, &typed);
    if (answer->word > 0 && strchr("'\"", line.ptr[answer->word - 1]) != NULL)
        answer->place = "chain";
    answer->part = answer->word + typed.start;
    answer->typed = bytes_slice(&typed.last);
    size_t program = typed.words.len > 0 && strcmp(typed.words.items[0], "quern") == 0;
    if (typed.words.len == program)
        offer_filters(answer, memchr(chain.ptr, '|', chain.len) == NULL);
    else
        complete_filter(answer, typed.words.items + program, typed.words.len - program, true);
    typed_release(&typed);
}

static void complete_run(struct answer *answer, char *const *words, size_t count, struct slice line)
{
    const struct tables tables = {{runner_option_table, NULL, NULL}};
    size_t operands;
    if (complete_option(answer, &tables, words, count, &operands))
        return;
    if (operands == 0)
        complete_chain(answer, line);
    else
        answer->kind = "files";
}

/* ---- all of it ---- */

static void complete_first(struct answer *answer)
{
    static const char *const shared[][2] = {
        {"run", "run a chain of filters in one process"},
        {"help", "print the options of a filter"},
        {"stages", "list the filters"},
    };
    static const char *const own[][2] = {
        {"help", "list the filters"},
        {"version", "print the version"},
        {"completion", "print a completion script for a shell"},
    };
    if (starts(answer->typed, "-")) {
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            offer(answer, "--", own[i][0], own[i][1]);
        return;
    }
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        offer(answer, "", shared[i][0], shared[i][1]);
    offer_filters(answer, true);
}

static void complete_help(struct answer *answer, char *const *words, size_t count)
{
    if (count == 0) {
        offer(answer, "", "run", "run a chain of filters in one process");
        offer_filters(answer, true);
        return;
    }
    const struct stage *stage = find_stage(words[0]);
    for (size_t i = 1; stage != NULL && i < count; i++)
        stage = chain_verb(stage, words[i]);
    if (stage != NULL)
        offer_verbs(answer, stage);
}

/* words: what comes after "quern". */
static void complete_quern(struct answer *answer, char *const *words, size_t count, struct slice line)
{
    if (count == 0)
        complete_first(answer);
    else if (strcmp(words[0], "run") == 0)
        complete_run(answer, words + 1, count - 1, line);
    else if (strcmp(words[0], "help") == 0)
        complete_help(answer, words + 1, count - 1);
    else if (strcmp(words[0], "--completion") == 0 && count == 1)
        for (const char *const *shell = completion_shells; *shell != NULL; shell++)
            offer(answer, "", *shell, "print a completion script");
    else
        complete_filter(answer, words, count, false);
}

/* The place of the command among the words: "quern" or "quern-mask", perhaps after sudo or an assignment. */
static size_t find_command(const struct typed *typed, const char **name)
{
    for (size_t i = 0; i < typed->words.len; i++) {
        const char *slash = strrchr(typed->words.items[i], '/');
        *name = slash != NULL ? slash + 1 : typed->words.items[i];
        if (strcmp(*name, "quern") == 0 || strncmp(*name, "quern-", 6) == 0)
            return i;
    }
    return typed->words.len;
}

static size_t count_characters(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

void completion_answer(const char *text, FILE *out)
{
    struct slice line = slice_of(text);
    struct typed typed = {0};
    const char *name = NULL;
    read_line(line, &typed);
    struct answer answer = {
        .kind = "names",
        .place = "word",
        .word = typed.start,
        .part = typed.start,
        .typed = bytes_slice(&typed.last),
    };
    size_t command = find_command(&typed, &name), count = typed.words.len;
    if (command == count || typed.redirected) {
        answer.kind = "files";
    } else if (strcmp(name, "quern") == 0) {
        complete_quern(&answer, typed.words.items + command + 1, count - command - 1, line);
    } else {
        char **words = typed.words.items + command, *whole = words[0];
        words[0] = (char *)(uintptr_t)name + 6;
        complete_filter(&answer, words, count - command, false);
        words[0] = whole;
    }
    (void)fprintf(out, "%s %s %zu %zu\n%.*s", answer.kind, answer.place,
                  count_characters((struct slice){line.ptr, answer.word}),
                  count_characters((struct slice){line.ptr, answer.part}), (int)answer.names.len,
                  answer.names.len > 0 ? answer.names.items : "");
    vec_free(&answer.names);
    typed_release(&typed);
}
