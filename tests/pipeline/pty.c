/* pty.c - runs a command on a terminal of its own and prints what it shows there.
 *
 *     pty COLUMNS COMMAND [ARGUMENT …]
 *
 * Standard input is a script:
 *
 *     > TEXT      type the text; \t is a tab, \r the enter key, \a control-A, \d control-D, \u control-U, \\ a
 *                 backslash
 *     < TEXT      wait until this has been shown, since the last such wait
 *
 * At its end the command is waited for. The status is the command's; 99 if a text is not shown in time, or the command
 * does not end. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 99, PATIENCE_MS = 20000, SHOWN_MOST = 1 << 20 };

static char shown[SHOWN_MOST + 1]; /* what has been shown since the last wait */
static size_t shown_len;
static int terminal;

/* Waits for more. 1; 0 at the end; -1 if nothing comes. */
static int read_more(void)
{
    struct pollfd wait = {.fd = terminal, .events = POLLIN};
    if (poll(&wait, 1, PATIENCE_MS) <= 0)
        return -1;
    if (shown_len == SHOWN_MOST)
        shown_len = 0;
    ssize_t got = read(terminal, shown + shown_len, SHOWN_MOST - shown_len);
    if (got <= 0)
        return 0; /* EIO: the command has closed its side */
    (void)fwrite(shown + shown_len, 1, (size_t)got, stdout);
    shown_len += (size_t)got;
    return 1;
}

static int wait_for(const char *text)
{
    for (;;) {
        char *found = memmem(shown, shown_len, text, strlen(text));
        if (found != NULL) {
            size_t passed = (size_t)(found - shown) + strlen(text);
            memmove(shown, shown + passed, shown_len - passed);
            shown_len -= passed;
            return 0;
        }
        if (read_more() <= 0) {
            (void)fprintf(stderr, "pty: not shown: %s\n", text);
            return -1;
        }
    }
}

static char escaped(char letter)
{
    static const char letters[] = "traud", keys[] = "\t\r\x01\x15\x04";
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    return found != NULL ? keys[found - letters] : letter;
}

static void type(const char *text)
{
    for (; *text != '\0'; text++) {
        bool special = *text == '\\' && text[1] != '\0';
        text += special;
        char c = special ? escaped(*text) : *text;
        if (write(terminal, &c, 1) != 1)
            return;
    }
}

static int follow_script(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '>')
            type(line + 2);
        else if (line[0] == '<' && wait_for(line + 2) < 0)
            return -1;
    }
    int more;
    while ((more = read_more()) > 0)
        continue;
    return more;
}

int main(int argc, char **argv)
{
    struct winsize size = {.ws_row = 50};
    if (argc < 3)
        return FAILED;
    size.ws_col = (unsigned short)strtoul(argv[1], NULL, 10);
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    if (child < 0)
        return FAILED;
    if (child == 0) {
        (void)execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status, done = follow_script();
    if (done < 0)
        (void)kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return done < 0 || !WIFEXITED(status) ? FAILED : WEXITSTATUS(status);
}
