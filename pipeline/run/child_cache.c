/* child_cache.c - see child_cache.h. */
#include "run/child_cache.h"

#include "base/descriptor.h"
#include "base/diag.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/vec.h"
#include "run/store.h"
#include "text/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
    KEY_WORDS = 2,
    KEY_DIGITS = KEY_WORDS * HEX_DIGITS,
    CODE_BYTES = 128 * 1024, /* what zstd gives at a time: a block is not larger */
    HEADER_BYTES = 5,        /* of a frame: then zstd says what it needs next */
    BLOCK_HEADER_BYTES = 3,  /* it asks for that of the next block with each block */
};

/* The replies are kept in memory up to this; more in a mapped file. */
#define MEMORY_BYTES ((uint64_t)1 << 28)

struct cache {
    const char *folder;
    struct store *old;    /* of the files */
    struct store *fresh;  /* of this run */
    pthread_mutex_t lock; /* of fresh */

    pthread_mutex_t writing; /* of all fields below */
    int file;                /* -1: nothing has been added */
    char *path;
    ZSTD_CCtx *packer; /* NULL: level 0 */
    int level;
    struct bytes pending; /* lines that cache_flush will write */
    struct bytes packed;
};

/* ---- reading ---- */

/* How a key is stored: its two words, high and low. */
static struct slice key_of(const struct hash *key)
{
    return (struct slice){(const char *)key, sizeof *key};
}

/* A string of KEY_DIGITS digits. */
static bool read_key(struct slice text, struct hash *key)
{
    uint64_t words[KEY_WORDS] = {0};
    bool good = text.len == KEY_DIGITS + 2 && text.ptr[0] == '"' && hex_read(text.ptr + 1, words, KEY_WORDS);
    *key = (struct hash){words[0], words[1]};
    return good;
}

/* 1: a line of the cache, which was put into the store; 0: anything else; -1 with the message. */
static int add_line(struct cache *cache, struct slice line)
{
    struct slice key_text, reply;
    struct hash key;
    while (line.len > 0 && memchr(" \t\r\n", line.ptr[line.len - 1], 4) != NULL) /* an object must end with its brace */
        line.len--;
    if (line.len == 0 || line.ptr[0] != '{' || json_check(line, JSON_DEPTH) < 0)
        return 0;
    if (!json_member(line, "key", &key_text) || !json_member(line, "reply", &reply) || !read_key(key_text, &key))
        return 0;
    struct slice name = key_of(&key);
    struct entry entry;
    /* Of two replies, the same in every run and whatever the order of the files: the smaller one. */
    if (store_get(cache->old, name, &entry) && slice_compare(entry.value, reply) <= 0)
        return 1;
    return store_put(cache->old, name, (struct entry){.value = reply}) < 0 ? -1 : 1;
}

/* Takes whole lines off `text`, whose rest stays. 0: all were lines of the cache, 1: not all, -1 with the message. */
static int add_lines(struct cache *cache, struct bytes *text)
{
    size_t at = 0;
    int strange = 0;
    for (;;) {
        const char *start = text->items + at, *newline = memchr(start, '\n', text->len - at);
        if (newline == NULL)
            break;
        int added = newline == start ? 1 : add_line(cache, slice_between(start, newline));
        if (added < 0)
            return -1;
        strange |= added == 0;
        at = (size_t)(newline - text->items) + 1;
    }
    memmove(text->items, text->items + at, text->len - at);
    text->len -= at;
    return strange;
}

/* The next frame at or after `at`; NULL: none. */
static const char *find_frame(const char *at, const char *end)
{
    static const unsigned char magic[] = {ZSTD_MAGICNUMBER & 0xFF, ZSTD_MAGICNUMBER >> 8 & 0xFF,
                                          ZSTD_MAGICNUMBER >> 16 & 0xFF, ZSTD_MAGICNUMBER >> 24 & 0xFF};
    return memmem(at, (size_t)(end - at), magic, sizeof magic);
}

/* Reads the frame at `at`. Returns its end or, if it is damaged or cut off, NULL; -1 in *status with the message if the
 * run can't go on. zstd discards what a failing call has decoded, so each call gets one block, without the header of
 * the next one: what came before the damage is kept. */
static const char *read_frame(struct cache *cache, ZSTD_DCtx *unpacker, const char *at, const char *end, int *status)
{
    struct bytes text = {0};
    size_t left = HEADER_BYTES;
    (void)ZSTD_DCtx_reset(unpacker, ZSTD_reset_session_only);
    while (left != 0 && *status == 0) {
        vec_reserve(&text, CODE_BYTES);
        size_t wants = left > BLOCK_HEADER_BYTES ? left - BLOCK_HEADER_BYTES : left;
        ZSTD_inBuffer in = {at, wants < (size_t)(end - at) ? wants : (size_t)(end - at), 0};
        ZSTD_outBuffer out = {text.items + text.len, CODE_BYTES, 0};
        left = ZSTD_decompressStream(unpacker, &out, &in);
        if (ZSTD_isError(left))
            break;
        text.len += out.pos;
        at += in.pos;
        *status = add_lines(cache, &text);
        if (left != 0 && at == end && out.pos < out.size)
            break; /* cut off */
    }
    vec_free(&text);
    return *status == 0 && left == 0 ? at : NULL;
}

/* A line of a file that is not compressed. Where its writer was killed before its end, another line may follow it
 * without a newline between them. */
static int read_line(struct cache *cache, struct slice line)
{
    static const char start[] = "{\"key\":\"";
    int added;
    while ((added = add_line(cache, line)) == 0) {
        const char *next = line.len > 0 ? memmem(line.ptr + 1, line.len - 1, start, strlen(start)) : NULL;
        if (next == NULL)
            break;
        line = slice_between(next, line.ptr + line.len);
    }
    return added < 0 ? -1 : 0;
}

/* A file whose writer was killed, and to which others were appended, is damaged in the middle: after a damaged frame
 * the next one counts that starts anywhere behind its start. */
static int read_parts(struct cache *cache, const char *at, const char *end)
{
    ZSTD_DCtx *unpacker = ZSTD_createDCtx();
    int status = 0;
    if (unpacker == NULL)
        return diag_error("out of memory");
    while (status >= 0 && at != NULL && at < end) {
        status = 0;
        const char *behind = at;
        if (*at == '{') {
            behind = memchr(at, '\n', (size_t)(end - at));
            behind = behind != NULL ? behind + 1 : end;
            const char *frame = find_frame(at, behind); /* follows a line whose end is missing: it is not UTF-8 */
            behind = frame != NULL ? frame : behind;
            status = read_line(cache, slice_between(at, behind));
        } else if (find_frame(at, end) == at) {
            behind = read_frame(cache, unpacker, at, end, &status);
        }
        at = behind != NULL && behind > at ? behind : find_frame(at + 1, end);
    }
    (void)ZSTD_freeDCtx(unpacker);
    return status < 0 ? -1 : 0;
}

static int read_file(struct cache *cache, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) < 0) {
        (void)diag_errno("%s", path);
        if (file >= 0)
            (void)close(file);
        return -1;
    }
    size_t len = (size_t)status.st_size;
    void *base = len > 0 ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, file, 0) : NULL;
    (void)close(file);
    if (base == MAP_FAILED)
        return diag_errno("%s: mmap", path);
    if (len == 0)
        return 0;
    const char *start = base;
    int done = read_parts(cache, start, start + len);
    (void)munmap(base, len);
    return done;
}

static bool is_cache_file(const char *name)
{
    const char *suffix = strstr(name, ".jsonl");
    return suffix != NULL && (strcmp(suffix, ".jsonl") == 0 || strcmp(suffix, ".jsonl.zst") == 0);
}

static int read_folder(struct cache *cache)
{
    DIR *folder = opendir(cache->folder);
    if (folder == NULL)
        return diag_errno("--cache %s", cache->folder);
    int done = 0;
    for (struct dirent *entry; done == 0 && (entry = readdir(folder)) != NULL;) {
        struct bytes path = {0};
        if (!is_cache_file(entry->d_name))
            continue;
        bytes_put(&path, slice_of(cache->folder));
        bytes_byte(&path, '/');
        bytes_append(&path, entry->d_name, strlen(entry->d_name) + 1);
        done = read_file(cache, path.items);
        vec_free(&path);
    }
    (void)closedir(folder);
    return done;
}

struct cache *cache_open(const char *folder, int level, const char *temp_dir)
{
    struct cache *cache = mem_zalloc(1, sizeof *cache);
    *cache = (struct cache){.folder = folder, .level = level, .file = -1};
    (void)pthread_mutex_init(&cache->lock, NULL);
    (void)pthread_mutex_init(&cache->writing, NULL);
    cache->old = store_new(MEMORY_BYTES, temp_dir);
    cache->fresh = cache->old != NULL ? store_new(MEMORY_BYTES, temp_dir) : NULL;
    if (cache->fresh != NULL && mkdir(folder, 0777) < 0 && errno != EEXIST) {
        (void)diag_errno("--cache %s", folder);
    } else if (cache->fresh != NULL && read_folder(cache) == 0) {
        return cache;
    }
    cache_free(cache);
    return NULL;
}

/* ---- replies ---- */

bool cache_get(struct cache *cache, struct hash key, struct arena *arena, struct slice *reply)
{
    struct entry entry;
    if (store_get(cache->old, key_of(&key), &entry)) {
        *reply = entry.value; /* nothing moves any more */
        return true;
    }
    (void)pthread_mutex_lock(&cache->lock);
    bool found = store_get(cache->fresh, key_of(&key), &entry);
    if (found)
        *reply = arena_copy(arena, entry.value);
    (void)pthread_mutex_unlock(&cache->lock);
    return found;
}

/* ---- writing ---- */

static int create_file(struct cache *cache)
{
    struct bytes path = {0};
    const char *suffix = cache->level > 0 ? ".jsonl.zst" : ".jsonl";
    bytes_put(&path, slice_of(cache->folder));
    bytes_put(&path, SLICE("/quern-XXXXXX"));
    bytes_append(&path, suffix, strlen(suffix) + 1);
    cache->path = path.items;
    cache->file = mkostemps(cache->path, (int)strlen(suffix), O_CLOEXEC);
    if (cache->file < 0)
        return diag_errno("%s", cache->path);
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)fchmod(cache->file, 0666 & ~mask);
    if (cache->level == 0)
        return 0;
    cache->packer = ZSTD_createCCtx();
    if (cache->packer == NULL)
        return diag_error("out of memory");
    (void)ZSTD_CCtx_setParameter(cache->packer, ZSTD_c_compressionLevel, cache->level);
    (void)ZSTD_CCtx_setParameter(cache->packer, ZSTD_c_checksumFlag, 1);
    return 0;
}

/* Writes what is pending. how: ZSTD_e_end also closes the frame. */
static int write_pending(struct cache *cache, ZSTD_EndDirective how)
{
    struct slice text = bytes_slice(&cache->pending);
    ZSTD_inBuffer in = {text.ptr, text.len, 0};
    cache->packed.len = 0;
    for (size_t left = 1; cache->packer != NULL && left != 0;) {
        vec_reserve(&cache->packed, CODE_BYTES);
        ZSTD_outBuffer out = {cache->packed.items + cache->packed.len, CODE_BYTES, 0};
        left = ZSTD_compressStream2(cache->packer, &out, &in, how);
        if (ZSTD_isError(left))
            return diag_kind(STATUS_FAILED, "%s: zstd: %s", cache->path, ZSTD_getErrorName(left));
        cache->packed.len += out.pos;
    }
    if (cache->packer != NULL)
        text = bytes_slice(&cache->packed);
    if (text.len > 0 && descriptor_write(cache->file, text) < 0)
        return diag_errno("%s", cache->path);
    cache->pending.len = 0;
    return 0;
}

static void put_line(struct bytes *out, struct hash key, struct slice request, struct slice reply)
{
    char digits[KEY_DIGITS];
    hex_put((const uint64_t[]){key.high, key.low}, KEY_WORDS, digits);
    bytes_put(out, SLICE("{\"key\":\""));
    bytes_append(out, digits, KEY_DIGITS);
    bytes_put(out, SLICE("\",\"request\":"));
    bytes_put(out, request);
    bytes_put(out, SLICE(",\"reply\":"));
    bytes_put(out, reply);
    bytes_put(out, SLICE("}\n"));
}

int cache_put(struct cache *cache, struct hash key, struct slice request, struct slice reply)
{
    (void)pthread_mutex_lock(&cache->lock);
    int done = store_put(cache->fresh, key_of(&key), (struct entry){.value = reply});
    (void)pthread_mutex_unlock(&cache->lock);
    (void)pthread_mutex_lock(&cache->writing);
    if (done == 0 && cache->file < 0)
        done = create_file(cache);
    if (done == 0)
        put_line(&cache->pending, key, request, reply);
    (void)pthread_mutex_unlock(&cache->writing);
    return done;
}

int cache_flush(struct cache *cache)
{
    (void)pthread_mutex_lock(&cache->writing);
    int done = cache->pending.len > 0 ? write_pending(cache, ZSTD_e_flush) : 0;
    (void)pthread_mutex_unlock(&cache->writing);
    return done;
}

int cache_finish(struct cache *cache)
{
    if (cache->file < 0)
        return 0;
    if (write_pending(cache, ZSTD_e_end) < 0)
        return -1;
    if (fsync(cache->file) < 0)
        return diag_errno("%s", cache->path);
    int closed = close(cache->file);
    cache->file = -1;
    return closed < 0 ? diag_errno("%s", cache->path) : 0;
}

void cache_free(struct cache *cache)
{
    if (cache == NULL)
        return;
    if (cache->file >= 0 && (write_pending(cache, ZSTD_e_end) < 0 || close(cache->file) < 0))
        diag_report("%s", diag_message());
    (void)ZSTD_freeCCtx(cache->packer);
    store_free(cache->old);
    store_free(cache->fresh);
    vec_free(&cache->pending);
    vec_free(&cache->packed);
    mem_free(cache->path);
    (void)pthread_mutex_destroy(&cache->lock);
    (void)pthread_mutex_destroy(&cache->writing);
    mem_free(cache);
}
