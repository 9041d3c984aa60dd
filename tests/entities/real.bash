# Real entities for the tests of this folder: load it after helper.bash.
NER=$SHARED/data/labelled

# needs_real: at the start of a test that reads them. (In a pipe nothing can be skipped.)
needs_real() {
    [ -d "$NER/wnut17" ] || skip "no ../shared/data"
}

# columns_of LANGUAGE: words and tags, as in a file of CoNLL, without what the files have at line ends.
columns_of() {
    if [ "$1" = en ]; then
        sed 's/[ \r]*$//' "$NER/wnut17/emerging.dev.conll"
    else
        sed 's/^\(.\)[0-9]\t/\1\t/' "$NER/weibo-ner/weiboNER_2nd_conll.train"
    fi
}

# entities_of LANGUAGE: records with entities, made by import.
entities_of() {
    if [ "$1" = en ]; then
        columns_of en | quern import --format conll --source en
    else
        columns_of zh | quern import --format conll --source zh --lang zh --lenient --join ''
    fi
}

# arrays_of LANGUAGE: the same records as data sets of the Hub have them, made by jq.
arrays_of() {
    columns_of "$1" | jq -Rnc --arg lang "$1" '
        foreach (inputs, "") as $line ({n: 0, block: []};
            .out = null | if ($line | test("^\\s*$")) then
                if .block == [] then . else .n += 1 | .out = .block | .block = [] end
            else .block += [$line / "\t"] end;
            select(.out != null) |
            {id: "\($lang):\(.n)", tokens: [.out[][0]], ner_tags: [.out[][1]]})'
}
