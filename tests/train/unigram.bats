load ../helper

@test "unigram: specials, then pieces by score" {
    gives "echo '{\"text\":\"hug hug pug hugs\"}' | quern train -q --type unigram --vocab-size 14 --format vocab | cut -f 1 | paste -s -d ' '" 0 \
        "<pad> <unk> [CLS] [SEP] [MASK] ▁hug ▁ p s ug g h u"
}

@test "unigram: tokenizer.json is one line of JSON" {
    gives "echo '{\"text\":\"\"}' | quern train -q --type unigram --special '<unk>'" 0 '{"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":0,"content":"<unk>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],"normalizer":{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":"[\\x{1}-\\x{8}\\x{B}\\x{E}-\\x{1F}\\x{7F}\\x{8F}\\x{9F}]"},"content":""},{"type":"Replace","pattern":{"Regex":"[\\t\\n\\f\\r\\x{1680}\\x{200B}\\x{200E}\\x{200F}\\x{2028}\\x{2029}\\x{2581}\\x{FEFF}\\x{FFFD}]"},"content":" "},{"type":"Replace","pattern":{"String":"～"},"content":"\u0001"},{"type":"NFKC"},{"type":"Replace","pattern":{"String":"\u0001"},"content":"～"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},"post_processor":null,"decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0]],"byte_fallback":false}}'
    sh "echo '{\"text\":\"a\"}' | quern train -q --type unigram"
    grep -qF '"content":"[MASK]","single_word":false,"lstrip":true,' out
    grep -qF '"post_processor":{"type":"TemplateProcessing",' out
    grep -qF '"unk_id":1,"vocab":[["<pad>",0.0],["<unk>",0.0],["[CLS]",0.0],["[SEP]",0.0],["[MASK]",0.0],["' out
}

@test "unigram: a text is cut after compatibility characters and white space are folded" {
    gives "printf '%s\n' '{\"text\":\"ﬁx\u00a0\t １ \"}' '{\"text\":\" fix\"}' | quern train count --type unigram" 0 '{"word":"▁","count":1}
{"word":"▁1","count":1}
{"word":"▁fix","count":2}'
}

@test "unigram: a blank begins each word" {
    cuts() { # TEXT WORDS
        gives "echo '{\"text\":\"$1\"}' | quern train count --type unigram | grep -o '▁[^\"]*' | paste -s -d ' '" 0 "$2"
    }
    cuts "ab" "▁ab"
    cuts " ab" "▁ab"
    cuts "ab " "▁ ▁ab"
    cuts "a\\t\\n b" "▁a ▁b"
    cuts "  " "▁"
    cuts "a ▁b" "▁a ▁b"
}

@test "unigram: tokenize cuts as it was learned" {
    for i in 1 2 3; do echo '{"text":"the mill mills, ﬁx\u00a0\t１"}'; done >in
    quern train -q --type unigram -o tokenizer.json in
    gives "quern tokenize -m tokenizer.json --emit tokens,input_ids in | uniq" 0 '{"text":"the mill mills, ﬁx\u00a0\t１","tokens":["[CLS]","▁the","▁mill","▁mills,","▁fix","▁1","[SEP]"],"input_ids":[2,7,5,8,6,9,3]}'
}

@test "unigram: every character that is kept is a piece, and no special token is one twice" {
    echo '{"text":"abc ＜pad＞ ＜pad＞ ＜pad＞ xyz 石"}' >in # normalized, it is spelled like one
    sh "quern train -q --type unigram --format vocab in | cut -f 1"
    for piece in a b c '<' p d '>' x y z 石 ▁; do grep -qxF -- "$piece" out; done
    [ "$(sort out | uniq -d | wc -l)" = 0 ]
    sh "quern train -q --type unigram --limit-alphabet 3 --special '<unk>' --format vocab in | cut -f 1 | grep -cx ."
    is out 3
}

@test "unigram: the vocabulary is as large as asked for, scores fall, pieces have at most 16 characters" {
    for i in $(seq 3000); do echo "{\"text\":\"the $((i * i)) walked to $((i * 7919 % 1000)) and talked of word$((i % 37))ing\"}"; done >in
    quern train --type unigram --vocab-size 300 --format vocab in >vocab
    [ "$(wc -l <vocab)" = 300 ]
    tail -n +6 vocab | cut -f 2 | sort -c -k 1,1gr
    cut -f 1 vocab | awk 'length($0) > 16 { exit 1 }'
    cut -f 1 vocab | grep -qx ▁walked
}

@test "unigram: an alphabet that does not fit is an error" {
    gives "echo '{\"text\":\"abc\"}' | quern train --type unigram --vocab-size 8" 1 "" \
        "quern-train: the alphabet (4 pieces) and the special tokens (5) do not fit into a vocabulary of 8: raise --vocab-size, or keep fewer characters (--limit-alphabet)"
    gives "echo '{\"text\":\"abc\"}' | quern train -q --type unigram --vocab-size 9 --format vocab | wc -l" 0 9
}

@test "unigram: one long word" {
    head -c 1000000 /dev/zero | tr '\0' 'a' | sed 's/.*/{"text":"&"}/' >in
    gives "quern train -q --type unigram --vocab-size 8 --format vocab in | cut -f 1 | tail -n +6 | grep -cx 'a*'" 0 2
}
