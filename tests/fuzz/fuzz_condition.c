/* A condition, a line feed, and a record: all comparisons of the member with the value agree with each other, and what
 * is turned around is the opposite. */
#include "fuzz.h"
#include "pipeline/record/condition.h"
#include "pipeline/text/json.h"

static int check(const char *condition, bool invert, const struct record *record, struct arena *arena)
{
    struct words words = {&condition, 1, 1};
    struct conditions *conditions = conditions_new(&words, false, invert);
    if (conditions == NULL)
        return 2;
    struct condition_thread *thread = condition_thread_new(conditions);
    int held = conditions_hold(conditions, thread, record, arena);
    condition_thread_free(thread);
    conditions_free(conditions);
    return held;
}

/* The member and the value of "MEMBER < VALUE" under another operator. */
static int compare(const char *sign, struct slice member, struct slice value, const struct record *record,
                   struct arena *arena)
{
    const char *condition =
        arena_print(arena, "%.*s %s %.*s", (int)member.len, member.ptr, sign, (int)value.len, value.ptr).ptr;
    return check(condition, false, record, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    const char *newline = size > 0 ? memchr(data, '\n', size) : NULL;
    if (newline == NULL || memchr(data, 0, size) != NULL)
        return -1;
    size_t len = (size_t)((const uint8_t *)newline - data);
    const char *condition = arena_print(arena, "%.*s", (int)len, (const char *)data).ptr;
    struct record record;
    if (rec_parse(&record, fuzz_slice(data + len + 1, size - len - 1, arena), JSON_DEPTH, arena) < 0)
        return -1;
    (void)condition_is_meant(condition);
    int held = check(condition, false, &record, arena), turned = check(condition, true, &record, arena);
    LAW(turned == (held == 0 || held == 1 ? !held : held));
    const char *less = strstr(condition, " < ");
    if (less == NULL || held == 2)
        return 0;
    struct slice member = slice_between(condition, less), value = slice_of(less + 3);
    int below = compare("<", member, value, &record, arena), equal = compare("==", member, value, &record, arena),
        above = compare(">", member, value, &record, arena);
    if (below < 0 || below == 2)
        return 0;
    LAW(compare("!=", member, value, &record, arena) == (below || above));
    LAW(compare("<=", member, value, &record, arena) == (below || equal));
    LAW(compare(">=", member, value, &record, arena) == (above || equal));
    LAW(below + equal + above <= 1);
    return 0;
}
