/*
 * paired.c - pairs of documents (sources, labels, targets), made by the laws of pair or by wrong ones, for
 * laws_pair.sh. Arguments, NAME=VALUE:
 *
 *     count, seed     documents
 *     documents       1: the documents are printed, instead of pairs of them
 *     task            nsp, sop, electra
 *     length, short   tokens of a record, the share of short targets (of a thousand); a template has 3 special tokens
 *     wrong           labels: 1 in 54 %; single: a document of two sentences has label 1 in 60 %; targets: only even
 *                     ones; cuts: before the middle too often; pool: the first half of the pool is preferred;
 *                     beginnings: the first sentence is preferred; segments: electra, 15 % are one segment
 */
#include "made.h"

enum { SENTENCES = 60 };

static const char *task, *wrong;
static int count, length, short_;
static int (*ends)[SENTENCES + 1]; /* of each document: 0, and where each of its sentences ends */

static bool is_wrong(const char *what)
{
    return made_is(wrong, what);
}

static int sentences(int d)
{
    return d % 2 == 1 ? 30 + d % 31 : 2;
}

static bool make_documents(void)
{
    ends = calloc((size_t)count, sizeof *ends);
    for (int d = 0; ends != NULL && d < count; d++) {
        for (int i = 1; i <= sentences(d); i++)
            ends[d][i] = ends[d][i - 1] + 3 + (d * 7 + i * i * 5) % 8;
    }
    return ends != NULL;
}

static void print_document(int d)
{
    printf("{\"id\":%d,\"input_ids\":[5", d);
    for (int i = 1; i < ends[d][sentences(d)]; i++)
        printf(",5");
    printf("],\"sentence_tokens\":[");
    for (int i = 0; i < sentences(d); i++)
        printf("%s[%d,%d]", i > 0 ? "," : "", ends[d][i], ends[d][i + 1]);
    puts("]}");
}

/* Where whole sentences from token p of document d on end, as far as `room` goes; p is in sentence s. */
static int fill(int d, int p, int room, int s)
{
    int end = p;
    for (; s <= sentences(d) && ends[d][s] - p <= room; s++)
        end = ends[d][s];
    return end > p ? end : p + room;
}

/* One record: tokens from `from` to `to` of a document, and the ends of its sentences, and of itself, in between. */
struct piece {
    int d, from, to, target;
    int borders[SENTENCES + 1], n;
};

static void find_borders(struct piece *piece, int sentence)
{
    const int *of = ends[piece->d];
    piece->n = 0;
    for (int i = sentence; i <= sentences(piece->d) && of[i] <= piece->to; i++)
        piece->borders[piece->n++] = of[i];
    if (piece->n == 0 || piece->borders[piece->n - 1] < piece->to)
        piece->borders[piece->n++] = piece->to;
}

/* the border nearest to the middle, the first of two */
static int middle(const struct piece *piece)
{
    int best = 0, distance = 0;
    for (int i = 0; i < piece->n - 1; i++) {
        int away = abs(2 * piece->borders[i] - piece->from - piece->to);
        if (i == 0 || away < distance) {
            best = piece->borders[i];
            distance = away;
        }
    }
    return best;
}

static int cut(const struct piece *piece)
{
    if (made_is(task, "electra"))
        return piece->n > 1 ? middle(piece) : piece->to;
    if (is_wrong("cuts") && piece->n > 2 && chance(0.1))
        return piece->borders[0];
    return piece->n > 1 ? piece->borders[below(piece->n - 1)] : piece->from + 1 + below(piece->to - piece->from - 1);
}

static void print_source(const char *before, int d, int from, int to)
{
    printf("%s{\"id\":%d,\"tokens\":[%d,%d]}", before, d, from, to);
}

static void print_foreign(int d, int room)
{
    int f = d;
    while (f == d)
        f = below(is_wrong("pool") && chance(0.1) ? count / 2 : count);
    int i = is_wrong("beginnings") && chance(0.1) ? 0 : below(sentences(f));
    print_source(",", f, ends[f][i], fill(f, ends[f][i], room, i + 1));
}

/* Returns where the next record begins. */
static int print_pair(const struct piece *piece, int number)
{
    bool nsp = made_is(task, "nsp"), electra = made_is(task, "electra");
    int d = piece->d, from = piece->from, to = piece->to, next = to;
    bool label = chance(is_wrong("labels") ? 0.54 : is_wrong("single") && sentences(d) == 2 ? 0.6 : 0.5);
    int a = cut(piece);
    printf("{\"id\":\"%d#p%d\",\"parent\":%d,\"root\":%d,\"sources\":[", d, number, d, d);
    if (nsp && label) {
        next = a;
        print_source("", d, from, a);
        print_foreign(d, piece->target - 3 - (a - from));
    } else if (electra && (piece->n == 1 || chance(is_wrong("segments") ? 0.15 : 0.1))) {
        print_source("", d, from, to);
    } else {
        bool turned = made_is(task, "sop") && label;
        print_source("", d, turned ? a : from, turned ? to : a);
        print_source(",", d, turned ? from : a, turned ? a : to);
    }
    printf("],\"target_length\":%d", piece->target);
    if (!electra)
        printf(",\"%s\":%d", nsp ? "next_sentence_label" : "sentence_order_label", label);
    puts("}");
    return next;
}

static int draw_target(void)
{
    if (!chance(short_ / 1000.0))
        return length;
    return is_wrong("targets") ? 6 + 2 * below((length - 4) / 2) : 5 + below(length - 4);
}

static void print_pairs(int d)
{
    struct piece piece = {.d = d};
    int number = 0, sentence = 1; /* the one that `from` is in */
    for (int next = 0; next < ends[d][sentences(d)];) {
        piece.from = next;
        piece.target = draw_target();
        while (ends[d][sentence] <= piece.from)
            sentence++;
        next = piece.to = fill(d, piece.from, piece.target - 3, sentence);
        if (piece.to - piece.from == 1 && !made_is(task, "electra")) /* a single word is left out */
            continue;
        find_borders(&piece, sentence);
        next = print_pair(&piece, number++);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    state = (uint64_t)made_number(argv, "seed", 1) << 32;
    count = made_number(argv, "count", 22000);
    task = made_word(argv, "task", "nsp");
    wrong = made_word(argv, "wrong", "");
    length = made_number(argv, "length", 40);
    short_ = made_number(argv, "short", 100);
    bool documents = made_number(argv, "documents", 0) == 1;
    if (!make_documents())
        return 1;
    for (int d = 0; d < count; d++) {
        if (documents)
            print_document(d);
        else
            print_pairs(d);
    }
    free(ends);
    return made_end();
}
