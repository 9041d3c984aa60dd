/* container.c - see container.h. */
#include "base/container.h"

#include "base/diag.h"

#include <strings.h>

/* From the documentation of each format. %s is the file in the advice. */
struct container {
    size_t at; /* where the magic number is */
    struct slice magic;
    const char *what, *advice;
    const char *suffix; /* of the name of the file; NULL: any. Many formats are zip archives inside */
};

#define MAGIC(bytes)                                                                                                   \
    {                                                                                                                  \
        bytes, sizeof(bytes) - 1                                                                                       \
    }
#define PANDAS(read)                                                                                                   \
    "python3 -c 'import pandas; pandas." read "(\"%s\").to_json(\"out.jsonl\", orient=\"records\", lines=True)'"

#define SAVE_AS_CSV "save it as CSV UTF-8, or: libreoffice --headless --convert-to csv %s"
#define AS_PLAIN "pandoc -t plain %s | quern import --format text ..."

static const struct container containers[] = {
    {0, MAGIC("PK\3\4"), "an Excel workbook", SAVE_AS_CSV, ".xlsx"},
    {0, MAGIC("PK\3\4"), "an Excel workbook", SAVE_AS_CSV, ".xlsm"},
    {0, MAGIC("PK\3\4"), "a LibreOffice table", SAVE_AS_CSV, ".ods"},
    {0, MAGIC("PK\3\4"), "a Word document", AS_PLAIN, ".docx"},
    {0, MAGIC("PK\3\4"), "a LibreOffice document", AS_PLAIN, ".odt"},
    {0, MAGIC("PK\3\4"), "an EPUB book", AS_PLAIN, ".epub"},
    {0, MAGIC(""), "compressed with brotli", "brotli -dc %s | quern ...", ".br"},
    {0, MAGIC("PK\3\4"), "a zip archive", "unzip -p %s | quern ...", NULL},
    {0, MAGIC("PK\5\6"), "an empty zip archive", "unzip -l %s", NULL},
    {0, MAGIC("7z\xbc\xaf\x27\x1c"), "a 7z archive", "7z x -so %s | quern ...", NULL},
    {0, MAGIC("Rar!\x1a\x07"), "a rar archive", "unrar p -inul %s | quern ...", NULL},
    {257, MAGIC("ustar"), "a tar archive", "mkdir files && tar -xf %s -C files, and then the folder: quern ... files",
     NULL},
    {0, MAGIC("PAR1"), "a Parquet file", "duckdb -c \"COPY (FROM '%s') TO 'out.jsonl' (FORMAT json)\"", NULL},
    {0, MAGIC("ARROW1"), "an Arrow file", PANDAS("read_feather"), NULL},
    {0, MAGIC("FEA1"), "a Feather file", PANDAS("read_feather"), NULL},
    {0, MAGIC("\xff\xff\xff\xff"), "an Arrow stream",
     "python3 -c 'import datasets; datasets.Dataset.from_file(\"%s\").to_json(\"out.jsonl\")'", NULL},
    {0, MAGIC("ORC"), "an ORC file", PANDAS("read_orc"), NULL},
    {0, MAGIC("Obj\1"), "an Avro file", "avro-tools tojson %s | quern ...", NULL},
    {0, MAGIC("SQLite format 3\0"), "an SQLite database",
     "sqlite3 -json %s 'SELECT * FROM a_table' | quern import --format json ...", NULL},
    {0, MAGIC("\x89HDF\r\n\x1a\n"), "an HDF5 file", PANDAS("read_hdf"), NULL},
    {0, MAGIC("\x93NUMPY"), "a NumPy array", "write its text as lines, with Python", NULL},
    {0, MAGIC("%PDF-"), "a PDF document", "pdftotext %s - | quern import --format text ...", NULL},
    {0, MAGIC("{\\rtf"), "an RTF document", "libreoffice --headless --convert-to txt:Text %s", NULL},
    {0, MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an old document of Office",
     "libreoffice --headless --convert-to csv %s", NULL},
    {0, MAGIC("LZIP"), "compressed with lzip", "lzip -dc %s | quern ...", NULL},
    {0, MAGIC("\x89LZO\0\r\n\x1a\n"), "compressed with lzop", "lzop -dc %s | quern ...", NULL},
    {0, MAGIC("\x5d\0\0\x80\0"), "compressed with the old lzma", "lzma -dc %s | quern ...", NULL},
    {0, MAGIC("\x5d\0\0\0\4"), "compressed with the old lzma", "lzma -dc %s | quern ...", NULL},
    {0, MAGIC("\x1f\x9d"), "compressed with compress", "gzip -dc %s | quern ...", NULL},
    {0, MAGIC("\x02\x21\x4c\x18"), "compressed by an old version of lz4", "lz4 -dc %s | quern ...", NULL},
    {0, MAGIC("version https://git-lfs.github.com/spec/"), "a pointer of Git LFS, not the file itself", "git lfs pull",
     NULL},
};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Some magic numbers are letters that a text may begin with as well. */
static bool is_word(struct slice magic)
{
    for (size_t i = 0; i < magic.len; i++)
        if (!is_letter(magic.ptr[i]))
            return false;
    return magic.len > 0;
}

static bool goes_on_as_text(struct slice start, struct slice magic)
{
    const char next = start.len > magic.len ? start.ptr[magic.len] : '\0';
    return (next >= ' ' && next < 0x7f) || next == '\n' || next == '\r' || next == '\t';
}

static bool is_it(const struct container *container, struct slice name, struct slice start)
{
    size_t suffix = container->suffix != NULL ? strlen(container->suffix) : 0;
    if (name.len < suffix || (suffix > 0 && strncasecmp(name.ptr + name.len - suffix, container->suffix, suffix) != 0))
        return false;
    if (start.len < container->at)
        return false;
    struct slice from = {start.ptr + container->at, start.len - container->at};
    return slice_starts(from, container->magic) &&
           !(is_word(container->magic) && goes_on_as_text(from, container->magic));
}

int container_refuse(const char *name, struct slice start)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        const struct container *container = &containers[i];
        if (start.len == 0 || !is_it(container, slice_of(name), start))
            continue;
        const char *advice = container->advice, *file = strstr(advice, "%s");
        size_t before = file != NULL ? (size_t)(file - advice) : strlen(advice);
        return diag_kind(STATUS_FAILED, "%s: this is %s, which quern does not read; try: %.*s%s%s", name,
                         container->what, (int)before, advice, file != NULL ? name : "", file != NULL ? file + 2 : "");
    }
    return 0;
}
