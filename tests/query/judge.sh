#!/bin/bash
# Which records query chooses, in which order, against judge.pl.
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

# agrees "JUDGE'S OPTIONS" OPTIONS...
agrees() {
    local options=$1
    shift
    for seed in 1 2; do
        perl "$here/judge.pl" make $seed 120 >all
        perl "$here/judge.pl" make 9 15 >labelled
        perl "$here/judge.pl" judge $options <all >wanted
        for form in features sparse; do
            for file in all labelled; do jq -c "del(.$([[ $form == sparse ]] && echo features || echo sparse))" $file >$file.$form; done
            quern query -q "${@//labelled/labelled.$form}" all.$form | jq -r '"\(.id) \(.score) \(.rank)"' |
                awk '{ printf "%s %.9f %s\n", $1, $2, $3 }' | sed 's/ -0\.000000000 / 0.000000000 /' >found
            diff wanted found || return 1
        done
    done
}

while IFS='|' read -r judge options; do
    [[ -n $judge ]] || continue
    ok=ok
    agrees "$judge" $options >why || ok="not ok"
    report "$ok" "$options" why
done <<'LIST'
num=1 by=least-confidence|--num 1 --by least-confidence
num=10 by=least-confidence|--num 10 --by least-confidence
num=40 by=margin|--num 40 --by margin
num=40 by=margin order=lowest|--num 40 --by margin --order lowest
num=119 by=entropy|--num 119 --by entropy
num=1000 by=entropy|--num 1000 --by entropy
num=30 by=vote-entropy|--num 30 --by vote-entropy
num=30 by=disagreement|--num 30 --by disagreement
num=30 by=gain|--num 30 --by gain
num=30 by=gain order=lowest per=lang|--num 30 --by gain --order lowest --per lang
num=9 by=std order=lowest per=predicted|--num 9 --by std --order lowest --per predicted
num=20 by=gain diverse=1|--num 20 --by gain --diverse kcenter
num=20 by=margin diverse=1 preselect=40|--num 20 --by margin --diverse kcenter --preselect 40
num=20 by=gain diverse=1 preselect=20 with=labelled|--num 20 --by gain --diverse kcenter --preselect 20 --with labelled
num=50 by=gain order=lowest diverse=1 with=labelled|--num 50 --by gain --order lowest --diverse kcenter --with labelled
LIST
echo "1..$number"
