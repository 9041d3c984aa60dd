/* child_process.c - see child_process.h. Between fork and exec only functions that are safe in a signal handler are
 * called, since another thread may hold any lock at the fork. */
#include "run/child_process.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    GRACE_SECONDS = 2, /* from TERM to KILL */
    STATUS_NOT_RUN = 127,
    STATUS_BY_SIGNAL = 128,
};

bool process_can_run(const char *name)
{
    bool found = false;
    const char *path = strchr(name, '/') != NULL ? "" : getenv("PATH");
    if (path == NULL)
        path = "/bin:/usr/bin"; /* as execvp does */
    for (; path != NULL && !found; path = strchr(path, ':') != NULL ? strchr(path, ':') + 1 : NULL) {
        struct bytes file = {0};
        bytes_append(&file, path, strcspn(path, ":"));
        if (file.len > 0)
            bytes_byte(&file, '/');
        bytes_append(&file, name, strlen(name) + 1);
        found = access(file.items, X_OK) == 0;
        vec_free(&file);
    }
    return found;
}

/* ---- in a command, before it becomes one ---- */

static void reset_signals(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++)
        (void)sigaction(signal, &usual, NULL);
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* nobody listens */
}

static noreturn void become(const struct words *command, int in, int out, pid_t group, char *const *environment)
{
    (void)setpgid(0, group);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* in case somebody kills the keeper */
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(STATUS_NOT_RUN);
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    reset_signals();
    (void)execvpe(command->items[0], (char *const *)(uintptr_t)command->items, environment);
    say("quern: cannot start \"");
    say(command->items[0]);
    say(errno == ENOEXEC ? "\": not a program, nor a script with #! in its first line\n" : "\"\n");
    _exit(STATUS_NOT_RUN);
}

/* ---- the keeper ---- */

struct keeper {
    int control;
    pid_t group;
    int status; /* the first that was not 0 */
};

/* Starts all commands in a group of their own; false if the system refuses. */
static bool start_all(struct keeper *keeper, const struct commands *commands, int in, int out, char *const *environment)
{
    for (size_t i = 0; i < commands->len; i++) {
        int between[2] = {-1, out};
        if (i + 1 < commands->len && pipe2(between, O_CLOEXEC) < 0)
            return false;
        pid_t pid = fork();
        if (pid < 0)
            return false;
        if (pid == 0)
            become(&commands->items[i], in, between[1], keeper->group, environment);
        if (keeper->group == 0)
            keeper->group = pid;
        (void)setpgid(pid, keeper->group);
        (void)close(in);
        (void)close(between[1]);
        in = between[0];
    }
    return true;
}

static void kill_group(const struct keeper *keeper, int signal)
{
    if (keeper->group > 0)
        (void)kill(-keeper->group, signal);
}

/* Takes note of commands that have ended; false if none is left. stopping: they had to, so that our signals say nothing
 * about what was wrong. */
static bool reap(struct keeper *keeper, bool stopping)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        int code = WIFSIGNALED(status) ? STATUS_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
        bool ours = stopping && (code == STATUS_BY_SIGNAL + SIGTERM || code == STATUS_BY_SIGNAL + SIGKILL);
        if (keeper->status == 0 && !ours)
            keeper->status = code;
    }
    return pid == 0;
}

static void wake(int signal)
{
    (void)signal;
}

/* Waits until the commands have ended, or the control socket has been closed and they had to. */
static void wait_for_all(struct keeper *keeper)
{
    struct sigaction action = {.sa_handler = wake};
    (void)sigaction(SIGCHLD, &action, NULL);
    sigset_t but_child;
    (void)sigfillset(&but_child);
    (void)sigdelset(&but_child, SIGCHLD);
    int64_t until = 0;
    while (reap(keeper, until != 0)) {
        struct pollfd control = {.fd = until == 0 ? keeper->control : -1, .events = POLLIN};
        int64_t left = until == 0 ? 0 : until - clock_ms();
        struct timespec wait = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        if (until != 0 && left <= 0) {
            kill_group(keeper, SIGKILL);
            wait = (struct timespec){.tv_nsec = 10000000};
        }
        int ready = ppoll(&control, 1, until == 0 ? NULL : &wait, &but_child);
        if (ready > 0 && until == 0) {
            kill_group(keeper, SIGTERM);
            kill_group(keeper, SIGCONT);
            until = clock_ms() + GRACE_SECONDS * 1000;
        }
    }
}

static noreturn void keep(struct keeper *keeper, const struct commands *commands, int in, int out,
                          char *const *environment)
{
    (void)setpgid(0, 0); /* Control-C is for quern: when it ends, so does the group */
    (void)prctl(PR_SET_NAME, "quern-keeper");
    bool started = start_all(keeper, commands, in, out, environment);
    if (keeper->control > STDERR_FILENO + 1)
        (void)close_range(STDERR_FILENO + 1, (unsigned)keeper->control - 1, 0);
    (void)close_range((unsigned)keeper->control + 1, ~0U, 0);
    (void)close(STDIN_FILENO);
    (void)close(STDOUT_FILENO);
    if (started)
        wait_for_all(keeper);
    kill_group(keeper, SIGKILL); /* what the commands have left behind */
    _exit(started ? keeper->status : STATUS_NOT_RUN);
}

/* ---- in quern ---- */

int process_start(struct process *process, const struct commands *commands, char *const *environment)
{
    int to[2] = {-1, -1}, from[2] = {-1, -1}, control[2] = {-1, -1};
    bool open = pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0 &&
                socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) == 0;
    pid_t pid = open ? fork() : -1;
    if (pid == 0) {
        struct keeper keeper = {.control = control[1]};
        keep(&keeper, commands, to[0], from[1], environment);
    }
    if (pid < 0)
        (void)diag_errno("starting \"%s\"", commands->items[0].items[0]);
    int theirs[] = {to[0], from[1], control[1]}, ours[] = {to[1], from[0], control[0]};
    for (size_t i = 0; i < 3; i++) {
        if (theirs[i] >= 0)
            (void)close(theirs[i]);
        if (pid < 0 && ours[i] >= 0)
            (void)close(ours[i]);
    }
    if (pid < 0)
        return -1;
    (void)fcntl(to[1], F_SETFL, O_NONBLOCK);
    (void)fcntl(from[0], F_SETFL, O_NONBLOCK);
    *process = (struct process){.keeper = pid, .to = to[1], .from = from[0], .control = control[0]};
    return 0;
}

void process_end_input(struct process *process)
{
    if (process->to >= 0)
        (void)close(process->to);
    process->to = -1;
}

int process_stop(struct process *process)
{
    int status = 0;
    process_end_input(process);
    (void)close(process->control);
    while (waitpid(process->keeper, &status, 0) < 0 && errno == EINTR)
        continue;
    (void)close(process->from);
    *process = (struct process){.to = -1, .from = -1, .control = -1};
    return WIFSIGNALED(status) ? STATUS_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
