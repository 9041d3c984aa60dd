"""objectives_peer.py WORK FILE VOCAB - one objective by the data collators of transformers, in one thread, to nowhere.

Records of token ids are read before the clock starts, as a trainer has them in memory; text is tokenized on the clock. The
collators write numpy arrays, their fastest form. Writes the seconds of the work to the file that the environment variable
SECONDS_FILE names.
"""
import json
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import numpy  # noqa: E402
import transformers  # noqa: E402

BATCH = 32


def make_tokenizer(vocab):
    try:
        return transformers.BertTokenizerFast(vocab=vocab)
    except TypeError:  # before transformers 5
        return transformers.BertTokenizerFast(vocab_file=vocab)


def collator(work, tokenizer):
    if work.endswith("word"):
        if "whole_word_mask" in transformers.DataCollatorForLanguageModeling.__dataclass_fields__:
            return transformers.DataCollatorForLanguageModeling(
                tokenizer, whole_word_mask=True, mask_replace_prob=1, random_replace_prob=0, return_tensors="np"
            )
        return transformers.DataCollatorForWholeWordMask(tokenizer, return_tensors="np")
    return transformers.DataCollatorForLanguageModeling(tokenizer, return_tensors="np")


def main():
    work, path, vocab = sys.argv[1:]
    tokenizer = make_tokenizer(vocab)
    make = collator(work, tokenizer)
    keys = ("input_ids", "offset_mapping") if work == "mask-word" else ("input_ids",)
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    scale = 1.0
    if work == "mask-word":
        # the collator pads ids, but not offsets: records of one length stand for all
        tokens = sum(len(record["input_ids"]) for record in records)
        longest = max(len(record["input_ids"]) for record in records)
        records = [record for record in records if len(record["input_ids"]) == longest]
        scale = tokens / (longest * len(records))
    start = time.process_time()
    if work.startswith("text"):
        texts = [record["text"] for record in records]
        for at in range(0, len(texts), BATCH):
            batch = tokenizer(texts[at : at + BATCH], truncation=True, max_length=128, return_offsets_mapping=False)
            make([{"input_ids": ids} for ids in batch["input_ids"]])
    else:
        for at in range(0, len(records), BATCH):
            make([{key: record[key] for key in keys if key in record} for record in records[at : at + BATCH]])
    with open(os.environ["SECONDS_FILE"], "w", encoding="utf-8") as out:
        print((time.process_time() - start) * scale, file=out)


main()
