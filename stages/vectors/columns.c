/* columns.c - see columns.h. */
#include "columns.h"

#include "base/diag.h"
#include "base/visible.h"
#include "record/members.h"
#include "text/json.h"

const char *const scale_to_names[] = {"minmax", "mean", "standard", "maxabs", NULL};

/* ---- options ---- */

void scale_rules_put(const struct scale_rules *rules, struct bytes *json)
{
    bytes_put(json, SLICE("{\"to\":"));
    json_put_string(json, slice_of(scale_to_names[rules->to]));
    if (rules->form != FORM_NONE) {
        bytes_put(json, SLICE(",\"form\":"));
        json_put_string(json, slice_of(vector_form_names[rules->form]));
    }
    if (rules->no_center)
        bytes_put(json, SLICE(",\"center\":false"));
    if (rules->wide)
        bytes_put(json, SLICE(",\"double\":true"));
    bytes_byte(json, '}');
}

static int find_choice(struct slice options, const char *name, const char *const *choices, struct arena *arena)
{
    struct slice value;
    if (!json_member(options, name, &value) || json_kind(value) != '"')
        return -1;
    struct slice text = json_string(value, arena);
    for (int i = 0; choices[i] != NULL; i++)
        if (slice_is(text, choices[i]))
            return i;
    return -1;
}

static bool is_set(struct slice options, const char *name, char kind)
{
    struct slice value;
    return json_member(options, name, &value) && json_kind(value) == kind;
}

int scale_rules_read(struct slice options, struct arena *arena, struct scale_rules *rules)
{
    struct slice value;
    int to = find_choice(options, "to", scale_to_names, arena);
    int form = find_choice(options, "form", vector_form_names, arena);
    if (to < 0)
        return diag_error("options: to: expected minmax, mean, standard or maxabs");
    if (form < 0 && json_member(options, "form", &value))
        return diag_error("options: form: expected features or sparse");
    *rules = (struct scale_rules){.to = to,
                                  .no_center = is_set(options, "center", 'f'),
                                  .wide = is_set(options, "double", 't'),
                                  .form = form < 0 ? FORM_NONE : (enum vector_form)form};
    return 0;
}
