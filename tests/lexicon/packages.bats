# The lexicons of Debian's packages, where they are installed, and tables beside the tree: what others have counted.
# make lexicons installs the packages. CILIN=FILE names the table of Cilin, which no package has.
load ../helper

MYTHES=/usr/share/mythes
JIEBA=/usr/lib/python3/dist-packages/jieba/dict.txt

# compiled FORMAT OPTION... SOURCE: x.lex, or the test is skipped
compiled() {
    [ -e "${*: -1}" ] || skip "no ${*: -1}"
    quern lexicon compile --format "$@" -o x.lex
}

# counts: entries, groups, senses, pairs
counts() {
    quern lexicon stats x.lex | jq -c '[.entries, .groups, .senses, .pairs]'
}

# none COMMAND: it must fail.
none() {
    if "$@"; then return 1; fi
}

# described MEMBER...: of the entries of a plain list of words, one a line
described() {
    xargs -d '\n' quern lexicon get -q x.lex
}

@test "WordNet 3.0: 117,659 synsets, 147,306 lemmas, 304,438 ordered pairs; no adjective markers" {
    compiled wndb /usr/share/wordnet
    is <(counts) '[147306,117659,206941,304438]'
    cut -d' ' -f1 /usr/share/wordnet/index.adj | grep . | tr _ ' ' | described | jq -c '.senses[].synonyms[]' >words
    [ "$(wc -l <words)" -gt 30000 ]
    none grep -E '\((a|p|ip)\)|_' words
    [ "$(stat -c %s x.lex)" -lt 40000000 ]
    # The words with a synonym, counted without quern.
    for part in noun verb adj adv; do
        grep -v '^ ' /usr/share/wordnet/data.$part | awk -v hex=0123456789abcdef '{
            n = 0; count = 16 * (index(hex, substr($4, 1, 1)) - 1) + index(hex, substr($4, 2)) - 1
            for (i = 0; i < count; i++) { w = tolower($(5 + 2 * i)); sub(/\((a|p|ip)\)$/, "", w); word[n++] = w }
            for (i = 0; i < n; i++) for (k = 0; k < n; k++) if (word[i] != word[k]) print word[i] "\t" word[k] }'
    done | sort -u >pairs
    [ "$(wc -l <pairs)" = 304438 ]
    awk -F'\t' 'NR % 997 == 1 { print $1 }' pairs | uniq >some
    tr _ ' ' <some | described | jq -r '.word as $w | [.senses[].synonyms[] | ascii_downcase] | unique[] | $w + "\t" + .' |
        tr ' ' _ | sort >got
    awk -F'\t' 'NR == FNR { some[$1] = 1; next } $1 in some' some pairs | cmp - got
}

@test "WordNet with inflected forms" {
    compiled wndb --inflect en /usr/share/wordnet
    [ "$(quern lexicon stats x.lex | jq .entries)" -gt 200000 ]
    is <(quern lexicon get x.lex automobiles | jq -c '.senses[0].synonyms') '["cars","autos","machines","motorcars"]'
    quern lexicon get x.lex bought | jq -e '.senses[0].synonyms == ["purchased"]'
    quern lexicon get x.lex children | jq -e '.senses[0].synonyms | index("kids")'
    # No verb has a form that would be wrong: of put, came, ran the participle is the verb itself.
    quern lexicon get x.lex arrived | jq -e '[.senses[].synonyms | index("came")] == [0, null] or
        ([.senses[].synonyms | index("came") != null] | map(select(.)) | length == 1)'
}

@test "MyThes, English: 310,301 ordered pairs of 111,624 words, none of the 13,060 antonyms" {
    compiled mythes $MYTHES/th_en_US_v2.dat
    is <(quern lexicon stats x.lex | jq -c '[.entries, .pairs]') '[145866,310301]'
    # Every antonym, as its headword and the number of the sense.
    awk -F'|' 'NR > 1 && left == 0 { head = $1; left = $2; sense = 0; next }
        NR > 1 { left--; for (i = 2; i <= NF; i++) if (sub(/ \(antonym\)$/, "", $i)) print head "\t" $i "\t" $0 }' \
        $MYTHES/th_en_US_v2.dat >antonyms
    [ "$(wc -l <antonyms)" = 13060 ]
    cut -f1 antonyms | sort -u >heads
    # A word that is an antonym in one sense may be a synonym in another; what is given must stand unmarked in the file.
    awk -F'|' -v OFS='\t' 'NR > 1 && left == 0 { head = $1; left = $2; next }
        NR > 1 { left--; for (i = 2; i <= NF; i++) if ($i !~ /\)$/) print head, $i }' $MYTHES/th_en_US_v2.dat | sort -u >unmarked
    described <heads | jq -r '.word as $w | .senses[].synonyms[] | $w + "\t" + .' | sort -u >given
    [ "$(wc -l <given)" -gt 10000 ]
    [ -z "$(comm -23 given unmarked)" ]
    [ "$(comm -12 given <(cut -f1,2 antonyms | sort -u) | comm -23 - unmarked | wc -l)" = 0 ]
    cut -d'|' -f1 $MYTHES/th_en_US_v2.dat | grep -v '^(' | sed 1d | described |
        jq -r 'select([.senses[].synonyms[]] != []).word' | wc -l >count
    is count 111624
}

@test "MyThes, Russian: a byte order mark, relations in place of the part of speech" {
    compiled mythes $MYTHES/th_ru_RU_v2.dat
    quern lexicon get x.lex америка | jq -e '.senses | tostring | test("США")'
    [ "$(quern lexicon stats x.lex | jq .pairs)" -gt 50000 ]
    sed 1d $MYTHES/th_ru_RU_v2.dat | grep -A1 '|1$' | grep -B1 '^(антоним)' | grep '|1$' | cut -d'|' -f1 | head -n 200 |
        described | none jq -e 'select(.senses != [])'
}

@test "MyThes, Spanish and Polish: ISO 8859" {
    compiled mythes $MYTHES/th_es_ES_v2.dat
    quern lexicon get x.lex alá | jq -e '.senses[0].synonyms == ["Dios","Todopoderoso","Jehová","Altísimo"]'
    compiled mythes $MYTHES/th_pl_PL_v2.dat
    quern lexicon get x.lex '60 minut' | jq -e '.senses[0].synonyms == ["godzina"]'
}

@test "MyThes, German: no broader terms, no patterns, no marks" {
    compiled mythes $MYTHES/th_de_DE_v2.dat
    iconv -f UTF-8 -t UTF-8 $MYTHES/th_de_DE_v2.dat | grep -v '^-' | cut -d'|' -f1 | sed 1d | grep . | awk 'NR % 20 == 0' |
        described | jq -r '.senses[].synonyms[]' >words
    [ "$(wc -l <words)" -gt 10000 ]
    none grep -E '[()]|\.\.\.' words
}

@test "Chinese Open Wordnet: 42,300 synsets, 134,504 ordered pairs of 42,854 words" {
    compiled omw "$SHARED/data/lexicons/cow.tab.zst"
    is <(counts) '[61100,42300,79778,134504]'
    zstd -dcq "$SHARED/data/lexicons/cow.tab.zst" | grep -v '^#' | cut -f3 | tr -d + | sort -u >words
    [ "$(wc -l <words)" = 61100 ]
    described <words | jq -r 'select([.senses[].synonyms[]] != []).word' | wc -l >count
    is count 42854
    described <words | jq -r '.senses[].synonyms[]' | none grep '.+.'
}

@test "Cilin: 9,995 groups of synonyms, 3,447 of related words, 4,375 single words" {
    [ -n "${CILIN-}" ] || skip "no CILIN=FILE"
    compiled cilin --stats s.json "$CILIN"
    jq -e '.filters[0] | [.groups, .related_groups, .single_groups] == [9995, 3447, 4375]' s.json
    compiled cilin --ambiguous keep "$CILIN"
    is <(quern lexicon stats x.lex | jq -c '[.entries, .groups]') '[77463,9995]'
    quern lexicon get x.lex 干净 | jq -e '.senses | length > 1'
}

@test "jieba: 349,046 lines, their frequencies and tags" {
    compiled jieba $JIEBA
    [ "$(wc -l <$JIEBA)" = 349046 ]
    is <(quern lexicon stats x.lex | jq .entries) 349041
    awk 'NR % 1000 == 1 { print $1 }' $JIEBA >words
    described <words | jq -r '[.word, (.weight | tostring), .label] | join(" ")' |
        cmp - <(awk 'NR % 1000 == 1 { print $1 " " $2 " " $3 }' $JIEBA)
    [ "$(stat -c %s x.lex)" -lt 30000000 ]
}

@test "jieba's words in segment: F1 of 0.81 or more on the gold of PKU; compiled = plain" {
    gold=$SHARED/data/labelled/pku/pku_test_gold.utf8
    [ -e "$gold" ] || skip "no ../shared/data"
    compiled jieba $JIEBA
    tr -d '\r' <"$gold" | sed 's/^ *//; s/ *$//' | grep . | jq -R -c '[splits(" +")] as $w |
        {id: input_line_number, text: ($w | join("")),
         gold: (reduce $w[] as $x ([0, []]; .[0] as $s | ($s + ($x | length)) as $e | [$e, .[1] + [[$s, $e]]]) | .[1])}' >in
    quern segment --emit words --lang zh --lexicon x.lex in >out
    quern segment --emit words --lang zh --lexicon $JIEBA in | cmp - out
    jq -r '(.gold | map(tostring)) as $g | (.words | map(tostring)) as $w |
        [($g | length), ($w | length), ($g | length) - ($g - $w | length)] | @tsv' out |
        awk '{ gold += $1; words += $2; both += $3 }
            END { f = 2 * both / (gold + words); printf "# F1 %.4f\n", f; exit !(f >= 0.81) }' >f1 || { cat f1; return 1; }
    cat f1
}

@test "iso-codes: names and their translations" {
    compiled iso-codes /usr/share/iso-codes/json/iso_3166-1.json
    quern lexicon get x.lex 'viet nam' Vietnam | jq -e '.label == "country"'
    # 249 countries, and their other names
    jq -r '."3166-1"[] | .name, .common_name // empty, .official_name // empty' /usr/share/iso-codes/json/iso_3166-1.json | sort -u | wc -l >count
    is <(quern lexicon stats x.lex | jq .entries) "$(cat count)"
    compiled gettext /usr/share/locale/zh_CN/LC_MESSAGES/iso_3166-1.mo
    quern lexicon get x.lex 德国 | jq -e '.label == "country"'
}

@test "Unihan: homophones of 3,800 characters, variants" {
    compiled unihan /usr/share/unicode/Unihan_Readings.txt.bz2
    count=$(quern lexicon stats x.lex | jq .entries)
    [ "$count" -gt 3700 ] && [ "$count" -lt 3900 ]
    quern lexicon get x.lex 他 | jq -e '.senses[0].synonyms | index("她")'
    compiled unihan /usr/share/unicode/Unihan_Variants.txt.bz2
    quern lexicon get x.lex 体 | jq -e '[.senses[] | select(.pos == "traditional").synonyms[]] | index("體")'
}
