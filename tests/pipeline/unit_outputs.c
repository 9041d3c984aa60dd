/* unit_outputs.c - files known under other names, and several outputs that appear together. */
#include "pipeline/base/diag.h"
#include "pipeline/base/place.h"
#include "pipeline/run/outputs.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void expect(const char *path, const char *text)
{
    char got[256] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    got[fread(got, 1, sizeof got - 1, file)] = '\0';
    (void)fclose(file);
    assert_string_equal(got, text);
}

/* How many files the folder has. */
static int files_in(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(folder);
    return count;
}

static void remove_in(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    (void)closedir(folder);
    (void)rmdir(path);
}

/* Each test stands in a folder of its own. */
static char home[] = "/tmp/quern-outputs-XXXXXX";

static int enter(void **state)
{
    (void)state;
    memcpy(home + sizeof home - 7, "XXXXXX", 6);
    return mkdtemp(home) != NULL && chdir(home) == 0 && mkdir("sub", 0700) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    remove_in("sub");
    remove_in(home);
    return chdir("/");
}

/* ---- places ---- */

static void expect_same(const char *a, const char *b, bool same)
{
    struct place first, second;
    assert_int_equal(place_find(a, &first), 0);
    assert_int_equal(place_find(b, &second), 0);
    assert_int_equal(place_same(&first, &second), same);
    place_release(&first);
    place_release(&second);
}

static void a_file_is_known_under_every_name(void **state)
{
    (void)state;
    put("f", "x");
    put("g", "x");
    assert_int_equal(link("f", "hard") | symlink("f", "soft") | symlink("../soft", "sub/softer"), 0);
    expect_same("f", "./f", true);
    expect_same("f", "sub/../f", true);
    expect_same("f", "hard", true);
    expect_same("hard", "sub/softer", true);
    expect_same("f", "g", false);
}

static void so_is_one_that_does_not_exist_yet(void **state)
{
    (void)state;
    assert_int_equal(symlink("sub/new", "soft") | symlink("sub", "folder"), 0);
    expect_same("new", ".//new", true);
    expect_same("sub/new", "folder/new", true);
    expect_same("sub/new", "soft", true);
    expect_same("new", "sub/new", false);
    expect_same("new", "newer", false);
}

static void what_can_not_be_found(void **state)
{
    (void)state;
    struct place place;
    assert_int_equal(symlink("b", "a") | symlink("a", "b"), 0);
    assert_int_equal(place_find("a", &place), -1);
    place_release(&place);
    assert_int_equal(place_find("nowhere/f", &place), -1);
    place_release(&place);
    assert_int_equal(place_find("", &place), -1);
    place_release(&place);
}

static void descriptors_are_known_by_their_number(void **state)
{
    (void)state;
    struct place place;
    assert_int_equal(place_find("/dev/stdout", &place), 0);
    assert_true(place.by_descriptor);
    assert_int_equal(place.descriptor, 1);
    place_release(&place);
    assert_int_equal(place_find("/proc/self/fd/2", &place), 0);
    assert_int_equal(place.descriptor, 2);
    place_release(&place);
    assert_int_equal(place_find("/proc/1/fd/2", &place) == 0 && place.descriptor == 2, 0);
    place_release(&place);
    assert_int_equal(place_find("/dev/null", &place), 0);
    assert_false(place.by_descriptor);
    place_release(&place);
}

/* ---- several outputs ---- */

enum { COUNT = 4 };
static const char *const names[COUNT] = {"a", "b", "sub/c", "sub/d"};

static struct outputs *start(void)
{
    struct outputs *outputs = outputs_new();
    for (unsigned i = 0; i < COUNT; i++)
        assert_int_equal(outputs_add(outputs, "-o", names[i], 3, i == 0 ? OUTPUT_RECORDS : OUTPUT_BESIDE), i);
    assert_int_equal(outputs_check(outputs), 0);
    assert_int_equal(outputs_open(outputs), 0);
    return outputs;
}

static void write_all(struct outputs *outputs)
{
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(outputs_write(outputs, i, SLICE("new ")), 0);
        assert_int_equal(outputs_write(outputs, i, slice_of(names[i])), 0);
        assert_int_equal(outputs_written(outputs, i), 4 + strlen(names[i]));
    }
}

static void they_appear_at_the_end(void **state)
{
    (void)state;
    put("b", "old");
    struct outputs *outputs = start();
    write_all(outputs);
    expect("b", "old");
    assert_int_equal(access("a", F_OK), -1);
    assert_int_equal(outputs_finish(outputs), 0);
    outputs_free(outputs);
    expect("a", "new a");
    expect("b", "new b");
    expect("sub/c", "new sub/c");
    expect("sub/d", "new sub/d");
    assert_int_equal(files_in("."), 3);
    assert_int_equal(files_in("sub"), 2);
}

static void without_an_end_nothing_changes(void **state)
{
    (void)state;
    put("b", "old");
    struct outputs *outputs = start();
    write_all(outputs);
    outputs_free(outputs);
    expect("b", "old");
    assert_int_equal(files_in("."), 2);
    assert_int_equal(files_in("sub"), 0);
}

/* The first, whose turn comes last, can't be renamed: there is a folder of its name by then. */
static void if_one_can_not_appear_none_does(void **state)
{
    (void)state;
    put("b", "old");
    put("sub/d", "older");
    struct outputs *outputs = start();
    write_all(outputs);
    assert_int_equal(mkdir("a", 0700), 0);
    assert_int_equal(outputs_finish(outputs), -1);
    assert_string_equal(diag_message(), "a: rename: Is a directory");
    assert_int_equal(diag_status(STATUS_DONE), STATUS_FAILED);
    outputs_free(outputs);
    assert_int_equal(rmdir("a"), 0);
    expect("b", "old");
    expect("sub/d", "older");
    assert_int_equal(files_in("."), 2);
    assert_int_equal(files_in("sub"), 1);
}

static void permissions_of_a_replaced_file_stay(void **state)
{
    (void)state;
    struct stat status;
    put("a", "old");
    assert_int_equal(chmod("a", 0600), 0);
    struct outputs *outputs = start();
    write_all(outputs);
    assert_int_equal(outputs_finish(outputs), 0);
    outputs_free(outputs);
    assert_int_equal(stat("a", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat("b", &status), 0);
    mode_t mask = umask(0);
    (void)umask(mask);
    assert_int_equal(status.st_mode & 0777, 0666 & ~mask);
}

static void refused(const char *other, const char *input, enum input_role role, const char *message)
{
    struct outputs *outputs = outputs_new();
    if (input != NULL)
        outputs_input(outputs, "the input", input, role);
    (void)outputs_add(outputs, "--output", "f", 3, OUTPUT_RECORDS);
    if (other != NULL)
        (void)outputs_add(outputs, "--stats", other, 3, OUTPUT_BESIDE);
    int done = outputs_check(outputs);
    assert_int_equal(done, message != NULL ? -1 : 0);
    if (message != NULL) {
        assert_string_equal(diag_message(), message);
        assert_int_equal(diag_status(STATUS_DONE), STATUS_USAGE);
    }
    outputs_free(outputs);
}

static void one_file_under_two_names_is_refused(void **state)
{
    (void)state;
    refused("./f", NULL, INPUT_RECORDS,
            "--output f and --stats ./f are the same file: give each output a name of its own");
    put("f", "x");
    put("in", "x");
    assert_int_equal(link("f", "hard") | symlink("in", "soft"), 0);
    refused("hard", NULL, INPUT_RECORDS,
            "--output f and --stats hard are the same file: give each output a name of its own");
    refused("soft", "in", INPUT_RECORDS,
            "--stats soft and the input in are the same file: give the output a name of its own");
    refused(NULL, "hard", INPUT_OTHER,
            "--output f and the input hard are the same file: give the output a name of its own");
    refused(NULL, "hard", INPUT_RECORDS, NULL); /* it has been read when it is replaced */
    refused("g", "in", INPUT_OTHER, NULL);
    refused("/dev/null", "/dev/null", INPUT_OTHER, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_known_under_every_name, enter, leave),
        cmocka_unit_test_setup_teardown(so_is_one_that_does_not_exist_yet, enter, leave),
        cmocka_unit_test_setup_teardown(what_can_not_be_found, enter, leave),
        cmocka_unit_test_setup_teardown(descriptors_are_known_by_their_number, enter, leave),
        cmocka_unit_test_setup_teardown(they_appear_at_the_end, enter, leave),
        cmocka_unit_test_setup_teardown(without_an_end_nothing_changes, enter, leave),
        cmocka_unit_test_setup_teardown(if_one_can_not_appear_none_does, enter, leave),
        cmocka_unit_test_setup_teardown(permissions_of_a_replaced_file_stay, enter, leave),
        cmocka_unit_test_setup_teardown(one_file_under_two_names_is_refused, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
