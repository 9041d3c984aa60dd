# Stop words of real texts, and of degenerate ones. laws.jq says what may become of them.
load ../helper

LABELLED=$SHARED/data/labelled

# texts NAME: the first records of a data set, with words and sentences.
texts() {
    [ -d "$LABELLED" ] || skip "no ../shared/data"
    case $1 in
    sst2) sed 's/^. //' "$LABELLED/sst2/stsa.binary.train" | quern import --format text --source sst2 --lang en ;;
    wnut17) quern import --format conll --source wnut --lang en "$LABELLED/wnut17/emerging.dev.conll" ;;
    chnsenticorp)
        quern import --format csv --text review --source chn --lang zh "$LABELLED/chnsenticorp/ChnSentiCorp_htl_all.csv" |
            jq -c 'select(.text | length < 200)' ;;
    weibo)
        sed 's/^\(.\)[0-9]\t/\1\t/' "$LABELLED/weibo-ner/weiboNER_2nd_conll.train" |
            quern import --format conll --source weibo --lang zh --lenient --join '' ;;
    esac | head -n 400 | quern segment
}

# together OPTION...: the records of `in`, as they are, marked, removed and masked.
together() {
    quern stopwords "$@" --mode mark in >marked
    quern stopwords "$@" -q in >removed
    quern stopwords "$@" --mode mask in >masked
    paste -d '\n' in marked removed masked
}

# words_of FILE: the list for laws.jq.
words_of() {
    sed '/^#/d; s/\t.*//; /^$/d' "$1" | jq -Rn '[inputs] | map({(.): 1}) | add'
}

# broken LIST: reads records by fours, prints what laws they break.
broken() {
    jq -rs --argjson list "$(words_of "$1")" "_nwise(4) | $(cat "$ROOT/tests/stopwords/laws.jq")"
}

# caught LAW FILTER: what the jq filter makes of the four records breaks the law.
caught() {
    head -n 320 all | jq -cs "_nwise(4) | $2 | .[]" | broken "$list" >bad
    grep -q ": \(.*, \)\?$1\(,.*\)\?$" bad || { echo "not caught: $1: $2"; head -n 3 bad; return 1; }
}

@test "every law holds on real texts; each is broken by a mutant" {
    for name in sst2 wnut17 chnsenticorp weibo; do
        texts $name >in
        [ "$(wc -l <in)" -gt 350 ]
        case $name in sst2 | wnut17) list=$ROOT/lexicons/stopwords.en.txt ;; *) list=$ROOT/lexicons/stopwords.zh.txt ;; esac
        together >all
        broken "$list" <all >bad
        is bad "" || { echo "$name"; head -n 5 bad; return 1; }
        [ "$(jq -c '.stopwords[]' marked | wc -l)" -gt 500 ]
        caught mark '.[1].stopwords |= .[1:]'
        caught text '.[2].text |= . + " "'
        caught words '.[2].words |= .[1:]'
        caught characters '.[2].text |= .[1:]'
        caught spaces '.[2].text |= gsub("(?<a>.)"; .a + " ")'
        caught stays '.[2].text |= . + "."'
        caught sentences '.[2].sentences |= .[1:]'
        caught ends '.[2].text |= " " + .'
        caught 'masked words' '.[3].words |= map(.[1] |= . + 1)'
        caught masked '.[3].text |= sub("_"; "-")'
        if [[ $name == w* ]]; then
            [ "$(jq -c '.entities[]?' in | wc -l)" -gt 200 ]
            caught entities '.[2].entities |= map(.start |= . + 1)'
            caught 'masked entities' '.[3].entities |= map(.label |= "X")'
        fi
    done
}

@test "without the entities, stop words inside of them go: the laws know of entities" {
    for name in wnut17 weibo; do
        texts $name >in
        list=$ROOT/lexicons/stopwords.$([ $name = weibo ] && echo zh || echo en).txt
        together --inside-entities >all
        broken "$list" <all >bad
        grep -q mark bad
        grep -q entities bad
        jq -c 'del(.entities)' in >bare && mv bare in
        together --inside-entities | broken "$list" >bad
        is bad ""
    done
}

@test "--keep negations: the laws hold for the list without them" {
    for name in sst2 chnsenticorp; do
        texts $name >in
        lang=$([ $name = sst2 ] && echo en || echo zh)
        list=rest
        grep -v $'\tneg$' "$ROOT/lexicons/stopwords.$lang.txt" >rest
        together --keep negations >all
        broken rest <all >bad
        is bad ""
        together | broken rest >bad
        [ "$(grep -c mark bad)" -gt 50 ]
    done
}

@test "words need not be in the record; what was removed once is not found again" {
    for name in sst2 wnut17 chnsenticorp weibo; do
        texts $name >in
        quern fields --drop words,sentences in | quern stopwords -q | jq -c .text >got
        quern stopwords -q in >once
        jq -c .text once | cmp - got
        quern stopwords -q once | cmp - once
    done
}

# degenerate: texts of all kinds, with a word of the list here and there.
degenerate() {
    jq -cn '["", " ", "the", "the the", " the ", "hello hello", "?!", "\u0000the\u0000of\u0000", "a\u0085the\u2028of\u2029to",
        "👩‍👩‍👧the👩‍👩‍👧", "the 👩‍👩‍👧 of 🇪🇺", "שלום the עולם of", "the\u0301 o\u0301f", "\u0301the \u0301", "ﬁ the ﬀ", "İ the I ı",
        "don’t the DON’T", "the\tof\r\nto", "\u3000the\u3000的\u3000", "的的的的", "的 的", "a的b的c", "the" * 500, "the " * 500,
        "\u200bthe\u200b of", "the\ufeff of", "𝐭𝐡𝐞 the", "\ud83d\ude00the", "the-of_to.and", "1 the 2", "the ²", "the Ⅷ"]
        | to_entries[] | {id: .key, text: .value}' | quern segment
}

@test "degenerate texts" {
    degenerate >in
    for list in en zh; do
        together --list $list >all
        list=$ROOT/lexicons/stopwords.$list.txt
        broken "$list" <all >bad
        is bad ""
    done
    for lang in en zh und; do
        quern stopwords --list zh --lang $lang --allow-empty in >/dev/null
        quern fields --drop words,sentences in | quern stopwords --list en --lang $lang --allow-empty >/dev/null
    done
}

@test "long texts take time that is proportional to their length" {
    for unit in 'the' 'the ' 'mill the ' '的' '的 ' 'the, '; do
        jq -cn --arg unit "$unit" '{id: 1, lang: "en", text: ($unit * (1000000 / ($unit | length) | floor))}' >in
        jq -c '.entities = [range(0; 300000; 3) as $i | {start: $i, end: ($i + 2)}]' in >entities
        for mode in 'remove --allow-empty' mark mask; do
            timeout 20 bash -c "quern stopwords --list en --mode $mode in >/dev/null && quern stopwords --list zh --mode $mode entities >/dev/null"
        done
    done
}

@test "a list that is compiled is the same list" {
    texts sst2 >in
    quern lexicon list en >en.txt
    quern lexicon compile --format plain en.txt -o en.lex
    for option in '' '--keep negations' '--mode mark'; do
        quern stopwords -q $option in >expected
        quern stopwords -q --list en.txt $option in | cmp - expected
        quern stopwords -q --list en.lex $option in | cmp - expected
        quern stopwords -q --list en $option -j 2 in | cmp - expected
    done
}

@test "lists of two languages in one stream" {
    { texts sst2 && texts chnsenticorp; } | shuf --random-source=/bin/sh >in
    quern stopwords -q in >both
    for lang in en zh; do
        jq -c "select(.lang == \"$lang\")" in | quern stopwords -q --list $lang | cmp - <(jq -c "select(.lang == \"$lang\")" both)
    done
}

@test "--stats" {
    printf '%s\n' '{"text":"The mill is not The Who","entities":[{"start":16,"end":23}],"phrases":[[0,3]]}' '{"text":"to be"}' '{"text":"mill"}' >in
    gives "quern stopwords --list en --keep negations --stats stats in -q && jq -c '.filters[0] | [.words, .stopwords, .negations, .in_entities, .changed, .only_stopwords, .dropped_spans]' stats" 0 \
'{"text":"mill not The Who","entities":[{"start":9,"end":16}],"phrases":[]}
{"text":"to be"}
{"text":"mill"}
[9,2,1,2,1,1,1]'
    gives "quern stopwords --list en --mode mark --stats stats in >/dev/null && jq -c '.filters[0] | [.words, .stopwords, .negations, .in_entities, .changed, .only_stopwords, .dropped_spans]' stats" 0 \
        '[9,5,0,2,0,0,0]'
}
