"""tests/conformance/tokenizers_differ.py - `quern tokenize` against the references, over texts of many languages.

    build/peers/bin/python tests/conformance/tokenizers_differ.py [--quern FILE] [--megabytes N] [--jobs N] [MODEL ...]

For each tokenizer.json and vocab.txt the reference is Hugging Face tokenizers 0.22.2, for each .model it is
SentencePiece 0.2.1. Compared are ids, tokens, offsets (code points) and word ids, the latter not for SentencePiece,
which has none. MODEL is a file; without one all below ../shared/data/tokenizers/vocabs, and
what `quern train` makes of a part of the texts.

The texts come from the unpacked packages in build/conformance/tree, else from /usr/share: manuals, HTML, dictionaries,
message catalogues. A line occurs once, however many files have it; each package has the same share of the whole, as
far as it goes. Lines are joined to documents of 20 to 6,000 characters; every eighth has odd characters put in at
places drawn from its number; two thousand documents are random code points. The same files give the same texts.

What differs is cut down to the shortest text that still differs, printed, and written to
build/conformance/differences.txt, a line for each: model, text, what, expected, found, as JSON with tabs between.
The status is 1 where something differs. A model that quern refuses is reported, with its message, as "refused"."""

import argparse
import glob
import gzip
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

os.environ["TOKENIZERS_PARALLELISM"] = "false"
WORK = "build/conformance"
VOCABS = "../shared/data/tokenizers/vocabs"
KINDS = ("ids", "tokens", "offsets", "word_ids")

# White space of every kind, what is invisible, marks, half of what is written together, other planes.
ODD = ("\t\n\r\x0b\x0c\x1c\x1f\x00\x7f\x85\xa0\xad\u1680\u180e\u2000\u2003\u200b\u200c\u200d\u200e\u2028\u2029\u202f"
       "\u205f\u2060\u3000\ufeff\ufffd\ufffe\uffff\ue000\u0300\u0301\u0308\u0327\u0345\u05b0\u064b\u093c\u09be\u0e31"
       "\u0e33\u1161\u11a8\u1100\uac00\uac01\u3099\u309a\u20dd\ufe0f\ufe0e\u0130\u0131\u00df\u1e9e\u03c2\u0149\ufb01"
       "\u2126\u212b\u00c5\u01c5\u2460\u00b2\u00bd\u3300\u337f\uff21\uff76\uff9e\U0001f600\U0001f3fd\U0001f1e9"
       "\U0001f1ea\U000e0041\U00020000\U0002b820\U0002f800\U0001d400\U0010ffff\u2581\u0120''``  --__.,!?@#<>[]{}0123456789")


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
                write(disturbed(text, rng) if number % 8 == 7 else text)
                left -= len(text.encode("utf-8"))
        for _ in range(2000):
            write(random_text(rng))
    os.replace(path + ".new", path)


# ---- the two sides ----


def reference(model):
    """A function from texts to a dictionary for each: ids, tokens, offsets, word_ids."""
    if model.endswith(".model"):
        import sentencepiece
        processor = sentencepiece.SentencePieceProcessor(model_file=model)

        def encode(texts):
            for proto in processor.encode(texts, out_type="immutable_proto"):
                pieces = list(proto.pieces)
                yield {"ids": [p.id for p in pieces], "tokens": [p.piece for p in pieces],
                       "offsets": [[p.begin, p.end] for p in pieces]}
        return encode
    import tokenizers
    if model.endswith("vocab.txt"):
        config = json.load(open(os.path.join(os.path.dirname(model), "tokenizer_config.json"), encoding="utf-8"))
        tokenizer = tokenizers.BertWordPieceTokenizer(model, lowercase=config.get("do_lower_case", True))
    else:
        tokenizer = tokenizers.Tokenizer.from_file(model)
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(texts):
        for e in tokenizer.encode_batch(texts, add_special_tokens=False):
            yield {"ids": e.ids, "tokens": e.tokens, "offsets": [list(o) for o in e.offsets],
                   "word_ids": [-1 if w is None else w for w in e.word_ids]}
    return encode


MEMBERS = {"ids": "input_ids", "tokens": "tokens", "offsets": "offset_mapping", "word_ids": "word_ids"}


def start(quern, model, path):
    emit = ",".join(MEMBERS.values())
    return subprocess.Popen([quern, "tokenize", "-q", "-m", model, "--no-special", "--emit", emit, "--on-error", "skip",
                             "--max-errors", "1000000000", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def found(quern, model, texts):
    """What quern makes of some texts, None where it refuses one."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=WORK, suffix=".jsonl") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
        file.flush()
        out = start(quern, model, file.name).communicate()[0]
    results = [None] * len(texts)
    for line in out.split(b"\n")[:-1]:
        record = json.loads(line)
        results[record["id"]] = {kind: record[member] for kind, member in MEMBERS.items()}
    return results


def difference(expected, got):
    """The first kind of thing that differs, or None."""
    if got is None:
        return "refused"
    return next((kind for kind in KINDS if kind in expected and expected[kind] != got[kind]), None)


def shrink(quern, model, encode, text):
    """The text with as much taken out as can be, so that it still differs."""
    size = max(len(text) // 2, 1)
    for _ in range(60):
        starts = range(0, len(text), size)
        candidates = [text[:at] + text[at + size:] for at in starts][:200]
        failing = [candidate for candidate, expected, got in
                   zip(candidates, encode(candidates), found(quern, model, candidates))
                   if difference(expected, got)]
        if failing:
            text = min(failing, key=len)
            size = min(size, max(len(text) // 2, 1))
        elif size == 1:
            break
        else:
            size //= 2
    return text


# ---- vocabularies of our own ----


def train(quern, texts):
    """A tokenizer.json of each type, learned from the first 20,000 texts."""
    with open(texts, encoding="utf-8", newline="\n") as file:
        records = "".join(line for line, _ in zip(file, range(20000))).encode("utf-8")
    for kind in ("bpe", "wordpiece", "unigram"):
        path = f"{WORK}/trained.{kind}.json"
        done = subprocess.run([quern, "train", "-q", "--type", kind, "--vocab-size", "20000", "-o", path],
                              input=records, stderr=subprocess.PIPE, check=False)
        if done.returncode == 0:
            yield path
        else:
            print(f"train --type {kind}: {done.stderr.decode('utf-8', 'replace').strip()}")


# ---- one model over all texts ----


def compare(arguments):
    quern, model, texts = arguments
    probe = subprocess.run([quern, "tokenize", "-q", "-m", model], stdin=subprocess.DEVNULL, capture_output=True)
    name = os.path.relpath(model, VOCABS) if model.startswith(VOCABS) else model
    result = {"model": name, "documents": 0, "tokens": 0, "refused": None, "differ": {}, "cases": []}
    if probe.returncode != 0:
        result["refused"] = probe.stderr.decode("utf-8", "replace").strip()
        return result
    encode = reference(model)
    failing = []
    process = start(quern, model, texts)

    def batch_of(file):
        batch = []
        for line in file:
            batch.append(json.loads(line))
            if len(batch) == 200:
                yield batch
                batch = []
        yield batch

    line = process.stdout.readline()
    with open(texts, encoding="utf-8", newline="\n") as file:
        for batch in batch_of(file):
            for record, expected in zip(batch, encode([record["text"] for record in batch])):
                got = None
                mine = json.loads(line) if line else {"id": -1}
                if mine["id"] == record["id"]:
                    got = {kind: mine[member] for kind, member in MEMBERS.items()}
                    line = process.stdout.readline()
                result["documents"] += 1
                result["tokens"] += len(expected["ids"])
                kind = difference(expected, got)
                if kind:
                    result["differ"][kind] = result["differ"].get(kind, 0) + 1
                    failing.append(record["text"])
    message = process.communicate()[1].decode("utf-8", "replace").strip()
    if message and failing:
        result["message"] = message[-300:]
    shortest = sorted(failing, key=len)
    for text in shortest[:10] + random.Random(1).sample(shortest, min(10, len(shortest))):
        text = shrink(quern, model, encode, text)
        if text in [case["text"] for case in result["cases"]]:
            continue
        expected, got = next(iter(encode([text]))), found(quern, model, [text])[0]
        kind = difference(expected, got)
        result["cases"].append({"text": text, "kind": kind, "expected": expected if got is None else expected[kind],
                                "found": got and got[kind]})
    return result


def report(result, file):
    if result["refused"] is not None:
        print(f"{result['model']:52} refused: {result['refused']}")
        return 0
    differ = ", ".join(f"{count} {kind}" for kind, count in result["differ"].items()) or "0"
    print(f"{result['model']:52} {result['documents']:8} texts {result['tokens']:10} tokens, differ: {differ}")
    if result.get("message"):
        print("    " + result["message"])
    for case in result["cases"]:
        parts = (json.dumps(part, ensure_ascii=True)
                 for part in (case["text"], case["kind"], case["expected"], case["found"]))
        line = "\t".join((result["model"], *parts))
        file.write(line + "\n")
    for case in result["cases"][:5]:
        print(f"    {case['kind']}: {json.dumps(case['text'])[:200]}")
        print(f"        expected {json.dumps(case['expected'])[:200]}\n        found    {json.dumps(case['found'])[:200]}")
    return sum(result["differ"].values())


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quern", default="build/bin/quern")
    options.add_argument("--megabytes", type=int, default=100)
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("models", nargs="*")
    options = options.parse_args()
    models = options.models
    if not models:
        models = sorted(glob.glob(VOCABS + "/*/*.model") + glob.glob(VOCABS + "/*/vocab.txt") +
                        [path for path in glob.glob(VOCABS + "/*/*tokenizer*.json") if "config" not in path])
    os.makedirs(WORK, exist_ok=True)
    texts = f"{WORK}/texts.{options.megabytes}.jsonl"
    if not os.path.exists(texts):
        write_texts(texts, options.megabytes)
    print(f"{os.path.getsize(texts) / 1e6:.0f} MB of texts in {texts}")
    if not options.models:
        models += train(options.quern, texts)
    differ = 0
    with open(WORK + "/differences.txt", "w", encoding="utf-8") as file, ProcessPoolExecutor(options.jobs) as pool:
        for result in pool.map(compare, [(options.quern, model, texts) for model in models]):
            differ += report(result, file)
            sys.stdout.flush()
            file.flush()
    print(f"{differ} differences" + (f", see {WORK}/differences.txt" if differ else ""))
    return differ != 0


if __name__ == "__main__":
    sys.exit(main())
