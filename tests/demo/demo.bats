load ../helper

# The recipe on a catalogue of six packages, with a copy of quern that a test may change; run once for all.
setup_file() {
    mkdir "$BATS_FILE_TMPDIR/made"
    cd "$BATS_FILE_TMPDIR/made" || return 1
    ln -s "$ROOT/corpora" corpora
    cp "$BUILD/bin/quern" quern.real
    cat >quern <<'END'
#!/bin/bash
# "hang" names a filter that writes half of its output and then does not come to an end.
if [[ -e hang && $1 == $(<hang) ]]; then
    while [[ $# -gt 1 && $1 != -o ]]; do shift; done
    echo half >"$2.$$.tmp"
    touch hanging
    exec sleep 60
fi
[[ $1 == view || $2 == merge || $1 == --version ]] || echo "$1" >>ran
exec ./quern.real "$@"
END
    chmod +x quern
    cat >Makefile <<'END'
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
COMMA := ,
BUILD := .
QUERN := ./quern
DEMO_SUITE := bookworm
DEMO_VOCAB_SIZE := 80
.PHONY: FORCE build/packages-demo
FORCE:
build/packages-demo:
include corpora/demo.mk
END
    mkdir catalogue
    cat >catalogue/Packages <<'END'
Package: quern
Version: 1
Section: text
Description: filters that grind text
Description-md5: 11111111111111111111111111111111

Package: mill
Version: 1
Section: games
Description: the board game of nine men
Description-md5: 22222222222222222222222222222222

Package: mill
Version: 2
Section: games
Description: the board game of nine men
Description-md5: 22222222222222222222222222222222

Package: libmill1
Version: 1
Section: libs
Description: mills as a library
Description-md5: 33333333333333333333333333333333

Package: untranslated
Version: 1
Section: misc
Description: has no long description
Description-md5: 44444444444444444444444444444444
END
    cat >catalogue/Translation-en <<'END'
Package: quern
Description-md5: 11111111111111111111111111111111
Description-en: filters that grind text
 Grain goes in at the top, one stone turns, flour comes out.
 .
 This package has the ﬁlters.

Package: mill
Description-md5: 22222222222222222222222222222222
Description-en: the board game of nine men
 Two players move their men from point to point. Three men in a row
 are a mill.

Package: libmill1
Description-md5: 33333333333333333333333333333333
Description-en: mills as a library
 This package contains the shared library.

Package: gone
Description-md5: 55555555555555555555555555555555
Description-en: is in no index of packages
 It has no section.
END
    demo
}

setup() {
    cp -a "$BATS_FILE_TMPDIR/made/." "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR" || return 1
}

# Runs make as from a shell, for the files of the test where no other source is given.
demo() {
    : >ran
    sh "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make demo ${*:-DEMO_CATALOGUE=catalogue}"
    [[ $status == 0 ]] || { cat out err; return 1; }
}

# The filters that made something, and did not only show it.
ground() {
    paste -sd ' ' ran
}

all="import import join normalize segment train tokenize mask mask stats stats fields"

@test "a catalogue becomes masked records, and the manifest says how" {
    [ "$(ground)" = "$all" ]
    zstd -dcq demo/labelled.jsonl.zst >labelled
    jq -r '"\(.id)/\(.lang)/\(.label): \(.text)"' labelled >texts
    is texts 'quern/en/text: filters that grind text
Grain goes in at the top, one stone turns, flour comes out.

This package has the ﬁlters.
mill/en/games: the board game of nine men
Two players move their men from point to point. Three men in a row are a mill.
libmill1/en/libs: mills as a library
This package contains the shared library.'
    for set in masked-token masked-word; do
        zstd -dcq demo/$set.jsonl.zst | jq -es 'length == 3 and all(.[];
            (.labels | length) == (.input_ids | length) and any(.labels[]; . >= 0))'
    done
    # What a trainer takes is in it, and the class of a record is not.
    zstd -dcq demo/train.jsonl.zst | jq -es 'length == 3 and all(.[];
        keys == ["attention_mask", "id", "input_ids", "labels", "token_type_ids"])'
    jq -e '.mask_token == "[MASK]" and .pad_token == "[PAD]"' demo/vocab/tokenizer_config.json

    jq -r '.sources[].files[] | "\(.sha256)  catalogue/\(.name)"' demo/manifest.json | sha256sum -c --quiet
    zstd -dq demo/*.jsonl.zst
    jq -r '.steps[].outputs[] | "\(.sha256)  demo/\(.file)"' demo/manifest.json >sums
    [ "$(wc -l <sums)" = 22 ]
    sha256sum -c --quiet sums
    jq -r '.steps[].outputs[] | "\(.bytes) demo/\(.file)"' demo/manifest.json | while read -r bytes file; do
        [ "$(stat -c %s "$file")" = "$bytes" ]
    done
    [ "$(jq -c '.steps[2].counts | [.in, .out, .matched, .unmatched]' demo/manifest.json)" = '[4,3,3,1]' ]
    [ "$(jq -r .versions.quern demo/manifest.json)" = "$(quern --version | sed -n 's/^quern //p')" ]
    jq -e '.versions.ICU and (.sources[0].licence | contains("copyright"))' demo/manifest.json
}

@test "each command is shown as it runs, and can be typed" {
    grep -A 9 '^\$ ./quern tokenize' out | sed '/[^\\]$/q; ' | sed '1s|^. ||' >typed
    sed -i 's#-o ./demo/tokens.jsonl.zst#-o again.zst#' typed
    bash -eu typed
    cmp again.zst demo/tokens.jsonl.zst
}

@test "a second run does nothing and says so" {
    demo
    grep -qx './demo is up to date: .*' out
    [ "$(ground)" = "" ]
    cmp "$BATS_FILE_TMPDIR/made/demo/manifest.json" demo/manifest.json
}

@test "what is done anew is what depends on the change" {
    demo DEMO_CATALOGUE=catalogue DEMO_MASK='"--prob 0.5"'
    [ "$(ground)" = "mask mask stats stats fields" ]
    demo DEMO_CATALOGUE=catalogue DEMO_VOCAB_SIZE=85
    [ "$(ground)" = "train tokenize mask mask stats stats fields" ]
    rm demo/masked-word.jsonl.zst
    touch catalogue/Packages
    demo DEMO_CATALOGUE=catalogue DEMO_VOCAB_SIZE=85
    [ "$(ground)" = "mask stats fields" ]
    sed -i 's/Section: games/Section: fun/' catalogue/Packages
    demo DEMO_CATALOGUE=catalogue DEMO_VOCAB_SIZE=85
    [ "$(ground)" = "${all#import }" ]
}

@test "another quern does everything anew; the same inputs and versions give the same manifest" {
    echo '# changed' >>quern
    demo
    [ "$(ground)" = "$all" ]
    cmp "$BATS_FILE_TMPDIR/made/demo/manifest.json" demo/manifest.json
}

@test "an interrupted run leaves nothing that is taken for done" {
    for signal in TERM INT KILL; do
        rm -f hanging demo/masked-token.jsonl.zst
        echo mask >hang
        # A group of its own, as at a terminal; in the background a shell has interrupts ignored.
        setsid env --default-signal=INT -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
            make demo DEMO_CATALOGUE=catalogue >log 2>&1 3>&- &
        until [[ -e hanging ]]; do sleep 0.05; done
        [ "$(find demo -name 'masked-*.tmp' | wc -l)" = 1 ]
        if [[ $signal == TERM ]]; then kill -TERM "$!"; else kill -"$signal" -- "-$!"; fi
        wait "$!" || true
        if [[ $signal != KILL ]] && kill -0 -- "-$!"; then return 1; fi
        rm hang
        [ ! -e demo/masked-token.jsonl.zst ]
        demo
        [ "$(ground)" = "mask stats" ]
        [ "$(find demo -name '*.tmp' -o -name '*.new' | wc -l)" = 0 ]
        cmp "$BATS_FILE_TMPDIR/made/demo/manifest.json" demo/manifest.json
    done
}

# An apt that fetches what is in the folder `archive`, and has the lists in the file `lists`.
fake_apt() {
    mkdir -p bin archive
    cat >bin/apt-config <<'END'
#!/bin/bash
echo 'APT::Architecture "amd64";'
END
    cat >bin/apt-get <<'END'
#!/bin/bash
[[ $1 != indextargets ]] || for index in archive/*"$(sed -E 's,.*By: (Packages|Translation).*,\1,' <<<"$*")"*; do
    [[ ! -e $index ]] || echo "$PWD/$index http://archive.example/${index#archive/}"
done
END
    cat >bin/apt-cache <<'END'
#!/bin/bash
cat lists
END
    chmod +x bin/*
    PATH=$PWD/bin:$PATH
    : >lists
}

@test "without a network the synopses serve, with a notice, until there is one" {
    [[ -x /usr/lib/apt/apt-helper ]] || skip "no apt on this system"
    fake_apt
    cp catalogue/Packages lists
    demo DEMO_CATALOGUE=
    grep -q '^NOTICE: the package descriptions could not be fetched' err
    zstd -dcq demo/labelled.jsonl.zst | jq -r '"\(.label): \(.text)"' >texts
    is texts 'text: filters that grind text
games: the board game of nine men
libs: mills as a library
misc: has no long description'
    [ "$(jq -r '.sources[0].kind' demo/manifest.json)" = synopses ]

    demo DEMO_CATALOGUE=
    grep -q ^NOTICE err
    [ "$(ground)" = "" ]

    cp catalogue/Packages archive/x_main_binary-amd64_Packages
    cp catalogue/Translation-en archive/x_main_i18n_Translation-en
    printf '%s\n' 'Origin: Debian' 'Suite: oldstable' 'Codename: bookworm' 'Date: Sat, 01 Jul 2023 10:00:00 UTC' \
        'SHA256:' ' 0 0 Date: none' >archive/x_InRelease
    demo DEMO_CATALOGUE=
    [ "$(grep -c ^NOTICE err)" = 0 ]
    [ "$(ground)" = "$all" ]
    jq -r '.sources[0] | .kind, .origin, .codename, .date, .suite, .files[0].uri' demo/manifest.json >source
    is source 'descriptions
Debian
bookworm
Sat, 01 Jul 2023 10:00:00 UTC
null
http://archive.example/x_main_binary-amd64_Packages'

    rm -r archive
    demo DEMO_CATALOGUE=
    grep -qx './demo is up to date: .*' out
}

@test "without a network and without lists there is an error" {
    fake_apt
    rm -r demo
    sh "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make demo"
    [ "$status" = 2 ]
    grep -qx 'no package catalogue: nothing could be fetched, and this machine has no package lists' err
    [ ! -e demo/source.json ]
}
