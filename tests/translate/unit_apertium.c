/* Apertium: the form of requests and replies, mode files, and real pipelines where they are installed. */
#include "raw.h"

#include "base/stream.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- requests and replies ---- */

static struct slice escaped(struct slice text)
{
    struct bytes out = {0};
    apertium_put_text(text, &out);
    struct slice kept = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return kept;
}

static struct slice cleaned(struct slice reply)
{
    struct bytes out = {0};
    apertium_put_reply(reply, &out);
    struct slice kept = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return kept;
}

static void expect(struct slice found, const char *expected)
{
    if (!slice_is(found, expected))
        fail_msg("found \"%.*s\", expected \"%s\"", (int)found.len, found.ptr, expected);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    expect(escaped(SLICE("")), "");
    expect(escaped(SLICE("plain, \"text\" (100 %); it's & was: a=b+c!?*_#|`")), "plain, \"text\" (100 %); it's & was: "
                                                                                "a=b+c!?*_#|`");
    expect(escaped(SLICE("\\[]^$/<>{}@")), "\\\\\\[\\]\\^\\$\\/\\<\\>\\{\\}\\@");
    expect(escaped(SLICE("a~b~")), "a[~]b[~]");
    expect(escaped(SLICE("a\tb\nc\rd\x1b"
                         "e\x7f"
                         "f\0g")),
           "a b c d e f g");
    expect(escaped(SLICE("a\xc2\xad"
                         "b\xef\xbf\xbf"
                         "c\xc2\x85"
                         "d")),
           "a b c d");                                                                 /* U+00AD U+FFFF U+0085 */
    expect(escaped(SLICE("\xc3\xa9\xef\xbf\xbd\xef\xbf\xbe\xf0\x9f\x98\x80\xc2\xa0")), /* U+FFFD U+FFFE stay */
           "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbe\xf0\x9f\x98\x80\xc2\xa0");
    expect(escaped(SLICE("a\xff\xc3(\xe2\x82")), "a  (  "); /* not UTF-8 */
}

static void replies_are_cleaned(void **state)
{
    (void)state;
    expect(cleaned(SLICE("")), "");
    expect(cleaned(SLICE("  Es  bien \t y \n ya. ")), "Es bien y ya.");
    expect(cleaned(SLICE("Un \\[b\\] c\\/d \\\\ \\@ \\^x\\$")), "Un [b] c/d \\ @ ^x$");
    expect(cleaned(SLICE("a[~]b [] [ ] c")), "a~b c");
    expect(cleaned(SLICE("\\[\\][]")), "[]");
    expect(cleaned(SLICE("end\\")), "end\\");
    expect(cleaned(SLICE("\xc2\xa0 Do you  LIKE it")), "\xc2\xa0 Do you LIKE it"); /* capitals stay */
}

/* Each pair of ASCII characters, between letters: what can be sent comes back. */
static void what_is_escaped_comes_back(void **state)
{
    (void)state;
    for (int first = 0x20; first < 0x7f; first++)
        for (int second = 0x20; second < 0x7f; second++) {
            char text[] = {'a', (char)first, (char)second, 'b'};
            bool spaces = first == ' ' && second == ' ';
            struct slice back = cleaned(escaped((struct slice){text, sizeof text}));
            assert_true(slice_equal(back, spaces ? SLICE("a b") : (struct slice){text, sizeof text}));
        }
}

static void a_request_has_its_number(void **state)
{
    (void)state;
    struct bytes out = {0};
    apertium_protocol.put(7, SLICE("It costs $5"), &out);
    apertium_protocol.put(1234567890123, SLICE("b"), &out);
    assert_true(slice_equal(bytes_slice(&out), SLICE("It costs \\$5[].[][\n#7]\0b[].[][\n#1234567890123]\0")));
    vec_free(&out);
}

/* Takes one reply, or none, or fails; `left` is what stays. */
static int take(struct slice *left, bool ended, struct child_reply *reply)
{
    return apertium_protocol.take(left, ended, arena, reply);
}

static void expect_reply(struct slice in, uint64_t id, const char *text)
{
    struct child_reply reply;
    assert_int_equal(take(&in, false, &reply), 1);
    assert_int_equal(in.len, 0);
    assert_int_equal(reply.id, id);
    assert_false(reply.skip);
    assert_null(reply.error);
    expect(reply.reply, text);
}

static void replies_are_taken(void **state)
{
    (void)state;
    expect_reply(SLICE(" Cuesta \\$5[].[][\n#7]\0"), 7, "Cuesta $5");
    expect_reply(SLICE("Es bien.[].[][\n#12]\0"), 12, "Es bien."); /* the text's own full stop stays */
    expect_reply(SLICE("espera...[].[][\n#12]\0"), 12, "espera...");
    expect_reply(SLICE("kolovoz 1 .  [][][\n#157]\0"), 157, "kolovoz 1"); /* the other side of the brackets */
    expect_reply(SLICE("Etc.[][][\n#3]\0"), 3, "Etc");
    expect_reply(SLICE("no stop[][\n#3]\0"), 3, "no stop");
    expect_reply(SLICE("\\[\\][].[][\n#3]\0"), 3, "[]");
    expect_reply(SLICE("\\[[].[][\n#3]\0"), 3, "[");
    expect_reply(SLICE("[].[][\n#3]\0"), 3, "");
    expect_reply(SLICE("\\[#3\\][].[][\n#4]\0"), 4, "[#3]");
    expect_reply(SLICE("x[].[][\n#999999999999999999]\0"), 999999999999999999, "x");
    struct slice bad = SLICE("a\xff[].[][\n#5]\0");
    struct child_reply reply;
    assert_int_equal(take(&bad, false, &reply), 1);
    assert_string_equal(reply.error, "the reply is not UTF-8");
}

static void replies_may_come_in_pieces(void **state)
{
    (void)state;
    const struct slice all = SLICE("Uno[].[][\n#1]\0Dos  tres[].[][\n#2]\0Cuatro[].[][\n#3]\0");
    static const char *const texts[] = {"Uno", "Dos tres", "Cuatro"};
    for (size_t piece = 1; piece <= all.len; piece++) {
        struct bytes in = {0};
        size_t found = 0;
        for (size_t at = 0; at < all.len; at += piece) {
            bytes_append(&in, all.ptr + at, at + piece < all.len ? piece : all.len - at);
            struct slice left = bytes_slice(&in);
            struct child_reply reply;
            while (take(&left, false, &reply) == 1) {
                assert_int_equal(reply.id, found + 1);
                expect(reply.reply, texts[found++]);
            }
            memmove(in.items, left.ptr, left.len);
            in.len = left.len;
        }
        assert_int_equal(found, 3);
        assert_int_equal(in.len, 0);
        vec_free(&in);
    }
}

static void expect_out_of_step(struct slice in, bool ended)
{
    struct child_reply reply;
    if (take(&in, ended, &reply) != -1)
        fail_msg("\"%.*s\" was taken", (int)in.len, in.ptr);
    if (strstr(diag_message(), "expected a reply of Apertium that ends with its number and a NUL, found") == NULL)
        fail_msg("%s", diag_message());
}

static void what_is_no_reply_is_out_of_step(void **state)
{
    (void)state;
    expect_out_of_step(SLICE("El \0"), false); /* cut in two */
    expect_out_of_step(SLICE(" b[].[][\n#]\0"), false);
    expect_out_of_step(SLICE("b[].[][\n#x]\0"), false);
    expect_out_of_step(SLICE("b[].[][\n#01]\0"), false);
    expect_out_of_step(SLICE("b[].[][\n#1] \0"), false);
    expect_out_of_step(SLICE("b[].[][\n#1\0"), false);
    expect_out_of_step(SLICE("#1]\0"), false);
    expect_out_of_step(SLICE("]\0"), false);
    expect_out_of_step(SLICE("b[].[]\\[\n#\\]\0"), false);
    expect_out_of_step(SLICE("b[].[][\n#9999999999999999999]\0"), false);
    expect_out_of_step(SLICE("Uno[].[][\n#1]Dos[].[][\n#2]\0"), false); /* a NUL is missing */
    expect_out_of_step(SLICE("Uno[].[][\n#1]"), true);
}

/* As each program writes one at its end. */
static void a_second_nul_is_passed_over(void **state)
{
    (void)state;
    struct slice left = SLICE("Uno[].[][\n#1]\0\0\0Dos[].[][\n#2]\0");
    struct child_reply reply;
    size_t passed = 0, found = 0;
    while (take(&left, false, &reply) == 1) {
        passed += reply.skip;
        found += !reply.skip;
    }
    assert_int_equal(passed, 2);
    assert_int_equal(found, 2);
    assert_int_equal(left.len, 0);
    assert_int_equal(take(&left, true, &reply), 0);
}

/* ---- mode files ---- */

static char folder[] = "/tmp/quern-unit-apertium-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *path_of(const char *name)
{
    return arena_print(arena, "%s/%s", folder, name).ptr;
}

static void write_file(const char *name, struct slice text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static void expect_message(const char *message)
{
    if (strstr(diag_message(), message) == NULL)
        fail_msg("found \"%s\", expected \"%s\"", diag_message(), message);
}

static void refused(struct slice mode, const char *message)
{
    struct apertium_pair pair;
    write_file("wrong.mode", mode);
    assert_int_equal(apertium_pair_open(folder, path_of("wrong.mode"), &pair), -1);
    expect_message(message);
    assert_int_equal(unlink(path_of("wrong.mode")), 0);
}

static void wrong_modes_are_refused(void **state)
{
    (void)state;
    refused(SLICE(""), "an empty part");
    refused(SLICE("lt-proc a |"), "an empty part");
    refused(SLICE("lt-proc 'a"), "unclosed quote");
    refused(SLICE("lt-proc $3 a"), "'$' is not allowed");
    refused(SLICE("lt-proc $10 a"), "'$' is not allowed");
    refused(SLICE("lt-proc a > b"), "'>' is not allowed");
    refused(SLICE("lt-proc `b`"), "is not allowed");
    refused(SLICE("lt-proc a; lt-proc b"), "';' is not allowed");
    refused(SLICE("lt-proc a\0b"), "not a text");
    refused(SLICE("lt-proc a | sed s/a/b/"), "wrong.mode: \"sed\" is not known to answer text by text");
    refused(SLICE("apertium-transfer-j a b"), "\"apertium-transfer-j\" is not known to answer");
    refused(SLICE("apertium-tagger -g /no/such/model"), "/no/such/model");
}

static void expect_command(const struct words *command, const char *expected)
{
    struct bytes line = {0};
    for (size_t i = 0; i < command->len; i++) {
        if (i > 0)
            bytes_byte(&line, '|');
        bytes_put(&line, slice_of(command->items[i]));
    }
    expect(bytes_slice(&line), expected);
    vec_free(&line);
}

static void quotes_and_arguments_are_those_of_the_shell(void **state)
{
    (void)state;
    struct apertium_pair pair;
    write_file("aa-bb.mode", SLICE("lt-proc -w '/a b/x$1.bin'|/usr/bin/cg-proc \"c d\"  -g$2 e\\ f |\n"
                                   "apertium-tagger -gx $2 m | lt-proc $1 \"$1\" it''s '|'\n"));
    if (apertium_pair_open(folder, "aa-bb", &pair) < 0)
        fail_msg("%s", diag_message());
    assert_int_equal(pair.commands.len, 4);
    expect_command(&pair.commands.items[0], "lt-proc|-z|-w|/a b/x$1.bin");
    expect_command(&pair.commands.items[1], "/usr/bin/cg-proc|-z|c d|-g|e f");
    expect_command(&pair.commands.items[2], "apertium-tagger|-z|-gx|m");
    expect_command(&pair.commands.items[3], "lt-proc|-z|-n|-n|its||");
    assert_null(pair.first);
    assert_false(pair.fresh); /* a perceptron */
    apertium_pair_release(&pair);
    assert_int_equal(unlink(path_of("aa-bb.mode")), 0);
}

static void a_model_that_is_not_known_needs_fresh_processes(void **state)
{
    (void)state;
    struct apertium_pair pair;
    write_file("model", SLICE("no model that is in the table"));
    write_file("aa-bb.mode",
               arena_print(arena, "lt-proc '%s' | apertium-tagger -g $2 '%s'", path_of("model"), path_of("model")));
    if (apertium_pair_open(folder, "aa-bb", &pair) < 0)
        fail_msg("%s", diag_message());
    assert_null(pair.first);
    assert_true(pair.fresh);
    apertium_pair_release(&pair);
    assert_int_equal(unlink(path_of("aa-bb.mode")), 0);
    assert_int_equal(unlink(path_of("model")), 0);
}

static void not_found(const char *name, const char *message)
{
    struct apertium_pair pair;
    assert_int_equal(apertium_pair_open(folder, name, &pair), -1);
    expect_message(message);
}

static void a_missing_pair_says_what_to_do(void **state)
{
    (void)state;
    struct apertium_pair pair;
    not_found("aa-cc", "so not aa-cc: apt install apertium-eng-spa");
    not_found("eng-spa", "Apertium's pair eng-spa is not installed: apt install apertium-eng-spa");
    write_file("en-gl.mode", SLICE("lt-proc a"));
    write_file("en-gl_x.mode", SLICE("lt-proc a"));
    write_file("en-gl-fast.mode", SLICE("lt-proc a"));
    not_found("es-en", "pair es-en is not installed: apt install apertium-eng-spa");
    not_found("cat_valencia-eng", "apt install apertium-eng-cat");
    not_found("en-eu", "Apertium has no pair \"en-eu\" here: expected one of en-gl, or the path of a .mode file");
    not_found("english", "no pair \"english\" here");
    not_found("./aa-bb.mode", "./aa-bb.mode");
    assert_int_equal(apertium_pair_open(folder, "eng-glg", &pair), 0); /* the same languages */
    apertium_pair_release(&pair);
    assert_int_equal(apertium_pair_open(folder, "en-gl_x", &pair), 0);
    apertium_pair_release(&pair);
    assert_int_equal(unlink(path_of("en-gl.mode")), 0);
    assert_int_equal(unlink(path_of("en-gl_x.mode")), 0);
    assert_int_equal(unlink(path_of("en-gl-fast.mode")), 0);
}

static void back(const char *name, const char *expected)
{
    char *made = apertium_pair_back(name);
    assert_non_null(made);
    assert_string_equal(made, expected);
    mem_free(made);
}

static void names_are_turned_round(void **state)
{
    (void)state;
    back("eng-spa", "spa-eng");
    back("en-gl", "gl-en");
    back("eng-cat_valencia", "cat-eng");
    back("spa-eng_US", "eng-spa");
    back("en-eo-bytecode", "eo-en");
    back("/a-b/eng-spa.mode", "/a-b/spa-eng.mode");
    back("eng-spa.mode", "spa-eng.mode");
    assert_null(apertium_pair_back("eng"));
    expect_message("Expected a name of two languages, such as eng-spa, found \"eng\"");
    assert_null(apertium_pair_back("-eng"));
    assert_null(apertium_pair_back("/a-b/eng.mode"));
}

/* ---- what is installed ---- */

/* The names of the installed pairs, NULL at the end, in the arena. */
static const char **installed(void)
{
    const char **names = arena_array(arena, 1000, sizeof *names);
    size_t count = 0;
    DIR *dir = opendir(APERTIUM_MODES);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL && count < 999) {
        size_t len = strlen(entry->d_name);
        if (len > 5 && strcmp(entry->d_name + len - 5, ".mode") == 0)
            names[count++] = arena_print(arena, "%.*s", (int)(len - 5), entry->d_name).ptr;
    }
    if (dir != NULL)
        (void)closedir(dir);
    names[count] = NULL;
    return names;
}

static void check_pair(const char *name, const struct apertium_pair *pair)
{
    struct bytes mode = {0};
    size_t bars = 0;
    bool generates = false;
    assert_int_equal(stream_load(arena_print(arena, "%s/%s.mode", APERTIUM_MODES, name).ptr, &mode), 0);
    for (size_t i = 0; i < mode.len; i++)
        bars += mode.items[i] == '|';
    bytes_byte(&mode, '\0');
    assert_int_equal(pair->commands.len, bars + 1);
    for (size_t i = 0; i <= bars; i++) {
        const struct words *command = &pair->commands.items[i];
        assert_string_equal(command->items[1], "-z");
        generates = generates || (command->len > 2 && strcmp(command->items[2], "-n") == 0 &&
                                  strcmp(command->items[0], "lt-proc") == 0);
        for (size_t word = 0; word < command->len; word++) {
            assert_null(strpbrk(command->items[word], "$'\"|"));
            if (command->items[word][0] == '/')
                assert_int_equal(access(command->items[word], R_OK), 0);
        }
    }
    assert_true(generates == (strstr(mode.items, "$1") != NULL));
    vec_free(&mode);
}

static void installed_modes_can_be_read(void **state)
{
    (void)state;
    const char **names = installed();
    if (names[0] == NULL)
        skip();
    for (; *names != NULL; names++) {
        struct apertium_pair pair;
        bool opened = apertium_pair_open(APERTIUM_MODES, *names, &pair) == 0;
        if (!opened && strstr(diag_message(), "-j\" is not known to answer") == NULL) /* in Java, not in Debian */
            fail_msg("%s: %s", *names, diag_message());
        if (opened) {
            check_pair(*names, &pair);
            apertium_pair_release(&pair);
        }
    }
}

static bool open_installed(const char *name, struct apertium_pair *pair)
{
    return access(arena_print(arena, "%s/%s.mode", APERTIUM_MODES, name).ptr, R_OK) == 0 &&
           apertium_pair_open(APERTIUM_MODES, name, pair) == 0;
}

/* The translations of the texts by one process, after `first` unless that is NULL. */
static struct slice *translate(const struct apertium_pair *pair, const char *first, const struct slice *texts,
                               size_t count)
{
    struct slice *replies = arena_array(arena, count, sizeof *replies);
    struct raw raw = raw_start(&pair->commands);
    size_t before = first != NULL;
    if (first != NULL)
        raw_ask(&raw, slice_of(first));
    for (size_t i = 0; i < count; i++)
        raw_ask(&raw, texts[i]);
    while (raw.replies < raw.asked) {
        struct slice text;
        int taken;
        assert_true(raw_turn(&raw));
        while ((taken = raw_take(&raw, arena, &text)) == 1)
            if (raw.replies > before)
                replies[raw.replies - 1 - before] = text;
        if (taken < 0)
            fail_msg("%s", diag_message());
    }
    raw_end(&raw);
    return replies;
}

static struct slice filled(const char *form, char first, char second)
{
    struct bytes text = {0};
    for (; *form != '\0'; form++)
        bytes_byte(&text, *form == '1' ? first : *form == '2' ? second : *form);
    struct slice kept = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    return kept;
}

enum { ASCII = 0x80 };

/* Each character alone, at the ends, in a word, doubled, and beside each of the special ones: what is planted between
 * the two numbers, which are never translated, comes back there. */
static void each_character_comes_back(const char *name)
{
    static const char specials[] = "\\[]^$/<>{}@~#*.";
    static const char *const forms[] = {"1", "1 the house 1", "the ho1use", "11", "41the end", "4 1 5", "4 12 5"};
    enum { FORMS = sizeof forms / sizeof *forms, EACH = FORMS - 1 + sizeof specials - 1 };
    struct apertium_pair pair;
    if (!open_installed(name, &pair))
        return;
    VEC(struct slice) texts = {0};
    for (int c = 0; c < ASCII; c++)
        for (size_t form = 0; form < FORMS; form++)
            for (const char *other = specials; *other != '\0' && (other == specials || form == FORMS - 1); other++)
                vec_push(&texts, filled(forms[form], (char)c, *other));
    struct slice *replies = translate(&pair, pair.first, texts.items, texts.len);
    for (size_t i = 0; i < texts.len; i++) {
        size_t character = i / EACH, form = i % EACH;
        bool control = character < ' ' || character == 0x7f;
        bool kept = !control && strchr("\\[]^$/<>{}@~#*|", (int)character) != NULL;
        bool alone = form == FORMS - 2, beside = form >= FORMS - 1 && form < EACH - 1; /* but for the full stop */
        /* others may be translated, such as a letter and &, or be part of a number */
        if (control && alone)
            expect(replies[i], "4 5");
        else if (kept && (alone || beside) && !slice_equal(replies[i], texts.items[i]))
            fail_msg("%s: \"%.*s\" came back as \"%.*s\"", name, (int)texts.items[i].len, texts.items[i].ptr,
                     (int)replies[i].len, replies[i].ptr);
    }
    vec_free(&texts);
    apertium_pair_release(&pair);
}

static void characters_come_back(void **state)
{
    (void)state;
    struct apertium_pair pair;
    if (!open_installed("eng-spa", &pair))
        skip();
    apertium_pair_release(&pair);
    for (const char **names = installed(); *names != NULL; names++)
        if (strchr(*names, '_') == NULL && strlen(*names) <= strlen("eng-spa"))
            each_character_comes_back(*names);
}

static void replies_belong_to_their_texts(void **state)
{
    (void)state;
    struct apertium_pair pair;
    const struct {
        struct slice text;
        const char *reply;
    } cases[] = {
        {SLICE("It is good."), "Es bien."},
        {SLICE("It is good"), "Es bien"},
        {SLICE("No"), "No"}, /* not the abbreviation of number */
        {SLICE("[a]"), "[Un]"},
        {SLICE("\\"), "\\"},
        {SLICE("\\\\["), "\\\\["},
        {SLICE("[\n#1]"), "[ #1]"},
        {SLICE("[][\n#1]"), "[][ #1]"},
        {SLICE("~"), "~"},
        {SLICE("x~y"), "x~y"},
        {SLICE("@#*"), "@#*"},
        {SLICE("$5 ^2"), "$5 ^2"},
        {SLICE("<b>7</b>"), "<b>7</b>"},
        {SLICE("\xc2\xad"), ""},
        {SLICE("4\xef\xbf\xbf"
               "5"),
         "4 5"},
        {SLICE("4\x01\x1f\x7f\t5\0"), "4 5"},
        {SLICE("a a. a.. a..."), "Un un. Un.. Un..."},
        {SLICE("xyzzy"), "xyzzy"}, /* unknown, and no mark at it */
        {SLICE("\xe7\xa3\xa8\xe5\x9d\x8a \xf0\x9f\x98\x80 \xef\xbf\xbd"),
         "\xe7\xa3\xa8\xe5\x9d\x8a \xf0\x9f\x98\x80 \xef\xbf\xbd"},
        {SLICE("   "), ""},
        {SLICE("the house"), "La casa"},
    };
    enum { COUNT = sizeof cases / sizeof *cases };
    struct slice texts[COUNT];
    if (!open_installed("eng-spa", &pair))
        skip();
    for (size_t i = 0; i < COUNT; i++)
        texts[i] = cases[i].text;
    struct slice *replies = translate(&pair, pair.first, texts, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        expect(replies[i], cases[i].reply);
    apertium_pair_release(&pair);
}

/* "a lot of" makes the tagger of eng-spa take unknown words for something else from then on. */
static void a_primer_takes_the_memory_away(void **state)
{
    (void)state;
    struct apertium_pair pair;
    const struct slice texts[] = {SLICE("the glorps sing"), SLICE("I know a lot of people"), SLICE("the glorps sing")};
    if (!open_installed("eng-spa", &pair))
        skip();
    if (pair.first == NULL)
        skip(); /* another version of the pair */
    struct slice *plain = translate(&pair, NULL, texts, 3);
    assert_false(slice_equal(plain[0], plain[2])); /* so there is something to be seen */
    struct slice *primed = translate(&pair, pair.first, texts, 3);
    assert_true(slice_equal(primed[0], primed[2]));
    apertium_pair_release(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(replies_are_cleaned),
        cmocka_unit_test(what_is_escaped_comes_back),
        cmocka_unit_test(a_request_has_its_number),
        cmocka_unit_test(replies_are_taken),
        cmocka_unit_test(replies_may_come_in_pieces),
        cmocka_unit_test(what_is_no_reply_is_out_of_step),
        cmocka_unit_test(a_second_nul_is_passed_over),
        cmocka_unit_test(wrong_modes_are_refused),
        cmocka_unit_test(quotes_and_arguments_are_those_of_the_shell),
        cmocka_unit_test(a_model_that_is_not_known_needs_fresh_processes),
        cmocka_unit_test(a_missing_pair_says_what_to_do),
        cmocka_unit_test(names_are_turned_round),
        cmocka_unit_test(installed_modes_can_be_read),
        cmocka_unit_test(characters_come_back),
        cmocka_unit_test(replies_belong_to_their_texts),
        cmocka_unit_test(a_primer_takes_the_memory_away),
    };
    if (open_arena(NULL) < 0 || make_folder(NULL) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)remove_folder(NULL);
    (void)close_arena(NULL);
    return failed;
}
