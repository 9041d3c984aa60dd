/* tables.c - lexicons that are lines of text: Open Multilingual WordNet, Cilin, jieba, CC-CEDICT. */
#include "reader.h"

#include "base/charset.h"

/* ---- omw: synset<TAB>lang:lemma<TAB>word ----
 *
 * The synsets are told apart by their names in the file and by nothing else. Debian's WordNet has others at the same
 * offsets, so the two can't be joined. */

/* The word without the seams inside it, which Chinese words have: 未杀菌+的. */
static struct slice without_seams(struct slice word, char *bytes)
{
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] != '+' || i == 0 || i + 1 == word.len)
            bytes[len++] = word.ptr[i];
    return (struct slice){bytes, len};
}

int read_omw(struct reader *reader, const char *path)
{
    struct slice line, synset, kind, raw;
    if (reader_load(reader, path) < 0)
        return -1;
    while (reader_next(reader, &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!reader_field(&line, '\t', &synset) || !reader_field(&line, '\t', &kind) ||
            !reader_field(&line, '\t', &raw))
            return reader_error(reader, "expected a synset, what is said of it and a word, separated by tabs");
        if (kind.len < 5 || !slice_equal((struct slice){kind.ptr + kind.len - 5, 5}, SLICE("lemma")))
            continue;
        struct slice word = reader_word(reader, raw, 0);
        if (word.ptr == NULL)
            return -1;
        word = without_seams(word, (char *)(uintptr_t)word.ptr);
        const char *dash = memrchr(synset.ptr, '-', synset.len);
        struct slice part = dash != NULL ? slice_between(dash + 1, synset.ptr + synset.len) : SLICE("");
        if (!text_is_utf8(synset))
            return reader_error(reader, "not UTF-8");
        if (word.len > 0 && reader_join(reader, word, reader_group(reader, synset, part)) < 0)
            return -1;
    }
    return 0;
}

/* ---- cilin: CODE= word word …, CODE# …, CODE@ word ----
 *
 * Synonyms; related words, which are no synonyms; a word without either. */

/* The file of HIT is in GB 18030, copies are in UTF-8. */
static int cilin_to_utf8(struct reader *reader)
{
    if (text_is_utf8(bytes_slice(&reader->text)))
        return 0;
    struct bytes text = {0};
    struct charset *charset = charset_open("GB18030");
    if (charset == NULL)
        return -1;
    charset_convert(charset, bytes_slice(&reader->text), true, &text);
    charset_close(charset);
    vec_free(&reader->text);
    reader->text = text;
    reader->at = text.items;
    return 0;
}

int read_cilin(struct reader *reader, const char *path)
{
    struct slice line, code, raw;
    if (reader_load(reader, path) < 0 || cilin_to_utf8(reader) < 0)
        return -1;
    while (reader_next(reader, &line)) {
        if (line.len == 0)
            continue;
        (void)reader_field(&line, ' ', &code);
        char kind = code.len > 1 ? code.ptr[code.len - 1] : '\0';
        if (kind != '=' && kind != '#' && kind != '@')
            return reader_error(reader, "expected a code that ends in =, # or @, and words");
        sink_count(reader->out, kind == '=' ? COUNT_SYNSETS : kind == '#' ? COUNT_RELATED : COUNT_SINGLE, 1);
        bool joins = kind == '=' || (kind == '#' && reader->options->related);
        uint32_t group = joins ? lexicon_build_group(reader->build, SLICE("")) : LEXICON_NONE;
        while (reader_field(&line, ' ', &raw)) {
            struct slice word = reader_word(reader, raw, 0);
            if (word.ptr == NULL)
                return -1;
            if (word.len == 0)
                continue;
            if (joins ? reader_join(reader, word, group) < 0 : reader_entry(reader, word) == LEXICON_NONE)
                return -1;
        }
    }
    if (reader->options->ambiguous == AMBIGUOUS_SKIP)
        lexicon_build_unambiguous(reader->build);
    return 0;
}

/* ---- jieba: word frequency part ---- */

int read_jieba(struct reader *reader, const char *path)
{
    struct slice line, raw, frequency, part;
    if (reader_load(reader, path) < 0)
        return -1;
    while (reader_next(reader, &line)) {
        if (line.len == 0)
            continue;
        (void)reader_field(&line, ' ', &raw);
        bool has_number = reader_field(&line, ' ', &frequency), has_part = reader_field(&line, ' ', &part);
        int64_t weight = 0;
        if (has_number && frequency.len > 0 && !(frequency.ptr[0] >= '0' && frequency.ptr[0] <= '9') && !has_part) {
            part = frequency; /* a tag alone */
            has_part = true;
            has_number = false;
        }
        if (has_number && (!json_int(frequency, &weight) || weight < 0))
            return reader_error(reader, "expected a word, its frequency and its tag, separated by spaces");
        struct slice word = reader_word(reader, raw, 0);
        if (word.ptr == NULL || !text_is_utf8(has_part ? part : SLICE("")))
            return word.ptr == NULL ? -1 : reader_error(reader, "not UTF-8");
        if (word.len == 0)
            return reader_error(reader, "expected a word at the start of the line");
        uint32_t entry = reader_entry(reader, word);
        if (entry == LEXICON_NONE)
            return -1;
        if (has_number)
            lexicon_build_weight(reader->build, entry, (uint64_t)weight);
        if (has_part && part.len > 0)
            lexicon_build_label(reader->build, entry,
                                reader->options->label != NULL ? slice_of(reader->options->label) : part);
    }
    return 0;
}

/* ---- cedict: Traditional Simplified [pin1 yin1] /gloss/gloss/ ----
 *
 * Words with one English gloss in common are taken for synonyms, which is coarse. */

/* Glosses that explain instead of translating, and so join what is not alike. */
static bool is_explanation(struct slice gloss)
{
    static const char *const starts[] = {
        "CL:",    "see ",     "variant of ",    "old variant of ",   "surname ",
        "abbr. ", "used in ", "also written ",  "also pr. ",         "Taiwan pr. ",
        "(",      "same as ", "equivalent to ", "erhua variant of ", "Japanese variant of "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (slice_starts(gloss, slice_of(starts[i])))
            return true;
    return gloss.len == 0;
}

int read_cedict(struct reader *reader, const char *path)
{
    struct slice line, traditional, simplified, gloss;
    if (reader_load(reader, path) < 0)
        return -1;
    while (reader_next(reader, &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!text_is_utf8(line))
            return reader_error(reader, "not UTF-8");
        (void)reader_field(&line, ' ', &traditional);
        const char *slash = NULL;
        if (reader_field(&line, ' ', &simplified) && line.len > 0 && line.ptr[0] == '[')
            slash = memchr(line.ptr, '/', line.len);
        if (slash == NULL)
            return reader_error(reader, "expected a traditional and a simplified word, [pinyin] and /glosses/");
        struct slice left = slice_between(slash + 1, line.ptr + line.len);
        while (reader_field(&left, '/', &gloss)) {
            if (is_explanation(gloss))
                continue;
            struct slice word = reader_word(reader, simplified, 0);
            if (word.len > 0 && reader_join(reader, word, reader_group(reader, gloss, SLICE(""))) < 0)
                return -1;
        }
    }
    return 0;
}
