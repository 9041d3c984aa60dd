# records.awk - token records for the tests of masks, on standard output.
#
#     awk -v count=3000 -v tokens=128 -v seed=1 -f records.awk
#
# A vocabulary of 1000 ids: 0 padding, 1 unknown, 2 [CLS], 3 [SEP], 4 the mask, ordinary ones from 5 on. A record has
# `tokens` ids, in words of one to three pieces; every second one is a pair, in which words are counted from 0 again.
# Now and then a word is unknown, or has an unknown piece.

function random(below) # the minimal standard generator of Park and Miller, exact in a double
{
    state = (state * 16807) % 2147483647
    return state % below
}

function token(id, special, word, type)
{
    ids = ids "," id
    specials = specials "," special
    words = words "," word
    types = types "," type
}

function text(tokens, type,    word, pieces, unknown, i)
{
    for (word = 0; tokens > 0; word++) {
        pieces = 1 + random(3)
        if (pieces > tokens)
            pieces = tokens
        unknown = random(500) == 0 ? random(pieces) : -1
        for (i = 0; i < pieces; i++)
            token(i == unknown ? 1 : 5 + random(995), 0, word, type)
        tokens -= pieces
    }
}

BEGIN {
    state = seed + 1
    for (n = 1; n <= count; n++) {
        ids = specials = words = types = ""
        token(2, 1, -1, 0)
        if (n % 2 == 1) {
            text(tokens - 2, 0)
        } else {
            first = int(tokens / 3)
            text(first, 0)
            token(3, 1, -1, 0)
            text(tokens - 3 - first, 1)
        }
        token(3, 1, -1, n % 2 == 0)
        printf "{\"id\":\"r%d\",\"input_ids\":[%s],\"special_tokens_mask\":[%s],", n, substr(ids, 2), substr(specials, 2)
        printf "\"word_ids\":[%s],\"token_type_ids\":[%s]}\n", substr(words, 2), substr(types, 2)
    }
}
