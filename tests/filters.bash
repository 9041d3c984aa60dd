# What the tests that go over every filter run: load it after helper.bash. A new filter needs no edit here.
#
# tests/NAME/options has sample options of a filter, a line for each sample, as words for a shell; a line may begin with
# a verb. A sample reads the third record, and writes something for forty. Without that file the one sample has no
# options. tests/NAME/input says what the samples read: the name of a file of make_inputs, or a few records of its own.
# Without it they read text.jsonl. tests/NAME/input-VERB is the same for the samples of a verb.

# The filters and their verbs: name, class and "lines" (reads raw lines, first in a chain only), "text" (writes text, last
# in a chain only), "lines,text" or "-", separated by tabs.
stage_table=$(quern stages | awk -v OFS='\t' '{
    for (i = 2; i < NF && $i !~ /^(MAP|ASYNC|ORDERED|WHOLE)$/; i++) $1 = $1 " " $i
    print $1, $i, $(i + 1)
}')

# filters: the names, without verbs.
filters() {
    cut -f1 <<<"$stage_table" | grep -v ' '
}

# Global, also if a function loads this file.
declare -gA class_table property_table stale_table
while IFS=$'\t' read -r name class properties; do
    class_table[$name]=$class property_table[$name]=$properties
done <<<"$stage_table"
unset name class properties

# row_of SAMPLE: sets $row to its key in the tables: with its verb if there is one.
row_of() {
    local name verb
    read -r name verb _ <<<"$1"
    row=$name
    [[ -z ${class_table[$name $verb]-} ]] || row="$name $verb"
}

class_of() {
    local row
    row_of "$1"
    echo "${class_table[$row]}"
}

# has SAMPLE PROPERTY
has() {
    local row
    row_of "$1"
    [[ ${property_table[$row]} == *"$2"* ]]
}

# input_of SAMPLE: the file that it reads.
input_of() {
    local name verb input
    read -r name verb _ <<<"$1"
    input=$ROOT/tests/$name/input
    [[ ! -e $input-$verb ]] || input+=-$verb
    if [[ ! -e $input ]]; then
        echo text.jsonl
    elif [[ $(head -c 1 "$input") == "{" ]]; then
        echo "$name${input#"$ROOT/tests/$name/input"}.jsonl"
    else
        cat "$input"
    fi
}

# samples [CLASS]...: the samples of these classes, or of all: a filter, its verb, its options, on a line. Filters whose
# operands are something else than input files are not among them.
samples() {
    local name options sample
    for name in $(filters); do
        quern "$name" --help | grep -q '^Usage:.*\[FILE\]\.\.\.$' || continue
        options=$ROOT/tests/$name/options
        if [[ -e $options ]]; then sed "s/^/$name /" "$options"; else echo "$name"; fi
    done | while read -r sample; do
        [[ $# == 0 || " $* " == *" $(class_of "$sample") "* ]] && echo "$sample"
    done
}

# first_samples [CLASS]...: one sample of each filter and verb, for what does not depend on options.
first_samples() {
    local sample row before=''
    samples "$@" | while read -r sample; do
        row_of "$sample"
        [[ $row == "$before" ]] || echo "$sample"
        before=$row
    done
}

# filter SAMPLE WORD...: runs a sample with more words.
filter() {
    eval "quern $1 \"\${@:2}\""
}

# drop_stale SAMPLE: sets $stale to the option if the filter may make a member stale, else to nothing.
drop_stale() {
    local name=${1%% *}
    if [[ -z ${stale_table[$name]+known} ]]; then
        stale_table[$name]=$(quern "$name" --help | grep -o -m 1 -e --drop-stale || true)
    fi
    stale=${stale_table[$name]}
}

# make_inputs COUNT: vocab.txt, questions.tsv, side.jsonl, with so many records text.jsonl, the same with features
# points.jsonl, its summary counts.json, a model of it linear.json, tokens.jsonl, and the inputs that filters bring along.
make_inputs() {
    local input
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
    awk '{
        sub(/"text":/, "\"features\":[" NR % 4 "," NR * 7 % 5 "," (NR % 7 > 3 ? 1.5 : 0) "],&")
        print
    }' text.jsonl >points.jsonl
    printf 'A\tWho?\nB\tWhere?\n' >questions.tsv
    quern tokenize -m vocab.txt text.jsonl >tokens.jsonl
    quern stats --json text.jsonl >counts.json
    quern fit linear --C 1 --folds 2 points.jsonl >linear.json
    for input in $(grep -l '^{' "$ROOT"/tests/*/input "$ROOT"/tests/*/input-*); do
        awk -v count="$1" '{ line[NR] = $0 } END { for (i = 0; i < count; i++) print line[i % NR + 1] }' "$input" \
            >"$(basename "$(dirname "$input")")${input##*/input}.jsonl"
    done
}
