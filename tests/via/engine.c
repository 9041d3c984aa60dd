/* engine [NAME=VALUE]... - an engine with known faults, for the tests of what asks engines. It answers the text T with
 * "re T".
 *
 *     protocol=line|jsonl|batch     as in quern-via(1); batch: answers when its input has ended
 *     log=FILE                      appends "start PID", "parent PID" and, for each text, "ask T"
 *     start=MS                      sleeps first
 *     pace=MS                       sleeps before each reply
 *     late=MS                       sleeps before every 50th reply
 *     pieces=N                      writes N bytes at a time
 *     noise=N                       writes so many bytes to standard error for each text
 *     die=N                         ends, with status=S (1), after N replies
 *     drop=N, repeat=N, add=N       does so with every N-th reply; N counts over all starts that share the log
 *     turn=N                        jsonl: collects N requests, or what has come, and answers the last one first
 *     unknown=N, twice=N            jsonl: answers an unknown id too, or the same one again, every N-th time
 *     odd=WORD                      what it does with a text that has the word "odd": die, sleep, error, bytes, nul,
 *                                   empty, huge, broken, stray (it answers something else, without end),
 *                                   third (it dies of it but the third time that it is asked)
 *     deaf=yes                      ignores TERM
 *     linger=yes                    does not end with its input
 *     grandchild=yes                starts a process that holds its output and sleeps
 *     hoard=yes                     answers when its input has ended
 *     slow_end=MS                   closes its output, then sleeps before it ends
 *     exit=S                        ends at once, with this status */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LATE_EVERY = 50, HUGE_BYTES = 200000 };

static char **given;
static int log_file = -1;
static long replied;  /* by this process */
static long counted;  /* texts in the log: by all processes */
static long odd_ones; /* of them, those with the word "odd" */
static bool jsonl;

/* A request that is not answered yet. */
struct request {
    char *id, *text;
};
static struct request *held;
static size_t held_count;

static const char *option(const char *name)
{
    for (char **word = given; *word != NULL; word++)
        if (strncmp(*word, name, strlen(name)) == 0 && (*word)[strlen(name)] == '=')
            return *word + strlen(name) + 1;
    return NULL;
}

static long number(const char *name)
{
    const char *value = option(name);
    return value != NULL ? strtol(value, NULL, 10) : 0;
}

static bool every(const char *name, long count)
{
    long n = number(name);
    return n > 0 && count % n == 0;
}

static void rest(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (ms > 0 && nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

static void put_all(int file, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(file, bytes, len);
        if (written < 0)
            exit(3);
        bytes += written;
        len -= (size_t)written;
    }
}

/* Each in one write, so that the processes of several runs can share the file. */
static void note(const char *what, const char *text)
{
    char *line = NULL;
    int len = log_file >= 0 ? asprintf(&line, "%s %s\n", what, text) : 0;
    if (len > 0)
        put_all(log_file, line, (size_t)len);
    free(line);
}

static void note_pid(const char *what, pid_t pid)
{
    char *text = NULL;
    if (asprintf(&text, "%d", (int)pid) < 0)
        exit(3);
    note(what, text);
    free(text);
}

static void count_log(void)
{
    const char *path = option("log");
    char *line = NULL;
    size_t room = 0;
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    while (file != NULL && getline(&line, &room, file) > 0) {
        counted += strncmp(line, "ask ", 4) == 0;
        odd_ones += strncmp(line, "ask odd", 7) == 0;
    }
    free(line);
    if (file != NULL)
        (void)fclose(file);
    if (path != NULL)
        log_file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
}

static void put(const char *bytes, size_t len)
{
    size_t step = number("pieces") > 0 ? (size_t)number("pieces") : len;
    for (size_t at = 0; at < len; at += step)
        put_all(STDOUT_FILENO, bytes + at, len - at < step ? len - at : step);
}

static void put_line(char *line)
{
    put(line, strlen(line));
    free(line);
}

static char *print(const char *format, const char *id, const char *text)
{
    char *line;
    if (asprintf(&line, format, id, text) < 0)
        exit(3);
    return line;
}

static void put_reply(const char *id, const char *text)
{
    put_line(jsonl ? print("{\"id\":%s,\"text\":\"re %s\"}\n", id, text) : print("%.0sre %s\n", id, text));
}

static void put_huge(const char *id)
{
    char *text = malloc(HUGE_BYTES + 1);
    if (text == NULL)
        exit(3);
    memset(text, 'x', HUGE_BYTES);
    text[HUGE_BYTES] = '\0';
    put_reply(id, text);
    free(text);
}

/* As a program that goes wrong, also under a sanitizer, which would catch the signal. */
static void crash(void)
{
    (void)signal(SIGSEGV, SIG_DFL);
    (void)raise(SIGSEGV);
}

/* A text that has the word "odd". */
static void answer_odd(const struct request *request, const char *how)
{
    const char *id = request->id;
    if (strcmp(how, "die") == 0)
        crash();
    if (strcmp(how, "third") == 0 && odd_ones < 2)
        crash();
    if (strcmp(how, "third") == 0)
        put_reply(request->id, request->text);
    if (strcmp(how, "sleep") == 0)
        rest(1000000);
    if (strcmp(how, "error") == 0)
        put_line(print("{\"id\":%s,\"error\":{\"code\":7,\"message\":\"%s\"}}\n", id, "I will not"));
    if (strcmp(how, "bytes") == 0)
        put_line(print(jsonl ? "{\"id\":%s,\"text\":\"%s\"}\n" : "%.0s%s\n", id, "a\xff"));
    if (strcmp(how, "empty") == 0)
        put_line(print(jsonl ? "{\"id\":%s,\"text\":\"%s\"}\n" : "%.0s%s\n", id, ""));
    if (strcmp(how, "broken") == 0)
        put_line(print("{\"id\":%s,\"text\":%s\n", id, "\"re"));
    if (strcmp(how, "nul") == 0) {
        if (jsonl)
            put_line(print("{\"id\":%s,\"text\":\"re%s\"}\n", id, "\\u0000"));
        else
            put("re\0", 3), put("\n", 1);
    }
    if (strcmp(how, "huge") == 0)
        put_huge(id);
    while (strcmp(how, "stray") == 0) {
        put_reply("123456789", "a stray line");
        rest(100);
    }
}

static void answer(const struct request *request)
{
    const char *odd = option("odd");
    counted++;
    replied++;
    rest(number("pace"));
    if (replied % LATE_EVERY == 0)
        rest(number("late"));
    for (long left = number("noise"); left > 0; left -= 50)
        put_all(STDERR_FILENO, "warning: nobody needs to read this, there is more\n", 50);
    if (odd != NULL && strstr(request->text, "odd") != NULL)
        answer_odd(request, odd);
    else if (!every("drop", counted))
        put_reply(request->id, request->text);
    if (every("repeat", counted) || every("twice", counted))
        put_reply(request->id, request->text);
    if (every("add", counted) || every("unknown", counted))
        put_reply("123456789", "a stray line");
    if (number("die") > 0 && replied == number("die"))
        _exit(option("status") != NULL ? (int)number("status") : 1);
}

static void answer_held(void)
{
    bool turn = number("turn") > 0;
    for (size_t i = 0; i < held_count; i++)
        answer(&held[turn ? held_count - 1 - i : i]);
    for (size_t i = 0; i < held_count; i++) {
        free(held[i].id);
        free(held[i].text);
    }
    held_count = 0;
}

static void hold(struct request request)
{
    held = reallocarray(held, held_count + 1, sizeof *held);
    if (held == NULL)
        exit(3);
    held[held_count++] = request;
    note("ask", request.text);
}

/* The value after a mark up to a character, both in the form that quern writes. */
static char *member(const char *line, const char *mark, const char *end)
{
    const char *at = strstr(line, mark);
    if (at == NULL)
        return NULL;
    at += strlen(mark);
    size_t len = strcspn(at, end);
    while (*end == '"' && len > 0 && at[len - 1] == '\\')
        len += 1 + strcspn(at + len + 1, end);
    return strndup(at, len);
}

static void take(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    if (!jsonl) {
        hold((struct request){NULL, strdup(line)});
        return;
    }
    char *id = member(line, "{\"id\":", ",");
    if (id != NULL)
        hold((struct request){id, member(line, "\"text\":\"", "\"")});
}

static bool more_waits(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 20) > 0 && (input.revents & POLLIN) != 0;
}

static void serve(bool hoard)
{
    char *line = NULL;
    size_t room = 0;
    if (!hoard)
        (void)setvbuf(stdin, NULL, _IONBF, 0); /* what poll says must be all that waits */
    while (getline(&line, &room, stdin) > 0) {
        take(line);
        if (!hoard && ((long)held_count >= number("turn") || !more_waits()))
            answer_held();
    }
    answer_held();
    free(line);
}

/* A process that holds the output. Its own input is not ours, or it would read requests. */
static void start_grandchild(void)
{
    pid_t child = fork();
    if (child == 0) {
        (void)close(STDIN_FILENO);
        rest(1000000);
        _exit(0);
    }
    if (child < 0)
        exit(3);
    note_pid("grandchild", child);
}

int main(int argc, char **argv)
{
    given = argv + (argc > 0);
    const char *protocol = option("protocol") != NULL ? option("protocol") : "line";
    jsonl = strcmp(protocol, "jsonl") == 0;
    if (option("deaf") != NULL)
        (void)signal(SIGTERM, SIG_IGN);
    count_log();
    note_pid("start", getpid());
    note_pid("parent", getppid());
    if (option("exit") != NULL)
        return (int)number("exit");
    if (option("grandchild") != NULL)
        start_grandchild();
    rest(number("start"));
    if (jsonl)
        put_line(
            print("{\"protocol\":\"quern-via\",\"version\":%s}\n%s", "1", "not JSON\n{\"note\":\"nor a reply\"}\n"));
    serve(option("hoard") != NULL || strcmp(protocol, "batch") == 0);
    if (option("linger") != NULL)
        rest(1000000);
    if (option("slow_end") != NULL) {
        (void)close(STDOUT_FILENO);
        rest(number("slow_end"));
    }
    free(held);
    return 0;
}
