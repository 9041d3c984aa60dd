"""tests/conformance/tokenizers_differ.py - `quern tokenize` against the references, over texts of many languages.

    build/peers/bin/python tests/conformance/tokenizers_differ.py [--quern FILE] [--megabytes N] [--jobs N]
        [--check NAME] [--folder DIR] [MODEL ...]

For each tokenizer.json, vocab.txt and vocab.json the reference is Hugging Face tokenizers 0.22.2, for each .model
SentencePiece 0.2.1, for each rank file tiktoken. MODEL is a file; without one all below ../shared/data/tokenizers/vocabs and
build/peers/vocabs, what `quern train` makes of a part of the texts, and what the two libraries make of it with settings
that those do not have. tokenizers_corpus.py makes the texts, tokenizers_references.py asks the libraries. The checks:

    plain     no special tokens: ids, tokens, offsets, word ids; ids alone; how many; all texts
    bytes     offsets in bytes
    special   special tokens added: these, and the masks and types
    pair      two texts, likewise
    NAMES     of windows: cut and overflowing, with strides, on either side, padded; one text or two. Offsets of a
              window count from its start; they are put back into the whole text
    decode    text from the ids of a text, and from ids drawn at random; all tokens, or the special ones left out
    law       decoding what was encoded gives the text, for byte-level models

All but plain get a part of the texts each, those of windows no more than WINDOW_TEXTS: with them the libraries take
longest, and what they do depends less on the text. SentencePiece has plain, bytes and decode, tiktoken these and law.

With --folder every file below DIR that is no companion of a tokenizer is a model, whatever its name, and so is every
folder with a tokenizer.json and a tokenizer_config.json. Each gets a line: identical, differs, or refused, and why. The
reference is chosen by the format that `quern inspect` tells, also those of transformers and mistral_common; the checks
are plain, special and decode over FOLDER_TEXTS of the texts.

What differs is cut down to the shortest text that still differs, printed, and written to
build/conformance/differences.txt, a line for each: model, check, what, input, expected, found, as JSON with tabs
between. The status is 1 where something differs. A model that quern refuses is reported, with its message."""

import argparse
import glob
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RUST_BACKTRACE"] = "0"  # it takes longer than all the rest

from tokenizers_corpus import WORK, write_texts  # noqa: E402
from tokenizers_models import trained  # noqa: E402
from tokenizers_references import Tiktoken, byte_offsets, reference, reference_of_kind  # noqa: E402

VOCABS = "../shared/data/tokenizers/vocabs"
BATCH = 100
WINDOW_TEXTS = 1000
FOLDER_TEXTS = 600
COMPANIONS = ("config.json", "generation_config.json", "special_tokens_map.json", "added_tokens.json",
              "tokenizer_config.json", "preprocessor_config.json", "chat_template.json", "model.safetensors.index.json")
MEMBERS = {"ids": "input_ids", "tokens": "tokens", "offsets": "offset_mapping", "word_ids": "word_ids",
           "special": "special_tokens_mask", "attention": "attention_mask", "types": "token_type_ids",
           "count": "token_count", "bytes": "offset_mapping", "decoded": "decoded"}
ALL = ("tokens", "ids", "offsets", "word_ids", "special", "attention", "types")


# ---- the checks ----


class Check:
    """A view is one run of quern: its options, and what is looked at of what it writes. Input of the check is a list of
    parts, texts or ids, made from a document; what is expected of it is a list of windows, or None: refused."""

    def __init__(self, name, views, limit=1 << 30, every=None):
        self.name, self.views, self.limit, self.every = name, views, limit, every

    def inputs(self, ref, texts):
        return [[text[:self.limit]] for text in texts]

    def record(self, parts):
        return {"text": parts[0]}

    def command(self, quern, model, view, path):
        return [quern, "tokenize", "-q", "-m", model, *self.views[view][0], "--on-error", "skip", "--max-errors",
                "1000000000", path]


def emitting(*kinds):
    return ["--emit", ",".join(MEMBERS[kind] for kind in kinds)], kinds


class Plain(Check):
    def __init__(self, kinds):
        views = [emitting(*kinds), emitting("ids"), (["--count"], ("count",))]
        super().__init__("plain", [(["--no-special", *options], looked) for options, looked in views])

    def expected(self, ref, inputs):
        return [[{**found, "count": len(found["ids"])}] for found in ref.encode([parts[0] for parts in inputs])]


class Bytes(Check):
    def __init__(self):
        super().__init__("bytes", [(["--no-special", "--offsets", "bytes", "--emit", "offset_mapping"], ("bytes",))])

    def expected(self, ref, inputs):
        texts = [parts[0] for parts in inputs]
        return [[{"bytes": byte_offsets(text, found["offsets"])}] for text, found in zip(texts, ref.encode(texts))]


class Windows(Check):
    """Special tokens, pairs, truncation and padding: of Hugging Face only."""

    def __init__(self, name, pair=False, special=True, limit=1 << 30, length=0, stride=0, strategy="longest_first",
                 side="right", overflow=True, pad="none", multiple=0, pad_side="right", pad_token=None):
        options = [] if special else ["--no-special"]
        options += ["--pair-field", "pair"] if pair else []
        self.pair, self.special, self.overflow, self.truncation, self.padding = pair, special, overflow, None, None
        if length:
            self.truncation = {"max_length": length, "stride": stride if overflow else 0, "strategy": strategy,
                               "direction": side}
            options += ["--max-length", str(length), "--truncation", strategy, "--side", side]
            options += ["--overflow", "split", "--stride", str(stride)] if overflow else []
        if pad != "none" or multiple:
            self.padding = {"direction": pad_side, "length": length if pad != "none" else None,
                            "pad_to_multiple_of": multiple or None}
            options += ["--padding", pad, "--pad-multiple", str(multiple), "--pad-side", pad_side, "--pad-token",
                        pad_token]
        super().__init__(name, [(options, ALL)], limit)

    def inputs(self, ref, texts):
        texts = [text[:self.limit] for text in texts]
        return [list(pair) for pair in zip(texts, texts[1:] + texts[:1])] if self.pair else [[text] for text in texts]

    def record(self, parts):
        return dict(zip(("text", "pair"), parts))

    def expected(self, ref, inputs):
        return [ref.windows(parts, self.special, self.truncation, self.padding, self.overflow) for parts in inputs]


class Decode(Check):
    def __init__(self, name, skip):
        self.skip = skip
        super().__init__(name, [(["--decode", "--field", "decoded", *(["--skip-special"] if skip else [])], ("decoded",))])

    def inputs(self, ref, texts):
        inputs = []
        for text, found in zip(texts, ref.encode(texts)):
            rng = random.Random(text)
            at_random = [rng.choice(ref.known_ids) for _ in range(rng.randrange(40))]
            inputs.append([found["ids"] if rng.random() < 0.7 else at_random])
        return inputs

    def record(self, parts):
        return {"input_ids": parts[0]}

    def expected(self, ref, inputs):
        return [[{"decoded": ref.decode(parts[0], self.skip)}] for parts in inputs]


class Law(Check):
    """To ids and back, in one chain."""

    def __init__(self):
        super().__init__("law", [(None, ("decoded",))])

    def inputs(self, ref, texts):
        return [[text] for text in texts if ref.normal_form(text) is not None]

    def command(self, quern, model, view, path):
        quoted = "'" + model.replace("'", "'\\''") + "'"
        return [quern, "run", "-q", f"tokenize -m {quoted} --no-special --emit input_ids | "
                f"tokenize -m {quoted} --decode --field decoded", path]

    def expected(self, ref, inputs):
        return [[{"decoded": ref.normal_form(parts[0])}] for parts in inputs]


def checks_of(ref, texts):
    sampled = [Bytes(), Decode("decode", False)]
    if hasattr(ref, "windows"):
        pad = {"pad_token": ref.pad_token}
        windows = [
            Windows("special"), Windows("pair", pair=True),
            Windows("pair, no special", pair=True, special=False),
            Windows("16, stride 5", limit=300, length=16, stride=5),
            Windows("48, left, padded left", limit=1000, length=48, stride=11, side="left", pad="max_length",
                    pad_side="left", **pad),
            Windows("512", length=512, stride=128),
            Windows("100, multiple of 8", length=100, overflow=False, multiple=8, **pad),
            Windows("pair, 24", pair=True, limit=150, length=24, stride=4),
            Windows("pair, 72, only second, left", pair=True, limit=100, length=72, stride=7, strategy="only_second",
                    side="left", pad="max_length", multiple=16, **pad),
            Windows("pair, 64, only first", pair=True, limit=150, length=64, stride=9,
                    strategy="only_first"),
            Windows("pair, 31, left", pair=True, length=31, side="left", overflow=False)]
        sampled += [Decode("decode, skip special", True), Law()]
        sampled += [check for check in windows if ref.pad_token or check.padding is None]
    elif ref.kinds == Tiktoken.kinds:
        sampled.append(Law())
    with open(texts, "rb") as file:
        count = sum(1 for _ in file)
    for number, check in enumerate(sampled):
        times = max(1, count // len(sampled) // WINDOW_TEXTS) if isinstance(check, Windows) else 1
        check.every = (number, times * len(sampled))
    return [Plain(ref.kinds), *sampled]


# ---- the two sides ----


def write_records(file, check, inputs):
    for number, parts in enumerate(inputs):
        file.write(json.dumps({"id": number, **check.record(parts)}, ensure_ascii=False) + "\n")
    file.flush()


def windows_of(output):
    """(number of the input, its windows) for each input that was not refused."""
    last, windows = None, []
    for line in output:
        record = json.loads(line)
        number = record.get("parent", record["id"])
        if number != last and last is not None:
            yield last, windows
            windows = []
        last = number
        windows.append(record)
    if last is not None:
        yield last, windows


def in_whole_texts(record):
    """Offsets of a window are of its part of the texts, the reference's of the whole. A token is of the second text where
    its type, or a special token before it, says so."""
    special, types, window = record["special_tokens_mask"], record["token_type_ids"], record["window"]
    starts = [i for i in range(1, len(special)) if special[i - 1:i + 1] == [1, 0]]
    second = 0 if window[0] == [0, 0] else starts[1] if len(starts) > 1 else len(special)
    return [[start + at, end + at]
            for i, (start, end) in enumerate(record["offset_mapping"])
            for at in [0 if special[i] else window[types[i] == 1 or i >= second][0]]]


class Run:
    """The views of a check over a file of records."""

    def __init__(self, quern, model, check, path):
        self.check, self.problems = check, tempfile.TemporaryFile(dir=WORK)
        self.processes = [subprocess.Popen(check.command(quern, model, view, path), stdout=subprocess.PIPE,
                                           stderr=self.problems) for view in range(len(check.views))]
        self.outputs = [windows_of(process.stdout) for process in self.processes]
        self.next = [next(output, None) for output in self.outputs]

    def found(self, number):
        """Of each view: windows with what is looked at, or None."""
        views = []
        for view, (_, kinds) in enumerate(self.check.views):
            windows = None
            if self.next[view] is not None and self.next[view][0] == number:
                windows = [{kind: record[MEMBERS[kind]] for kind in kinds} for record in self.next[view][1]]
                for record, looked in zip(self.next[view][1], windows):
                    if "window" in record:
                        looked["offsets"] = in_whole_texts(record)
                self.next[view] = next(self.outputs[view], None)
            views.append(windows)
        return views

    def close(self):
        for process in self.processes:
            process.stdout.close()
            process.wait()
        self.problems.seek(0)
        message = self.problems.read().decode("utf-8", "replace").strip()
        self.problems.close()
        return message


def found(quern, model, check, inputs):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=WORK, suffix=".jsonl") as file:
        write_records(file, check, inputs)
        run = Run(quern, model, check, file.name)
        results = [run.found(number) for number in range(len(inputs))]
        run.close()
    return results


def difference(check, expected, views):
    """(what differs first, what was expected, what was found), or None."""
    for (_, kinds), windows in zip(check.views, views):
        if expected is None or windows is None:
            if expected is not windows:
                return "refused", expected, windows
        elif len(expected) != len(windows):
            return "windows", len(expected), len(windows)
        else:
            for one, other in zip(expected, windows):
                for kind in kinds:
                    if one[kind] != other[kind]:
                        return kind, one[kind], other[kind]
    return None


def shrink(quern, model, check, ref, parts):
    """With as much taken out as can be in a minute, so that it still differs."""
    end = time.monotonic() + 60
    for which in range(len(parts)):
        size = max(len(parts[which]) // 2, 1)
        while time.monotonic() < end:
            candidates = [[*parts[:which], parts[which][:at] + parts[which][at + size:], *parts[which + 1:]]
                          for at in range(0, len(parts[which]), size)][:200]
            failing = [candidate for candidate, expected, views in
                       zip(candidates, check.expected(ref, candidates), found(quern, model, check, candidates))
                       if difference(check, expected, views)]
            if failing:
                parts = min(failing, key=lambda candidate: len(candidate[which]))
                size = max(min(size, len(parts[which]) // 2), 1)
            elif size == 1:
                break
            else:
                size //= 2
    return parts


# ---- one model over all texts ----


def documents(path, every):
    """Batches of texts; every = (which, of how many)."""
    batch = []
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file):
            if every is None or number % every[1] == every[0]:
                batch.append(json.loads(line)["text"])
                if len(batch) == BATCH:
                    yield batch
                    batch = []
    if batch:
        yield batch


def run_check(quern, model, check, ref, texts, result):
    failing = []
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=WORK, suffix=".jsonl") as file:
        inputs = [parts for batch in documents(texts, check.every) for parts in check.inputs(ref, batch)]
        write_records(file, check, inputs)
        run = Run(quern, model, check, file.name)
        for start in range(0, len(inputs), BATCH):
            batch = inputs[start:start + BATCH]
            for number, (parts, expected) in enumerate(zip(batch, check.expected(ref, batch)), start):
                result["compared"] += 1
                result["refused by both"] += expected is None
                differs = difference(check, expected, run.found(number))
                if differs:
                    result["differ"][check.name, differs[0]] = result["differ"].get((check.name, differs[0]), 0) + 1
                    failing.append(parts)
        message = run.close()
    if message and failing:
        result["messages"].append(message[-300:])
    shortest = sorted(failing, key=lambda parts: sum(map(len, parts)))
    for parts in shortest[:6] + random.Random(1).sample(shortest, min(6, len(shortest))):
        parts = shrink(quern, model, check, ref, parts)
        differs = difference(check, check.expected(ref, [parts])[0], found(quern, model, check, [parts])[0])
        case = (check.name, differs and differs[0], parts, *(differs or ())[1:])
        if case not in result["cases"]:
            result["cases"].append(case)


def compare(arguments):
    quern, model, texts, only = arguments
    name = os.path.relpath(model, VOCABS) if model.startswith(VOCABS) else model
    result = {"model": name, "compared": 0, "refused by both": 0, "refused": None, "differ": {}, "cases": [], "messages": []}
    probe = subprocess.run([quern, "tokenize", "-q", "-m", model], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if probe.returncode != 0:
        result["refused"] = probe.stderr.decode("utf-8", "replace").strip()
        return result
    ref = reference(model)
    with open(os.devnull, "w", encoding="ascii") as silence:
        os.dup2(silence.fileno(), 2)  # a reference that aborts, which is compared, too, says so
    for check in checks_of(ref, texts):
        if only is None or check.name.startswith(only):
            run_check(quern, model, check, ref, texts, result)
    return result


# ---- a folder of models ----


def models_below(folder):
    """Files of any name but companions, and folders; the merges of a vocabulary go with it."""
    for path, folders, names in sorted(os.walk(folder)):
        folders.sort()
        if {"tokenizer.json", "tokenizer_config.json"} <= set(names):
            yield path
        for name in sorted(names):
            pair = name.replace("merges.txt", "vocab.json")
            if name not in COMPANIONS and not name.startswith(".") and not name.endswith((".md", ".py", ".jinja")) \
                    and (pair == name or pair not in names):
                yield os.path.join(path, name)


def inspected(quern, model):
    """(format, None), or (format or None, why it is refused)."""
    done = subprocess.run([quern, "inspect", model], capture_output=True, check=False)
    if done.returncode != 0:
        message = done.stderr.decode("utf-8", "replace").strip()
        return None, message.removeprefix("quern-inspect: ").removeprefix(model).removeprefix(": ")
    record = json.loads(done.stdout)
    return record["format"], record.get("reason")


def compare_any(arguments):
    quern, model, texts, name = arguments
    kind, reason = inspected(quern, model)
    result = {"model": name, "compared": 0, "refused by both": 0, "refused": reason, "differ": {}, "cases": [], "messages": [],
              "row": kind or "-"}
    if reason is not None:
        return result
    with open(os.devnull, "w", encoding="ascii") as silence:
        os.dup2(silence.fileno(), 2)
    try:
        ref = reference_of_kind(model, "folder" if os.path.isdir(model) else kind)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # pylint: disable=broad-except
        result["messages"].append(f"no reference: {type(error).__name__}: {str(error)[:200]}")
        return result
    with open(texts, "rb") as file:
        every = max(1, sum(1 for _ in file) // FOLDER_TEXTS)
    checks = [Plain(ref.kinds), Decode("decode", False), Decode("decode, skip special", True)]
    if hasattr(ref, "windows"):
        checks.append(Windows("special"))
    elif ref.kinds != ("ids",):  # tiktoken and SentencePiece do not leave anything out
        checks.pop()
    for number, check in enumerate(checks):
        check.every = (number % every, every)
        run_check(quern, model, check, ref, texts, result)
    return result


def report_row(result, file):
    differ = ", ".join(f"{count} {check}: {kind}" for (check, kind), count in result["differ"].items())
    if result["refused"] is not None:
        found = f"refused: {result['refused']}"
    elif result["compared"] == 0:
        found = "not compared: " + "; ".join(result["messages"])
    else:
        found = f"differs of {result['compared']}: {differ}" if differ else f"identical ({result['compared']} inputs)"
    print(f"{result['model']:60} {result['row']:14} {found}")
    for case in result["cases"]:
        file.write("\t".join((result["model"], *(json.dumps(part) for part in case))) + "\n")
    for check, kind, parts, *sides in result["cases"][:2]:
        print(f"    {check}: {kind}: {shown(parts)}")
        for side, value in zip(("expected", "found   "), sides):
            print(f"        {side} {shown(value)}")
    return sum(result["differ"].values())


def shown(value):
    return json.dumps(value)[:200]


def report(result, file):
    if result["refused"] is not None:
        print(f"{result['model']:52} refused: {result['refused']}")
        return 0
    differ = ", ".join(f"{count} {check}: {kind}" for (check, kind), count in result["differ"].items()) or "0"
    both = f" ({result['refused by both']} refused by both)" if result["refused by both"] else ""
    print(f"{result['model']:52} {result['compared']:8} inputs{both}, differ: {differ}")
    for message in result["messages"]:
        print("    " + message)
    for case in result["cases"]:
        file.write("\t".join((result["model"], *(json.dumps(part) for part in case))) + "\n")
    for check, kind, parts, *sides in result["cases"][:8]:
        print(f"    {check}: {kind}: {shown(parts)}")
        for side, value in zip(("expected", "found   "), sides):
            print(f"        {side} {shown(value)}")
    return sum(result["differ"].values())


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quern", default="build/bin/quern")
    options.add_argument("--megabytes", type=int, default=100)
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--check", help="only those whose names begin with this")
    options.add_argument("--folder", help="of tokenizer files of any kind and name: a line for each")
    options.add_argument("models", nargs="*")
    options = options.parse_args()
    models = options.models
    if not models and not options.folder:
        models = sorted(glob.glob(VOCABS + "/*/*.model") + glob.glob(VOCABS + "/*/vocab.txt") +
                        glob.glob(VOCABS + "/*/vocab.json") +
                        [path for path in glob.glob(VOCABS + "/*/*tokenizer*.json") if "config" not in path])
        models += sorted(glob.glob("build/peers/vocabs/*/*"))
    os.makedirs(WORK, exist_ok=True)
    texts = f"{WORK}/texts.{options.megabytes}.jsonl"
    if not os.path.exists(texts):
        write_texts(texts, options.megabytes)
    print(f"{os.path.getsize(texts) / 1e6:.0f} MB of texts in {texts}")
    if not options.models and not options.folder:
        models += trained(options.quern, texts)
    differ = 0
    with open(WORK + "/differences.txt", "w", encoding="utf-8") as file, ProcessPoolExecutor(options.jobs) as pool:
        if options.folder:
            found = [(options.quern, model, texts, os.path.relpath(model, options.folder))
                     for model in models_below(options.folder)]
            results = ((report_row, result) for result in pool.map(compare_any, found))
        else:
            found = [(options.quern, model, texts, options.check) for model in models]
            results = ((report, result) for result in pool.map(compare, found))
        for show, result in results:
            differ += show(result, file)
            sys.stdout.flush()
            file.flush()
    print(f"{differ} differences" + (f", see {WORK}/differences.txt" if differ else ""))
    return differ != 0


if __name__ == "__main__":
    sys.exit(main())
