"""tests/bench/peers_vocabs.py - the vocabularies of large language models that a peer brings along, as files.

    build/peers/bin/python tests/bench/peers_vocabs.py FOLDER

quicktok has the ranks of cl100k_base, o200k_base and Llama 3 in its package. Of each of them FOLDER/NAME gets
tokenizer.json and, but for Llama 3, NAME.tiktoken, a rank file. A rank file knows no merges, but the merge that makes a
token is the last one when the token itself is merged by the ranks below its own. The ranks of r50k_base are the ids of
../shared's GPT-2. What is made from what is absent is left out."""

import base64
import importlib.util
import json
import os
import struct
import sys

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
LLAMA3 = (CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
O200K = (rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?|"
         r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")

# name of the folder, quicktok's name, how text is cut, what is put before a text
VOCABULARIES = [("cl100k_base", "cl100k", LLAMA3, None), ("o200k_base", "o200k", O200K, None),
                ("llama3", "llama3", LLAMA3, "<|begin_of_text|>")]

PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
SPELLING = {byte: chr(byte) for byte in PRINTABLE}
SPELLING.update({byte: chr(256 + n) for n, byte in enumerate(b for b in range(256) if b not in PRINTABLE)})


def read_table(path, rank_first):
    """{bytes: rank} of one of quicktok's files: a count, then length and bytes with the rank on one side of them."""
    with open(path, "rb") as file:
        data = file.read()
    table, at = {}, 4
    for _ in range(struct.unpack_from("<I", data)[0]):
        rank, length = struct.unpack_from("<IH", data, at) if rank_first else (None, *struct.unpack_from("<H", data, at))
        at += 6 if rank_first else 2
        token = data[at:at + length]
        at += length
        if not rank_first:
            rank, = struct.unpack_from("<I", data, at)
            at += 4
        table[token] = rank
    return table


def merge_of(token, ranks):
    """The two tokens that become this one."""
    parts = [token[i:i + 1] for i in range(len(token))]
    while len(parts) > 2:
        pairs = [ranks.get(a + b, 1 << 40) for a, b in zip(parts, parts[1:])]
        at = pairs.index(min(pairs))
        if pairs[at] >= ranks[token]:
            return None
        parts[at:at + 2] = [parts[at] + parts[at + 1]]
    return parts


def spelled(token):
    return "".join(SPELLING[byte] for byte in token)


def tokenizer_json(ranks, specials, pattern, first):
    merges = [merge_of(token, ranks) for token in sorted(ranks, key=ranks.get) if len(token) > 1]
    added = [{"id": rank, "content": token.decode("utf-8"), "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for token, rank in sorted(specials.items(), key=lambda s: s[1])]
    vocabulary = {spelled(token): rank for token, rank in ranks.items()}
    if added[0]["id"] != len(ranks):  # what is not in the vocabulary gets the next id, whatever the file says
        vocabulary.update({token["content"]: token["id"] for token in added})
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    post = byte_level
    if first is not None:
        def text(which, kind):
            return [{"SpecialToken": {"id": first, "type_id": kind}}, {"Sequence": {"id": which, "type_id": kind}}]
        template = {"type": "TemplateProcessing", "single": text("A", 0), "pair": text("A", 0) + text("B", 1),
                    "special_tokens": {first: {"id": first, "ids": [specials[first.encode()]], "tokens": [first]}}}
        post = {"type": "Sequence", "processors": [byte_level, template]}
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, byte_level]}, "post_processor": post,
            "decoder": byte_level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                      "vocab": vocabulary,
                      "merges": [[spelled(a), spelled(b)] for a, b in (m for m in merges if m is not None)]}}


def write_ranks(name, ranks):
    os.makedirs(f"{sys.argv[1]}/{name}", exist_ok=True)
    with open(f"{sys.argv[1]}/{name}/{name}.tiktoken", "wb") as file:
        for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
            file.write(base64.b64encode(token) + b" %d\n" % rank)


def gpt2_ranks():
    """GPT-2's ids are its ranks."""
    path = "../shared/data/tokenizers/vocabs/gpt2/vocab.json"
    if os.path.exists(path):
        byte_of = {character: byte for byte, character in SPELLING.items()}
        with open(path, encoding="utf-8") as file:
            ids = json.load(file)
        write_ranks("r50k_base", {bytes(byte_of[c] for c in token): rank for token, rank in ids.items()
                                  if token != "<|endoftext|>"})


def main():
    gpt2_ranks()
    package = importlib.util.find_spec("quicktok")
    if package is None:
        print("no quicktok, so no cl100k_base, o200k_base and Llama 3")
        return
    tables = os.path.join(os.path.dirname(package.origin), "data")
    for name, table, pattern, first in VOCABULARIES:
        ranks = read_table(f"{tables}/{table}.vocab", False)
        specials = read_table(f"{tables}/{table}.special", True)
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        if first is None:
            write_ranks(name, ranks)
        with open(f"{folder}/tokenizer.json", "w", encoding="utf-8") as file:
            json.dump(tokenizer_json(ranks, specials, pattern, first), file, ensure_ascii=False)


main()
