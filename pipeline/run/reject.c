/* reject.c - handling bad records: see reject.h. */
#include "run/reject.h"

#include "base/base64.h"
#include "base/diag.h"
#include "base/visible.h"
#include "run/allowance.h"
#include "text/json.h"
#include "text/text.h"

enum {
    TOLD_SINGLY = 10, /* bad records reported before they are only counted */
    ID_BYTES = 128,   /* of an id shown in a message */
};

struct reject_policy {
    enum { ACTION_STOP, ACTION_SKIP, ACTION_QUARANTINE } action;
    const char *path; /* of the quarantine file */
    struct outputs *outputs;
    unsigned quarantine; /* among them */
    struct bytes line;
    struct allowance most;
    uint64_t count;
    VEC(uint64_t) counts; /* by depth */
};

static int read_action(struct reject_policy *policy, const char *on_error)
{
    static const char quarantine[] = "quarantine=";
    if (strcmp(on_error, "stop") == 0) {
        policy->action = ACTION_STOP;
    } else if (strcmp(on_error, "skip") == 0) {
        policy->action = ACTION_SKIP;
    } else if (strncmp(on_error, quarantine, sizeof quarantine - 1) == 0 && on_error[sizeof quarantine - 1] != '\0') {
        policy->action = ACTION_QUARANTINE;
        policy->path = on_error + sizeof quarantine - 1;
    } else {
        return diag_error("--on-error: expected stop, skip or quarantine=FILE, found \"%s\"", on_error);
    }
    return 0;
}

struct reject_policy *reject_new(const char *on_error, const char *max_errors)
{
    struct reject_policy *policy = mem_zalloc(1, sizeof *policy);
    policy->most.count = UINT64_MAX;
    int done = read_action(policy, on_error);
    if (done == 0 && max_errors != NULL)
        done =
            policy->action == ACTION_STOP
                ? diag_error("--max-errors goes only with --on-error skip or quarantine=FILE; without them the first "
                             "bad record ends the run")
                : allowance_read("--max-errors", max_errors, &policy->most);
    if (done < 0) {
        reject_free(policy);
        return NULL;
    }
    return policy;
}

void reject_add_output(struct reject_policy *policy, struct outputs *outputs)
{
    policy->outputs = outputs;
    if (policy->action == ACTION_QUARANTINE)
        policy->quarantine = outputs_add(outputs, "the quarantine", policy->path, 0, OUTPUT_REFUSED);
}

bool reject_stops(const struct reject_policy *policy)
{
    return policy->action == ACTION_STOP;
}

uint64_t reject_allowance(const struct reject_policy *policy)
{
    return policy->most.count - policy->count;
}

uint64_t reject_count(const struct reject_policy *policy)
{
    return policy->count;
}

uint64_t reject_count_at(const struct reject_policy *policy, size_t depth)
{
    return depth < policy->counts.len ? policy->counts.items[depth] : 0;
}

/* A long id is cut so that the reason after it stays readable. */
static void tell(const struct reject *reject)
{
    struct slice id = visible_cut(reject->id, ID_BYTES), message = reject->message;
    const char *before = id.len > 0 ? "id " : "", *cut = id.len < reject->id.len ? VISIBLE_ELLIPSIS : "";
    const char *after = id.len > 0 ? ": " : "";
    if (reject->file == NULL)
        diag_report_by(reject->link->program, "%s%.*s%s%s%.*s", before, (int)id.len, id.ptr, cut, after,
                       (int)message.len, message.ptr);
    else
        diag_report_by(reject->link->program, "%s:%llu: %s%.*s%s%s%.*s", reject->file, (unsigned long long)reject->line,
                       before, (int)id.len, id.ptr, cut, after, (int)message.len, message.ptr);
}

static int put_in_quarantine(struct reject_policy *policy, const struct reject *reject)
{
    struct bytes *out = &policy->line;
    out->len = 0;
    bytes_put(out, SLICE("{\"file\":"));
    json_put_lossy(out, slice_of(reject->file != NULL ? reject->file : ""));
    bytes_put(out, SLICE(",\"line\":"));
    json_put_int(out, (int64_t)reject->line);
    bytes_put(out, SLICE(",\"stage\":"));
    json_put_string(out, slice_of(reject->link->stage->name));
    if (reject->id.len > 0) {
        bytes_put(out, SLICE(",\"id\":"));
        bytes_put(out, reject->id);
    }
    bytes_put(out, SLICE(",\"error\":"));
    json_put_lossy(out, reject->message);
    if (text_is_utf8(reject->raw)) {
        bytes_put(out, SLICE(",\"raw\":"));
        json_put_string(out, reject->raw);
    } else {
        bytes_put(out, SLICE(",\"raw_base64\":"));
        bytes_byte(out, '"');
        base64_put(out, reject->raw);
        bytes_byte(out, '"');
    }
    bytes_put(out, SLICE("}\n"));
    return outputs_write(policy->outputs, policy->quarantine, bytes_slice(out));
}

int reject_handle(struct reject_policy *policy, const struct reject *reject)
{
    policy->count++;
    while (policy->counts.len <= reject->depth)
        vec_push(&policy->counts, 0);
    policy->counts.items[reject->depth]++;
    if (policy->action == ACTION_STOP) {
        tell(reject);
        return 1;
    }
    if (policy->action == ACTION_QUARANTINE && put_in_quarantine(policy, reject) < 0)
        return -1;
    if (policy->count <= TOLD_SINGLY)
        tell(reject);
    else if (policy->count == TOLD_SINGLY + 1)
        diag_report("further bad records are counted but not shown");
    if (!policy->most.percent && allowance_exceeded(&policy->most, policy->count, 0)) {
        diag_report("more than %llu bad records (--max-errors)", (unsigned long long)policy->most.count);
        return 1;
    }
    return 0;
}

int reject_finish(const struct reject_policy *policy, uint64_t in)
{
    if (policy->count == 0)
        return 0;
    diag_report("%llu of %llu records were bad and %s", (unsigned long long)policy->count, (unsigned long long)in,
                policy->action == ACTION_QUARANTINE ? "went to the quarantine file" : "were skipped");
    if (policy->most.percent && allowance_exceeded(&policy->most, policy->count, in)) {
        diag_report("that is more than --max-errors allows");
        return 1;
    }
    return 0;
}

void reject_free(struct reject_policy *policy)
{
    if (policy == NULL)
        return;
    vec_free(&policy->line);
    vec_free(&policy->counts);
    mem_free(policy);
}
