/* wndb.c - the database files of WordNet (wndb(5WN)): a folder with data.* and index.*, and *.exc for --inflect.
 *
 * data.X has the synsets, index.X the words with their senses, the most frequent first. Words are written as in data.X,
 * with capitals; index.X has them in lower case, which is their key. Markers of where an adjective may stand, (a), (p)
 * and (ip), are no part of it. Neither lexnames nor index.sense is needed. */
#include "inflect.h"
#include "reader.h"

static const struct part {
    const char *file; /* data.FILE, index.FILE, EXC.exc */
    const char *exceptions;
    const char *label;
    enum inflect_part inflects;
} parts[] = {{"noun", "noun.exc", "n", INFLECT_NOUN},
             {"verb", "verb.exc", "v", INFLECT_VERB},
             {"adj", "adj.exc", "a", INFLECT_ADJECTIVE},
             {"adv", "adv.exc", "r", INFLECT_NONE}};

/* The words of one synset or the offsets of one word: fields separated by a space. */
static bool next_number(struct slice *left, unsigned base, uint64_t *number)
{
    struct slice field;
    if (!reader_field(left, ' ', &field) || field.len == 0 || field.len > 15)
        return false;
    *number = 0;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                                : 99;
        if (digit >= base)
            return false;
        *number = *number * base + digit;
    }
    return true;
}

/* A word without its marker. */
static struct slice without_marker(struct slice word)
{
    static const char *const markers[] = {"(a)", "(p)", "(ip)"};
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        struct slice marker = slice_of(markers[i]);
        if (word.len > marker.len && slice_equal((struct slice){word.ptr + word.len - marker.len, marker.len}, marker))
            word.len -= marker.len;
    }
    return word;
}

/* The name of the group of a synset: form 0 is the words themselves, others are their inflected forms. */
static struct slice group_name(const struct part *part, int form, struct slice offset, struct bytes *name)
{
    name->len = 0;
    bytes_put(name, slice_of(part->label));
    bytes_byte(name, (char)('0' + form));
    bytes_put(name, offset);
    return bytes_slice(name);
}

struct wndb {
    struct reader *reader;
    const struct part *part;
    struct inflect *inflect;
    int form; /* 0: the words themselves */
    struct bytes name;
};

/* One word of a synset. */
static int add_member(struct wndb *wndb, uint32_t group, struct slice raw)
{
    struct reader *reader = wndb->reader;
    struct slice word = reader_word(reader, without_marker(raw), '_');
    if (word.ptr == NULL)
        return -1;
    if (word.len == 0)
        return reader_error(reader, "an empty word");
    if (wndb->form > 0) {
        word = inflect_one(wndb->inflect, word, wndb->form);
        return word.len == 0 ? 0 : lexicon_build_member(reader->build, group, word);
    }
    return reader_entry(reader, word) == LEXICON_NONE ? -1 : lexicon_build_member(reader->build, group, word);
}

/* offset lexfile type words word id word id … */
static int add_synset(struct wndb *wndb, struct slice line)
{
    struct reader *reader = wndb->reader;
    struct slice offset, field, word;
    uint64_t count;
    if (!reader_field(&line, ' ', &offset) || !reader_field(&line, ' ', &field) || !reader_field(&line, ' ', &field) ||
        !next_number(&line, 16, &count) || count == 0)
        return reader_error(reader, "expected a synset: an offset, a file, a type and its words");
    uint32_t group = wndb->form == 0 ? reader_group(reader, group_name(wndb->part, 0, offset, &wndb->name),
                                                    slice_of(wndb->part->label))
                                     : lexicon_build_group(reader->build, slice_of(wndb->part->label));
    if (wndb->form > 0)
        *map_put(reader->groups, group_name(wndb->part, wndb->form, offset, &wndb->name)) = (uint64_t)group + 1;
    for (; count > 0; count--) {
        if (!reader_field(&line, ' ', &word) || !reader_field(&line, ' ', &field))
            return reader_error(reader, "expected %llu words more in this synset", (unsigned long long)count);
        if (add_member(wndb, group, word) < 0)
            return -1;
    }
    return 0;
}

/* The senses of a word, or of one form of it. left: the offsets. */
static int add_senses(struct wndb *wndb, struct slice word, struct slice left)
{
    struct reader *reader = wndb->reader;
    uint32_t entry = lexicon_build_find(reader->build, word);
    if (entry == LEXICON_NONE && (entry = reader_entry(reader, word)) == LEXICON_NONE)
        return -1;
    entry = lexicon_build_keyed(reader->build, entry);
    for (struct slice offset; reader_field(&left, ' ', &offset);) {
        if (offset.len == 0)
            continue;
        const uint64_t *group = map_get(reader->groups, group_name(wndb->part, wndb->form, offset, &wndb->name));
        if (group == NULL)
            return reader_error(reader, "no synset at %.*s in data.%s", (int)offset.len, offset.ptr, wndb->part->file);
        lexicon_build_sense(reader->build, entry, (uint32_t)*group - 1);
    }
    return 0;
}

/* lemma pos synsets pointers pointer … senses tagged offset … */
static int add_index(struct wndb *wndb, struct slice line)
{
    struct reader *reader = wndb->reader;
    struct slice lemma, field;
    uint64_t pointers, number;
    bool good = reader_field(&line, ' ', &lemma) && reader_field(&line, ' ', &field) &&
                next_number(&line, 10, &number) && next_number(&line, 10, &pointers);
    for (; good && pointers > 0; pointers--)
        good = reader_field(&line, ' ', &field);
    if (!good || !next_number(&line, 10, &number) || !next_number(&line, 10, &number))
        return reader_error(reader, "expected a word, its part of speech, its pointers and its synsets");
    struct slice word = reader_word(reader, lemma, '_');
    if (word.ptr == NULL)
        return -1;
    if (wndb->form == 0)
        return add_senses(wndb, word, line);
    const struct slices *forms = inflect_all(wndb->inflect, word, wndb->form);
    for (size_t i = 0; i < forms->len; i++)
        if (add_senses(wndb, forms->items[i], line) < 0)
            return -1;
    return 0;
}

/* All lines of a file but those that begin with a space, which are its licence. */
static int read_file(struct wndb *wndb, const char *folder, const char *kind, int (*add)(struct wndb *, struct slice))
{
    struct reader *reader = wndb->reader;
    struct slice line;
    const char *name = arena_print(reader->arena, "%s.%s", kind, wndb->part->file).ptr;
    SHA2_CTX before = reader->sha256;
    if (reader_load(reader, reader_path(reader, folder, name)) < 0)
        return -1;
    if (wndb->form > 0)
        reader->sha256 = before;
    while (reader_next(reader, &line))
        if (line.len > 0 && line.ptr[0] != ' ' && add(wndb, line) < 0)
            return -1;
    return 0;
}

static int read_exceptions(struct wndb *wndb, const char *folder)
{
    struct reader *reader = wndb->reader;
    struct slice line, form;
    if (reader_load(reader, reader_path(reader, folder, wndb->part->exceptions)) < 0)
        return -1;
    while (reader_next(reader, &line)) {
        if (!reader_field(&line, ' ', &form) || line.ptr == NULL)
            continue;
        for (struct slice base; reader_field(&line, ' ', &base);)
            inflect_exception(wndb->inflect, form, base);
    }
    return 0;
}

static int read_part(struct wndb *wndb, const char *folder)
{
    wndb->form = 0;
    if (read_file(wndb, folder, "data", add_synset) < 0 || read_file(wndb, folder, "index", add_index) < 0)
        return -1;
    if (wndb->reader->options->inflect == 0 || wndb->part->inflects == INFLECT_NONE)
        return 0;
    wndb->inflect = inflect_new(wndb->part->inflects);
    int status = read_exceptions(wndb, folder);
    for (wndb->form = 1; status == 0 && wndb->form <= inflect_forms(wndb->part->inflects); wndb->form++)
        if (read_file(wndb, folder, "data", add_synset) < 0 || read_file(wndb, folder, "index", add_index) < 0)
            status = -1;
    inflect_free(wndb->inflect);
    return status;
}

int read_wndb(struct reader *reader, const char *path)
{
    struct wndb wndb = {.reader = reader};
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof parts / sizeof *parts; i++) {
        wndb.part = &parts[i];
        status = read_part(&wndb, path);
    }
    vec_free(&wndb.name);
    return status;
}
