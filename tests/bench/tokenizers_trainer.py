"""tests/bench/tokenizers_trainer.py - trains a vocabulary with another library, on one thread; measured from outside.

    build/peers/bin/python tests/bench/tokenizers_trainer.py TRAINER TEXTS VOCABULARY_SIZE

TEXTS has a text a line. What is learned is not kept. Python and the library are part of the process, 0.1 to 0.3 s of
it ("none" loads the interpreter alone)."""

import os
import sys

for name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
OUT = "build/bench/tokenizers/trained"


def none(path, size):
    pass


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        yield from file


def hf_bpe(path, size):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train([path], trainers.BpeTrainer(vocab_size=size, show_progress=False, initial_alphabet=alphabet))


def hf_wordpiece(path, size):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train([path], trainers.WordPieceTrainer(vocab_size=size, show_progress=False, limit_alphabet=1000,
                                                      special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))


def hf_unigram(path, size):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train([path], trainers.UnigramTrainer(vocab_size=size, show_progress=False, unk_token="<unk>",
                                                    special_tokens=["<unk>"]))


def sentencepiece(path, size, kind):
    import sentencepiece as spm
    spm.SentencePieceTrainer.train(input=path, model_prefix=OUT, model_type=kind, vocab_size=size, num_threads=1,
                                   character_coverage=0.9995, max_sentence_length=1 << 20, minloglevel=2)


def sentencepiece_bpe(path, size):
    sentencepiece(path, size, "bpe")


def sentencepiece_unigram(path, size):
    sentencepiece(path, size, "unigram")


def youtokentome(path, size):
    import youtokentome as yttm
    yttm.BPE.train(path, OUT, size, n_threads=1)


def rustbpe(path, size):
    import rustbpe as r
    r.Tokenizer().train_from_iterator(lines(path), size, pattern=GPT2)


def gigabpe(path, size):
    import gigabpe as g
    g.train_bpe([path], size, threads=1)


def gigatoken(path, size):
    import gigatoken as g
    g.train_bpe(g.TextFileSource([path], separator="\n"), size, [])


def bpeasy(path, size):
    import bpeasy as b
    b.train_bpe(lines(path), GPT2, 128, size)


globals()[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
