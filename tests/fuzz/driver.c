/* Runs a fuzz target without libFuzzer, the same way every time:
 *
 *     fuzz_NAME COUNT DICTIONARY SEED …        each seed, then COUNT mutations of seeds
 *     fuzz_NAME 0 /dev/null FILE               one input
 *
 * An input at which the target dies is left in the file fuzz_NAME.crash of the folder that the run stands in. */
#include "fuzz.h"
#include "pipeline/base/stream.h"
#include "pipeline/text/json.h"

#include <sys/mman.h>
#include <sys/wait.h>

enum { MOST_BYTES = 1 << 16, CHANGES_MOST = 6, PIECE_MOST = 32 };

struct inputs {
    struct slice *items;
    size_t len, cap;
};

/* What the child works on, for the parent to see when it is dead. */
struct work {
    size_t number, len;
    uint8_t bytes[MOST_BYTES];
};

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t limit)
{
    return limit == 0 ? 0 : (size_t)(next_random(state) % limit);
}

static void insert(struct work *work, size_t at, struct slice piece)
{
    if (piece.len > MOST_BYTES - work->len)
        return;
    memmove(work->bytes + at + piece.len, work->bytes + at, work->len - at);
    memcpy(work->bytes + at, piece.ptr, piece.len);
    work->len += piece.len;
}

static struct slice piece_of(uint64_t *state, struct slice bytes)
{
    size_t start = below(state, bytes.len), left = bytes.len - start;
    return (struct slice){bytes.ptr + start, below(state, left < PIECE_MOST ? left + 1 : PIECE_MOST)};
}

static void change(struct work *work, uint64_t *state, const struct inputs *seeds, const struct inputs *words)
{
    size_t at = below(state, work->len + 1);
    char bytes[PIECE_MOST];
    struct slice piece;
    switch (below(state, 7)) {
    case 0:
        if (at < work->len)
            work->bytes[at] ^= (uint8_t)(1U << below(state, 8));
        break;
    case 1:
        if (at < work->len)
            work->bytes[at] = (uint8_t)next_random(state);
        break;
    case 2: /* delete */
        piece.len = below(state, work->len - at < PIECE_MOST ? work->len - at + 1 : PIECE_MOST);
        memmove(work->bytes + at, work->bytes + at + piece.len, work->len - at - piece.len);
        work->len -= piece.len;
        break;
    case 3: /* double */
        piece = piece_of(state, (struct slice){(const char *)work->bytes, work->len});
        memcpy(bytes, piece.ptr, piece.len);
        insert(work, at, (struct slice){bytes, piece.len});
        break;
    case 4: /* from another seed */
        insert(work, at, piece_of(state, seeds->items[below(state, seeds->len)]));
        break;
    case 5:
        if (words->len > 0)
            insert(work, at, words->items[below(state, words->len)]);
        break;
    default:
        if (below(state, 4) == 0)
            work->len = at;
    }
}

static void run_all(struct work *work, size_t count, const struct inputs *seeds, const struct inputs *words)
{
    uint64_t state = 0;
    for (work->number = 0; work->number < seeds->len + count; work->number++) {
        bool mutate = work->number >= seeds->len;
        struct slice seed = seeds->items[mutate ? below(&state, seeds->len) : work->number];
        work->len = seed.len;
        memcpy(work->bytes, seed.ptr, seed.len);
        for (size_t left = mutate ? 1 + below(&state, CHANGES_MOST) : 0; left > 0; left--)
            change(work, &state, seeds, words);
        (void)LLVMFuzzerTestOneInput(work->bytes, work->len);
    }
}

/* A dictionary of libFuzzer: "word" a line, \xNN, \" and \\ in it. */
static void read_words(struct slice text, struct inputs *words, struct arena *arena)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline != NULL ? newline : end;
        char *word = arena_alloc(arena, (size_t)(stop - at) + 1);
        size_t len = 0;
        if (*at == '"')
            for (const char *c = at + 1; c < stop && *c != '"'; c++) {
                if (*c == '\\' && c + 3 < stop && c[1] == 'x') {
                    const char digits[] = {c[2], c[3], '\0'};
                    word[len++] = (char)strtoul(digits, NULL, 16);
                    c += 3;
                } else {
                    c += *c == '\\' && c + 1 < stop;
                    word[len++] = *c;
                }
            }
        if (len > 0)
            vec_push(words, ((struct slice){word, len}));
        at = stop + 1;
    }
}

static struct slice load(const char *path, struct arena *arena)
{
    struct bytes file = {0};
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        diag_die(STATUS_FAILED, "%s: can't be opened", path);
    vec_reserve(&file, MOST_BYTES);
    file.len = fread(file.items, 1, MOST_BYTES, stream);
    (void)fclose(stream);
    struct slice bytes = arena_copy(arena, bytes_slice(&file));
    vec_free(&file);
    return bytes;
}

static void save(const char *program, const struct work *work, int status)
{
    const char *slash = strrchr(program, '/');
    struct arena *arena = arena_new();
    const char *path = arena_print(arena, "%s.crash", slash != NULL ? slash + 1 : program).ptr;
    FILE *file = fopen(path, "wb");
    if (file != NULL) {
        (void)fwrite(work->bytes, 1, work->len, file);
        (void)fclose(file);
    }
    diag_report("input %zu: %s %d; it is in %s", work->number, WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), path);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    diag_program(argv[0]);
    if (argc < 4)
        diag_die(STATUS_USAGE, "expected COUNT DICTIONARY SEED …");
    struct arena *arena = arena_new();
    struct inputs seeds = {0}, words = {0};
    read_words(load(argv[2], arena), &words, arena);
    for (int i = 3; i < argc; i++)
        vec_push(&seeds, load(argv[i], arena));
    struct work *work = mmap(NULL, sizeof *work, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (work == MAP_FAILED)
        diag_die(STATUS_FAILED, "no memory");
    pid_t child = fork();
    if (child == 0) {
        run_all(work, strtoul(argv[1], NULL, 10), &seeds, &words);
        _exit(0);
    }
    int status = -1;
    (void)waitpid(child, &status, 0);
    if (status != 0)
        save(argv[0], work, status);
    vec_free(&seeds);
    vec_free(&words);
    arena_free(arena);
    return status != 0;
}
