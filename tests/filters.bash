# What the filters need in order to run, for the tests that go over all of them: load it behind helper.bash.
# A filter that is not named here needs nothing but records with an id and a text.

# The options of a filter, as words for a shell.
options_of() {
    case $1 in
    fields) echo "--rename class=label --fill lang=en --order lang,text" ;;
    import) echo "--format jsonl --text text --id id" ;;
    join) echo "--with side.jsonl --on id" ;;
    mask) echo "-m vocab.txt" ;;
    select) echo "--where text~^[^g]" ;;
    tokenize) echo "-m vocab.txt" ;;
    train) echo "--type wordpiece" ;;
    esac
}

# The input of a filter.
input_of() {
    case $1 in
    mask) echo tokens.jsonl ;;
    *) echo text.jsonl ;;
    esac
}

# filters [CLASS]: the names, of one class or of all.
filters() {
    quern stages | awk -v class="${1-}" 'class == "" || $2 == class { print $1 }'
}

# readers: the names of those that read input files; the operands of the others are something else.
readers() {
    local f
    for f in $(filters); do
        if quern "$f" --help | grep -q '^Usage:.*\[FILE\]\.\.\.$'; then echo "$f"; fi
    done
}

# make_inputs COUNT: vocab.txt, side.jsonl, text.jsonl and tokens.jsonl with so many records.
make_inputs() {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' the man jump '##ed' '##ing' over it a quern grind '##s' \
        grain . , 1 2 3 4 5 6 7 8 9 0 '##0' '##1' '##2' '##3' '##4' '##5' '##6' '##7' '##8' '##9' >vocab.txt
    awk -v count="$1" 'BEGIN {
        split("the man jumped|over it ,|a quern grinds|grain .|jumping|Ｆｕｌｌ　ｗｉｄｔｈ|e\\u0301t\\u00e9|北京 很 大|\\\"\\/", part, "|")
        for (i = 1; i <= count; i++) {
            line = "{\"id\":" (i % 3 ? "\"r" i "\"" : i) ", \"label\":\"" i % 7 "\",\"text\":\""
            for (k = 0; k <= i % 11; k++)
                line = line (k ? " " : "") part[(i * 7 + k * (i % 5 + 1)) % 9 + 1] " " i * k
            print line "\"}"
        }
    }' >text.jsonl
    awk -v count="$1" 'BEGIN {
        for (i = 1; i <= count; i += 2)
            print "{\"id\":" (i % 3 ? "\"r" i "\"" : i) ",\"section\":\"s" i % 5 "\"}"
    }' >side.jsonl
    quern tokenize -m vocab.txt text.jsonl >tokens.jsonl
}
