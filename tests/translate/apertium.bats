# Pairs of Apertium: what --pair may be, and what is said of pairs that are missing.
load ../helper

needs() { # PAIR…
    local pair
    for pair in "$@"; do
        [ -e "/usr/share/apertium/modes/$pair.mode" ] || skip "Apertium's pair $pair is not installed"
    done
}

setup_texts() {
    printf '%s\n' '{"id":1,"text":"The old mill stands by the river. She said no."}' \
        '{"id":2,"text":"Eine alte Muehle steht hier am Fluss.","lang":"de"}' \
        '{"id":3,"text":"It costs $5 [a lot] \\ more than <b>2 @ 3</b> ~ {x}^2.","lang":"en-GB"}' >in
}

@test "a pair by its name, by other codes of its languages, by the path of its file" {
    needs eng-spa spa-eng
    setup_texts
    sh "quern translate --engine apertium --pair eng-spa -q --emit synthetic in"
    [ "$status" = 0 ]
    cp out expected
    [ "$(jq -c .parent expected)" = $'1\n3' ]
    # "no" is no abbreviation at the end of a sentence, and marks come back as they were
    [[ $(jq -r 'select(.parent == 1).text' expected) == *' said no.' ]]
    for mark in '$5' '[' ']' '\' '<b>' '</b>' '@' '~' '{x}^2'; do
        [[ $(jq -r 'select(.parent == 3).text' expected) == *"$mark"* ]] || { echo "$mark"; cat expected; return 1; }
    done
    for pair in "--pair en-es" "--source en --pivot es" "--source eng --pivot spa" \
        "--pair /usr/share/apertium/modes/eng-spa.mode"; do
        sh "quern translate --engine apertium $pair -q --emit synthetic in"
        cmp out expected || { echo "$pair"; return 1; }
    done
}

@test "a pair that is missing" {
    says() { # PAIR MESSAGE [STATUS]
        sh "quern translate --engine apertium --pair $1 in"
        [ "$status" = "${3-2}" ] || { echo "status $status"; cat err; return 1; }
        [[ $(cat err) == "quern-translate: "*"$2"* ]] || { cat err; return 1; }
    }
    setup_texts
    says xx-yy 'xx-yy'
    says /no/such/eng-spa.mode '/no/such/eng-spa.mode: No such file' 1
    echo 'lt-proc $1 | sed s/a/b/' >eng-spa.mode
    says ./eng-spa.mode './eng-spa.mode: "sed" is not known to answer text by text (-z)'
    if [ -e /usr/share/apertium/modes/isl-eng.mode ] && [ ! -e /usr/share/apertium/modes/eng-isl.mode ]; then
        says isl-eng 'nothing translates isl-eng back: Apertium has no pair "eng-isl" here: expected one of'
    fi
}
