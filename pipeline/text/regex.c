/* regex.c - see regex.h. */
#include "text/regex.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/version.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static const char *pcre2_version(void)
{
    static char version[64];
    (void)pcre2_config(PCRE2_CONFIG_VERSION, version);
    return version;
}
LIBRARY(pcre2, "PCRE2", pcre2_version)

/* Limits for one text: backtracking steps, and the memory they may take if the compiled code is not used. Both are set
 * here because PCRE2's own defaults depend on how it was built. */
enum { STEPS_MOST = 10000000, HEAP_MOST_KIB = 65536 };

/* Beside REGEX_LINES. */
enum { INTERPRETED = 2 };

struct regex {
    pcre2_code *code;
};

struct regex_work {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

/* NULL, with PCRE2's reason and the place in bytes, if the expression is invalid. */
static struct regex *compile(struct slice expression, unsigned options, PCRE2_UCHAR *why, size_t why_size,
                             PCRE2_SIZE *at)
{
    int error;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        diag_die(STATUS_FAILED, "out of memory");
    (void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    (void)pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
    /* \C would match inside a character. */
    uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)(expression.len > 0 ? expression.ptr : ""), expression.len,
                                     flags | (options & REGEX_LINES ? PCRE2_MULTILINE : 0), &error, at, context);
    pcre2_compile_context_free(context);
    if (code == NULL) {
        (void)pcre2_get_error_message(error, why, why_size);
        return NULL;
    }
    if (!(options & INTERPRETED)) /* if this fails, searching is slower but gives the same result */
        (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    struct regex *regex = mem_alloc(sizeof *regex);
    regex->code = code;
    return regex;
}

struct regex *regex_new(struct slice expression, unsigned options)
{
    PCRE2_UCHAR why[256] = "";
    PCRE2_SIZE at = 0;
    struct regex *regex = compile(expression, options, why, sizeof why, &at);
    if (regex == NULL)
        (void)diag_error("the expression \"%.*s\" is not valid at byte %zu: %s", (int)expression.len, expression.ptr,
                         (size_t)at + 1, (const char *)why);
    return regex;
}

struct regex *regex_translated(struct slice expression, struct slice original, bool interpreted)
{
    PCRE2_UCHAR why[256] = "";
    PCRE2_SIZE at = 0;
    struct regex *regex = compile(expression, interpreted ? INTERPRETED : 0, why, sizeof why, &at);
    if (regex == NULL)
        (void)diag_error("the expression \"%.*s\" is not supported: %s", (int)original.len, original.ptr,
                         (const char *)why);
    return regex;
}

void regex_free(struct regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    mem_free(regex);
}

struct regex_work *regex_work_new(void)
{
    enum { STACK_FIRST_BYTES = 32 << 10, STACK_MOST_BYTES = 8 << 20 };
    struct regex_work *work = mem_alloc(sizeof *work);
    work->match = pcre2_match_data_create(1, NULL);
    work->context = pcre2_match_context_create(NULL);
    work->stack = pcre2_jit_stack_create(STACK_FIRST_BYTES, STACK_MOST_BYTES, NULL);
    if (work->match == NULL || work->context == NULL)
        diag_die(STATUS_FAILED, "out of memory");
    (void)pcre2_set_match_limit(work->context, STEPS_MOST);
    (void)pcre2_set_heap_limit(work->context, HEAP_MOST_KIB);
    if (work->stack != NULL)
        pcre2_jit_stack_assign(work->context, NULL, work->stack);
    return work;
}

void regex_work_free(struct regex_work *work)
{
    if (work == NULL)
        return;
    pcre2_match_data_free(work->match);
    pcre2_match_context_free(work->context);
    pcre2_jit_stack_free(work->stack);
    mem_free(work);
}

static int search(const struct regex *regex, struct regex_work *work, struct slice text, size_t from, uint32_t options)
{
    return pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from, PCRE2_NO_UTF_CHECK | options, work->match,
                       work->context);
}

int regex_find(const struct regex *regex, struct regex_work *work, struct slice text, size_t from, size_t *start,
               size_t *end)
{
    if (text.len == 0)
        text.ptr = ""; /* PCRE2 may refuse NULL */
    int found = search(regex, work, text, from, 0);
    /* Only the compiled code has a stack of its own, which can be too small. */
    if (found == PCRE2_ERROR_JIT_STACKLIMIT)
        found = search(regex, work, text, from, PCRE2_NO_JIT);
    if (found >= 0) {
        const PCRE2_SIZE *span = pcre2_get_ovector_pointer(work->match);
        *start = span[0];
        *end = span[1];
        return 1;
    }
    if (found == PCRE2_ERROR_NOMATCH)
        return 0;
    if (found == PCRE2_ERROR_NOMEMORY)
        diag_die(STATUS_FAILED, "out of memory");
    if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_HEAPLIMIT || found == PCRE2_ERROR_DEPTHLIMIT)
        return diag_error("the expression backtracks too much on this text");
    PCRE2_UCHAR message[256] = "";
    (void)pcre2_get_error_message(found, message, sizeof message);
    return diag_error("the expression failed: %s", (const char *)message);
}
