"""tests/bench/tokenizers_peer.py - how fast one other tokenizer is: one thread, CPU time, texts in memory.

    build/peers/bin/python tests/bench/tokenizers_peer.py PEER MODEL TEXTS ids|offsets MEGABYTES [CHECKED ODD]

A text is a line of the file TEXTS, of which the first MEGABYTES are taken. Prints one JSON object: load_ms (CPU, in a
process that has the library loaded), first (MB of text per CPU second in the first pass), later (the best of two
behind it; none for what is so slow that a pass takes over 4 s), and, with ODD, of how many of the first CHECKED texts
and of the strings in the file ODD (a JSON array) the ids are not those of Hugging Face's tokenizers (SentencePiece's,
where MODEL is a .model). Strings that spell an added token are left out: some libraries always take it as one, some
never.

Each library is called in the way that costs it least: all texts in one call and arrays instead of Python lists, where
it has such a call. What it returns is kept until the end of the pass. Libraries that only have the tables that they
bring along (BlingFire) get those that correspond to the model."""

import json
import os
import shutil
import sys
import time

for name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "GIGATOKEN_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

MODEL = FOLDER = None
BLINGFIRE = {"bert-base-uncased": "bert_base_tok.bin", "bert-base-cased": "bert_base_cased_tok.bin",
             "bert-base-chinese": "bert_chinese.bin", "gpt2": "gpt2.bin", "roberta-base": "roberta.bin",
             "xlnet-base-cased": "xlnet.bin"}
RANKS = {"gpt2": "r50k_base", "cl100k_base": "cl100k_base", "o200k_base": "o200k_base"}


def in_folder(name):
    path = os.path.join(FOLDER, name)
    if not os.path.exists(path):
        raise FileNotFoundError(f"{name} of this model is not here")
    return path


def rank_file():
    """Of the encoding that the model is, if it is one: (its name, the file)."""
    name = RANKS.get(os.path.basename(FOLDER))
    path = f"build/peers/vocabs/{name}/{name}.tiktoken"
    if name is None or not os.path.exists(path):
        raise FileNotFoundError("this model has no rank file here")
    return name, path


# Each peer: a function that loads and returns (all texts to results, result to a list of ids).


def hf(what):
    import tokenizers
    t = tokenizers.Tokenizer.from_file(in_folder("tokenizer.json"))
    t.no_truncation()
    t.no_padding()
    encode = t.encode_batch if what == "offsets" else t.encode_batch_fast
    return lambda texts: encode(texts, add_special_tokens=False), lambda e: e.ids


def sentencepiece(what):
    import sentencepiece as spm
    t = spm.SentencePieceProcessor(model_file=MODEL)
    if what == "offsets":
        return (lambda texts: t.encode(texts, out_type="immutable_proto", num_threads=1),
                lambda proto: [piece.id for piece in proto.pieces])
    return lambda texts: t.encode(texts, out_type=int, num_threads=1), list


def gigatoken(what):
    import gigatoken as g
    t = (g.Tokenizer.from_sentencepiece(MODEL) if MODEL.endswith(".model") else
         g.Tokenizer(in_folder("tokenizer.json")))
    return lambda texts: t.encode_batch(texts, parallel=False), lambda ids: ids.tolist()


def tiktoken(what):
    import tiktoken as tk
    from tiktoken.load import load_tiktoken_bpe
    import tiktoken_ext.openai_public as public
    name, path = rank_file()
    public.load_tiktoken_bpe = lambda url, expected_hash=None: load_tiktoken_bpe(path)
    t = tk.Encoding(**getattr(public, name)())
    return (lambda texts: [t.encode_to_numpy(text, disallowed_special=()) for text in texts],
            lambda ids: ids.tolist())


def tokie(what):
    import tokie as tk
    t = tk.Tokenizer.from_json(in_folder("tokenizer.json"))
    if what == "offsets":
        return (lambda texts: [t.encode_with_offsets(text, add_special_tokens=False) for text in texts],
                lambda e: list(e.ids))
    return flat(lambda texts: t.encode_batch_flat(texts, add_special_tokens=False))


def fastokens(what):
    import fastokens as f
    import numpy
    name = RANKS.get(os.path.basename(FOLDER))
    if name in (None, "r50k_base"):
        t = f._native.Tokenizer.from_file(in_folder("tokenizer.json"))
    else:  # it does not take a vocabulary with gaps
        t = f._native.Tokenizer.from_tiktoken(rank_file()[1], encoding=name)

    def encode(texts):
        ids, offsets = t.encode_batch_flat(texts)
        offsets = numpy.frombuffer(offsets, dtype="<u8")
        return numpy.frombuffer(ids, dtype="<u4"), offsets[1:] - offsets[:-1]
    return flat(encode)


def iree(what):
    from iree.tokenizer import Tokenizer
    t = Tokenizer.from_file(in_folder("tokenizer.json"))
    if what == "offsets":
        return lambda texts: [t.encode_rich(text) for text in texts], lambda e: list(e.ids)
    return flat(t.encode_batch_to_array)


def flash(what):
    from flash_tokenizer import BertTokenizerFlash
    config = json.load(open(in_folder("tokenizer.json"), encoding="utf-8"))["normalizer"]
    t = BertTokenizerFlash(in_folder("vocab.txt"), do_lower_case=config["lowercase"], model_max_length=1 << 20)
    core = t.tokenizer
    return (lambda texts: core.batch_encode(texts, "longest", 1 << 20, False),
            lambda ids: ids[1:-1])


def blingfire(what):
    import blingfire as b
    t = b.load_model(os.path.join(os.path.dirname(b.__file__), BLINGFIRE[os.path.basename(FOLDER)]))
    unknown = 0 if "xlnet" in FOLDER else 100
    if what == "offsets":
        return (lambda texts: [b.utf8text_to_ids_with_offsets(t, s, len(s) + 8, unknown, True)
                               for s in (text.encode() for text in texts)], lambda result: result[0].tolist())
    return (lambda texts: [b.text_to_ids(t, text, 3 * len(text) + 8, unknown, True) for text in texts],
            lambda ids: ids.tolist())


def kitoken(what):
    import kitoken as k
    t = (k.Kitoken.from_sentencepiece_file(MODEL) if MODEL.endswith(".model") else
         k.Kitoken.from_tokenizers_file(in_folder("tokenizer.json")))
    return lambda texts: t.encode_all(texts), list


def wordchipper(what):
    """It loads what it would download from its cache."""
    name, path = rank_file()
    cache = "build/bench/tokenizers/wordchipper"
    os.makedirs(f"{cache}/openai/{name}", exist_ok=True)
    shutil.copy(path, f"{cache}/openai/{name}/{name}.tiktoken")
    os.environ["WORDCHIPPER_CACHE_DIR"] = os.path.abspath(cache)
    import wordchipper as w
    t = w.Tokenizer.from_pretrained(name)
    return t.encode_batch, list


def quicktok(what):
    import quicktok as q
    t = q.Tokenizer(os.path.basename(FOLDER), "")

    def encode(texts):
        ids, starts = t.encode_batch(texts, 1)
        return ids, starts[1:] - starts[:-1]
    return flat(encode)


def flat(encode):
    """For a call that returns all ids in one array and how many each text has."""
    def split(texts):
        ids, lengths = encode(texts)
        return Flat(ids, lengths)
    return split, lambda ids: ids.tolist()


class Flat:
    """Cut into texts only when it is looked at."""

    def __init__(self, ids, lengths):
        self.ids, self.lengths = ids, lengths

    def __iter__(self):
        at = 0
        for length in self.lengths:
            yield self.ids[at:at + int(length)]
            at += int(length)


def odd_strings(path):
    with open(path, encoding="utf-8") as file:
        strings = json.load(file)
    if MODEL.endswith(".model"):
        return strings
    import tokenizers
    added = [t.content for t in tokenizers.Tokenizer.from_file(in_folder("tokenizer.json")).get_added_tokens_decoder().values()]
    return [text for text in strings if not any(token in text for token in added)]


def ids_alone(encode, ids_of, text):
    try:
        return [ids_of(ids) for ids in encode([text])][0]
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException:  # a panic of Rust is no Exception
        return None


def main():
    global MODEL, FOLDER
    peer, MODEL, path, what, megabytes = sys.argv[1:6]
    checked = int(sys.argv[6]) if len(sys.argv) > 6 else 0
    FOLDER = os.path.dirname(MODEL)
    with open(path, encoding="utf-8", newline="\n") as file:
        texts = file.read(int(float(megabytes) * 1e6)).split("\n")[:-1]
    size, kept = 0, []
    for text in texts:
        size += len(text.encode("utf-8"))
        kept.append(text)
        if size >= float(megabytes) * 1e6:
            break
    load = globals()[peer]
    load(what)[0](kept[:2])  # the first time also loads the library, and what that loads when it is first used
    start = time.process_time()
    encode, ids_of = load(what)
    result = {"peer": peer, "what": what, "load_ms": round((time.process_time() - start) * 1e3, 1), "bytes": size}
    rates = []
    for _ in range(3):
        start = time.process_time()
        results = encode(kept)
        seconds = time.process_time() - start
        rates.append(size / 1e6 / seconds)
        if seconds > 4:
            break
    result["first"], result["later"] = rates[0], max(rates[1:], default=None)
    if checked:
        reference = (sentencepiece if MODEL.endswith(".model") else hf)("ids")
        odd = odd_strings(sys.argv[7])
        expected = [reference[1](e) for e in reference[0](kept[:checked] + odd)]
        result["checked"], result["odd"] = len(expected) - len(odd), len(odd)
        result["differ"] = sum(ids_of(mine) != theirs for mine, theirs in zip(results, expected[:-len(odd) or None]))
        result["odd_differ"] = sum(ids_alone(encode, ids_of, text) != theirs
                                   for text, theirs in zip(odd, expected[len(expected) - len(odd):]))
    print(json.dumps(result))


main()
