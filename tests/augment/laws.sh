#!/bin/bash
# The laws of every operation, judged by laws.pl, over real texts in two languages, records with entities, and generated
# texts that are hard to change. Each law fails on a mutant: an output that was changed from outside, or that of other
# options.
set -eu -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
export LC_ALL=C.UTF-8
LABELLED=$root/../shared/data/labelled
SOME=50

# ---- the records, and lexicons made of their own words ----

real() {
    head -n $SOME "$LABELLED/sst2/stsa.binary.train" | sed 's/ /\t/' |
        quern import --format tsv --quote none --header no --text 2 --label 1 --source sst2 --lang en >sst2
    head -n $SOME "$LABELLED/trec/TREC.raw.train" | quern import --format text --encoding latin1 --source trec --lang en >trec
    head -n $SOME "$LABELLED/sms/SMSSpamCollection" |
        quern import --format tsv --quote none --header no --text 2 --label 1 --source sms --lang en >sms
    head -n $SOME "$LABELLED/chnsenticorp/ChnSentiCorp_htl_all.csv" |
        quern import -q --format csv --text review --label label --source hotel --lang zh >hotel
    quern import --format conll --source wnut --lang en "$LABELLED/wnut17/emerging.dev.conll" >all
    head -n $SOME all >wnut
    sed 's/^\(.\)[0-9]\t/\1\t/' "$LABELLED/weibo-ner/weiboNER_2nd_conll.train" |
        quern import -q --format conll --source weibo --lang zh --lenient --join '' >all
    head -n $SOME all >weibo
}

data=generated
perl "$here/generate.pl" 60 | quern segment >generated
if [[ -d $LABELLED ]]; then
    real
    data+=" sst2 trec sms hotel wnut weibo"
    for set in sst2 trec sms hotel weibo; do quern segment --drop-stale "$set" >segmented && mv segmented "$set"; done
    # The words of the file, which are not those of segment.
    quern segment --emit sentences wnut >segmented && mv segmented wnut
else
    number=$((number + 1))
    echo "ok $number - real texts # skip no ../shared/data"
fi

quern lexicon list en | grep -v '^#' >stop.en
quern lexicon list zh | grep -v '^#' >stop.zh
cat stop.en stop.zh >stop.generated
printf '%s\t%s\t%s\n' o 0 q i 1 l e c 3 房 防 坊 不 部 步 的 得 地 是 事 时 很 狠 恨 >chars
# shellcheck disable=SC2086 # a list
quern cat $data | jq -r '.text as $t | .words[] | $t[.[0]:.[1]]' | grep -aP '^[\p{L}\p{N}\p{M}]+$' | sort -u |
    awk -v OFS='\t' '{ word[++n] = $0 } END { for (i = 1; i <= n; i++) if (i % 4)
        print word[i], word[i * 7 % n + 1], word[i], word[i * 13 % n + 1], "two words" }' >synonyms
awk -v OFS='\t' '{ print $2, $1, $4 }' synonyms >other_synonyms
# shellcheck disable=SC2086
quern cat $data | jq -r '.text as $t | .entities // [] | .[] | select(.label) | $t[.start:.end] + "\t" + .label' |
    grep -aP '^[\p{L}\p{N} ]*[\p{L}\p{N}]\t[^\t]+$' | sed 's/^ *//' | sort -u >entities
for set in $data; do quern tfidf count -q "$set" >table."$set"; done

# ---- judging ----

# options OP SET: what quern is given; knows OP SET: what the judge is told. The generated texts are of both languages.
options() {
    case $1 in
    sr | ri) echo "--ops $1 --synonyms synonyms" ;;
    uniform) echo "--ops $1 --table table.$2 --prob 0.4" ;;
    tfidf) echo "--ops $1 --table table.$2 --prob 0.4 --explain" ;;
    entity) echo "--ops $1 --entities entities" ;;
    chars) echo "--ops $1 --chars chars" ;;
    window) echo "--ops $1 --window 2" ;;
    all) echo "--ops sr,rs,rd,ri,aeda --policy all --synonyms synonyms" ;;
    *) echo "--ops $1" ;;
    esac
    [[ $2 != generated ]] || case $1 in uniform | tfidf | shuffle | drop | window | typo | chars | aeda | rs | rd | sr | ri | all)
        echo "--stopwords stop.generated" ;; esac
}

knows() {
    local stop=stop.en
    case $2 in hotel | weibo) stop=stop.zh ;; generated) stop=stop.generated ;; esac
    echo "stop=$stop synonyms=synonyms entities=entities chars=chars table=table.$2 window=2 prob=0.4$([[ $1 != tfidf ]] || echo ' explain=1')"
}

augment() { # OP SET OPTION...
    # shellcheck disable=SC2046 # options
    quern augment -q $(options "$1" "$2") "${@:3}" "$2"
}

judge() { # OP ALPHA SET <OUT
    # shellcheck disable=SC2046 # names and values
    perl "$here/laws.pl" "$1" "$2" $(knows "$1" "$3") "$3"
}

holds() { # OP ALPHA SET OPTION...
    augment "$1" "$3" "${@:4}" | judge "$1" "$2" "$3" >verdict
    # A law of nothing holds for ever: most records have to have variants.
    awk -F'\t' -v some="$(grep -c . "$3")" '$3 > 0 { print } $1 == "variants" && $2 < some / 25 { print "few variants", $2 }' verdict >broken
    if [[ -s broken ]]; then report 'not ok' "$1, alpha $2: $3" broken; else report ok "$1, alpha $2: $3"; fi
}

for set in $data; do
    for op in sr ri rs rd all; do
        for alpha in 0.05 0.1 0.5 1; do
            [[ $op != all || $alpha == 0.5 ]] || continue
            holds $op $alpha "$set" --alpha $alpha
        done
    done
    holds aeda 0.1 "$set"
    holds uniform 0.1 "$set"
    holds tfidf 0.1 "$set"
    holds chars 0.1 "$set" --alpha 0.1
    holds chars 0.5 "$set" --alpha 0.5
    case $set in hotel | weibo) ;; *)
        holds typo 0.1 "$set" --alpha 0.1
        holds typo 1 "$set" --alpha 1
        ;;
    esac
    case $set in generated | sms | weibo | hotel)
        # Negations are in most texts that have several sentences: a sentence with one neither moves nor goes.
        holds shuffle 0.1 "$set"
        holds window 0.1 "$set"
        holds drop 0.1 "$set" --alpha 0.1
        holds drop 0.5 "$set" --alpha 0.5
        ;;
    esac
    case $set in generated | wnut | weibo) holds entity 0.1 "$set" ;; esac
done
# ---- mutants ----

# caught OP ALPHA LAW SET < OUT: the law does not hold.
caught() {
    judge "$1" "$2" "$4" >verdict
    if awk -F'\t' -v law="$3" '$1 == law && $3 > 0 { found = 1 } END { exit !found }' verdict; then
        report ok "caught: $3"
    else
        report 'not ok' "caught: $3" verdict
    fi
}

mangled() { # FILTER: of jq, for every variant
    jq -Rr "if contains(\"\\\"parent\\\":\") then fromjson | ($1) | tojson else . end"
}

# What a run of other options gives: an alpha, words, or protection that are not those of the judge.
set=generated
other() { # OP ALPHA LAW OPTION...
    augment "$1" "$set" "${@:4}" | caught "$1" "$2" "$3" "$set"
}
quern augment -q --ops sr --synonyms other_synonyms --stopwords stop.generated "$set" | caught sr 0.1 'sr: a synonym comes in' "$set"
quern augment -q --ops sr --synonyms synonyms --stopwords <(cut -f1 chars) "$set" | caught sr 0.1 'sr: only words of E' "$set"
quern augment -q --ops ri --synonyms other_synonyms --stopwords stop.generated "$set" | caught ri 0.1 'ri: a synonym of a word of E' "$set"
quern augment -q --ops uniform --table <(sed '/"word"/s/"word":"\(.\)/"word":"z\1/' table."$set" | LC_ALL=C sort) --stopwords stop.generated "$set" |
    caught uniform 0.1 'uniform: a word of the table' "$set"
other sr 0.1 'sr: min(n, |E|) words change' --alpha 0.5
other ri 0.1 'ri: n words come in' --alpha 0.5
other rs 0.1 'rs: pairs' --alpha 0.5
other rs 0.5 'rs: all pairs, of different words' --alpha 0.1
other rd 1 'rd: all that may fall at 1' --alpha 0.5
other typo 0.1 'typo: n words, or all' --alpha 0.5
other chars 0.1 'chars: n of c' --alpha 0.5
bare() { # OP LAW OPTION...
    quern augment -q --ops "$1" --protect none "${@:3}" "$set" | caught "$1" 0.1 "$2" "$set"
}
bare drop 'drop: n of s, but not all' --alpha 0.7
for op in sr ri rs rd typo chars uniform; do
    other $op 0.1 'nothing protected is touched' --protect numbers,negations
done
other rs 0.1 'rs: only words of N' --protect numbers,negations
other rd 0.1 'rd: a word of N falls' --protect numbers,negations
other uniform 0.1 'uniform: words of N' --protect numbers,negations
other chars 0.1 'chars: in words of N' --protect numbers,negations
bare shuffle 'shuffle: a protected one does not move'
bare window 'window: nothing protected' --window 2
bare window 'window: a run' --window 3
other tfidf 0.1 'tfidf: they add up to p L' --prob 0.5
other ri 0.1 'every entity is there, with surface and label' --protect numbers,negations
other rd 1 'every entity is there, with surface and label' --protect numbers,negations --alpha 1

while IFS='~' read -r op alpha law filter; do
    case $op in aeda | shuffle | window | entity | uniform | tfidf) share=() ;; *) share=(--alpha "$alpha") ;; esac
    augment "$op" "$set" "${share[@]}" | mangled "$filter" | caught "$op" "$alpha" "$law" "$set"
done <<'MUTANTS'
rs~0.1~only the edits change the text~.text += "x"
rs~0.1~edits reversed give the parent~.edits[0].old += "x"
rs~0.1~edits are in order, apart, true of the parent, and change something~.edits |= reverse
rs~0.1~edits are in order, apart, true of the parent, and change something~.edits[0].new = .edits[0].old
rs~0.1~edits are in order, apart, true of the parent, and change something~.edits = []
rs~0.1~distinct from parent and siblings~., .
rs~0.1~the variants of an operation are numbered from 1~.id |= sub("1$"; "7")
rs~0.1~id, parent, root, op~.root = "x"
rs~0.1~id, parent, root, op~.parent |= tostring
rs~0.1~id, parent, root, op~.op = "rd"
rs~0.1~members keep their order, and new ones come last~{edits} + .
rs~0.1~other members pass byte for byte~.y = "B"
rs~0.1~originals pass byte for byte~del(.parent)
rs~0.1~every entity is there, with surface and label~if .entities != [] then .entities[0].start += 1 | .entities[0].end += 1 else . end
rs~0.1~every entity is there, with surface and label~if .entities != [] then .entities[0].label = "x" else . end
rs~0.1~every entity is there, with surface and label~.entities |= .[1:]
rs~0.1~words are those that stayed and those that came in~.words[0][1] += 1
rs~0.1~each character but white space is in one word~.words |= .[1:]
rs~0.1~sentences are in order and apart~.sentences |= reverse
rs~0.1~a sentence without edits stays~.sentences |= map([.[0], .[0] + 1])
rs~0.1~no space comes into text without spaces~.edits |= map(.new += " ")
rs~0.1~rs: the same words~.edits[0].new += "x"
rs~1~rs: they exchange places~([.edits[].new] | .[1:] + .[:1]) as $new | .edits |= [range(length) as $i | .[$i] + {new: $new[$i]}]
sr~1~sr: the case of the old word~.edits |= map(.new |= ascii_downcase)
ri~0.1~ri: before a word that counts, or after the last~.edits |= map(.start += 1 | .end += 1)
ri~0.1~ri: what stays is repaired articles~.edits[0].old = "old"
rd~0.1~rd: nothing comes in~.edits[0].new = "x"
rd~0.1~rd: something falls~.edits = []
rd~0.1~rd: something stays~.edits |= [limit(99; repeat(.[0]))]
rd~0.1~rd: the white space in front goes along, else that after it~.edits |= map(.end -= 1)
rd~0.1~words are those that stayed~.words += [[0, 9]]
aeda~0.1~aeda: 1 to l / 3 marks~.edits |= [limit(99; repeat(.[0]))]
aeda~0.1~aeda: distinct places~.edits += .edits
aeda~0.1~aeda: a mark of six~.edits |= map(.new |= sub("[.,;:?!]"; "#"))
aeda~0.1~aeda: a place of ri~.edits |= map(.start += 1)
typo~0.1~typo: inside of a word of four letters~.edits |= map(.start += 9 | .end += 9)
typo~0.1~typo: a neighbour, a swap, a drop or a double~.edits |= map(.new = "zz")
chars~0.1~chars: what the table says~.edits |= map(.new = "z")
shuffle~0.1~shuffle: the same sentences~.sentences |= .[1:]
shuffle~0.1~shuffle: white space stays~.sentences |= map(.[1] -= 1)
drop~0.1~drop: some go~.sentences += [range(9) | [0, 1]]
drop~0.1~drop: the others stay as they are~.sentences |= map(.[1] -= 1)
drop~0.1~drop: no white space at the ends that was not there~.text |= " " + .
window~0.1~window: the others stay as they are~.sentences |= map(.[1] -= 1)
entity~0.1~entity: the same labels in the same order~.entities[0].label = "x"
entity~0.1~entity: whole entities~.edits[0].end += 1
entity~0.1~entity: a name with the label~.edits[0].new = "x"
entity~0.1~entity: the span is the name~.entities |= map(.end -= 1)
tfidf~0.1~tfidf: a probability for each word~.replace_prob |= .[1:]
tfidf~0.1~tfidf: 0 for what does not count~.replace_prob |= map(. + 0.1)
tfidf~0.1~tfidf: nothing is replaced with probability 0~.replace_prob |= map(0)
tfidf~0.1~tfidf: the case of the old word~.edits |= map(.new |= ascii_downcase)
uniform~0.1~uniform: the case of the old word~.edits |= map(.new |= ascii_downcase)
MUTANTS

echo "1..$number"
