load ../helper

sample() {
    for i in $(seq 9); do echo '{"id":1,"text":"the mill stone of the mills"}'; done >in
}

@test "-o DIR/: tokenizer.json, and the roles of its tokens in tokenizer_config.json" {
    sample
    gives "quern train -q --type wordpiece -o new/ in && ls -A new" 0 "tokenizer.json
tokenizer_config.json"
    quern train -q --type wordpiece in | cmp - new/tokenizer.json
    is new/tokenizer_config.json '{"tokenizer_class":"PreTrainedTokenizerFast","clean_up_tokenization_spaces":false,"model_input_names":["input_ids","token_type_ids","attention_mask"],"unk_token":"[UNK]","sep_token":"[SEP]","pad_token":"[PAD]","cls_token":"[CLS]","mask_token":"[MASK]","additional_special_tokens":[]}'
    quern tokenize -m new in >tokens
    quern tokenize -m new/tokenizer.json in | cmp - tokens
    quern mask -m new tokens >masked
    quern mask -m new/tokenizer.json tokens | cmp - masked
}

roles() { # OPTIONS: the members of tokenizer_config.json from bos_token on
    sample
    quern train -q "$@" -o roles/ in
    jq -c 'del(.tokenizer_class, .clean_up_tokenization_spaces)' roles/tokenizer_config.json >out
    rm -r roles
}

@test "roles are known by their names, or by --role" {
    roles --type bpe
    is out '{"model_input_names":["input_ids","attention_mask"],"bos_token":"<s>","eos_token":"</s>","unk_token":"<unk>","sep_token":"</s>","pad_token":"<pad>","cls_token":"<s>","mask_token":"<mask>","additional_special_tokens":[]}'
    roles --type unigram
    is out '{"model_input_names":["input_ids","token_type_ids","attention_mask"],"unk_token":"<unk>","sep_token":"[SEP]","pad_token":"<pad>","cls_token":"[CLS]","mask_token":"[MASK]","additional_special_tokens":[]}'
    roles --type bpe --special '<|endoftext|>,<|im_start|>,"'
    is out '{"model_input_names":["input_ids","attention_mask"],"bos_token":"<|endoftext|>","eos_token":"<|endoftext|>","additional_special_tokens":["<|im_start|>","\""]}'
    roles --type bpe --special '<|endoftext|>' --role 'pad=<|endoftext|>' --user-defined '<x>'
    is out '{"model_input_names":["input_ids","attention_mask"],"bos_token":"<|endoftext|>","eos_token":"<|endoftext|>","pad_token":"<|endoftext|>","additional_special_tokens":[]}'
    roles --type wordpiece --special '?,[CLS],[SEP],HIDE,[MASK]' --role 'unk=?,mask=HIDE'
    is out '{"model_input_names":["input_ids","token_type_ids","attention_mask"],"unk_token":"?","sep_token":"[SEP]","cls_token":"[CLS]","mask_token":"HIDE","additional_special_tokens":["[MASK]"]}'
    roles --type unigram --special '<unk>,<s>,</s>'
    is out '{"model_input_names":["input_ids","attention_mask"],"bos_token":"<s>","eos_token":"</s>","unk_token":"<unk>","additional_special_tokens":[]}'
}

@test "-o names a folder that exists, with or without a slash, alone or in a chain" {
    sample
    mkdir old
    echo kept >old/README
    quern train -q --type bpe -o old in
    quern train -q --type bpe -o new/// in
    quern run -q 'train --type bpe' -o run/ in
    quern run -q 'head -n 9 | train --type bpe' -o chain/ <in
    for folder in new run chain; do diff -r old $folder | grep -v '^Only in old: README$' && return 1; done
    (cd new && rm ./* && quern train -q --type bpe -o . ../in && quern train -q --type bpe -o .. ../in)
    cmp new/tokenizer.json tokenizer.json
    cmp new/tokenizer_config.json tokenizer_config.json
}

@test "a run that fails leaves no folder, and no file in one" {
    sample
    echo '{"id":2}' >>in
    mkdir old
    echo before >old/tokenizer.json
    for folder in new old; do
        sh "quern train -q --type bpe -o $folder/ in"
        [ "$status" = 3 ]
    done
    [ ! -e new ]
    gives "ls -A old; cat old/tokenizer.json" 0 "tokenizer.json
before"
    gives "echo '{\"text\":\"abc\"}' | quern train --type wordpiece --vocab-size 5 -o new/" 1 "" \
        "quern-train: the alphabet (5 pieces) and the special tokens (5) do not fit into a vocabulary of 5: raise --vocab-size, or keep fewer characters (--limit-alphabet)"
    [ ! -e new ]
}

@test "the two files appear together, or neither" {
    sample
    mkdir -p old/tokenizer_config.json
    sh "quern train -q --type bpe -o old in"
    [ "$status" = 1 ]
    gives "ls -A old" 0 "tokenizer_config.json"
}

@test "a run that is killed leaves no folder" {
    mkfifo pipe
    quern train -q --type bpe -o new/ pipe &
    pid=$!
    exec 7>pipe
    echo '{"text":"a"}' >&7
    for _ in $(seq 100); do [ -e new ] && break || sleep 0.05; done
    [ -e new ]
    kill "$pid"
    wait "$pid" || true
    exec 7>&-
    [ ! -e new ]
}

@test "a folder only where it can be filled" {
    sample
    gives "quern train -q --type bpe --format vocab -o new/ in 2>&1 | sed -n 1p" 2 \
        "quern-train: --output new: a folder gets a tokenizer.json: --format vocab needs the name of a file"
    gives "quern train -q --type bpe -o none/new/ in" 1 "" "quern-train: none/new: can't create this folder: No such file or directory"
    gives "quern train -q --type bpe -o in/ in" 1 "" "quern-train: in: can't create this folder: File exists"
    gives "quern train count --type bpe -o new/ in" 1 "" "quern-train: new/: No such file or directory"
    gives "quern train -q --type bpe -o new/ --stats new/tokenizer_config.json in 2>&1 | sed -n 1p" 2 \
        "quern-train: --stats new/tokenizer_config.json and the filter's output new/tokenizer_config.json are the same file: give each output a name of its own"
    quern train -q --type bpe -o new/ --dry-run in >out
    [ ! -e new ]
}
