/* peak FILE COMMAND...: runs the command and writes to FILE the most memory that it had resident, in KiB. Its status is
 * that of the command. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        (void)execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    FILE *file = fopen(argv[1], "w");
    if (wait4(child, &status, 0, &usage) != child || file == NULL || fprintf(file, "%ld\n", usage.ru_maxrss) < 0 ||
        fclose(file) != 0)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
