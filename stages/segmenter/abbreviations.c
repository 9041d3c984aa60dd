/* abbreviations.c - see abbreviations.h. The lists are our own: what occurs in ordinary prose, not all there are. */
#include "abbreviations.h"

#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "text/language.h"

#include <unicode/uchar.h>

enum { KIND_OTHER, KIND_ALWAYS, KIND_NUMBER, KINDS };
enum { ENGLISH = 1, GERMAN = 2, EVERY = 4 }; /* whose an entry is; a set */
enum { TOKEN_UNITS = 32 };                   /* longer words are no abbreviations */

/* Words are separated by blanks. A capital letter is needed where there is one here; those that always go on may also
 * start with one. */
static const struct {
    int language, kind;
    const char *words;
} own_lists[] = {
    {ENGLISH, KIND_ALWAYS,
     "Mr. Mrs. Ms. Messrs. Mmes. Dr. Drs. Prof. Rev. Hon. Gen. Col. Maj. Capt. Cmdr. Lt. Sgt. Cpl. Pvt. Adm. Sen. Rep. "
     "Gov. Pres. Supt. Insp. vs. cf. viz. approx."},
    {ENGLISH, KIND_NUMBER, "No. no. Nos. nos. Art. Sec. Ch. Ex. Pt. Op. Sat. Sun."},
    {ENGLISH, KIND_OTHER,
     "St. Mt. Ft. Ste. Ave. Blvd. Rd. Hwy. Inc. Ltd. Co. Cos. Corp. Bros. Jr. Sr. Esq. Dept. Univ. Assn. etc. al. ed. "
     "eds. est. incl. esp. Fig. Figs. fig. figs. Eq. Eqs. Vol. Vols. vol. vols. pp. Chap. chap. App. Ref. Refs. Jan. "
     "Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Oct. Nov. Dec."},
    {GERMAN, KIND_ALWAYS,
     "Dr. Prof. Hr. Hrn. Frl. Dipl. Ing. vgl. bzw. ca. sog. inkl. exkl. zzgl. einschl. ggf. evtl. bes. geb. gest. hl."},
    {GERMAN, KIND_NUMBER, "Art. Min. Sek."},
    {GERMAN, KIND_OTHER,
     "usw. etc. usf. St. Str. Fa. Abt. Inh. Tel. Nr. Nrn. Abb. Tab. Bd. Bde. Kap. Abs. Ziff. Anm. Aufl. Ausg. Hrsg. "
     "Verl. Übers. Jh. Jhd. Mio. Mrd. Tsd. Std. Mag. Jan. Jän. Feb. Apr. Aug. Sept. Okt. Nov. Dez. engl. dt. franz. "
     "lat. "
     "griech. ital."},
};

/* Words that start a sentence far more often than they are a name. */
static const struct {
    int language;
    const char *words;
} own_starters[] = {
    {ENGLISH,
     "The A An He She It We They You I This That These Those There Here His Her Its Our Their My Your In On At By For "
     "From With As If When While Where What Who Why How Which But And Or So Yet Then Thus However Although Though "
     "Because "
     "Since After Before During Until Once Also Not To All Some Many Most Each Every Both One Another Such Even Now "
     "Today "
     "Yesterday Meanwhile Moreover Furthermore Therefore Finally Nevertheless Instead Perhaps Is Are Was Were Do Does "
     "Did "
     "Has Have Had Can Could Would Should Let Please According"},
    {GERMAN, "Der Die Das Den Dem Des Ein Eine Einen Einem Einer Er Sie Es Wir Ihr Ich Du Dies Diese Dieser Dieses "
             "Diesem Diesen "
             "Jede Jeder Jedes Alle Viele Manche Kein Keine Und Oder Aber Doch Denn Sondern Wenn Als Weil Da Dass Ob "
             "Obwohl Während "
             "Nachdem Bevor Bis Seit Sobald In Im Am An Auf Aus Bei Beim Mit Nach Von Vom Vor Zu Zum Zur Für Durch "
             "Gegen Ohne Um "
             "Unter Über Zwischen Hier Dort Dann Danach Dabei Damit Daher Deshalb Darum Jedoch Auch Noch Nun Jetzt "
             "Heute Gestern So "
             "Wie Was Wer Wo Warum Wann Welche Nicht Man Seine Seinen Ihre Ihren Ihrer Unsere Meine Ist Sind War Waren "
             "Hat Haben "
             "Wird Werden"},
};

static const char german_months[] =
    "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert";

struct abbreviations {
    bool own, more;
    struct map *kinds[KINDS]; /* abbreviation to languages */
    struct map *starters;     /* word to languages */
    struct map *months;
};

/* ---- the lists ---- */

static void add_words(struct map *map, const char *words, uint64_t language)
{
    for (const char *at = words, *end; *at != '\0'; at = *end == ' ' ? end + 1 : end) {
        for (end = at; *end != '\0' && *end != ' ';)
            end++;
        *map_put(map, slice_between(at, end)) |= language;
    }
}

static bool has(const struct map *map, struct slice word, uint64_t languages)
{
    const uint64_t *found = map_get(map, word);
    return found != NULL && (*found & languages) != 0;
}

/* Of an entry of several words, those with a full stop. */
static int add_entry(struct abbreviations *abbreviations, struct lexicon_entry entry, const char *path)
{
    int kind = entry.label.len == 0              ? KIND_OTHER
               : slice_is(entry.label, "always") ? KIND_ALWAYS
               : slice_is(entry.label, "number") ? KIND_NUMBER
                                                 : KINDS;
    if (kind == KINDS)
        return diag_error("%s:%zu: expected always or number after the tab, found \"%.*s\"", path, entry.line,
                          (int)entry.label.len, entry.label.ptr);
    if (entry.text.len == 0 || entry.text.ptr[entry.text.len - 1] != '.')
        return diag_error("%s:%zu: \"%.*s\" does not end in a full stop, so it is no abbreviation", path, entry.line,
                          (int)entry.text.len, entry.text.ptr);
    for (const char *at = entry.text.ptr, *last = at + entry.text.len, *end; at < last; at = end + 1) {
        for (end = at; end < last && *end != ' ';)
            end++;
        if (end[-1] == '.')
            *map_put(abbreviations->kinds[kind], slice_between(at, end)) |= EVERY;
    }
    return 0;
}

struct abbreviations *abbreviations_new(bool own, const struct lexicon *more, const char *path)
{
    struct abbreviations *made = mem_zalloc(1, sizeof *made);
    made->own = own;
    made->more = more != NULL;
    made->starters = map_new();
    made->months = map_new();
    for (size_t i = 0; i < KINDS; i++)
        made->kinds[i] = map_new();
    for (size_t i = 0; own && i < sizeof own_lists / sizeof *own_lists; i++)
        add_words(made->kinds[own_lists[i].kind], own_lists[i].words, (uint64_t)own_lists[i].language);
    for (size_t i = 0; i < sizeof own_starters / sizeof *own_starters; i++)
        add_words(made->starters, own_starters[i].words, (uint64_t)own_starters[i].language);
    add_words(made->months, german_months, GERMAN);
    for (size_t i = 0; more != NULL && i < lexicon_count(more); i++) {
        if (add_entry(made, lexicon_entry(more, i), path) < 0) {
            abbreviations_free(made);
            return NULL;
        }
    }
    return made;
}

void abbreviations_free(struct abbreviations *abbreviations)
{
    if (abbreviations == NULL)
        return;
    for (size_t i = 0; i < KINDS; i++)
        map_free(abbreviations->kinds[i]);
    map_free(abbreviations->starters);
    map_free(abbreviations->months);
    mem_free(abbreviations);
}

/* ---- a place between two sentences ---- */

struct word {
    size_t start, end; /* units */
    char bytes[TOKEN_UNITS * 3];
    size_t len;
};

static bool is_letter(uint16_t unit)
{
    return (unit | 0x20) >= 'a' && (unit | 0x20) <= 'z' ? true : unit >= 0x80 && u_isalpha(unit);
}

static bool is_digit(uint16_t unit)
{
    return unit >= '0' && unit <= '9';
}

/* The units as UTF-8. false if they are too many. */
static bool spell(const uint16_t *units, struct word *word)
{
    word->len = 0;
    if (word->end - word->start > TOKEN_UNITS)
        return false;
    for (size_t i = word->start; i < word->end; i++)
        word->len += text_encode(units[i], word->bytes + word->len);
    return true;
}

/* The letters and full stops that end at `end`. */
static bool word_before(const uint16_t *units, size_t start, size_t end, struct word *word)
{
    word->end = word->start = end;
    while (word->start > start && (is_letter(units[word->start - 1]) || units[word->start - 1] == '.'))
        word->start--;
    return spell(units, word);
}

static bool word_after(const uint16_t *units, size_t start, size_t end, struct word *word)
{
    word->start = word->end = start;
    while (word->end < end && is_letter(units[word->end]))
        word->end++;
    return spell(units, word);
}

/* One letter, or parts of one or two, each with a full stop: J. U.S. z.B. Ph.D. "I." ends a sentence. */
static bool is_initials(const uint16_t *units, const struct word *word)
{
    size_t letters = 0, parts = 0;
    for (size_t i = word->start; i < word->end; i++) {
        if (units[i] != '.') {
            letters++;
            continue;
        }
        if (letters == 0 || letters > (word->end - word->start > 3 ? 2U : 1U))
            return false;
        letters = 0;
        parts++;
    }
    return parts > 0 && !(parts == 1 && units[word->start] == 'I');
}

/* "am 3. Oktober" */
static bool is_ordinal(const struct abbreviations *abbreviations, const uint16_t *units, const struct span *before,
                       struct slice next, uint64_t languages)
{
    size_t digits = 0;
    while (before->end - 1 - digits > before->start && is_digit(units[before->end - 2 - digits]))
        digits++;
    return abbreviations->own && digits > 0 && digits <= 2 && has(abbreviations->months, next, languages);
}

static bool is_own_initials(const struct abbreviations *abbreviations, const uint16_t *units, const struct word *word,
                            uint64_t languages)
{
    return abbreviations->own && (languages & (ENGLISH | GERMAN)) && is_initials(units, word);
}

/* Do the two belong together? The first ends with a full stop. */
static bool joins(const struct abbreviations *abbreviations, const uint16_t *units, const struct span *before,
                  const struct span *after, uint64_t languages)
{
    struct word word, next;
    for (size_t i = before->end; i < after->start; i++)
        if (units[i] == '\n' || units[i] == '\r' || units[i] == 0x85 || units[i] == 0x2028 || units[i] == 0x2029)
            return false;
    if (!word_before(units, before->start, before->end, &word) || !word_after(units, after->start, after->end, &next))
        return false;
    struct slice this = {word.bytes, word.len}, follows = {next.bytes, next.len};
    if (word.len <= 1)
        return is_ordinal(abbreviations, units, before, follows, languages);
    if (word.start > before->start && is_digit(units[word.start - 1]))
        return false;
    if (has(abbreviations->kinds[KIND_ALWAYS], this, languages))
        return true;
    if (word.bytes[0] >= 'A' && word.bytes[0] <= 'Z') { /* "vgl." at the start of a sentence */
        char first = word.bytes[0];
        word.bytes[0] = (char)(first | 0x20);
        if (has(abbreviations->kinds[KIND_ALWAYS], this, languages))
            return true;
        word.bytes[0] = first;
    }
    bool digit = is_digit(units[after->start]);
    if (has(abbreviations->kinds[KIND_NUMBER], this, languages))
        return digit;
    if (!has(abbreviations->kinds[KIND_OTHER], this, languages) &&
        !is_own_initials(abbreviations, units, &word, languages))
        return false;
    return digit || (next.len > 0 && !has(abbreviations->starters, follows, languages));
}

/* Whose lists apply: those of the tag's language, or of all. 0: none. */
static uint64_t languages_of(const struct abbreviations *abbreviations, struct slice tag)
{
    uint64_t more = abbreviations->more ? EVERY : 0;
    if (tag.len == 0 || language_is(tag, "und"))
        return more | ENGLISH | GERMAN;
    return language_is(tag, "en") ? more | ENGLISH : language_is(tag, "de") ? more | GERMAN : more;
}

void abbreviations_join(const struct abbreviations *abbreviations, struct slice tag, const struct passage *passage,
                        struct spans *sentences)
{
    const uint16_t *units = passage->units.items;
    uint64_t languages = languages_of(abbreviations, tag);
    size_t kept = 0;
    for (size_t i = 1; languages != 0 && i < sentences->len; i++) {
        struct span *before = &sentences->items[kept], after = sentences->items[i];
        if (units[before->end - 1] == '.' && joins(abbreviations, units, before, &after, languages))
            before->end = after.end;
        else
            sentences->items[++kept] = after;
    }
    if (languages != 0 && sentences->len > 0)
        sentences->len = kept + 1;
}
