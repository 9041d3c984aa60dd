/* names.c - names of countries, subdivisions, languages, currencies and scripts: the JSON files of iso-codes, and their
 * translations, which are gettext's .mo files. */
#include "reader.h"

/* What the names of a standard are: by the member of the JSON file, and by the start of the .mo file's name. */
static const struct {
    const char *standard, *file, *label;
} kinds[] = {
    {"3166-1", "iso_3166-1", "country"}, {"3166-2", "iso_3166-2", "subdivision"}, {"3166-3", "iso_3166-3", "country"},
    {"639-2", "iso_639-2", "language"},  {"639-3", "iso_639-3", "language"},      {"639-5", "iso_639-5", "language"},
    {"4217", "iso_4217", "currency"},    {"15924", "iso_15924", "script"},
};

static int add_name(struct reader *reader, struct slice raw, const char *label)
{
    struct slice word = reader_word(reader, raw, 0);
    if (word.ptr == NULL)
        return -1;
    if (word.len == 0)
        return 0;
    uint32_t entry = reader_entry(reader, word);
    if (entry == LEXICON_NONE)
        return -1;
    if (reader->options->label != NULL || label != NULL)
        lexicon_build_label(reader->build, entry,
                            slice_of(reader->options->label != NULL ? reader->options->label : label));
    return 0;
}

/* ---- iso-codes: {"3166-1":[{"name":…,"official_name":…},…]} ---- */

static int add_standard(struct reader *reader, const struct json_walk *standard)
{
    static const char *const names[] = {"name", "common_name", "official_name"};
    const char *label = NULL;
    struct slice value;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_name_is(standard->name, slice_of(kinds[i].standard)))
            label = kinds[i].label;
    if (json_kind(standard->value) != '[')
        return reader_error(reader, "expected an array for each standard");
    struct json_walk items = json_walk(standard->value);
    while (json_next(&items)) {
        if (json_kind(items.value) != '{')
            return reader_error(reader, "expected objects with a name");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (json_member(items.value, names[i], &value) && json_kind(value) == '"' &&
                add_name(reader, json_string(value, reader->arena), label) < 0)
                return -1;
    }
    return 0;
}

int read_iso_codes(struct reader *reader, const char *path)
{
    if (reader_load(reader, path) < 0)
        return -1;
    struct slice text = text_without_bom(bytes_slice(&reader->text));
    const char *end = text.ptr + text.len, *stop = json_skip(text.ptr, end, JSON_DEPTH, NULL);
    if (stop == NULL || json_check(text, JSON_DEPTH) < 0)
        return reader_error(reader, "%s", arena_print(reader->arena, "%s", diag_message()).ptr);
    struct slice value = slice_between(json_space(text.ptr, end), stop);
    if (json_kind(value) != '{')
        return reader_error(reader, "expected an object with the standards");
    struct json_walk standards = json_walk(value);
    while (json_next(&standards))
        if (add_standard(reader, &standards) < 0)
            return -1;
    return 0;
}

/* ---- gettext: two tables of lengths and places, of the names and of their translations ---- */

enum { MO_COUNT = 8, MO_NAMES = 12, MO_TRANSLATIONS = 16, MO_HEADER = 28 };

struct catalogue {
    struct slice text;
    bool swapped; /* written on a machine with another byte order */
};

static uint32_t number_at(const struct catalogue *mo, size_t at)
{
    const unsigned char *b = (const unsigned char *)mo->text.ptr + at;
    return mo->swapped ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                       : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* String i of a table; ptr is NULL if it is not inside the file. */
static struct slice string_of(const struct catalogue *mo, uint32_t table, uint32_t i)
{
    uint64_t place = (uint64_t)table + (uint64_t)i * 8;
    if (place + 8 > mo->text.len)
        return (struct slice){NULL, 0};
    uint64_t len = number_at(mo, (size_t)place), at = number_at(mo, (size_t)place + 4);
    return at + len <= mo->text.len ? (struct slice){mo->text.ptr + at, (size_t)len} : (struct slice){NULL, 0};
}

static const char *label_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (slice_starts(slice_of(slash != NULL ? slash + 1 : path), slice_of(kinds[i].file)))
            return kinds[i].label;
    return NULL;
}

int read_gettext(struct reader *reader, const char *path)
{
    if (reader_load(reader, path) < 0)
        return -1;
    struct catalogue mo = {.text = bytes_slice(&reader->text)};
    if (mo.text.len >= MO_HEADER)
        mo.swapped = number_at(&mo, 0) == 0xde120495;
    if (mo.text.len < MO_HEADER || number_at(&mo, 0) != 0x950412de)
        return reader_error(reader, "expected a .mo file of gettext");
    for (uint32_t i = 0, count = number_at(&mo, MO_COUNT); i < count; i++) {
        struct slice name = string_of(&mo, number_at(&mo, MO_NAMES), i);
        struct slice left = string_of(&mo, number_at(&mo, MO_TRANSLATIONS), i), translation;
        if (name.ptr == NULL || left.ptr == NULL)
            return reader_error(reader, "a damaged .mo file: name %u of %u is not inside it", i + 1, count);
        while (name.len > 0 && reader_field(&left, '\0', &translation))
            if (add_name(reader, translation, label_of_file(path)) < 0)
                return -1;
    }
    return 0;
}
