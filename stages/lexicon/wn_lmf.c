/* wn_lmf.c - wordnets in WN-LMF (globalwordnet.github.io/schemas): XML, through the events of libxml2's parser.
 *
 * A LexicalEntry has a Lemma and Senses, each of which names its synset; synsets are told apart by these names, so the
 * Synset elements need not be read. Nothing is fetched: the document type is not read, and an entity of the file's own
 * is an error, so that there is nothing to expand. */
#include "reader.h"

#include <libxml/parser.h>

struct lmf {
    struct reader *reader;
    xmlParserCtxtPtr context;
    struct bytes word, part; /* of the entry */
    bool failed;             /* diag_message says why */
};

static void fail(struct lmf *lmf)
{
    lmf->failed = true;
    xmlStopParser(lmf->context);
}

/* An attribute without a namespace: libxml2 has five pointers for each. */
static bool attribute(const xmlChar **attributes, int count, const char *name, struct slice *value)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **at = attributes + (size_t)i * 5;
        if (at[1] == NULL && strcmp((const char *)at[0], name) == 0) {
            *value = slice_between((const char *)at[3], (const char *)at[4]);
            return true;
        }
    }
    return false;
}

static void keep(struct bytes *into, struct slice text)
{
    into->len = 0;
    bytes_put(into, text);
}

static void start_element(void *state, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                          const xmlChar **namespace, int count, int defaulted, const xmlChar **attributes)
{
    struct lmf *lmf = state;
    struct slice value = SLICE("");
    (void)prefix, (void)uri, (void)namespaces, (void)namespace, (void)defaulted;
    if (lmf->failed)
        return;
    lmf->reader->line = (size_t)xmlSAX2GetLineNumber(lmf->context);
    if (xmlStrEqual(name, (const xmlChar *)"LexicalEntry")) {
        lmf->word.len = lmf->part.len = 0;
    } else if (xmlStrEqual(name, (const xmlChar *)"Lemma")) {
        if (attribute(attributes, count, "partOfSpeech", &value))
            keep(&lmf->part, value);
        if (attribute(attributes, count, "writtenForm", &value))
            keep(&lmf->word, reader_word(lmf->reader, value, 0));
    } else if (xmlStrEqual(name, (const xmlChar *)"Sense")) {
        if (lmf->word.len == 0 || !attribute(attributes, count, "synset", &value)) {
            (void)reader_error(lmf->reader, "expected a Sense with a synset, after the Lemma of its entry");
            fail(lmf);
        } else if (reader_join(lmf->reader, bytes_slice(&lmf->word),
                               reader_group(lmf->reader, value, bytes_slice(&lmf->part))) < 0) {
            fail(lmf);
        }
    }
}

static void entity(void *state, const xmlChar *name, int type, const xmlChar *public, const xmlChar *system,
                   xmlChar *content)
{
    struct lmf *lmf = state;
    (void)type, (void)public, (void)system, (void)content;
    lmf->reader->line = (size_t)xmlSAX2GetLineNumber(lmf->context);
    (void)reader_error(lmf->reader, "the entity \"%s\" is defined in the file, which is not supported",
                       (const char *)name);
    fail(lmf);
}

/* The parser tells its errors to the context. */
static void be_silent(void *state, const char *message, ...)
{
    (void)state, (void)message;
}

int read_wn_lmf(struct reader *reader, const char *path)
{
    struct lmf lmf = {.reader = reader};
    enum { PIECE = 1 << 20 };
    if (reader_load(reader, path) < 0)
        return -1;
    xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                             .startElementNs = start_element,
                             .entityDecl = entity,
                             .warning = be_silent,
                             .error = be_silent,
                             .fatalError = be_silent};
    lmf.context = xmlCreatePushParserCtxt(&handler, &lmf, NULL, 0, NULL);
    if (lmf.context == NULL)
        return diag_kind(STATUS_FAILED, "%s: libxml2 has no parser", path);
    /* NOENT, or "&amp;" in an attribute would arrive as "&#38;". There are no other entities. */
    (void)xmlCtxtUseOptions(lmf.context, XML_PARSE_NONET | XML_PARSE_NOENT);
    for (size_t at = 0; at < reader->text.len && !lmf.failed && lmf.context->wellFormed;) {
        size_t left = reader->text.len - at, piece = left < PIECE ? left : PIECE;
        at += piece;
        (void)xmlParseChunk(lmf.context, reader->text.items + at - piece, (int)piece, at == reader->text.len);
    }
    int status = lmf.failed ? -1 : 0;
    if (status == 0 && !lmf.context->wellFormed) {
        const xmlError *error = xmlCtxtGetLastError(lmf.context);
        reader->line = error != NULL && error->line > 0 ? (size_t)error->line : 0;
        int len = error != NULL ? (int)strcspn(error->message, "\n") : 0;
        status = reader_error(reader, "not well-formed XML: %.*s", len, error != NULL ? error->message : "");
    }
    /* libxml2 makes a document for entities that are declared, even if nobody has asked for one. */
    xmlFreeDoc(lmf.context->myDoc);
    lmf.context->myDoc = NULL;
    xmlFreeParserCtxt(lmf.context);
    vec_free(&lmf.word);
    vec_free(&lmf.part);
    return status;
}
