load ../helper

# pieces MEMBER: what the spans of that member cover, one record a line, with | between; wants jq for its code points.
pieces() {
    jq -r --arg m "$1" '.text as $t | [.[$m][] | $t[.[0]:.[1]]] | join("|")'
}

# cuts OPTIONS MEMBER TEXT PIECES
cuts() {
    printf '{"text":"%s"}\n' "$3" >in
    sh "quern segment $1 in"
    [ "$status" = 0 ] || { cat err; return 1; }
    pieces "$2" <out >got
    is got "$4"
}

@test "sentences and words" {
    gives "echo '{\"id\":\"a\",\"text\":\"Oh, it is. I see!\"}' | quern segment" 0 \
'{"id":"a","text":"Oh, it is. I see!","sentences":[[0,10],[11,17]],"words":[[0,2],[2,3],[4,6],[7,9],[9,10],[11,12],[13,16],[16,17]]}'
}

@test "an empty text has none, and so has one of white space" {
    gives "echo '{\"text\":\"\"}' | quern segment" 0 '{"text":"","sentences":[],"words":[]}'
    gives "echo '{\"text\":\" \\n\\t\\u3000\"}' | quern segment" 0 '{"text":" \n\t\u3000","sentences":[],"words":[]}'
}

@test "--emit" {
    gives "echo '{\"text\":\"A b.\"}' | quern segment --emit words" 0 '{"text":"A b.","words":[[0,1],[2,3],[3,4]]}'
    gives "echo '{\"text\":\"A b.\"}' | quern segment --emit sentences" 0 '{"text":"A b.","sentences":[[0,4]]}'
}

@test "spans that are there already are replaced in their place" {
    gives "echo '{\"words\":[[0,9]],\"text\":\"A\"}' | quern segment --emit words" 0 '{"words":[[0,1]],"text":"A"}'
}

@test "English words: punctuation stands alone, contractions and numbers do not part" {
    cuts "" words "It isn't a well-read, 3.50 (U.S.) guy_1\\u2014\\\"no\\\"!?" \
        "It|isn't|a|well|-|read|,|3.50|(|U.S|.|)|guy_1|—|\"|no|\"|!|?"
}

@test "emoji sequences and letters with marks are one word, in code points" {
    gives "printf '%s\n' '{\"text\":\"👨‍👩‍👧 e\u0301t😀\"}' | quern segment --emit words" 0 \
        '{"text":"👨‍👩‍👧 e\u0301t😀","words":[[0,5],[6,9],[9,10]]}'
}

@test "no word holds white space" {
    # the narrow no-break space joins numbers in Unicode's rules; a mark may follow a space
    cuts "" words '1\u202f234 a \u0301b' $'1|234|a|\u0301|b'
}

@test "Chinese, Japanese and Thai are cut by dictionaries" {
    cuts "" words '自然语言处理是人工智能的一个重要方向。' '自然|语言|处理|是|人工|智能|的|一个|重要|方向|。'
    cuts "" words '東京都に住んでいます。' '東京|都|に|住|んで|い|ます|。'
    cuts "" words 'สวัสดีครับ ผมชื่อสมชาย' 'สวัสดี|ครับ|ผม|ชื่อ|สมชาย'
}

@test "sentences: trimmed; an opening quote belongs to what follows" {
    cuts "" sentences '  One.  Two?\n\n Three ' 'One.|Two?|Three'
    cuts "" sentences '他来了。“你好！”他说：（是的。）好' '他来了。|“你好！”|他说：（是的。）|好'
    cuts "" sentences '住んでいます。「はい」と言った。' '住んでいます。|「はい」と言った。'
    cuts "" sentences '„Hallo.“ Er ging.' '„Hallo.“|Er ging.'
}

@test "--sentences lines: each line that is not blank" {
    cuts "--sentences lines" sentences '  One. Two?\n\n \u3000\nThree\r\nfour 😀\rMr. Fox\n' 'One. Two?|Three|four 😀|Mr. Fox'
    cuts "--sentences lines" sentences 'a\u2028b\u0085c\fd' $'a\u2028b\u0085c\fd'
    gives "echo '{\"text\":\"\\n \\r\\n\"}' | quern segment --emit sentences --sentences lines" 0 '{"text":"\n \r\n","sentences":[]}'
    printf '%s\n' '{"text":"a b\nc"}' >in
    gives "quern segment --sentences lines --lang de in" 0 \
        '{"text":"a b\nc","sentences":[[0,3],[4,5]],"words":[[0,1],[2,3],[4,5]]}'
    gives "quern segment --sentences unicode in | cmp - <(quern segment in)" 0 ''
}

@test "--sentences lines has no abbreviations, and no effect without sentences" {
    for option in no-abbreviations 'abbreviations more'; do
        gives "quern segment --sentences lines --$option </dev/null" 2 "" \
            "quern-segment: --${option% more} has no effect with --sentences lines"
    done
    gives "quern segment --emit words --sentences unicode </dev/null" 2 "" \
        'quern-segment: --sentences has no effect without sentences (--emit)'
}

@test "--split sentences: a record for each, with its part of the spans" {
    cat >in <<'.'
{"id":7,"text":" Mr. Ü 😀. He won!\n","entities":[{"start":5,"end":12,"label":"X"},{"label":"Y","end":1,"start":0},{"start":9,"end":9}],"n":[1, 2],"stopwords":[[0,18],[11,12]],"root":"r"}
.
    gives "quern segment --split sentences --emit words --stats counts in" 0 \
'{"id":"7#s0","text":"Mr. Ü 😀.","entities":[{"start":4,"end":8,"label":"X"}],"n":[1, 2],"stopwords":[[0,8]],"root":"r","words":[[0,2],[2,3],[4,5],[6,7],[7,8]],"parent":7}
{"id":"7#s1","text":"He won!","entities":[{"start":0,"end":2,"label":"X"}],"n":[1, 2],"stopwords":[[0,7],[1,2]],"root":"r","words":[[0,2],[3,6],[6,7]],"parent":7}'
    gives "jq -c '.filters[0] | [.sentences, .words, .cut_spans, .lost_spans, .blank_records]' counts" 0 '[2,8,4,2,0]'
}

@test "--split: no other sentences than those of a run without it; lines; spans of another text stay" {
    printf '%s\n' '{"id":"a","text":"A bs. C","title":"Xs. Y","entities":[{"start":6,"end":7}]}' >in
    gives "quern segment --split sentences --sentences lines --emit sentences in" 0 \
        '{"id":"a#s0","text":"A bs. C","title":"Xs. Y","entities":[{"start":6,"end":7}],"sentences":[[0,7]],"parent":"a","root":"a"}'
    gives "quern segment --split sentences --field title --emit words in" 0 \
'{"id":"a#s0","text":"A bs. C","title":"Xs.","entities":[{"start":6,"end":7}],"words":[[0,2],[2,3]],"parent":"a","root":"a"}
{"id":"a#s1","text":"A bs. C","title":"Y","entities":[{"start":6,"end":7}],"words":[[0,1]],"parent":"a","root":"a"}'
    gives "sed 's/text/body/' in | quern segment --split sentences --field body --emit sentences | jq -c '[.body, .entities]'" 0 \
'["A bs.",[]]
["C",[{"start":0,"end":1}]]'
}

@test "--split: what has no sentence, no id, or tokens" {
    gives "printf '%s\n' '{\"id\":\"a\",\"text\":\"\"}' '{\"id\":\"b\",\"text\":\" \"}' '{\"id\":\"c\",\"text\":\"C\"}' | quern segment --split sentences --emit sentences" 0 \
        '{"id":"c#s0","text":"C","sentences":[[0,1]],"parent":"c","root":"c"}' \
        'quern-segment: 2 of 3 records have no sentence, so --split made nothing of them'
    gives "echo '{\"text\":\"A\"}' | quern segment --split sentences" 3 '' \
        'quern-segment: stdin:1: id: missing, and new records take their ids from it ("quern import" writes it); the record has text'
    gives "echo '{\"id\":\"a\",\"text\":\"A\",\"entities\":[{\"start\":0,\"end\":2}]}' | quern segment --split sentences" 3 '' \
        'quern-segment: stdin:1: id "a": entities[0]: ends at 2, the text has 1 characters'
    printf '%s\n' '{"id":"a","text":"As. B","input_ids":[1,2]}' >in
    gives "quern segment --split sentences in" 3 '' \
        'quern-segment: in:1: id "a": input_ids: stale: segment changed what it describes (--drop-stale removes it)'
    gives "quern segment --split sentences --emit sentences --drop-stale in | jq -c 'has(\"input_ids\")'" 0 $'false\nfalse'
}

@test "--split: the sentences are those of a run without it, and hold its words, in English and Chinese" {
    [ -e "$SHARED/data/bench/zh.txt.zst" ] || skip "no ../shared/data"
    for lang in en zh; do
        zstd -dcq "$SHARED/data/bench/$lang.txt.zst" | head -n 1000 | paste -d ' ' - - - - | jq -cR '{id: "\(input_line_number)", text: .}'
    done >in
    quern segment in | jq -c '.text as $t | .words as $w | .sentences[] as [$s, $e] |
        {t: $t[$s:$e], w: [$w[] | select(.[0] >= $s and .[1] <= $e) | map(. - $s)]}' >expected
    quern segment --split sentences in | jq -c '{t: .text, w: .words}' >got
    [ "$(wc -l <got)" -gt 2000 ]
    cmp expected got
    quern segment --split sentences in | jq -c 'select(.sentences != [[0, (.text | length)]])' >bad
    is bad ""
}

@test "--lang: the option, else the record's, else the rules of all" {
    printf '%s\n' '{"text":"a:b","lang":"sv"}' '{"text":"a:b","lang":"en"}' '{"text":"a:b","lang":7}' \
        '{"text":"a:b","lang":"no tag"}' '{"text":"a:b"}' '{"text":"a:b","lang":"sv_SE"}' >in
    sh "quern segment --emit words in | jq -c .words"
    is out '[[0,3]]
[[0,1],[1,2],[2,3]]
[[0,1],[1,2],[2,3]]
[[0,1],[1,2],[2,3]]
[[0,1],[1,2],[2,3]]
[[0,3]]'
    sh "quern segment --emit words --lang sv in | jq -c .words | sort -u"
    is out '[[0,3]]'
}

@test "abbreviations of English and German end no sentence" {
    cuts "" sentences 'I met Dr. Smith in St. Louis. He left.' 'I met Dr. Smith in St. Louis.|He left.'
    cuts "" sentences 'Mr. Fox of Acme Inc. won. See Fig. 3 and No. 5.' 'Mr. Fox of Acme Inc. won.|See Fig. 3 and No. 5.'
    cuts "" sentences 'J. R. R. Tolkien and the U.S. Army came at 5 p.m. Mr. Jones left.' \
        'J. R. R. Tolkien and the U.S. Army came at 5 p.m. Mr. Jones left.'
    cuts "--lang de" sentences 'Das ist z. B. Dr. Müller, bzw. Prof. Weber u. a. Leute.' 'Das ist z. B. Dr. Müller, bzw. Prof. Weber u. a. Leute.'
    cuts "--lang de" sentences 'Vgl. Abb. 3 usw. Er kam am 3. Oktober. Das war 3. Dann ging er.' \
        'Vgl. Abb. 3 usw.|Er kam am 3. Oktober.|Das war 3.|Dann ging er.'
}

@test "what follows an abbreviation may show a new sentence" {
    cuts "" sentences 'He runs Acme Inc. The firm is old.' 'He runs Acme Inc.|The firm is old.'
    cuts "" sentences 'He lives in the U.S. He likes it.' 'He lives in the U.S.|He likes it.'
    cuts "" sentences 'Mr. Will Smith is Dr. No.' 'Mr. Will Smith is Dr. No.'
    cuts "" sentences 'He said no. Five came. No. He said no. 5 times.' 'He said no.|Five came.|No.|He said no. 5 times.'
    cuts "" sentences 'It is I. Bob knows. The St.\nJohn' 'It is I.|Bob knows.|The St.|John'
    cuts "" sentences 'This is it. Go up. Come in. At ten. It. Me.' 'This is it.|Go up.|Come in.|At ten.|It.|Me.'
    cuts "" sentences 'It was Inc. \"Yes\" he said.' 'It was Inc.|"Yes" he said.'
}

@test "the lists are those of the language" {
    cuts "--lang en" sentences 'Hr. Meier und Mr. Fox.' 'Hr.|Meier und Mr. Fox.'
    cuts "--lang de-AT" sentences 'Hr. Meier und Mr. Fox.' 'Hr. Meier und Mr.|Fox.'
    cuts "--lang fr" sentences 'M. Dupont et Mr. Fox.' 'M.|Dupont et Mr.|Fox.'
    cuts "--no-abbreviations" sentences 'Mr. Fox ran. He won.' 'Mr.|Fox ran.|He won.'
    cuts "--no-abbreviations --lang en-u-ss-standard" sentences 'Mr. Fox ran. He won.' 'Mr. Fox ran.|He won.'
}

@test "--abbreviations adds to them" {
    printf '# of ships\nHMS.\tnumber\nSch.\nM. le Comte.\nMme.\talways\n' >more
    cuts "--abbreviations more" sentences 'The HMS. Victory. The HMS. 5 and Sch. Anna. A Sch. The end. Mr. Fox.' \
        'The HMS.|Victory.|The HMS. 5 and Sch. Anna.|A Sch.|The end.|Mr. Fox.'
    cuts "--abbreviations more --lang fr" sentences 'M. Dupont et Mme. Le Brun. Mr. Fox.' 'M. Dupont et Mme. Le Brun.|Mr.|Fox.'
    cuts "--abbreviations more --no-abbreviations" sentences 'Sch. Anna. Mr. Fox.' 'Sch. Anna.|Mr.|Fox.'
    printf 'Dr\n' >more
    gives "quern segment --abbreviations more </dev/null" 2 "" \
        'quern-segment: more:1: "Dr" does not end in a full stop, so it is no abbreviation'
    printf 'Dr.\ttitle\n' >more
    gives "quern segment --abbreviations more </dev/null" 2 "" \
        'quern-segment: more:1: expected always or number after the tab, found "title"'
    for option in '--abbreviations more' --no-abbreviations; do
        sh "quern segment --emit words $option </dev/null"
        [ "$status" = 2 ] && grep -q 'has no effect without sentences' err
    done
    sh "quern segment --emit sentences --lexicon more </dev/null"
    [ "$status" = 2 ] && is err 'quern-segment: --lexicon has no effect without words (--emit) or --phrases'
}

@test "a language that is none: an error of the option, a note about records" {
    for lang in english x 'no tag' ''; do
        gives "quern segment --lang '$lang' </dev/null" 2 "" \
            "quern-segment: --lang: \"$lang\" is not a language; expected its code, such as en, de or zh-Hant"
    done
    printf '{"text":"a","lang":%s}\n' '"english"' '"en"' null 7 '"sv_SE"' >in
    gives "quern segment --stats counts.json in | wc -l" 0 5 \
        'quern-segment: the lang of 2 of 5 records is not the code of a language, such as en or zh-Hant; segmented without'
    gives "jq .filters[0].unknown_lang counts.json" 0 2
}

@test "--lexicon: lines of jieba's dictionaries" {
    printf '机器学习 3 n\n云计算 5\n凱特琳 nz\neasy-install 3 eng\r\n创新办\t3\ti\n大学生\tNOUN\n' >lexicon
    cuts "--lexicon lexicon" words '机器学习云计算大学生 easy-install创新办的' '机器学习|云计算|大学生|easy-install|创新办|的'
    printf '机器 3\nice cream\n' >lexicon
    gives "quern segment --lexicon lexicon </dev/null" 2 "" \
        'quern-segment: lexicon:2: "ice cream" is more than one word; use --phrases for phrases'
}

@test "the environment has no say" {
    printf '%s\n' '{"text":"a:b"}' >in
    gives "env LC_ALL=sv_SE.UTF-8 LANG=sv_SE.UTF-8 quern segment --emit words in" 0 '{"text":"a:b","words":[[0,1],[1,2],[2,3]]}'
}

@test "--lexicon: entries win, the longest first, from left to right" {
    printf '# words\n机器学习\n机器\n学习器\n长江大桥\tPLACE\n' >lexicon
    cuts "--lexicon lexicon" words '机器学习器' '机器学习|器'
    cuts "--lexicon lexicon" words '南京市长江大桥。' '南京市|长江大桥|。'
    cuts "--lexicon lexicon" words '机器和学习器材' '机器|和|学习器|材'
}

@test "--lexicon: what is left of a cut word is a word" {
    printf '京大\n' >lexicon
    cuts "--emit words" words '北京大学生' '北京|大学生'
    cuts "--lexicon lexicon" words '北京大学生' '北|京大|学生'
}

@test "--lexicon: no entry starts or ends inside a word that is written with spaces around it" {
    printf 'art\nstate-of-the-art\nC++\n' >lexicon
    cuts "--lexicon lexicon" words 'a party art arts C++11 C++ state-of-the-art' \
        'a|party|art|arts|C++|11|C++|state-of-the-art'
}

@test "--lexicon: no entry parts a letter from its mark" {
    printf 'か\n' >lexicon
    cuts "--lexicon lexicon" words 'か\u3099か' $'か\u3099|か'
}

@test "--lexicon: an entry of several words is refused" {
    printf 'a\nNew York\n' >lexicon
    gives "quern segment --lexicon lexicon </dev/null" 2 "" \
        'quern-segment: lexicon:2: "New York" is more than one word; use --phrases for phrases'
}

@test "--phrases: the longest run of words, over any white space" {
    printf 'New York\nNew York Times\n北京大学生\nstate-of-the-art\n' >phrases
    cuts "--phrases phrases" phrases 'A New\n York Times, new York New York; 北京大学生 state-of-the-art' \
        $'New\n York Times|New York|北京大学生|state-of-the-art'
    gives "echo '{\"text\":\"New Yorker\"}' | quern segment --emit words --phrases phrases" 0 \
        '{"text":"New Yorker","words":[[0,3],[4,10]],"phrases":[]}'
}

@test "--phrases: runs of words that the lexicon made; words need not be written" {
    printf '机器学习\n' >lexicon
    printf '机器学习方法\n器学\n' >phrases
    cuts "--lexicon lexicon --phrases phrases" phrases '新机器学习方法' '机器学习方法'
    printf '{"text":"新机器学习方法"}\n' >in
    gives "quern segment --emit sentences --phrases phrases in" 0 \
        '{"text":"新机器学习方法","sentences":[[0,7]],"phrases":[[1,7]]}'
}

@test "a lexicon that is not there, or wrong, is an error" {
    sh "quern segment --lexicon nothing </dev/null"
    [ "$status" = 1 ]
    is err 'quern-segment: nothing: No such file or directory'
    printf 'a\n\377\n' >lexicon
    gives "quern segment --lexicon lexicon </dev/null" 1 "" 'quern-segment: lexicon:2: not UTF-8'
}

@test "the text must be there and a string" {
    gives "echo '{\"id\":\"a\"}' | quern segment" 3 "" 'quern-segment: stdin:1: id "a": text: missing (--field NAME works on another member); the record has id'
    gives "echo '{\"text\":[]}' | quern segment" 3 "" 'quern-segment: stdin:1: text: expected a string, found an array'
    gives "echo '{\"body\":\"A\"}' | quern segment --field body --emit words" 0 '{"body":"A","words":[[0,1]]}'
}

@test "unknown values of options are usage errors" {
    sh "quern segment --emit tokens </dev/null"
    [ "$status" = 2 ]
    grep -q -- '--emit: expected sentences or words, found "tokens"' err
    gives "quern segment --lang 'no tag' </dev/null" 2 "" \
        'quern-segment: --lang: "no tag" is not a language; expected its code, such as en, de or zh-Hant'
}

@test "every character that is no white space is in one word, whatever the text; threads do not matter" {
    [ -e "$SHARED/data/bench/zh.txt.zst" ] || skip "no ../shared/data"
    for lang in en zh; do
        zstd -dcq "$SHARED/data/bench/$lang.txt.zst" | head -n 3000 | jq -cR '{text: .}'
    done >in
    quern segment in >out
    quern segment -j 3 in | cmp out
    jq -r '.text as $t | [.words[] | $t[.[0]:.[1]]] | join("")' out >words
    jq -r '.text | gsub("[\\s\\x{85}\\x{2028}\\x{2029}]"; "")' in >bare
    cmp words bare
}
