#!/bin/bash
# Pairs by their laws: each holds, and fails on a mutant that lacks it. The mutants are made from the outside: by options,
# by other documents, or by what jq does to the records.
# shellcheck disable=SC2016 # what has a $ in single quotes is for jq
set -eu -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
shopt -s lastpipe # judge counts
seq -f 't%.0f' 5 9 | cat <(printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]') - >vocab.txt

documents() { # COUNT SENTENCES [FIRST [SIZE]]
    awk -v count="$1" -v sentences="$2" -v first="${3:-1}" -v size="${4-}" -f "$here/documents.awk"
}

pair() {
    local label=
    case "$*" in *"--task nsp"*) label=next_sentence_label, ;; *"--task sop"*) label=sentence_order_label, ;; esac
    quern pair -q -m vocab.txt --emit "${label}input_ids,sources,target_length" "$@" | jq -r -f "$here/rows.jq"
}

# judge ok|FAIL DESCRIPTION NAME=VALUE...: of the rows on standard input.
judge() {
    local expected=$1 description=$2 verdict assigned=()
    shift 2
    for pair in "$@"; do assigned+=(-v "$pair"); done
    verdict=$(awk "${assigned[@]}" -f "$here/judge.awk")
    if [[ $verdict == "$expected"* ]]; then
        report ok "$description${verdict#ok}"
    else
        report 'not ok' "$description: $verdict"
    fi
}

# ---- every token once ----

documents 400 60 >long
documents 50 60 1000 >pool
for task in nsp sop electra single; do
    options=(--task "$task" --length 50 --copies 2 --seed 1)
    [[ $task != nsp ]] || options+=(--pool pool)
    pair "${options[@]}" --short-prob 0.3 long >rows
    judge ok "$task: every token once" law=cover task=$task sentences=60 length_=50 <rows
    sed '1000d' rows | judge FAIL "$task: a record lost" law=cover task=$task sentences=60 length_=50
    awk -v OFS='\t' 'NR > 1000 && !$3 && !done { $7--; done = 1 } 1' rows | judge FAIL "$task: a token lost" law=cover task=$task sentences=60 length_=50
done

# ---- labels: half and half for every number of sentences ----

for sentences in 1 2 5 60; do
    documents $((6000 / sentences)) $sentences >docs
    for task in nsp sop; do
        options=(--task "$task" --length 60 --copies 2)
        [[ $task != nsp ]] || options+=(--pool pool)
        pair "${options[@]}" docs >rows
        judge ok "$task: labels of documents of $sentences sentences" law=label task=$task <rows
        # what BERT's script does: a chunk of one sentence always has a foreign B
        awk -v OFS='\t' 'NR % 6 == 0 { $3 = 1 } 1' rows |
            judge FAIL "$task: labels of one sided chunks" law=label task=$task
    done
done

# ---- targets ----

documents 1200 60 >docs
sed 's/"word_ids":[^]]*\],//' docs | pair --task sop --length 40 >rows # where a chunk of two tokens is no single word
judge ok "targets: a tenth is uniform from 5 to 40" law=target length_=40 least=5 prob=0.1 <rows
pair --task electra --length 40 docs >rows
judge ok "electra: a twentieth" law=target length_=40 least=5 prob=0.05 <rows
pair --task electra --short-prob 0.11 --length 40 docs | judge FAIL "another share" law=target length_=40 least=5 prob=0.05
awk -v OFS='\t' '$4 < 40 && $4 % 2 == 0 { $4-- } 1' rows |
    judge FAIL "only odd targets" law=target length_=40 least=5 prob=0.05

# ---- cuts ----

documents 12000 5 >docs
pair --task sop --short-prob 0 --length 500 docs | awk '$3 == 0' >rows
judge ok "A is a uniform number of the sentences" law=cut task=sop sentences=5 <rows
awk '$7 > 20 || NR % 4' rows | judge FAIL "the shortest too rarely" law=cut task=sop sentences=5
documents 12000 1 1 12 >docs
pair --task nsp --pool pool --short-prob 0 --length 500 docs | awk '$6 == 0' >rows
judge ok "a sentence is cut at a uniform border of words" law=words size=12 <rows
awk '$7 > 2 || NR % 5' rows | judge FAIL "the first border too rarely" law=words size=12
sed 's/"word_ids":[^]]*\],//' docs | pair --task sop --length 500 | judge FAIL "within words" law=words size=12
documents 8000 9 >docs
pair --task electra --short-prob 0 --length 500 docs >rows
judge ok "electra: the border nearest to the middle, a tenth alone" law=middle sentences=9 prob=0.1 <rows
awk -v OFS='\t' '$10 && NR % 100 == 1 { $7 = $9 = $7 + 3 } 1' rows | judge FAIL "another border" law=middle sentences=9 prob=0.1
pair --task electra --short-prob 0 --single-prob 0.12 --length 500 docs |
    judge FAIL "another share alone" law=middle sentences=9 prob=0.1
documents 2000 1 >docs
pair --task electra --length 500 docs | judge ok "electra: one sentence is one segment" law=single sentences=1 prob=1

# ---- foreign text ----

documents 60 5 >pool
documents 8000 5 >docs
sed 's/"id":"d/&9000/' docs | pair --task nsp --pool pool --length 70 --short-prob 0 >rows
judge ok "foreign documents and sentences are uniform" law=foreign task=nsp sentences=5 pool=60 <rows
awk '$8 !~ /^d[1-5]$/' rows | judge FAIL "some documents never" law=foreign task=nsp sentences=5 pool=60
awk -v OFS='\t' '$3 && NR % 7 == 0 { $9 = 0 } 1' rows | judge FAIL "the first sentence too often" law=foreign task=nsp sentences=5 pool=60
awk -v OFS='\t' '$3 && NR == 7001 { $10-- } $3 == 1 && !done { $10--; done = 1 } 1' rows |
    judge FAIL "less than the room holds" law=foreign task=nsp sentences=5 pool=60
# of the pool's own documents each draws from the 59 others
head -n 60 docs | pair --task nsp --pool pool --length 70 --short-prob 0 --copies 130 >rows
judge ok "never its own document" law=cover task=nsp sentences=5 length_=70 <rows
judge ok "and uniform over the others" law=foreign task=nsp sentences=5 pool=60 <rows

# ---- streams ----

sed 's/"id":"d[0-9]*"/"id":"d"/' docs | pair --task sop --length 70 --short-prob 0 | judge FAIL "documents of one stream" law=label
pair --task sop --length 70 --short-prob 0 docs >one
pair --task sop --length 70 --short-prob 0 --seed 1 docs >two
pair --task sop --length 70 --short-prob 0 --epoch 1 docs >three
for other in two three; do
    same=$(paste -d '\n' <(cut -f 1,3 one) <(cut -f 1,3 "$other") | awk 'NR % 2 { x = $0; next } { all++; same += x == $0 } END { print (same / all > 0.45 && same / all < 0.55) }')
    if [[ $same == 1 ]]; then report ok "labels of $other are independent"; else report 'not ok' "labels of $other are independent"; fi
done

echo "1..$number"
