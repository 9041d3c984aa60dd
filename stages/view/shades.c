/* shades.c - see shades.h. */
#include "shades.h"

#include "text/screen.h"

/* Walks along the text, adding tokens where they begin and subtracting them where they end: gives how many cover a
 * place and the sum of their numbers, which is the number if only one does. So the time does not depend on overlaps. */
const uint8_t *shades_of(const struct span *places, size_t count, size_t length, struct arena *arena)
{
    struct change {
        int64_t tokens, numbers;
    } *changes = arena_array(arena, length + 1, sizeof *changes), now = {0, 0};
    uint8_t *shades = arena_array(arena, length, sizeof *shades);
    memset(changes, 0, (length + 1) * sizeof *changes);
    int64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        if (places[i].start == places[i].end)
            continue;
        changes[places[i].start].tokens++;
        changes[places[i].start].numbers += number;
        changes[places[i].end].tokens--;
        changes[places[i].end].numbers -= number;
        number++;
    }
    for (size_t i = 0; i < length; i++) {
        now.tokens += changes[i].tokens;
        now.numbers += changes[i].numbers;
        if (now.tokens == 0)
            shades[i] = SCREEN_PLAIN;
        else if (now.tokens > 1)
            shades[i] = SCREEN_ON_MAGENTA;
        else
            shades[i] = now.numbers % 2 == 0 ? SCREEN_ON_CYAN : SCREEN_ON_YELLOW;
    }
    return shades;
}
