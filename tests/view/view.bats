load ../helper

@test "a record is its small members and its text; an empty line between two" {
    printf '%s\n' '{"text":"one two","id":"a","n":17,"ok":true,"list":[1,2]}' '{"id":3,"title":"x y"}' '{}' >in
    gives "quern view in" 0 '== a  n=17  ok=true  list=[1,2]
  one two

== 3  title=x y

=='
    gives "quern view </dev/null" 0 ""
}

@test "long values are cut, long arrays and objects left out" {
    printf '{"id":"a","title":"%s","probs":[%s1],"m":{"k":"%s"}}\n' "$(printf '%040d' 0)" "$(printf '0.25,%.0s' {1..9})" \
        "$(printf '%040d' 0)" >in
    gives "quern view in" 0 '== a  title=00000000000000000000000000000...  probs=[...]  m={...}'
}

@test "the last of equal names is shown, once" {
    gives "echo '{\"id\":1,\"a\":1,\"a\":2}' | quern view" 0 '== 1  a=2'
}

@test "lines are wrapped to the width" {
    echo '{"id":"a","text":"the corn goes in at the top and one stone turns"}' >in
    gives "quern view --width 20 in" 0 '== a
  the corn goes in
  at the top and one
  stone turns'
    gives "quern view in" 0 '== a
  the corn goes in at the top and one stone turns'
    echo '{"id":"a","text":"0123456789012345678901234 x"}' >in
    gives "quern view --width 20 in" 0 '== a
  012345678901234567
  8901234 x'
}

@test "wide characters take two columns, and no line begins with their punctuation" {
    echo '{"text":"一二三四五六七八九。十"}' >in
    gives "quern view --width 20 in" 0 '==
  一二三四五六七八
  九。十'
    echo '{"text":"一二三四五六七八九十"}' >in
    gives "quern view --width 20 in" 0 '==
  一二三四五六七八九
  十'
}

@test "line ends of the text are kept, other control characters are shown" {
    echo '{"id":"\u0007","text":"a\nb\tc\u001b[31m\u202ed\u200b\u0000\ue000\ufeff\udb40\udc41","x\r":"\n"}' >in
    gives "quern view in" 0 '== \u0007  x\r=\n
  a
  b\tc\u001b[31m\u202ed\u200b\u0000\ue000\ufeff\u{e0041}'
    echo '{"text":"e\u0301 \ud83d\udc68\u200d\ud83d\udc69 \u0644\u200c\u0627"}' >in
    sh "quern view in"
    printf '==\n  e\u0301 \U1f468\u200d\U1f469 \u0644\u200c\u0627\n' | cmp - out
}

@test "spans by brackets" {
    echo '{"text":"Anna Lee from Skye eats","entities":[{"start":14,"end":18,"label":"LOC"},{"start":0,"end":8,"label":"PER"}],"phrases":[[0,4],[5,8]]}' >in
    gives "quern view in" 0 '==
  [{Anna} {Lee}](PER) from [Skye](LOC) eats'
}

@test "spans that share an end nest; one without text is shown" {
    echo '{"text":"abc","entities":[{"start":0,"end":3,"label":"X"},{"start":1,"end":3,"label":"Y"},{"start":3,"end":3,"label":"Z"}],"phrases":[[0,3],[1,1]]}' >in
    gives "quern view in" 0 '==
  {[a{}[bc](Y)](X)}[](Z)'
}

@test "each sentence begins a line, words are parted where no space does" {
    echo '{"text":"磨坊转了。 It'"'"'s flour.","sentences":[[0,5],[6,17]],"words":[[0,2],[2,3],[3,4],[6,10],[11,16]]}' >in
    gives "quern view in" 0 "==
- 磨坊|转|了|。
- It's flour|."
}

@test "text outside of sentences stays" {
    echo '{"text":"x A b. y","sentences":[[2,6]]}' >in
    gives "quern view in" 0 '==
  x
- A b. y'
}

@test "offsets are code points" {
    echo '{"text":"é石𝒳Skye","entities":[{"start":3,"end":7,"label":"LOC"}]}' >in
    gives "quern view in" 0 '==
  é石𝒳[Skye](LOC)'
}

@test "tokens, masked ones with what became of them" {
    echo '{"tokens":["[CLS]","the","mill","##s","old","[SEP]"],"input_ids":[2,5,4,7,30,3],"labels":[-100,5,6,-100,8,-100],"special_tokens_mask":[1,0,0,0,0,1]}' >in
    gives "quern view in" 0 '==
> [CLS] the{K} #4{C:mill} ##s #30{C:old} [SEP]'
    gives "quern view --mask-id 4 in" 0 '==
> [CLS] the{K} #4{M:mill} ##s #30{R:old} [SEP]'
}

@test "arrays that only go with the tokens are left out where those are shown" {
    gives "echo '{\"input_ids\":[1],\"word_ids\":[0],\"attention_mask\":[1],\"token_type_ids\":[0],\"doc_ids\":[0]}' | quern view" 0 \
        '==
> #1'
    gives "echo '{\"word_ids\":[0]}' | quern view" 0 '==  word_ids=[0]'
}

@test "tokens by their offsets, by their ids" {
    echo '{"text":"the mills","input_ids":[2,5,6,7,3],"offset_mapping":[[0,0],[0,3],[4,8],[8,9],[0,0]],"labels":[-100,-100,4,-100,-100]}' >in
    gives "quern view in" 0 '==
  the mills
> #2 the #6{C:mill}|s #3'
    gives "echo '{\"input_ids\":[1,22]}' | quern view" 0 '==
> #1 #22'
    gives "echo '{\"tokens\":[\"a b\",\"\",\"\\n\"]}' | quern view" 0 '==
> a b "" \n'
}

@test "with a model ids have names" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' the mill '##s' old >vocab.txt
    echo '{"id":1,"input_ids":[2,5,4,7,8,99,3],"labels":[-100,5,6,-100,5,-100,-100]}' >in
    gives "quern view -m vocab.txt in" 0 '== 1
> [CLS] the{K} [MASK]{M:mill} ##s old{R:the} #99 [SEP]'
}

@test "labels for a decoder, and labels of every token, mark nothing" {
    gives "echo '{\"input_ids\":[1,2],\"labels\":[-100,5,6]}' | quern view" 0 '==  labels=[-100,5,6]
> #1 #2'
    gives "echo '{\"input_ids\":[1,2],\"labels\":[1,2]}' | quern view" 0 '==  labels=[1,2]
> #1 #2'
}

@test "colours when asked for, and each line ends plain" {
    echo '{"id":"a","text":"To Skye and back","entities":[{"start":3,"end":11,"label":"LOC"}]}' >in
    for how in auto never; do
        sh "quern view --color $how in"
        if grep $'\033' out; then return 1; fi
    done
    sh "quern view --color always --width 20 in"
    printf '%b\n' '\033[0;1m==\033[0m \033[0;1ma\033[0m' '  To \033[0;1;33mSkye and\033[0;33m(LOC)\033[0m' '  back' | diff - out
}

# What is shown in colour: ( < { where the background of an odd token, an even one, or several begins, | where it ends.
in_colour() { # [OPTION ...]
    quern view --color always "$@" | sed 's/\x1b\[0;30;46m/(/g; s/\x1b\[0;30;43m/</g; s/\x1b\[0;30;45m/{/g
        /^>/!s/\x1b\[0m/|/g; s/\x1b\[[0-9;]*m//g; 1s/|//g'
}

@test "in colour the tokens are shaded over the text" {
    echo '{"text":" The mills,  石石 e\u0301x","tokens":["[C]","The","mill","##s",",","a","b","c","e","x"],"offset_mapping":[[0,0],[1,4],[5,9],[9,10],[10,11],[13,14],[14,15],[14,15],[16,17],[18,19]]}' >in
    in_colour in >out
    printf '%b\n' '==' '   (The| <mill(s<,|  (石{石| <e\u0301(x|' '> [C] The mill ##s , a b c e x' | diff - out
    quern view --color never in >out
    printf '%b\n' '==' '   The mills,  石石 e\u0301x' '> [C] The mill ##s , a b c e x' | diff - out
    # blanks that belong to a token are shaded with it, but for those at the end of a line
    echo '{"text":"one two three four five","input_ids":[1,2,3],"offset_mapping":[[0,3],[3,13],[13,23]]}' >in
    in_colour --width 20 in | sed -n 2,3p >out
    printf '%s\n' '  (one< two three( four|' '  (five|' | diff - out
    # without places, or without a text, there is nothing to shade
    [ "$(echo '{"text":"one","input_ids":[1]}' | in_colour | head -n 2)" = $'==\n  one' ]
    [ "$(echo '{"input_ids":[1],"offset_mapping":[[0,9]]}' | in_colour)" = $'==\n> #1' ]
}

@test "a span in shaded text is underlined" {
    echo '{"text":"To Skye","entities":[{"start":3,"end":7,"label":"LOC"}],"input_ids":[1,2,3],"offset_mapping":[[0,2],[3,6],[6,7]]}' >in
    quern view --color always in | sed -n 2p >out
    printf '  %b\n' '\033[0;30;46mTo\033[0m \033[0;4;30;43mSky\033[0;4;30;46me\033[0;33m(LOC)\033[0m' | diff - out
}

@test "a pair: each text with its own tokens" {
    echo '{"q":"Who?","text":"It is Ann","input_ids":[9,1,2,9,3,4,5,9],"offset_mapping":[[0,0],[0,3],[3,4],[0,0],[0,2],[3,5],[6,9],[0,0]],"special_tokens_mask":[1,0,0,1,0,0,0,1],"words":[[0,5],[5,9]]}' >in
    in_colour --field q --pair-field text in >out
    printf '%s\n' '==' '  (Who<?|' '  (It| <is| (Ann|' '> #9 Who|? #9 It is Ann #9' | diff - out
    # by the types of the tokens, and where places start over
    for how in 'del(.special_tokens_mask)' 'del(.special_tokens_mask) | .token_type_ids = [0,0,0,0,1,1,1,1]' \
        'map_values(if type == "array" and length == 8 then [.[1,2,4,5,6]] else . end)'; do
        jq -c "$how" in >other
        in_colour --field q --pair-field text other | sed -n 2,3p >out
        printf '%s\n' '  (Who<?|' '  (It| <is| (Ann|' | diff - out
    done
    # the second text is longer than the first, and not asked for
    jq -c 'del(.words)' in | in_colour --field q >out
    printf '%s\n' '==  text=It is Ann' '  (Who<?|' '> #9 Who|? #9 #3 #4 #5 #9' | diff - out
}

@test "--offsets bytes" {
    echo '{"text":"éa b","input_ids":[1,2,3],"offset_mapping":[[0,2],[2,3],[4,5]]}' >in
    in_colour --offsets bytes in >out
    printf '%s\n' '==' '  (é<a| (b|' '> é|a b' | diff - out
    gives "quern view in" 3 "" \
        'quern-view: in:1: offset_mapping[2]: expected a span of the text (4 code points), found [4,5): in bytes? (--offsets)'
    gives "echo '{\"text\":\"é\",\"input_ids\":[1],\"offset_mapping\":[[1,2]]}' | quern view --offsets bytes" 3 "" \
        'quern-view: stdin:1: offset_mapping[0]: [1,2) begins or ends inside a character'
}

@test "tokens that all cover the whole text cost no more than others" {
    jq -cn '("ab " * 50000) as $text | {$text, tokens: [range(50000) | "t"], offset_mapping: [range(50000) | [., 150000 - .]]}' >in
    timeout 10 quern view --color always in >/dev/null
}

@test "--limit shows the first records" {
    printf '{"id":%d}\n' {1..5} >in
    gives "quern view --limit 2 in" 0 '== 1

== 2'
    gives "quern view --limit 2 -j 4 in" 0 '== 1

== 2'
}

@test "spans that do not lie in the text are bad records" {
    gives "echo '{\"id\":\"a\",\"text\":\"abc\",\"words\":[[0,1],[2,4]]}' | quern view" 3 "" \
        'quern-view: stdin:1: id "a": words[1]: expected a span of the text (3 code points), found [2,4)'
    gives "echo '{\"text\":\"abc\",\"entities\":[{\"start\":2,\"end\":1,\"label\":\"X\"}]}' | quern view" 3 "" \
        'quern-view: stdin:1: entities[0]: expected a span of the text (3 code points), found [2,1)'
    gives "echo '{\"text\":\"abc\",\"input_ids\":[1],\"offset_mapping\":[[1,9]]}' | quern view" 3 "" \
        'quern-view: stdin:1: offset_mapping[0]: expected a span of the text (3 code points), found [1,9)'
}

@test "wrong types are bad records" {
    gives "echo '{\"text\":[]}' | quern view" 3 "" 'quern-view: stdin:1: text: expected a string, found an array'
    gives "echo '{\"text\":\"\",\"entities\":{}}' | quern view" 3 "" \
        'quern-view: stdin:1: entities: expected an array of objects'
    gives "echo '{\"text\":\"\",\"entities\":[1]}' | quern view" 3 "" \
        'quern-view: stdin:1: entities[0]: expected an object'
    gives "echo '{\"text\":\"\",\"entities\":[{\"start\":0,\"end\":0.0,\"label\":\"\"}]}' | quern view" 3 "" \
        'quern-view: stdin:1: entities[0]: expected integers start and end'
    gives "echo '{\"text\":\"\",\"entities\":[{\"start\":0,\"end\":0}]}' | quern view" 3 "" \
        'quern-view: stdin:1: entities[0]: expected a string label'
    gives "echo '{\"tokens\":[\"a\"],\"input_ids\":[1,2]}' | quern view" 3 "" \
        'quern-view: stdin:1: tokens: expected 2 items, as in input_ids, found 1'
    gives "echo '{\"tokens\":[\"a\"],\"special_tokens_mask\":[1,0]}' | quern view" 3 "" \
        'quern-view: stdin:1: special_tokens_mask: expected 1 items, as in tokens, found 2'
}

@test "a bad record leaves nothing behind in the next" {
    printf '%s\n' '{"id":1,"text":"abc","words":[[2,9]]}' '{"id":2,"text":"def"}' >in
    gives "quern view --on-error skip in 2>/dev/null" 0 '== 2
  def'
}

@test "options" {
    gives "quern view --width 3 </dev/null" 2 "" 'quern-view: --width: expected at least 20 columns'
    gives "quern view --mask-id 4 -m vocab.txt </dev/null" 2 "" 'quern-view: --mask-id does not go with --model, which supplies it'
    sh "quern view --color often </dev/null"
    [ "$status" = 2 ]
}

@test "labels of other tasks are not masks" {
    # causal, shifted, for answers; rtd; tags; permute; all labelled, as a decoder's
    cat >in <<'END'
{"input_ids":[2,5,6,7,3],"labels":[2,5,6,7,3]}
{"input_ids":[2,5,6,7,3,0],"labels":[2,5,6,7,3,-100]}
{"input_ids":[2,5,6,7,3],"labels":[5,6,7,3,-100]}
{"input_ids":[2,5,6,7,8,9,3],"labels":[-100,-100,6,7,8,9,-100],"special_tokens_mask":[1,0,0,0,0,0,1]}
{"input_ids":[2,5,6,7,3],"labels":[-100,0,1,0,-100]}
{"input_ids":[2,5,6,7,3],"labels":[-100,3,4,0,-100],"special_tokens_mask":[1,0,0,0,1]}
{"input_ids":[2,5,6,7,3],"labels":[-100,-100,6,-100,-100],"perm_order":[1,-1,0,-1,2]}
END
    sh "quern view in | grep '^>'"
    [ "$(wc -l <out)" = 7 ]
    ! grep '{' out
    sh "quern stats in | grep 'other labels'"
    is out '(records with other labels)       7'
    # one token of each is masked, a random token, kept
    cat >in <<'END'
{"input_ids":[2,4,6,7,3],"labels":[-100,5,-100,-100,-100]}
{"input_ids":[2,5,6,7,3],"labels":[-100,8,-100,-100,-100]}
{"input_ids":[2,5,6,7,3],"labels":[-100,5,-100,-100,-100]}
{"input_ids":[2,4,4,9,3],"labels":[-100,5,6,7,-100],"special_tokens_mask":[1,0,0,0,1]}
END
    sh "quern view --mask-id 4 in | grep -o '{.' | sort | uniq -c | paste -sd' ' | tr -s ' '"
    is out ' 1 {K 3 {M 2 {R'
}

@test "two bars stand where a document begins" {
    gives "echo '{\"tokens\":[\"a\",\"b\",\"c\"],\"doc_ids\":[1,2,2]}' | quern view" 0 '==
> a || b c'
    gives "echo '{\"tokens\":[\"a\"],\"doc_ids\":[1,2]}' | quern view" 3 '' \
        'quern-view: stdin:1: doc_ids: expected 1 items, as in tokens, found 2'
}
