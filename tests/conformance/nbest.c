/* Prints the N best segmentations of each line of standard input by a Unigram .model file, as JSON:
 * [[loss against the best, [id, …]], …], the best first. For nbest_differ.py. */
#include "pipeline/base/diag.h"
#include "pipeline/text/json.h"
#include "stages/tokenizer/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t fixed(double score)
{
    return (int64_t)rint(score * (1 << SCORE_BITS));
}

/* As SentencePiece prints them: unknown characters side by side are one. */
static void print_path(const struct unigram *unigram, const struct subwords *path)
{
    (void)putchar('[');
    for (size_t i = 0; i < path->len; i++) {
        int32_t id = path->items[i].id;
        if (i > 0 && id == unigram->unk && path->items[i - 1].id == id)
            continue;
        (void)printf("%s%d", i > 0 ? "," : "", id);
    }
    (void)putchar(']');
}

static void print_best(const struct unigram *unigram, const int64_t *scores, struct slice text, size_t n)
{
    struct unigram_nbest nbest = {0};
    struct subwords path = {0};
    unigram_nbest(unigram, scores, fixed(unigram->unk_score), text, n, &nbest);
    (void)putchar('[');
    for (size_t i = 0; i < nbest.taken.len; i++) {
        path.len = 0;
        unigram_nbest_path(&nbest, i, text.len, &path);
        (void)printf("%s[%.7f,", i > 0 ? "," : "", (double)nbest.taken.items[i].loss / (1 << SCORE_BITS));
        print_path(unigram, &path);
        (void)putchar(']');
    }
    (void)puts("]");
    vec_free(&path);
    unigram_nbest_free(&nbest);
}

int main(int count, char **arguments)
{
    struct tokenizer *tokenizer = count == 3 ? tokenizer_load(arguments[1]) : NULL;
    if (tokenizer == NULL)
        diag_die(STATUS_USAGE, "usage: nbest MODEL N <TEXTS, a Unigram .model");
    if (tokenizer->sentencepiece.model != SENTENCEPIECE_UNIGRAM)
        diag_die(STATUS_DATA, "not a Unigram model");
    const struct sentencepiece *model = &tokenizer->sentencepiece;
    struct sentencepiece_thread *thread = sentencepiece_thread_new(model);
    int64_t *scores = mem_zalloc(model->pieces.len, sizeof *scores);
    for (size_t i = 0; i < model->pieces.len; i++)
        scores[i] = fixed(model->scores[i]);
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;) {
        struct sentencepiece_text pieces;
        struct slice text = {line, (size_t)len - (line[len - 1] == '\n')};
        if (sentencepiece_encode(model, thread, text, false, &pieces) != 0)
            diag_die(STATUS_FAILED, "%s", diag_message());
        print_best(&model->unigram, scores, pieces.normalized, (size_t)strtol(arguments[2], NULL, 10));
    }
    free(line);
    mem_free(scores);
    sentencepiece_thread_free(thread);
    tokenizer_free(tokenizer);
    return 0;
}
