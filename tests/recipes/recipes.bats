# The recipes: corpora/recipes and quern-recipes(7) say the same. "make recipes" runs them; here only one does.
load ../helper

# instead FILTER COMMAND: bin/quern is quern, but what this filter writes goes through COMMAND
instead() {
    mkdir -p bin
    printf '#!/bin/bash\nif [[ $1 == %s ]]; then %s "$@" | %s; else exec %s "$@"; fi\n' "$1" "$(command -v quern)" "$2" \
        "$(command -v quern)" >bin/quern
    chmod +x bin/quern
}

# The pipelines of the manual, as the files in corpora/recipes have them: a line for each filter, without quotes.
@test "the manual has every recipe, word for word" {
    mandoc -T markdown "$ROOT/man/quern-recipes.7" >/dev/null
    for recipe in "$ROOT"/corpora/recipes/*; do
        name=${recipe##*/}
        awk -v name="$name" '
            /^\.Ss/ { inside = $2 == name }
            inside && /^\.Ed/ { exit }
            inside && literal && !/^(for |done$)/ { print }
            inside && /^\.Bd/ { literal = 1 }' "$ROOT/man/quern-recipes.7" |
            sed -e ':a; /\\e$/{N; s/ *\\e\n */ /; ba}' -e 's/^ *quern //; s/ |$//; s/ >train\(-\$t\)*.jsonl$//' -e "s/'//g" >found
        tail -n +2 "$recipe" | diff - found || { echo "$name"; return 1; }
    done
    is <(sed -n 's/^\.Ss //p' "$ROOT/man/quern-recipes.7" | sort) "$(ls "$ROOT/corpora/recipes")"
}

@test "a recipe runs, and one that its verifier refuses fails" {
    mkdir -p en
    printf '%s\n' '[UNK]' '[CLS]' '[SEP]' '[MASK]' {a..z} >en/wordpiece
    printf '{"id":"%s","input_ids":[4,5,6,7,8,9],"sentence_tokens":[[0,3],[3,6]]}\n' {a..z} >en/tokens.jsonl
    mkdir -p corpora/recipes
    cp "$ROOT/corpora/recipe" corpora/recipe
    printf '%s\n' '# A test' 'pack -m en/wordpiece --mode doc --length 5 --begin [CLS] --end [SEP] en/tokens.jsonl' \
        'mask -m en/wordpiece' >corpora/recipes/test
    corpora/recipe test . >out
    grep -qx 'test  *52 records,  *[1-9][0-9] rules hold' out
    quern pack -m en/wordpiece --mode doc --length 5 --begin '[CLS]' --end '[SEP]' en/tokens.jsonl |
        quern mask -m en/wordpiece | cmp - test/train.jsonl
    # the verifier is asked: with a filter that writes something else it refuses
    instead mask 'sed "s/\"labels\":\[-100/\"labels\":[4/"'
    status=0
    PATH=$PWD/bin:$PATH corpora/recipe test . >out 2>&1 || status=$?
    [ "$status" -ne 0 ]
    grep -q 'broken' out
}

@test 'a recipe with $t is made ten times, and resample is given its records in another order' {
    mkdir -p corpora/recipes
    cp "$ROOT/corpora/recipe" corpora/recipe
    printf '{"id":"%s"}\n' {a..z} >in.jsonl
    printf '%s\n' '# A test' 'resample --method bootstrap --bag $t in.jsonl' >corpora/recipes/test
    corpora/recipe test . >out
    grep -qx 'test  *260 records,  *10 rules hold' out
    for t in {0..9}; do quern resample --method bootstrap --bag "$t" in.jsonl | cmp - "test/$t/train.jsonl"; done
    # one that goes by the order is found out
    instead resample 'head -n 9'
    status=0
    PATH=$PWD/bin:$PATH corpora/recipe test . 2>err || status=$?
    [ "$status" -ne 0 ]
    grep -q 'in another order' err
}
