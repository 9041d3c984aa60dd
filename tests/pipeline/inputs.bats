load ../helper

@test "lz4, all its frames; cut short it is an error" {
    seq 1 100000 | sed 's/.*/{"id":&}/' >in
    { head -n 50000 in | lz4 -q; tail -n +50001 in | lz4 -q9; } >in.lz4
    quern cat in.lz4 | cmp - in
    (head -c 3; sleep 0.1; cat) <in.lz4 | quern cat | cmp - in
    head -c -10 in.lz4 >cut
    sh "quern cat cut"
    [ "$status" = 1 ]
    is err "quern-cat: cut: the compressed data is cut short"
    cmp -n "$(wc -c <out)" out in
    printf 'x' >>in.lz4
    sh "quern cat in.lz4"
    [ "$status" = 1 ]
    cmp out in
}

@test "zstd with a long window: as much as --max-window says" {
    echo '{"id":1}' | zstd -q --ultra -22 --long=31 >in.zst
    for most in "" 1G; do
        gives "quern cat ${most:+--max-window $most} in.zst" 1 "" "quern-cat: in.zst: zstd: compressed with a window of \
more than $([[ -n $most ]] && echo 1024 || echo 128) MiB (zstd --long=N): give --max-window SIZE, \
for --long=31 --max-window 2G, which takes so much memory"
    done
    gives "quern cat --max-window 2G in.zst" 0 '{"id":1}'
    echo '{"id":1}' | zstd -q --long=27 | quern cat
}

# named BYTES WHAT WAY: a file that begins like this is named, with a way to read it.
named() {
    printf "$1" >in
    gives "quern import --format text --source s in" 1 "" "quern-import: in: this is $2, which quern does not read; try: $3"
}

@test "what is not text but holds some is named, with the command that helps" {
    named 'PK\3\4' 'a zip archive' 'unzip -p in | quern ...'
    named 'PAR1' 'a Parquet file' "duckdb -c \"COPY (FROM 'in') TO 'out.jsonl' (FORMAT json)\""
    named '7z\xbc\xaf\x27\x1c' 'a 7z archive' '7z x -so in | quern ...'
    named '%%PDF-1.4\n' 'a PDF document' 'pdftotext in - | quern import --format text ...'
    named 'SQLite format 3\0' 'an SQLite database' \
        "sqlite3 -json in 'SELECT * FROM a_table' | quern import --format json ..."
    named 'version https://git-lfs.github.com/spec/v1\n' 'a pointer of Git LFS, not the file itself' 'git lfs pull'
    printf 'PK\3\4' >book.XLSX
    gives "quern import --format csv --all --source s book.XLSX" 1 "" "quern-import: book.XLSX: this is an Excel workbook, \
which quern does not read; try: save it as CSV UTF-8, or: libreoffice --headless --convert-to csv book.XLSX"
    # Letters that begin a text are none.
    for text in 'ORCHIDS' 'PAR1 is a format' 'LZIP' 'ARROW1'; do
        gives "echo '$text' | quern import --format text --source s" 0 "{\"id\":\"s:1\",\"text\":\"$text\"}"
    done
    echo '{}' >file
    tar -cf in.tar file
    gzip -k in.tar
    for name in in.tar in.tar.gz; do
        gives "quern cat $name" 1 "" "quern-cat: $name: this is a tar archive, which quern does not read; \
try: mkdir files && tar -xf $name -C files, and then the folder: quern ... files"
    done
}
