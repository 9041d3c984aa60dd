# lines.awk - records with text, label, words and, in variants, parent, in this order, become lines for fastText: the
# label, then the words in lower case. For gawk, which counts characters.
#
# With -v lines=N a record and its variants make N lines: where there are fewer, the record is repeated or, with -v
# rotate=1, the record and its variants in turn. So every way to augment, copies too, makes sets of the same size. With -v seed=S the lines are shuffled. The number of variants goes to
# the file -v counts=FILE.
function unescape(text) {
    if (!index(text, "\\")) return text
    gsub(/\\[nrtbf]|\\u[0-9a-f]{4}/, " ", text)
    return gensub(/\\(.)/, "\\1", "g", text)
}

function put(line) { out[++total] = line }

function fill(i) {
    for (i = 0; count > 0 && count + i < lines; i++) put(own[rotate ? i % count : 0])
}

{
    # {"text":"…","label":"…","words":[[0,1],[2,10]],"parent":"…"}
    if (split($0, part, /^\{"text":"|","label":"|","words":\[|\],"parent":|\]\}$/) != 5) {
        print FILENAME ":" FNR ": not a record of text, label and words" >"/dev/stderr"
        exit 1
    }
    text = unescape(part[2])
    lower = tolower(text)
    if (length(lower) == length(text)) text = lower
    line = "__label__" part[3]
    ends = split(part[4], at, /[^0-9]+/)
    for (i = 2; i < ends; i += 2) line = line " " substr(text, at[i] + 1, at[i + 1] - at[i])
    if (part[5] == "") {
        fill()
        count = 0
    } else {
        variants++
    }
    own[count++] = line
    put(line)
}

END {
    fill()
    if (seed != "") {
        srand(seed)
        for (i = total; i > 1; i--) {
            j = 1 + int(rand() * i)
            line = out[i]; out[i] = out[j]; out[j] = line
        }
    }
    for (i = 1; i <= total; i++) print out[i]
    if (counts != "") print variants + 0 >counts
}
