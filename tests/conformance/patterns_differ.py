"""tests/conformance/patterns_differ.py - the expressions of a tokenizer.json, and its components, against the reference.

    build/peers/bin/python tests/conformance/patterns_differ.py [--quern FILE] [--jobs N] [--seed N] [--random N]

Hugging Face tokenizers 0.22.2 searches with Oniguruma, quern with PCRE2. Both cut the same texts, by the pre-tokenizer
Split in each of its behaviors:

    sets        whatever stands for one character, over all of Unicode: \\p{…} by every name, classes, POSIX's names
    published   expressions of published tokenizers (patterns_published.txt), over short texts of all kinds
    random      expressions drawn from Oniguruma's grammar, over strings that they are likely to match
    components  whole tokenizers drawn at random from all normalizers, pre-tokenizers, models and decoders, with text
                decoded again

What quern refuses is counted, with its reasons; what it finds elsewhere than the reference is printed, and the status is
1. What the reference refuses, or dies of, is no difference."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RUST_BACKTRACE"] = "0"

from patterns_components import random_texts, random_tokenizer  # noqa: E402
from patterns_expressions import LETTERS, names, published, random_expression, sets, texts_for  # noqa: E402

BEHAVIORS = {"isolated": "Isolated", "removed": "Removed", "merged_with_previous": "MergedWithPrevious",
             "merged_with_next": "MergedWithNext", "contiguous": "Contiguous"}
HERE = os.path.dirname(os.path.abspath(__file__))


def split_file(expression, behavior, invert):
    return {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": expression}, "behavior": BEHAVIORS[behavior],
                              "invert": invert},
            "model": {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"}}


def by_quern(quern, file, lines, *options):
    """The records that quern writes with the tokenizer, or the message."""
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "tokenizer.json")
        with open(model, "w", encoding="utf-8") as out:
            json.dump(file, out, ensure_ascii=False)
        done = subprocess.run([quern, "tokenize", "-q", "-m", model, *options], input=lines, capture_output=True,
                              check=False)
    if done.returncode != 0:
        return None, done.stderr.decode("utf-8", "replace").strip()
    return [json.loads(line) for line in done.stdout.decode("utf-8").rstrip("\n").split("\n")], None


def json_lines(records):
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode("utf-8")


def reason(message):
    """What a message of quern names, without the expression."""
    for before in (" uses ", " is not supported: ", ": "):
        if before in message:
            return message.split(before)[-1]
    return message


def is_refusal(message):
    return "not supported" in message or "backtracks too much" in message


# ---- one expression ----


def pieces_of(split, texts):
    """None where the reference ends its own search with an error."""
    found = []
    for text in texts:
        try:
            found.append([list(offsets) for _, offsets in split.pre_tokenize_str(text)])
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException:  # a panic of Rust is no Exception
            found.append(None)
    return found


def compare_expression(job):
    """Returns (outcome, detail)."""
    from tokenizers import Regex, pre_tokenizers
    quern, expression, texts, behavior, invert = job
    found, message = by_quern(quern, split_file(expression, behavior, invert), json_lines({"text": t} for t in texts),
                              "--no-special", "--emit", "offset_mapping")
    try:
        split = pre_tokenizers.Split(Regex(expression), behavior, invert)
    except Exception as error:
        return "refused by both" if found is None else "refused by the reference", f"{expression!r}: {error}"
    if found is None:
        return ("refused", reason(message)) if is_refusal(message) else ("DIFFERS", f"{expression!r}: {message}")
    for text, expected, record in zip(texts, pieces_of(split, texts), found):
        if expected is not None and record["offset_mapping"] != expected:
            at = next((i for i, pair in enumerate(zip(expected, record["offset_mapping"])) if pair[0] != pair[1]), -1)
            return "DIFFERS", (f"{expression!r} {behavior}{' inverted' if invert else ''} on {text[:60]!r}: piece {at}: "
                               f"expected {expected[at:at + 3]}, found {record['offset_mapping'][at:at + 3]}")
    return "equal", None


def expression_jobs(args, rng):
    everything = "".join(chr(c) for c in [*range(0x34000), *range(0xE0000, 0xE0200), 0xF0000, 0x10FFFF]
                         if not 0xD800 <= c < 0xE000)
    texts = texts_for(rng)
    yield "sets", [(args.quern, e, [everything], "isolated", False) for e in [*sets(), *names(args.quern)]]
    yield "published", [(args.quern, e, texts, behavior, invert) for e in published(HERE)
                        for behavior, invert in [*((b, False) for b in BEHAVIORS), ("removed", True)]]
    short = ["".join(rng.choice(LETTERS) for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 13, 30]))) for _ in range(150)]
    yield "random", [(args.quern, random_expression(rng), short, rng.choice(list(BEHAVIORS)), rng.random() < 0.2)
                     for _ in range(args.random)]


# ---- one tokenizer ----


def compare_tokenizer(job):
    from tokenizers import Tokenizer
    quern, file, texts = job
    shown = json.dumps({k: v for k, v in file.items() if k != "model"}, ensure_ascii=False) + file["model"]["type"]
    found, message = by_quern(quern, file, json_lines({"text": t} for t in texts), "--emit",
                              "input_ids,tokens,offset_mapping,word_ids")
    try:
        tokenizer = Tokenizer.from_str(json.dumps(file, ensure_ascii=False))
    except Exception as error:
        return "refused by both" if found is None else "refused by the reference", str(error)
    if found is None:
        return ("refused", reason(message)) if is_refusal(message) else ("DIFFERS", f"{shown}: {message}")
    for text, record in zip(texts, found):
        try:
            e = tokenizer.encode(text)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException:
            continue
        expected = {"input_ids": e.ids, "tokens": e.tokens, "offset_mapping": [list(o) for o in e.offsets],
                    "word_ids": [-1 if w is None else w for w in e.word_ids]}
        for kind, value in expected.items():
            if record[kind] != value:
                return "DIFFERS", f"{shown} on {text!r}: {kind}: expected {value[:12]}, found {record[kind][:12]}"
    return compare_decoding(quern, file, tokenizer, shown, [record["input_ids"] for record in found])


def compare_decoding(quern, file, tokenizer, shown, ids):
    found, message = by_quern(quern, file, json_lines({"input_ids": i} for i in ids), "--decode")
    if found is None:
        return "DIFFERS", f"{shown}: decode: {message}"
    for each, record in zip(ids, found):
        try:
            expected = tokenizer.decode(each, skip_special_tokens=False)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException:
            continue
        if record["text"] != expected:
            return "DIFFERS", f"{shown}: decoding {each}: expected {expected!r}, found {record['text']!r}"
    return "equal", None


# ---- all of them ----


def report(name, outcomes):
    counts, reasons, differs = Counter(), Counter(), 0
    for outcome, detail in outcomes:
        counts[outcome] += 1
        if outcome == "refused":
            reasons[detail] += 1
        if outcome == "DIFFERS":
            differs += 1
            print(f"{name}: DIFFERS {detail}", flush=True)
    print(f"{name}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()))
    for detail, count in reasons.most_common(12):
        print(f"    {count} refused: {detail}")
    return differs


def main():
    parser = argparse.ArgumentParser(description="compare expressions and components with the reference")
    parser.add_argument("--quern", default="build/bin/quern")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=1000, help="random expressions, and random tokenizers")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    differs = 0
    with ProcessPoolExecutor(args.jobs) as pool:
        for name, jobs in expression_jobs(args, rng):
            differs += report(name, pool.map(compare_expression, jobs, chunksize=4))
        texts = random_texts(rng)
        jobs = [(args.quern, random_tokenizer(rng), texts) for _ in range(args.random)]
        differs += report("components", pool.map(compare_tokenizer, jobs, chunksize=4))
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
