"""tests/conformance/nbest_differ.py - the N best segmentations against SentencePiece's.

    build/peers/bin/python tests/conformance/nbest_differ.py [--nbest FILE] [--size N] [--texts FILE] [MODEL ...]

Texts are the starts, of --chars characters (60), of the first 600 in build/conformance/texts.12.jsonl. SentencePiece
adds in single precision, so lists are the same where, rank by rank, the loss against the best one is the same to 0.001,
and every segmentation is one of ours. The status is 1 where one differs. Texts of some hundred characters differ here
and there: SentencePiece drops candidates when it has too many ("Too big agenda size"), and misses good ones."""

import argparse
import glob
import json
import subprocess
import sys

import sentencepiece

TOLERANCE = 1e-3
NO_UNIGRAM = 3  # the status of nbest for other models


def compare(processor, text, ours, size):
    """What is wrong with our list, or None."""
    loss_of = {}
    for loss, ids in ours:
        loss_of.setdefault(tuple(ids), loss)
    theirs = [tuple(ids) for ids in processor.NBestEncodeAsIds(text, size)]
    losses = [loss for loss, _ in ours[:size]]
    if any(before > after for before, after in zip(losses, losses[1:])):
        return "not in order"
    if len(theirs) != len(losses):
        return f"{len(losses)} segmentations, expected {len(theirs)}"
    for rank, ids in enumerate(theirs):
        if ids not in loss_of:
            return f"rank {rank} is missing: {processor.IdToPiece(list(ids))}"
        if abs(loss_of[ids] - losses[rank]) > TOLERANCE:
            return f"rank {rank} loses {losses[rank]}, expected {loss_of[ids]}"
    return None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--nbest", default="build/tests/conformance/nbest")
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--texts", default="build/conformance/texts.12.jsonl")
    options.add_argument("--chars", type=int, default=60)
    options.add_argument("models", nargs="*")
    options = options.parse_args()
    texts = []
    with open(options.texts, encoding="utf-8", newline="\n") as file:
        for line in file:
            text = json.loads(line)["text"].replace("\n", " ")[:options.chars].strip()
            if text:
                texts.append(text)
            if len(texts) == 600:
                break
    models = options.models or glob.glob("../shared/data/tokenizers/vocabs/*/*.model")
    wrong = 0
    for model in sorted(models):
        processor = sentencepiece.SentencePieceProcessor(model_file=model)
        # A few more than asked for: near ties may be in the other order at the end.
        found = subprocess.run([options.nbest, model, str(options.size + 50)], input="\n".join(texts).encode("utf-8"),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if found.returncode == NO_UNIGRAM:
            continue
        if found.returncode != 0:
            sys.exit(f"{model}: status {found.returncode}: {found.stderr.decode().strip()}")
        differ = 0
        for text, line in zip(texts, found.stdout.decode("utf-8").split("\n")):
            message = compare(processor, text, json.loads(line), options.size)
            if message:
                differ += 1
                if differ <= 5:
                    print(f"    {json.dumps(text)[:100]}: {message[:100]}")
        print(f"{model}: {len(texts)} texts, {differ} differ")
        wrong += differ
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
