# Lexicons: compiling small files of every format, looking into them, and that compiled and plain ones are the same.
load ../helper

# compiled FORMAT OPTION... SOURCE...: x.lex
compiled() {
    quern lexicon compile --format "$@" -o x.lex
}

# senses WORD: "pos:synonym,synonym|…"
senses() {
    quern lexicon get x.lex "$1" | jq -r '[.senses[] | (.pos // "") + ":" + (.synonyms | join(","))] | join("|") | select(. != "")'
}

# counts: entries, groups, senses, pairs
counts() {
    quern lexicon stats x.lex | jq -c '[.entries, .groups, .senses, .pairs]'
}

# ---- plain ----

@test "plain: words, labels, phrases; known by their keys" {
    printf '\xef\xbb\xbf# names\nDon’t\tneg\nNew  York\tLOC\r\nrome\n\nDON'"'"'T\tx\n' >words
    compiled plain words
    gives "quern lexicon get x.lex \"don't\" 'NEW YORK' Rome" 0 '{"word":"don'"'"'t","senses":[],"label":"neg"}
{"word":"NEW YORK","senses":[],"label":"LOC"}
{"word":"Rome","senses":[]}'
    gives "quern lexicon get words DON’T" 0 '{"word":"DON’T","senses":[],"label":"neg"}'
    gives "quern lexicon get x.lex nowhere" 0 '{"word":"nowhere","senses":[]}' 'quern-lexicon: nowhere: not in x.lex'
    is <(counts) '[3,0,0,0]'
}

@test "synonyms: one direction, repeated words add up" {
    printf 'good\tfine\tGOOD\twell done\nbad\tevil\nGood\tnice\tFine\n' >table
    compiled synonyms table
    is <(senses good) ':fine,well done,nice'
    is <(counts) '[2,2,2,4]'
    gives "quern lexicon get --format synonyms table bad" 0 '{"word":"bad","senses":[{"synonyms":["evil"]}]}'
    gives "quern lexicon get x.lex fine" 0 '{"word":"fine","senses":[]}' 'quern-lexicon: fine: not in x.lex'
}

@test "groups: every word is a synonym of the others, and has a sense for each line" {
    printf 'big\tlarge\tBIG\nhuge\tbig\n' >table
    compiled groups table
    is <(senses big) ':large|:huge'
    is <(senses huge) ':big'
    is <(counts) '[3,2,4,4]'
    is <(quern lexicon stats --format groups table | jq -c '[.format, .entries, .pairs]') '["groups",3,4]'
}

@test "several sources are one lexicon; the checksum is that of all of them" {
    printf 'a\tb\n' >one
    printf 'a\tc\n' >two
    compiled synonyms one two --source 'own lists' --licence CC0-1.0
    is <(senses a) ':b,c'
    is <(quern lexicon stats x.lex) \
        '{"format":"synonyms","entries":1,"groups":1,"senses":1,"pairs":2,"source":"own lists","licence":"CC0-1.0","sha256":"'"$(cat one two | sha256sum | cut -d' ' -f1)"'"}'
}

@test "the same sources give the same bytes, whatever their names" {
    printf 'a\tb\n' >one
    cp one two
    quern lexicon compile --format synonyms one | sha256sum >first
    zstd -q one
    quern lexicon compile --format synonyms one.zst | sha256sum | cmp - first
    quern lexicon compile --format synonyms two | sha256sum | cmp - first
}

# ---- foreign formats ----

wordnet() {
    mkdir -p wn
    printf '  1 licence\n' | tee wn/data.{noun,verb,adj,adv} wn/index.{noun,verb,adj,adv} >/dev/null
    printf '%s\n' '00000010 03 n 02 car 0 motor_car 0 001 @ 00000099 n 0000 | gloss' \
        '00000020 03 n 03 Boston 0 Hub_of_the_Universe 0 car 1 000 | gloss' '00000030 03 n 02 child 0 kid 0 000 | g' >>wn/data.noun
    printf '%s\n' 'boston n 1 0 1 0 00000020  ' 'car n 2 1 @ 2 1 00000010 00000020  ' 'child n 1 0 1 0 00000030  ' \
        'hub_of_the_universe n 1 0 1 0 00000020  ' 'kid n 1 0 1 0 00000030  ' 'motor_car n 1 1 @ 1 0 00000010  ' >>wn/index.noun
    printf '%s\n' '00000010 30 v 02 stop 0 break 1 000 01 + 08 00 | g' '00000020 30 v 02 go 0 move 0 000 00 | g' \
        '00000030 30 v 02 come 0 arrive 0 000 | g' '00000040 30 v 02 put 0 place 0 000 | g' >>wn/data.verb
    printf '%s\n' 'arrive v 1 0 1 0 00000030  ' 'break v 1 0 1 0 00000010  ' 'come v 1 0 1 0 00000030  ' \
        'go v 1 0 1 0 00000020  ' 'move v 1 0 1 0 00000020  ' 'place v 1 0 1 0 00000040  ' 'put v 1 0 1 0 00000040  ' \
        'stop v 1 0 1 0 00000010  ' >>wn/index.verb
    printf '%s\n' '00000010 00 s 0a galore(ip) 0 big(p) 0 outback(a) 0 large 0 a1 0 a2 0 a3 0 a4 0 a5 0 a6 0 000 | g' >>wn/data.adj
    printf '%s\n' 'a1 a 1 0 1 0 00000010  ' 'big a 1 0 1 0 00000010  ' 'galore a 1 0 1 0 00000010  ' \
        'large a 1 0 1 0 00000010  ' 'outback a 1 0 1 0 00000010  ' >>wn/index.adj
    echo 'children child' >wn/noun.exc
    printf '%s\n' 'stopped stop' 'stopping stop' 'broke break' 'broken break' 'went go' 'gone go' 'came come' \
        'putting put' >wn/verb.exc
    echo 'bigger big' >wn/adj.exc
    : >wn/adv.exc
}

@test "wndb: sense order of the index, no adjective markers, _ is a space, capitals of data.*" {
    wordnet
    compiled wndb wn
    is <(senses car) 'n:motor car|n:Boston,Hub of the Universe'
    is <(senses BOSTON) 'n:Hub of the Universe,car'
    is <(senses galore) 'a:big,outback,large,a1,a2,a3,a4,a5,a6'
    is <(counts) '[24,8,20,63]'
    echo '{"id":1,"text":"To Boston, the Hub of the Universe, by car"}' |
        quern segment --emit words --phrases x.lex | jq -c .phrases >phrases
    is phrases '[[3,9],[15,34],[39,42]]'
}

@test "wndb --inflect en: regular and exceptional forms, with the same forms of the synonyms" {
    wordnet
    compiled wndb --inflect en wn
    is <(senses cars) 'n:|n:'
    is <(senses children) 'n:kids'
    is <(senses kids) 'n:children'
    is <(senses stopped) 'v:broke|v:broken'
    is <(senses stopping) 'v:breaking'
    is <(senses broken) 'v:stopped'
    is <(senses moved) 'v:went|v:gone'
    is <(senses arrived) 'v:came|v:'
    is <(senses goes) 'v:moves'
    is <(senses puts) 'v:places'
    is <(senses placed) 'v:|v:'
    is <(senses putting) 'v:placing'
    is <(senses larger) 'a:bigger'
    is <(senses car) 'n:motor car|n:Boston,Hub of the Universe'
}

@test "mythes: relations and patterns are dropped, marks of register removed, an empty headword skipped" {
    printf '%s\n' UTF-8 'good|2' '(adj)|fine|bad (antonym)|quality (generic term)|nice (similar term)' '-|right (ugs.)|a|ok (ugs., fig.)' \
        '|1' '-|im Jahr (...)' 'year|2' '-|anno (...)|... gefällig?|(Jahreszahl)|(sich) freuen|Jahr (Oberbegriff)' \
        '-|twelve months|X (ugs., Antonym)' >th.dat
    compiled mythes th.dat
    is <(senses good) 'adj:fine|:right,a,ok'
    is <(senses year) ':twelve months'
    is <(counts) '[2,3,3,5]'
}

@test "mythes: encodings of the first line, a byte order mark, Russian relations" {
    printf 'ISO8859-1\nala|1\n-|Jehov\xe1|est\xfapido (Ant\xef\xbf\xbdnimo)\n' >es
    compiled mythes es
    is <(senses ala) ':Jehová'
    printf 'ISO8859-2\nkot|1\n-|\xbf\xf3\xb3w|zwierz\xea (poj\xeacie nadrz\xeadne)|dach\xf3wiec (pot.)\n' >pl
    compiled mythes pl
    is <(senses kot) ':żółw,dachowiec' || is <(senses kot) ':żółw,dachówiec'
    printf '\xef\xbb\xbfUTF-8\nдо|3\n(синоним)|перед\n(антоним)|после\n(сходный термин)|у\n' >ru
    compiled mythes ru
    is <(senses до) ':перед'
    printf 'microsoft-cp1251\n\xe4\xee|1\n-|\xef\xe5\xf0\xe5\xe4\n' >cp
    compiled mythes cp
    is <(senses до) ':перед'
}

@test "omw: synsets of the file, + inside a word is a seam, other rows are left out" {
    printf '%s\n' $'# X\tcmn\thttp://x\twordnet' $'1-a\tcmn:lemma\t未杀菌+的' $'1-a\tcmn:lemma\t生的' $'1-a\tcmn:def\t定义' \
        $'2-n\tcmn:lemma\tC+' $'2-n\tcmn:lemma\t西 药' $'2-n\tcmn:lemma\t生的' >tab
    compiled omw tab
    is <(senses 生的) 'a:未杀菌的|n:C+,西 药'
    is <(counts) '[4,2,5,8]'
}

@test "cilin: = are synonyms, # only with --related; a word in several groups is not replaced" {
    printf '%s\r\n' 'Aa01A01= 人 士 人物' 'Aa01A02= 人类 人' 'Aa01A03# 人丁 人口' 'Aa01A04@ 角色' >cilin
    compiled cilin --stats s.json cilin
    jq -e '.filters[0] | [.groups, .related_groups, .single_groups] == [2, 1, 1]' s.json
    is <(senses 人) ''
    is <(senses 士) ':人,人物'
    is <(senses 人丁) ''
    is <(senses 角色) ''
    compiled cilin --ambiguous keep --related cilin
    is <(senses 人) ':士,人物|:人类'
    is <(senses 人丁) ':人口'
    iconv -f UTF-8 -t GB18030 cilin >gb
    compiled cilin gb
    is <(senses 士) ':人,人物'
}

@test "jieba: words, frequencies as weights, parts of speech as labels" {
    printf '%s\n' 'AT&T 3 nz' '北京 34488 ns' '云计算 5' '# 1 x' '凱特琳 nz' >dict
    compiled jieba dict
    gives "quern lexicon get x.lex 北京 云计算 at\&t 凱特琳 '#'" 0 '{"word":"北京","senses":[],"label":"ns","weight":34488}
{"word":"云计算","senses":[],"weight":5}
{"word":"at&t","senses":[],"label":"nz","weight":3}
{"word":"凱特琳","senses":[],"label":"nz"}
{"word":"#","senses":[],"label":"x","weight":1}'
}

@test "iso-codes and gettext: names with what they are" {
    echo '{"3166-1":[{"alpha_2":"DE","name":"Germany","official_name":"Federal Republic of Germany"}],
        "4217":[{"name":"Yen","numeric":"392"}]}' >iso.json
    compiled iso-codes iso.json
    gives "quern lexicon get x.lex germany 'federal republic of germany' yen | jq -r .label" 0 $'country\ncountry\ncurrency'
    compiled iso-codes --label LOC iso.json
    gives "quern lexicon get x.lex yen | jq -r .label" 0 LOC
    # A .mo file: two names, the first one empty, with its header.
    {
        printf '\xde\x12\x04\x95\0\0\0\0\2\0\0\0\34\0\0\0\54\0\0\0\0\0\0\0\0\0\0\0'
        printf '\0\0\0\0\74\0\0\0\7\0\0\0\75\0\0\0\4\0\0\0\105\0\0\0\6\0\0\0\112\0\0\0\0Germany\0abcd\0德国\0'
    } >iso_3166-1.mo
    compiled gettext iso_3166-1.mo
    gives "quern lexicon get x.lex 德国" 0 '{"word":"德国","senses":[],"label":"country"}'
    is <(counts) '[1,0,0,0]'
}

@test "unihan: homophones by frequency, variants" {
    printf '%s\n' '#	kHanyuPinlu' $'U+4E00\tkHanyuPinlu\tyī(32747)' $'U+4E00\tkMandarin\tyī' $'U+8863\tkHanyuPinlu\tyī(572) yì(3)' \
        $'U+533B\tkHanyuPinlu\tyī(900)' >readings
    compiled unihan readings
    is <(senses 衣) 'yī:一,医|yì:'
    is <(senses 医) 'yī:一,衣'
    gives "quern lexicon get x.lex 衣 | jq .weight" 0 575
    printf '%s\n' $'U+4E07\tkTraditionalVariant\tU+4E07 U+842C' $'U+842C\tkSimplifiedVariant\tU+4E07<kMatthews' >variants
    bzip2 variants
    compiled unihan variants.bz2
    is <(senses 万) 'traditional:萬'
    is <(senses 萬) 'simplified:万'
}

@test "cedict: words with a gloss in common" {
    printf '%s\r\n' '# CC-CEDICT' '電腦 电脑 [dian4 nao3] /computer/CL:臺|台[tai2]/' '計算機 计算机 [ji4 suan4 ji1] /computer/calculator/' \
        '王 王 [Wang2] /surname Wang/' >cedict
    compiled cedict cedict
    is <(senses 电脑) ':计算机'
    is <(counts) '[2,2,3,2]'
}

@test "wn-lmf: senses of entries, by synset" {
    cat >w.xml <<'EOF'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "http://127.0.0.1:1/WN-LMF-1.3.dtd">
<LexicalResource xmlns:dc="https://globalwordnet.github.io/schemas/dc/"><Lexicon id="x" label="x" language="en" license="x" version="1">
<LexicalEntry id="e1"><Lemma writtenForm="Q&amp;A" partOfSpeech="n"/><Sense id="s1" synset="y2"/><Sense id="s2" synset="y1"/></LexicalEntry>
<LexicalEntry id="e2"><Lemma writtenForm="talk" partOfSpeech="n"/><Sense id="s3" synset="y1"/></LexicalEntry>
<LexicalEntry id="e3"><Lemma writtenForm="show" partOfSpeech="n"/><Sense id="s4" synset="y2"/></LexicalEntry>
<Synset id="y1" ili="" partOfSpeech="n"/><Synset id="y2" ili="" partOfSpeech="n"/></Lexicon></LexicalResource>
EOF
    gzip -k w.xml
    compiled wn-lmf w.xml.gz
    is <(senses 'q&a') 'n:show|n:talk'
    is <(counts) '[3,2,4,4]'
    sed -i 's/"http[^>]*/"x" [<!ENTITY a "aaaa"> <!ENTITY b "\&a;\&a;">]/' w.xml
    gives "quern lexicon compile --format wn-lmf w.xml -o y.lex" 3 '' \
        'quern-lexicon: w.xml:2: the entity "a" is defined in the file, which is not supported'
    head -c 700 <(zcat w.xml.gz) >cut.xml
    sh "quern lexicon compile --format wn-lmf cut.xml -o y.lex"
    [ "$status" = 3 ] && grep -q 'cut.xml:[0-9]*: not well-formed XML: ' err
    [ ! -e y.lex ]
}

# ---- wrong input ----

# wrong FORMAT TEXT MESSAGE
wrong() {
    printf "$2" >bad
    gives "quern lexicon compile --format $1 bad -o y.lex" 3 '' "quern-lexicon: bad$3"
    [ ! -e y.lex ]
}

@test "wrong lines are named" {
    wrong plain 'a\nb\tc\td\n' ':2: expected an entry and a label, found a third column'
    wrong synonyms 'a\tb\n\xff\n' ':2: not UTF-8'
    wrong synonyms '\tb\n' ':1: synonyms without an entry'
    wrong mythes 'UTF-8\nword\n' ':2: expected a word, a bar and the number of its senses'
    wrong mythes 'UTF-8\nword|2\n-|a\n' ':3: expected 1 sense more at the end'
    wrong mythes 'UTF-9000\nword|1\n' ':1: ICU does not know this charset'
    wrong mythes '' ': expected an encoding in the first line'
    wrong omw '1-n\tx\n' ':1: expected a synset, what is said of it and a word, separated by tabs'
    wrong cilin 'Aa01A01 x\n' ':1: expected a code that ends in =, # or @, and words'
    wrong jieba 'a 1 n\nb 1x n\n' ':2: expected a word, its frequency and its tag, separated by spaces'
    wrong iso-codes '[1]' ': expected an object with the standards'
    wrong gettext 'abc' ': expected a .mo file of gettext'
    wrong unihan 'U+4E00\tkHanyuPinlu\tx\n' ':1: expected readings with their frequencies, as in yī(32747)'
    wrong unihan 'x\n' ':1: expected a character, a field and its value, separated by tabs'
    wrong cedict 'a b c\n' ':1: expected a traditional and a simplified word, [pinyin] and /glosses/'
    wordnet
    echo '00000040 03 n 02 x 0' >>wn/data.noun
    gives "quern lexicon compile --format wndb wn -o y.lex" 3 '' \
        'quern-lexicon: wn/data.noun:5: expected 1 words more in this synset'
    wordnet
    echo 'x n 1 0 1 0 00000077' >>wn/index.noun
    gives "quern lexicon compile --format wndb wn -o y.lex" 3 '' \
        'quern-lexicon: wn/index.noun:8: no synset at 00000077 in data.noun'
}

@test "wrong use" {
    gives "quern lexicon" 2 '' 'quern-lexicon: expected what to do: compile, get, stats or list'
    gives "quern lexicon compile --format plain" 2 '' \
        'quern-lexicon: expected a source: the file, or for --format wndb the folder, to compile'
    gives "quern lexicon get x.lex" 2 '' 'quern-lexicon: expected a lexicon and the words to look up in it'
    gives "quern lexicon stats a b" 2 '' 'quern-lexicon: expected one lexicon, found 2'
    gives "quern lexicon list xx" 2 '' 'quern-lexicon: xx: no built-in list; there are en, zh'
    sh "quern lexicon compile --format jieba --related x"
    [ "$status" = 2 ] && grep -q -e --related err
    sh "quern lexicon compile --format plain nowhere"
    [ "$status" = 1 ] && is err 'quern-lexicon: nowhere: No such file or directory'
}

@test "a file that is cut off or changed is an error, or only says something wrong" {
    printf 'Big\tlarge\n日本\t国\n' >table
    compiled groups table
    for size in 3 8 200 255 256 300 $(($(stat -c %s x.lex) - 1)); do
        head -c "$size" x.lex >cut.lex
        [ "$size" -lt 8 ] || {
            sh "quern lexicon get cut.lex big"
            [ "$status" -gt 0 ] && grep -q 'cut.lex: a .*lexicon' err
        }
    done
    { cat x.lex; echo; } >long.lex
    sh "quern lexicon get long.lex big"
    [ "$status" = 2 ] && grep -q 'long.lex: a damaged lexicon: expected ' err
    cp x.lex flipped.lex
    printf 'X' | dd of=flipped.lex bs=1 seek=$(($(stat -c %s x.lex) - 9)) conv=notrunc 2>/dev/null
    gives "quern lexicon stats flipped.lex" 3 '' \
        'quern-lexicon: flipped.lex: a damaged lexicon: its checksum is wrong; compile it again'
    quern lexicon get flipped.lex big >/dev/null
}

# ---- compiled = plain ----

@test "compiled and plain lexicons give the same bytes in every filter" {
    for i in 1 2 3; do
        printf '{"id":%d,"text":"The New York grain of 北京大学生, Dr. Wu said. It is Xq. Wu %d."}\n' $i $i
    done >in
    printf 'grain\tX\n北京\tLOC\n大学生\nNew York\tLOC\nnew\nThe\tY\nThe\tZ\n' >names
    printf '北京大\n大学\n大学生\ngrain\n' >words
    printf 'Wu.\nsaid.\tnumber\nXq.\n' >abbreviations
    for name in names words abbreviations; do quern lexicon compile --format plain $name -o $name.lex; done
    for use in "segment --lexicon words" "segment --phrases names" "segment --abbreviations abbreviations" \
        "entities find --gazetteer names"; do
        quern ${use} in >plain
        quern ${use}.lex in | cmp - plain
        quern ${use}.lex <in | quern cat >piped
        cmp piped plain
        [ "$(cmp <(quern ${use%% --*} in 2>/dev/null) plain | wc -l)" -gt 0 ] || [[ $use == entities* ]]
    done
    gives "quern segment --lexicon names.lex in" 2 '' \
        'quern-segment: names.lex:4: "New York" is more than one word; use --phrases for phrases'
}

@test "a compiled lexicon may be compressed, or come through a pipe" {
    printf 'a\tb\n' >table
    quern lexicon compile --format synonyms table -o x.lex.zst
    gives "quern lexicon get x.lex.zst a" 0 '{"word":"a","senses":[{"synonyms":["b"]}]}'
    gives "zstd -dcq x.lex.zst | quern lexicon get - a" 0 '{"word":"a","senses":[{"synonyms":["b"]}]}'
}

@test "QUERN_PATH: a name without a slash is looked for in its folders, with and without .lex" {
    mkdir one two
    printf 'Rome\tLOC\n' >two/places
    quern lexicon compile --format plain two/places -o one/names.lex
    echo '{"text":"In Rome"}' >in
    export QUERN_PATH=nowhere::one:two
    for name in names names.lex places; do
        gives "quern entities find --gazetteer $name in" 0 '{"text":"In Rome","entities":[{"start":3,"end":7,"label":"LOC"}]}'
    done
    printf 'In\tX\n' >names
    gives "quern entities find --gazetteer names in" 0 '{"text":"In Rome","entities":[{"start":0,"end":2,"label":"X"}]}'
    rm names
    sh "quern entities find --gazetteer ./names in"
    [ "$status" = 1 ] && is err 'quern-entities: ./names: No such file or directory'
    sh "quern entities find --gazetteer elsewhere in"
    [ "$status" = 1 ] && is err 'quern-entities: elsewhere: No such file or directory'
}

@test "list: the built-in lists are lexicons" {
    for name in en zh; do
        quern lexicon list $name >list
        cmp list "$ROOT/lexicons/stopwords.$name.txt"
        compiled plain list
        [ "$(quern lexicon stats x.lex | jq .entries)" -gt 100 ]
    done
    quern lexicon list en | grep -q $'^not\tneg$'
}

# ---- make lexicons ----

@test "lexicons/lexicon compiles and describes one; without its source there is none" {
    printf '%s\n' 'Aa01A01= 人 士' >cilin
    sh "'$ROOT/lexicons/lexicon' made/zh.lex - cilin 'its owner'\''s' cilin"
    [ "$status" = 0 ] && is err ''
    jq -e '.name == "zh" and .source == "cilin" and .entries == 2 and .pairs == 2 and .licence == "its owner'\''s"' made/zh.lex.json
    is <(jq -r .lexicon_sha256 made/zh.lex.json) "$(sha256sum <made/zh.lex | cut -d' ' -f1)"
    is <(jq -r .source_sha256 made/zh.lex.json) "$(sha256sum <cilin | cut -d' ' -f1)"
    rm cilin
    gives "'$ROOT/lexicons/lexicon' made/zh.lex - cilin '' cilin" 0 '# zh: not made, there is no cilin (package -)'
    [ ! -e made/zh.lex ] && [ ! -e made/zh.lex.json ]
}

@test "lexicons/stopwords-of-perl: the words of a module, one a line" {
    printf '%s\n' 'package X;' 'sub getStopWords { qw(no) }' 'sub _stopwords {' '    return qw(' '        aber alle' '        für dich' \
        '    );' '}' '1;' >DE.pm
    gives "'$ROOT/lexicons/stopwords-of-perl' DE.pm" 0 $'aber\nalle\nfür\ndich'
}
