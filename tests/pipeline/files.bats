load ../helper

make_tree() {
    mkdir -p tree/b tree/b-c tree/.git
    echo '{"id":1}' >tree/a
    printf '{"id":2}' >tree/b/x
    echo '{"id":3}' >tree/b-c/y
    echo '{"id":4}' >tree/c.jsonl
    echo '{"id":0}' >tree/.hidden
    echo '{"id":0}' >tree/.git/z
}

@test "a folder is all files in it, by the bytes of their paths" {
    make_tree
    find tree -type f -not -path '*/.*' | LC_ALL=C sort | xargs cat -s | sed 's/}{/}\n{/' >expected
    quern cat tree | cmp - expected
    quern cat tree/ | cmp - expected
    (cd tree && quern cat .) | cmp - expected
    quern run 'cat | cat' -j 2 tree | cmp - expected
    quern cat tree/a tree tree/a >twice
    { cat tree/a expected tree/a; } | cmp - twice
    ln -s ../a tree/b/link
    ln -s .. tree/b/circle
    [ "$(quern cat tree | wc -l)" = 5 ]
    ln -s nowhere tree/b/lost
    gives "quern cat tree" 1 "" "quern-cat: tree/b/lost: No such file or directory"
}

@test "a folder without files, and one that can't be read, are errors" {
    mkdir -p empty/empty empty/.git
    touch empty/.git/x
    gives "quern cat empty" 1 "" "quern-cat: empty: the folder has no files (names that start with a dot do not count)"
    gives "quern cat missing" 1 "" "quern-cat: missing: No such file or directory"
    if [[ $(id -u) != 0 ]]; then
        mkdir locked
        chmod 0 locked
        gives "quern cat locked" 1 "" "quern-cat: locked: Permission denied"
    fi
}

@test "an output must not be a file of a folder that is read" {
    make_tree
    sh "quern cat tree -o tree/out"
    [ "$status" = 0 ]
    sh "quern cat tree -o tree/out"
    [ "$status" = 2 ]
    is err "quern-cat: --output tree/out and the input tree/out are the same file: give the output a name of its own"
    gives "quern cat tree >>tree/out" 2 "" "quern-cat: tree/out: the input is also the output: write to another file"
}

@test "--files0-from: the names of find -print0, from a file or a pipe" {
    make_tree
    printf 'tree/c.jsonl\0tree/b\0tree/a' >list
    gives "quern cat --files0-from list" 0 '{"id":4}
{"id":2}
{"id":1}'
    gives "printf 'tree/a\0' | quern run 'cat | cat' --files0-from -" 0 '{"id":1}'
    gives "quern cat --files0-from list tree/a" 2 "" \
        'quern-cat: "tree/a": files go either into the list --files0-from or onto the command line'
    gives "quern cat --files0-from missing" 1 "" "quern-cat: missing: No such file or directory"
    gives "printf '' | quern cat --files0-from -" 2 "" "quern-cat: --files0-from -: the list is empty"
    gives "printf 'tree/a\0\0' | quern cat --files0-from -" 2 "" "quern-cat: --files0-from -: name 2 is empty"
    gives "printf 'tree/a\ntree/c.jsonl\n' | quern cat --files0-from -" 2 "" "quern-cat: --files0-from -: \
names must end with a byte of zero, as find -print0 writes them, not with a newline"
    gives "printf -- '-\0' | quern cat --files0-from -" 2 "" "quern-cat: both the input and --files0-from ask for standard \
input, which can be read only once: name a file for one of them"
    gives "quern cat --files0-from list -o list" 2 "" \
        "quern-cat: --output list and --files0-from list are the same file: give the output a name of its own"
    gives "quern inspect --files0-from list" 2 "" "quern-inspect: --files0-from: inspect has no input files"
    gives "quern run 'cat --files0-from list | cat'" 2 "" "$(cat err)" || true
    [ "$status" = 2 ]
}

@test "two passes over a folder; the same output for any number of threads" {
    mkdir many
    for i in $(seq 1 300); do echo "{\"id\":$i,\"text\":\"t $i\"}" >many/$i; done
    quern shuffle many >one
    quern shuffle -j 3 many | cmp - one
    cat many/* | quern shuffle | cmp - one
    [ "$(wc -l <one)" = 300 ]
}
