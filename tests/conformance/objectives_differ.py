"""objectives_differ.py RECIPES - what quern makes beside what the programs of the field make, of the same input.

RECIPES is the folder that `make recipes` fills. Laws and counts are compared, not bytes: random choices differ. Where both
must agree and do not, the status is 1. Where the others are known to be wrong or biased, the figure that shows it is
printed behind "theirs"; it is no failure if a newer version has lost the defect.
"""

import json
import math
import os
import random
import subprocess
import sys

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import numpy  # noqa: E402
import transformers  # noqa: E402

LIMIT = 5  # standard deviations
failures = 0


def quern(*arguments, text=None):
    given = None if text is None else text.encode()
    out = subprocess.run(["quern", *arguments], input=given, capture_output=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def agree(what, ours, theirs, good):
    global failures
    failures += not good
    print(f"{'same' if good else 'DIFFERS':8} {what}: quern {ours}, theirs {theirs}")


def share(seen, of, expected):
    return abs(seen - of * expected) < LIMIT * math.sqrt(of * expected * (1 - expected))


def defect(what, ours, theirs):
    print(f"{'':8} {what}: quern {ours}, theirs {theirs}")


def tokenizer_of(folder):
    return transformers.PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(folder, "tokenizer.json"), unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        pad_token="[PAD]", mask_token="[MASK]")


def mlm(recipes):
    """The masked language model: 15 %, of which 80, 10 and 10 %."""
    model = recipes + "/en/wordpiece"
    tokenizer = tokenizer_of(model)
    special = set(tokenizer.all_special_ids)
    records = [r for r in read(recipes + "/mask-predict/3.pack.jsonl") if len(r["input_ids"]) == 128][:1500]
    plain = numpy.array([r["input_ids"] for r in records])

    def counts(masked, labels):
        chosen = labels != -100
        eligible = ~numpy.isin(plain, list(special))
        kinds = [(chosen & (masked == tokenizer.mask_token_id)).sum(), (chosen & (masked == plain)).sum()]
        kinds.append(chosen.sum() - sum(kinds))
        drawn = masked[chosen & (masked != tokenizer.mask_token_id) & (masked != plain)]
        return chosen.sum(), eligible.sum(), kinds, numpy.isin(drawn, list(special)).sum()

    made = quern("mask", "-m", model, text=lines({"id": r["id"], "input_ids": r["input_ids"]} for r in records))
    ours = counts(numpy.array([r["input_ids"] for r in made]), numpy.array([r["labels"] for r in made]))
    collator = transformers.DataCollatorForLanguageModeling(tokenizer, return_tensors="np", seed=1)
    batch = collator([{"input_ids": row} for row in plain.tolist()])
    theirs = counts(batch["input_ids"], batch["labels"])
    for name, got in (("share", lambda c: share(c[0], c[1], 0.15)), ("masks among them", lambda c: share(c[2][0], c[0], 0.8)),
                      ("kept", lambda c: share(c[2][1], c[0], 0.1))):
        index = {"share": lambda c: f"{c[0] / c[1]:.4f}", "masks among them": lambda c: f"{c[2][0] / c[0]:.4f}",
                 "kept": lambda c: f"{c[2][1] / c[0]:.4f}"}[name]
        agree("masked language model, " + name, index(ours), index(theirs), got(ours) and got(theirs))
    defect("random tokens that are special", ours[3], theirs[3])
    again = [transformers.DataCollatorForLanguageModeling(tokenizer, return_tensors="np", seed=0)(
        [{"input_ids": row} for row in plain.tolist()])["input_ids"] for _ in range(2)]
    defect("two runs with seed 0 differ", "no", "yes" if (again[0] != again[1]).any() else "no")
    backwards = transformers.DataCollatorForLanguageModeling(tokenizer, return_tensors="np", seed=1)(
        [{"input_ids": row} for row in plain.tolist()[::-1]])["input_ids"][::-1]
    defect("records masked otherwise when their order is another", 0, int((backwards != batch["input_ids"]).any(axis=1).sum()))


def whole_words(recipes):
    """Words of Chinese: by segmentation, or wherever offsets touch."""
    tokenizer = tokenizer_of(recipes + "/zh/wordpiece")
    records = [r for r in read(recipes + "/bert-wwm-zh/2.tokenize.jsonl") if len(r["input_ids"]) >= 40][:500]
    collator = transformers.DataCollatorForLanguageModeling(
        tokenizer, whole_word_mask=True, mask_replace_prob=1, random_replace_prob=0, return_tensors="np")
    ours = theirs = tokens = 0
    for record in records:
        ids = [tokenizer.cls_token_id, *record["input_ids"][:40], tokenizer.sep_token_id]
        offsets = [[0, 0], *record["offset_mapping"][:40], [0, 0]]
        words, _ = collator._calc_word_ids_and_prob_mask(
            numpy.array([offsets]), numpy.array([[int(i in (0, 41)) for i in range(42)]]))
        tokens += 40
        ours += len(set(record["word_ids"][:40]))
        theirs += len(set(words[0].tolist()) - {-1})
        assert len(ids) == 42
    defect("tokens in a word of Chinese", f"{tokens / ours:.2f}", f"{tokens / theirs:.2f}")


def permutation(recipes):
    """XLNet: span lengths, what becomes of the inputs."""
    tokenizer = tokenizer_of(recipes + "/en/wordpiece")
    rows = [r["input_ids"] for r in read(recipes + "/mask-predict/3.pack.jsonl") if len(r["input_ids"]) == 128][:300]
    collator = transformers.DataCollatorForPermutationLanguageModeling(tokenizer, return_tensors="np")
    draws, original = [], random.randint
    module = sys.modules[type(collator).__module__]
    try:
        module.randint = lambda low, high: draws.append((low, high)) or original(low, high)
        batch = collator([{"input_ids": list(row)} for row in rows])
    except (AttributeError, KeyError):
        print("         permutation language model: the collator has changed")
        return
    longest = max((high for low, high in draws if low == 1), default=5)
    made = quern("permute", "-m", recipes + "/en/wordpiece", text=lines(
        {"id": i, "input_ids": row, "word_ids": list(range(len(row)))} for i, row in enumerate(rows)))
    defect("permutation: longest span that is drawn, of 5", 5, longest)
    defect("permutation: targets that the inputs still have",
           f"{sum(a == b for r, row in zip(made, rows) for a, b, l in zip(r['input_ids'], row, r['labels']) if l != -100) / max(1, sum(l != -100 for r in made for l in r['labels'])):.2f}",
           f"{(batch['input_ids'] == numpy.array(rows))[batch['labels'] != -100].mean():.2f}")


def packing(recipes):
    """Best fit: as few sequences as TRL's, and nothing lost."""
    try:
        import datasets
        from trl.data_utils import pack_dataset
    except ImportError as why:
        print(f"         packing: skipped, {why}")
        return
    documents = [{"id": r["id"], "input_ids": r["input_ids"]} for r in read(recipes + "/gpt-packed/1.tokenize.jsonl")]
    documents = [d for d in documents if 0 < len(d["input_ids"]) <= 256]
    made = quern("pack", "-q", "--mode", "best", "--length", "256", "--buffer", "100000", text=lines(documents))
    packed = pack_dataset(datasets.Dataset.from_list([{"input_ids": d["input_ids"]} for d in documents]), 256, "bfd")
    tokens = sum(len(d["input_ids"]) for d in documents)
    lengths = [sum(len(r["input_ids"]) for r in data) for data in (made, packed)]
    agree("best fit, sequences", len(made), len(packed), len(made) <= len(packed))
    agree("best fit, tokens", lengths[0], lengths[1], lengths[0] == lengths[1] == tokens)


def flattening(recipes):
    """A packed decoder: positions and labels of whole documents in one row."""
    collator = transformers.DataCollatorWithFlattening(return_tensors="np")
    same = of = 0
    for record in read(recipes + "/gpt-packed/train.jsonl")[:300]:
        starts = [i for i, p in enumerate(record["position_ids"]) if p == 0] + [len(record["input_ids"])]
        row = collator([{"input_ids": record["input_ids"][s:e]} for s, e in zip(starts, starts[1:])])
        of += 1
        same += row["input_ids"][0].tolist() == record["input_ids"] and row["position_ids"][0].tolist() == record["position_ids"] \
            and row["labels"][0].tolist()[1:] == record["labels"][1:]
    agree("flattened documents: ids, positions, labels", same, of, same == of)


def causal(recipes):
    """Padding that is the end of text, as is usual for GPT-2: its labels must not be lost."""
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=recipes + "/en/bpe/tokenizer.json", eos_token="<|endoftext|>", pad_token="<|endoftext|>")
    end = tokenizer.eos_token_id
    rows = [r["input_ids"] for r in read(recipes + "/gpt/2.pack.jsonl") if end in r["input_ids"]][:200]
    batch = transformers.DataCollatorForLanguageModeling(tokenizer, mlm=False, return_tensors="np")([{"input_ids": r} for r in rows])
    made = quern("causal", text=lines({"id": i, "input_ids": row} for i, row in enumerate(rows)))
    ends = sum(row.count(end) for row in rows)
    defect("ends of text without a label, of " + str(ends),
           sum(l == -100 and i == end for r in made for i, l in zip(r["input_ids"], r["labels"])),
           int(((batch["labels"] == -100) & (batch["input_ids"] == end)).sum()))


def t5(recipes):
    """The noise of T5: round(L * density) in 32-bit floats, as the original has it, against exact arithmetic."""
    lengths = range(2, 4097)
    made = quern("corrupt", "-m", recipes + "/en/unigram", "--task", "t5", "--extra-ids", "2000", "--eos", "", text=lines(
        {"id": n, "input_ids": [150] * n} for n in lengths))
    size = 150
    wrong = differ = 0
    for n, record in zip(lengths, made):
        noise = sum(i == size for i in record["labels"])
        exact = min(max(round(15 * n / 100) if (15 * n) % 100 != 50 else 2 * round(15 * n / 200), 1), n - 1)
        single = int(min(max(numpy.round(numpy.float32(n) * numpy.float32(0.15)), 1), n - 1))
        wrong += noise != exact
        differ += single != exact
    agree("T5: lengths up to 4096 whose noise is not exactly 0.15 L, half to even", wrong, 0, wrong == 0)
    defect("T5: lengths that 32-bit floats round otherwise", 0, differ)


def main():
    recipes = sys.argv[1]
    print(f"transformers {transformers.__version__}")
    for compare in (mlm, whole_words, permutation, packing, flattening, causal, t5):
        compare(recipes)
    sys.exit(failures > 0)


main()
