/* container.c - see container.h. */
#include "base/container.h"

#include "base/diag.h"

/* From the documentation of each format. %s is the file in the advice. */
struct container {
    size_t at; /* where the magic number is */
    struct slice magic;
    const char *what, *advice;
};

#define MAGIC(bytes)                                                                                                   \
    {                                                                                                                  \
        bytes, sizeof(bytes) - 1                                                                                       \
    }
#define PANDAS(read)                                                                                                   \
    "python3 -c 'import pandas; pandas." read "(\"%s\").to_json(\"out.jsonl\", orient=\"records\", lines=True)'"

static const struct container containers[] = {
    {30, MAGIC("[Content_Types].xml"), "a document of Office",
     "save it as CSV UTF-8, or: libreoffice --headless --convert-to csv %s"},
    {30, MAGIC("mimetypeapplication/vnd.oasis"), "a document of LibreOffice",
     "libreoffice --headless --convert-to csv %s"},
    {30, MAGIC("mimetypeapplication/epub"), "an EPUB book", "pandoc -t plain %s"},
    {0, MAGIC("PK\3\4"), "a zip archive", "unzip -p %s | quern ..."},
    {0, MAGIC("PK\5\6"), "an empty zip archive", "unzip -l %s"},
    {0, MAGIC("7z\xbc\xaf\x27\x1c"), "a 7z archive", "7z x -so %s | quern ..."},
    {0, MAGIC("Rar!\x1a\x07"), "a rar archive", "unrar p -inul %s | quern ..."},
    {257, MAGIC("ustar"), "a tar archive", "mkdir files && tar -xf %s -C files, and then the folder: quern ... files"},
    {0, MAGIC("PAR1"), "a Parquet file", "duckdb -c \"COPY (FROM '%s') TO 'out.jsonl' (FORMAT json)\""},
    {0, MAGIC("ARROW1"), "an Arrow file", PANDAS("read_feather")},
    {0, MAGIC("FEA1"), "a Feather file", PANDAS("read_feather")},
    {0, MAGIC("\xff\xff\xff\xff"), "an Arrow stream",
     "python3 -c 'import datasets; datasets.Dataset.from_file(\"%s\").to_json(\"out.jsonl\")'"},
    {0, MAGIC("ORC"), "an ORC file", PANDAS("read_orc")},
    {0, MAGIC("Obj\1"), "an Avro file", "avro-tools tojson %s | quern ..."},
    {0, MAGIC("SQLite format 3\0"), "an SQLite database",
     "sqlite3 -json %s 'SELECT * FROM a_table' | quern import --format json ..."},
    {0, MAGIC("\x89HDF\r\n\x1a\n"), "an HDF5 file", PANDAS("read_hdf")},
    {0, MAGIC("\x93NUMPY"), "a NumPy array", "write its text as lines, with Python"},
    {0, MAGIC("%PDF-"), "a PDF document", "pdftotext %s - | quern import --format text ..."},
    {0, MAGIC("{\\rtf"), "an RTF document", "libreoffice --headless --convert-to txt:Text %s"},
    {0, MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an old document of Office",
     "libreoffice --headless --convert-to csv %s"},
    {0, MAGIC("LZIP"), "compressed with lzip", "lzip -dc %s | quern ..."},
    {0, MAGIC("\x89LZO\0\r\n\x1a\n"), "compressed with lzop", "lzop -dc %s | quern ..."},
    {0, MAGIC("\x5d\0\0\x80\0"), "compressed with the old lzma", "lzma -dc %s | quern ..."},
    {0, MAGIC("\x1f\x9d"), "compressed with compress", "gzip -dc %s | quern ..."},
    {0, MAGIC("\x02\x21\x4c\x18"), "compressed by an old version of lz4", "lz4 -dc %s | quern ..."},
    {0, MAGIC("version https://git-lfs.github.com/spec/"), "a pointer of Git LFS, not the file itself", "git lfs pull"},
};

int container_refuse(const char *name, struct slice start)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        const struct container *container = &containers[i];
        if (start.len < container->at ||
            !slice_starts((struct slice){start.ptr + container->at, start.len - container->at}, container->magic))
            continue;
        const char *advice = container->advice, *file = strstr(advice, "%s");
        size_t before = file != NULL ? (size_t)(file - advice) : strlen(advice);
        return diag_kind(STATUS_FAILED, "%s: this is %s, which quern does not read; try: %.*s%s%s", name,
                         container->what, (int)before, advice, file != NULL ? name : "", file != NULL ? file + 2 : "");
    }
    return 0;
}
