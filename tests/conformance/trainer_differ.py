"""tests/conformance/trainer_differ.py - what `quern train` writes against Hugging Face tokenizers.

    build/peers/bin/python tests/conformance/trainer_differ.py [--quern FILE] [--texts FILE] [--megabytes N]

A line of TAP for each case; the status is 1 where one fails:

    tokenizer      each type with each of its options and lists of special tokens: the tokenizer.json that was learned
                   loads there and gives the ids, offsets and word ids that quern gives
    files          so do vocab.txt, vocab.json with merges.txt, and the pieces with their scores
    learned        the vocabularies are those of the library's own trainers, where no two pairs are equally frequent
    normalization  every code point becomes what it becomes in SentencePiece's nmt_nfkc
    alphabet       the characters are those that SentencePiece keeps for the same coverage
    folder         transformers, if it is installed, loads DIR of -o DIR/: the roles, the ids, a data collator

The texts are N megabytes from all over FILE, every 25th of them is encoded, with some that are hard to get right."""

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import sentencepiece  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers  # noqa: E402
from tokenizers.implementations import BertWordPieceTokenizer  # noqa: E402

HARD = ["", "  ", "\t\n", " a  b ", "[MASK] <mask> [UNK]<s></s>", "#a ##b", "\x00\x01é\u0301", "中文abc 中 文", "a\u3000b",
        "😀👍🏽 x", "A" * 150, "'s 're IT'S", "ﬁ ½ Å", "\u2581x \u2581", "x\u200by", "ß İ ǅ",
        "می\u200cخواهم", "👩\u200d💻 ශ\u200dර", "a～b~c\u200e\ufeffd\ufffd", "\x01～\x7f", "한국어 각 e\u0301", "１2３ 4५6 a7b",
        "<0x41> <0xE4>", "<x><|y|>x<x> z", "㍿ ㋿ Ω"]


class Checks:
    def __init__(self, quern, records, texts):
        self.quern, self.records, self.texts = quern, records, texts
        self.cases = self.failed = 0
        self.input = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()

    def run(self, *arguments, records=None):
        done = subprocess.run([self.quern, *arguments], input=records, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"quern {' '.join(arguments)}: {done.stderr.decode('utf-8', 'replace').strip()}")
        return done.stdout

    def learn(self, *arguments):
        return self.run("train", "-q", *arguments, records=self.records)

    def case(self, name, problem):
        self.cases += 1
        self.failed += problem is not None
        print(f"{'ok' if problem is None else 'not ok'} {self.cases} - {name}", flush=True)
        if problem is not None:
            print(f"# {problem}")

    def encodes(self, name, reference, path):
        """quern with the file against the library's tokenizer, there and back."""
        lines = self.run("tokenize", "-m", path, "--emit", "input_ids,offset_mapping,word_ids", records=self.input)
        problem = None
        decoded = self.run("tokenize", "-q", "-m", path, "--decode", "--skip-special", "--field", "decoded", records=lines)
        for text, line, expected in zip(self.texts, decoded.split(b"\n"), reference.encode_batch(self.texts)):
            found = json.loads(line)
            wanted = (expected.ids, [list(span) for span in expected.offsets],
                      [-1 if word is None else word for word in expected.word_ids])
            if (found["input_ids"], found["offset_mapping"], found["word_ids"]) != wanted:
                problem = f"{text[:60]!r}: {found['input_ids'][:16]}, expected {expected.ids[:16]}"
                break
            if found["decoded"] != reference.decode(expected.ids):
                problem = f"{text[:60]!r}: decoded {found['decoded'][:60]!r}, not {reference.decode(expected.ids)[:60]!r}"
                break
        self.case(name, problem)


# ---- tokenizer.json ----

# How texts are cut, for any type; and what each type has besides.
CUTS = [[], ["--split-digits"], ["--normalization", "none"], ["--normalization", "nfkc", "--case", "lower"],
        ["--normalization", "nfd"], ["--accents", "strip"], ["--accents", "strip", "--normalization", "nfc", "--case", "lower"],
        ["--pre-tokenizer", "none"], ["--user-defined", "<x>,<|y|>,of the"]]
MARKED = [["--normalization", "nmt-nfkc"], ["--limit-alphabet", "60"], ["--limit-alphabet", "60", "--byte-fallback"],
          ["--prefix-space", "first"], ["--prefix-space", "never", "--pre-tokenizer", "none", "--byte-fallback"],
          ["--split-digits", "--byte-fallback", "--user-defined", "<x>"], ["--alphabet", "㋿x～", "--limit-alphabet", "20"],
          ["--max-piece-length", "4"]]
CHARACTERS = ["--letters", "characters"]
SETTINGS = {
    "bpe": (CUTS + [["--pre-tokenizer", "bert"], ["--pre-tokenizer", "whitespace"], ["--pre-tokenizer", "gpt4"],
                    ["--pre-tokenizer", "gpt4", "--split-digits"],
                    ["--pattern", r"\p{N}{1,2}|\p{Han}| ?[\p{L}\p{M}]+"], ["--min-count", "50"], ["--prefix-space", "always"],
                    ["--max-piece-length", "5"]] + [CHARACTERS + given for given in [[]] + MARKED],
            [[], ["--special", "<unk>"], ["--special", "<|endoftext|>,<unk>"], ["--special", "<s>,</s>,<unk>,a"],
             ["--special", "<u>,[C],[S],[M]", "--role", "unk=<u>,cls=[C],sep=[S],mask=[M]"]]),
    "wordpiece": (CUTS + [["--case", "keep"], ["--accents", "keep"], ["--case", "keep", "--accents", "strip"],
                          ["--pre-tokenizer", "whitespace"], ["--limit-alphabet", "60"], ["--character-coverage", ".99"],
                          ["--alphabet", "㋿x～", "--limit-alphabet", "20"], ["--max-piece-length", "4"]],
                  [[], ["--special", "[UNK]"], ["--special", "[UNK],[CLS],[SEP],the"],
                   ["--special", "<u>,[C],[S],[M]", "--role", "unk=<u>,cls=[C],sep=[S],mask=[M]"]]),
    "unigram": (CUTS + MARKED, [[], ["--special", "<unk>"], ["--special", "<unk>,<s>,a"],
                                ["--special", "<u>,[C],[S],[M]", "--role", "unk=<u>,cls=[C],sep=[S],mask=[M]"]]),
}


def check_tokenizers(checks, folder):
    path = f"{folder}/tokenizer.json"
    for kind, (settings, specials) in SETTINGS.items():
        for given in (a + b for a in settings for b in specials):
            checks.learn("--type", kind, "--vocab-size", "6000", "-o", path, *given)
            checks.encodes(" ".join([kind, *given]), Tokenizer.from_file(path), path)


# ---- the other files ----


def check_files(checks, folder):
    size = ["--vocab-size", "6000"]
    for case in ("lower", "keep"):
        path = f"{folder}/{case}.txt"
        checks.learn("--type", "wordpiece", "--case", case, "--format", "vocab", "-o", path, *size)
        checks.encodes(f"vocab.txt, {case}", BertWordPieceTokenizer(path, lowercase=case == "lower"), path)
    for special in ("<s>,<pad>,</s>,<unk>,<mask>", "<|endoftext|>"):
        given = ["--type", "bpe", "--special", special, *size]
        for name, what in (("vocab.json", "vocab"), ("merges.txt", "merges"), ("tokenizer.json", "tokenizer")):
            checks.learn(*given, "--format", what, "-o", f"{folder}/{name}")
        reference = Tokenizer.from_file(f"{folder}/tokenizer.json")
        reference.model = models.BPE.from_file(f"{folder}/vocab.json", f"{folder}/merges.txt")
        for name in ("tokenizer.json", "vocab.json"):
            checks.encodes(f"vocab.json and merges.txt, {special}: {name}", reference, f"{folder}/{name}")
    path = f"{folder}/unigram.json"
    checks.learn("--type", "unigram", "-o", path, *size)
    lines = checks.learn("--type", "unigram", "--format", "vocab", *size).decode().split("\n")[:-1]
    reference = Tokenizer.from_file(path)
    pieces = (line.split("\t") for line in lines)
    reference.model = models.Unigram([(piece, float(score)) for piece, score in pieces], 1)
    checks.encodes("pieces with their scores", reference, path)


# ---- what is learned ----


def random_words(seed):
    """Words of few letters that occur so often, at random, that their first pairs are never equally frequent."""
    rng = random.Random(seed)
    words = ("".join(rng.choice("abcdeéжz") for _ in range(rng.randint(1, 9))) for _ in range(400))
    return [" ".join([word] * rng.randint(1, 3000)) for word in words]


def check_learned(checks):
    for seed in range(4):
        texts = random_words(seed)
        records = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
        bert = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        bert.normalizer = normalizers.BertNormalizer(lowercase=False)
        bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        bert.train_from_iterator(texts, trainers.WordPieceTrainer(
            vocab_size=90, special_tokens=["[UNK]"], min_frequency=2, show_progress=False))
        found = checks.run("train", "-q", "--type", "wordpiece", "--case", "keep", "--special", "[UNK]",
                           "--vocab-size", "90", "--format", "vocab", records=records).decode().split("\n")[:-1]
        report(checks, f"wordpiece, {seed}", set(found), set(bert.get_vocab()))
        gpt2 = Tokenizer(models.BPE())
        gpt2.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        gpt2.train_from_iterator(texts, trainers.BpeTrainer(
            vocab_size=330, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), min_frequency=2, show_progress=False))
        found = json.loads(checks.run("train", "-q", "--type", "bpe", "--special", "none", "--vocab-size", "330",
                                      "--format", "vocab", records=records))
        report(checks, f"bpe, {seed}", set(found), set(gpt2.get_vocab()))


def report(checks, name, found, expected):
    difference = f"only here {sorted(found - expected)[:9]}, only there {sorted(expected - found)[:9]}"
    checks.case(f"learned: {name}", None if found == expected else difference)


def check_learned_bpe(checks):
    """The longest piece, which the library takes as a bound that is not reached; and letters that are characters."""
    for seed in range(4):
        texts = random_words(seed)
        records = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
        for most in (2, 5):
            reference = Tokenizer(models.BPE())
            reference.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            reference.train_from_iterator(texts, trainers.BpeTrainer(
                vocab_size=330, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), max_token_length=most + 1,
                min_frequency=2, show_progress=False))
            found = json.loads(checks.run("train", "-q", "--type", "bpe", "--special", "none", "--vocab-size", "330",
                                          "--max-piece-length", str(most), "--format", "vocab", records=records))
            report(checks, f"bpe, pieces of {most}, {seed}", set(found), set(reference.get_vocab()))
        reference = Tokenizer(models.BPE(unk_token="<unk>"))
        reference.pre_tokenizer = pre_tokenizers.Metaspace()
        reference.train_from_iterator(texts, trainers.BpeTrainer(
            vocab_size=90, special_tokens=["<unk>"], min_frequency=2, show_progress=False))
        found = json.loads(checks.run("train", "-q", "--type", "bpe", "--letters", "characters", "--special", "<unk>",
                                      "--normalization", "none", "--vocab-size", "90", "--format", "vocab",
                                      records=records))
        report(checks, f"bpe, characters, {seed}", set(found), set(reference.get_vocab()))


# ---- SentencePiece ----

JOINER = 0x200C  # stays by default, though SentencePiece makes it a blank


def is_newer(point, becomes):
    """Changed by the NFKC of a later Unicode than that of Hugging Face's normalizers."""
    return becomes != chr(point) and normalizers.NFKC().normalize_str(chr(point)) == chr(point) and point != JOINER


def check_normalization(checks):
    normalizer = sentencepiece.SentencePieceNormalizer(
        rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False, remove_extra_whitespaces=False)
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    expected = {point: normalizer.normalize(chr(point)) for point in points}
    records = "".join(json.dumps({"text": f"{point};{chr(point)};"}) + "\n" for point in points).encode()
    for given in ([], ["--normalization", "nmt-nfkc"]):
        lines = checks.run("train", "count", "--type", "unigram", "--pre-tokenizer", "none", *given, records=records)
        words = (json.loads(line)["word"] for line in lines.split(b"\n")[:-1])
        found = {int(number): rest[:-1].replace("\u2581", " ")
                 for number, _, rest in (word[1:].partition(";") for word in words)}
        differ = [point for point in points
                  if found.get(point) != (chr(point) if point == JOINER and not given else expected[point])]
        left = [f"U+{point:04X}" for point in differ
                if found.get(point) != chr(point) or not is_newer(point, expected[point])]
        name = f"normalization: {' '.join(given) or 'default'}: all but {len(differ)} characters newer than Unicode 9"
        checks.case(name, f"differ: {left[:20]}" if left else None)


def check_alphabet(checks):
    texts = [" ".join(text.split()) for text in checks.texts[:-len(HARD)] if text.strip()]
    records = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    for coverage in ("0.98", "0.99", "0.999", "0.9995", "1"):
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_writer=model, model_type="char", vocab_size=100000,
            character_coverage=float(coverage), hard_vocab_limit=False, max_sentence_length=10**6, minloglevel=2)
        reference = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        expected = {reference.id_to_piece(i) for i in range(reference.get_piece_size())} - {"<unk>", "<s>", "</s>"}
        lines = checks.run("train", "-q", "--type", "unigram", "--normalization", "nmt-nfkc", "--max-piece-length", "1",
                           "--character-coverage", coverage, "--special", "<unk>", "--format", "vocab", records=records)
        report(checks, f"alphabet: {coverage}", {line.split("\t")[0] for line in lines.decode().split("\n")[1:-1]}, expected)


# ---- transformers ----

FOLDERS = [(["--type", "wordpiece"], "unk sep pad cls mask"),
           (["--type", "wordpiece", "--special", "[UNK],[P],[C],[S],[hide],[x]", "--role",
             "mask=[hide],pad=[P],cls=[C],sep=[S]"], "unk sep pad cls mask"),
           (["--type", "bpe"], "bos eos unk sep pad cls mask"),
           (["--type", "bpe", "--special", "<|endoftext|>,<|user|>", "--role", "pad=<|endoftext|>"], "bos eos pad"),
           (["--type", "bpe", "--letters", "characters", "--byte-fallback"], "bos eos unk sep pad cls mask"),
           (["--type", "unigram", "--user-defined", "<x>"], "unk sep pad cls mask"),
           (["--type", "unigram", "--special", "<unk>,<s>,</s>", "--byte-fallback"], "bos eos unk")]
ROLES = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")


def check_folders(checks, folder):
    try:
        from transformers import AutoTokenizer, DataCollatorForLanguageModeling
    except ImportError:
        checks.case("folder # SKIP transformers is not installed", None)
        return
    for number, (given, roles) in enumerate(FOLDERS):
        path = f"{folder}/folder{number}"
        checks.learn("--vocab-size", "6000", "-o", path + "/", *given)
        reference = AutoTokenizer.from_pretrained(path)
        found = " ".join(role for role in ROLES if getattr(reference, role + "_token") is not None)
        problem = None if found == roles else f"the roles are {found}, expected {roles}"
        lines = checks.run("tokenize", "-q", "-m", path, "--emit", "input_ids", records=checks.input).split(b"\n")
        for text, line in zip(checks.texts, lines):
            if json.loads(line)["input_ids"] != reference(text)["input_ids"]:
                problem = problem or f"other ids: {text[:60]!r}"
        if reference.mask_token is not None:
            collator = DataCollatorForLanguageModeling(reference, mlm=True, return_tensors="np")
            batch = collator([reference(text) for text in checks.texts[:50]])
            if not (batch["labels"] != -100).any():
                problem = problem or "the data collator masks nothing"
        checks.case(f"folder: {' '.join(given)}", problem)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quern", default="build/bin/quern")
    parser.add_argument("--texts", default="build/conformance/texts.100.jsonl")
    parser.add_argument("--megabytes", type=float, default=2.5)
    options = parser.parse_args()
    with open(options.texts, "rb") as file:
        lines = file.readlines()
    lines = lines[::max(1, round(sum(map(len, lines)) / (options.megabytes * 1e6)))]
    checks = Checks(options.quern, b"".join(lines), [json.loads(line)["text"] for line in lines[::25]] + HARD)
    with tempfile.TemporaryDirectory() as folder:
        check_tokenizers(checks, folder)
        check_files(checks, folder)
        check_folders(checks, folder)
    check_learned(checks)
    check_learned_bpe(checks)
    check_normalization(checks)
    check_alphabet(checks)
    print(f"1..{checks.cases}")
    return checks.failed > 0


if __name__ == "__main__":
    sys.exit(main())
