"""tests/conformance/tokenizers_corpus.py - the texts that the tokenizers are compared over.

They come from the unpacked packages in build/conformance/tree, else from /usr/share: manuals, HTML, dictionaries,
message catalogues. A line occurs once, however many files have it; each package has the same share of the whole, as
far as it goes. Lines are joined to documents of 20 to 6,000 characters. Of every eight, one has odd characters put in
at places drawn from its number, and one the special tokens of the usual vocabularies; two thousand documents are random
code points. The same files give the same texts."""

import glob
import gzip
import hashlib
import json
import os
import random
import struct

WORK = "build/conformance"
RANDOM_TEXTS = 2000  # the last ones

# White space of every kind, what is invisible, marks, half of what is written together, other planes.
ODD = ("\t\n\r\x0b\x0c\x1c\x1f\x00\x7f\x85\xa0\xad\u1680\u180e\u2000\u2003\u200b\u200c\u200d\u200e\u2028\u2029\u202f"
       "\u205f\u2060\u3000\ufeff\ufffd\ufffe\uffff\ue000\u0300\u0301\u0308\u0327\u0345\u05b0\u064b\u093c\u09be\u0e31"
       "\u0e33\u1161\u11a8\u1100\uac00\uac01\u3099\u309a\u20dd\ufe0f\ufe0e\u0130\u0131\u00df\u1e9e\u03c2\u0149\ufb01"
       "\u2126\u212b\u00c5\u01c5\u2460\u00b2\u00bd\u3300\u337f\uff21\uff76\uff9e\U0001f600\U0001f3fd\U0001f1e9"
       "\U0001f1ea\U000e0041\U00020000\U0002b820\U0002f800\U0001d400\U0010ffff\u2581\u0120''``  --__.,!?@#<>[]{}0123456789")


# Special and other added tokens of the usual vocabularies, and what only looks like one.
SPECIAL = ("[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[unused1]", "<s>", "</s>", "<unk>", "<pad>", "<mask>", "<cls>",
           "<sep>", "<eop>", "<eod>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>",
           "<|fim_prefix|>", "<|endofprompt|>", "<|begin_of_text|>", "<|eot_id|>", "<0x0A>", "<0xE4>", "[mask]", "<MASK>",
           "[MASK", "</s", "<|endoftext|", "[[SEP]]", "<<s>>")


# ---- texts ----


def catalogue(data):
    """The strings of a compiled message catalogue, all of its translations."""
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, _, at = struct.unpack_from(order + "3I", data, 8)
    strings = []
    for i in range(count):
        length, start = struct.unpack_from(order + "2I", data, at + 8 * i)
        strings.append(data[start:start + length].replace(b"\0", b"\n"))
    return b"\n".join(strings)


def lines_of(path):
    try:
        with open(path, "rb") as file:
            data = file.read(8 << 20)
        if path.endswith(".gz"):
            with gzip.open(path) as file:
                data = file.read(8 << 20)
        if data[:4] in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"):
            data = catalogue(data)
        if b"\0" in data[:4096]:
            return []
        return data.decode("utf-8").split("\n")
    except (OSError, EOFError, UnicodeDecodeError, struct.error):
        return []


def packages():
    """Lists of files, one for each package, in an order that mixes languages."""
    trees = sorted(glob.glob(WORK + "/tree/*")) or ["/usr/share/" + name for name in ("man", "doc", "locale", "perl")]
    for tree in trees:
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(tree) for name in names]
        paths = [path for path in paths if os.path.isfile(path) and not os.path.islink(path)]
        yield sorted(paths, key=lambda path: hashlib.md5(path.encode("utf-8", "surrogateescape")).digest())


def package_lines(paths, seen, share):
    """About `share` bytes of lines that were not seen before; of one file at most a quarter of that."""
    left = share
    for path in paths:
        of_file = max(share // 4, 20000)
        for line in lines_of(path):
            key = hashlib.blake2b(line.encode("utf-8"), digest_size=8).digest()
            if key in seen or len(line) > 20000:
                continue
            seen.add(key)
            size = len(line.encode("utf-8")) + 1
            of_file -= size
            left -= size
            yield line
            if of_file < 0 or left < 0:
                break
        if left < 0:
            return


def documents(lines, rng):
    part, length, wanted = [], 0, 400
    for line in lines:
        part.append(line)
        length += len(line) + 1
        if length >= wanted:
            yield "\n".join(part)
            part, length, wanted = [], 0, rng.choice((20, 80, 300, 1000, 2000, 6000))
    if part:
        yield "\n".join(part)


def disturbed(text, rng):
    pieces, last = [], 0
    for at in sorted(rng.randrange(len(text) + 1) for _ in range(rng.randrange(1, 20))):
        pieces += [text[last:at], "".join(rng.choice(ODD) for _ in range(rng.randrange(1, 4)))]
        last = at
    return "".join(pieces) + text[last:]


def sprinkled(text, rng):
    pieces, last = [], 0
    for at in sorted(rng.randrange(len(text) + 1) for _ in range(rng.randrange(1, 12))):
        around = rng.choice(("", "", " ", "  ", "\n", "\t ", "\u3000", "a", "."))
        pieces += [text[last:at], around, rng.choice(SPECIAL), rng.choice(("", " ", around))]
        last = at
    return "".join(pieces) + text[last:]


def random_text(rng):
    def character():
        while True:
            code = rng.choice((rng.randrange(0x80), rng.randrange(0x800), rng.randrange(0x10000),
                               rng.randrange(0x20000), rng.randrange(0x110000)))
            if not 0xD800 <= code < 0xE000:
                return chr(code)
    return "".join(character() for _ in range(rng.randrange(1, 120)))


def write_texts(path, megabytes):
    """The documents of the run, as records."""
    trees = list(packages())
    seen, rng, left, number = set(), random.Random(1), megabytes * 1e6, 0
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        def write(text):
            nonlocal number
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
            number += 1
        for rest, paths in enumerate(trees):
            share = left / (len(trees) - rest)
            for text in documents(package_lines(paths, seen, share), rng):
                write(disturbed(text, rng) if number % 8 == 7 else sprinkled(text, rng) if number % 8 == 3 else text)
                left -= len(text.encode("utf-8"))
        for _ in range(RANDOM_TEXTS):
            write(random_text(rng))
    os.replace(path + ".new", path)
