"""tests/conformance/tokenizers_models.py - vocabularies that are learned from a part of the texts, to have models with
settings that no vocabulary at hand has."""

import json
import os
import subprocess

from tokenizers_corpus import RANDOM_TEXTS, WORK

LEARNED_FROM = 6000  # texts, and none of those of random characters
SIZE = 20000


def by_quern(quern, records):
    for kind in ("bpe", "wordpiece", "unigram"):
        path = f"{WORK}/trained.{kind}.json"
        done = subprocess.run([quern, "train", "-q", "--type", kind, "--vocab-size", str(SIZE), "-o", path],
                              input="".join(records).encode("utf-8"), stderr=subprocess.PIPE, check=False)
        if done.returncode == 0:
            yield path
        else:
            print(f"train --type {kind}: {done.stderr.decode('utf-8', 'replace').strip()}")


SENTENCEPIECE = {
    "unigram": {"model_type": "unigram", "byte_fallback": True, "normalization_rule_name": "nfkc_cf"},
    "bpe": {"model_type": "bpe", "byte_fallback": True, "split_digits": True, "user_defined_symbols": ["[MASK]", "<eop>", "ing"],
            "normalization_rule_name": "identity", "remove_extra_whitespaces": False},
    "suffix": {"model_type": "unigram", "treat_whitespace_as_suffix": True, "user_defined_symbols": ["the", "</s>x"]},
    "bare": {"model_type": "bpe", "add_dummy_prefix": False, "allow_whitespace_only_pieces": True,
             "split_by_unicode_script": False},
    "word": {"model_type": "word"},
    "char": {"model_type": "char", "normalization_rule_name": "nmt_nfkc_cf"},
}


def by_sentencepiece(texts):
    import sentencepiece
    for name, settings in SENTENCEPIECE.items():
        path = f"{WORK}/spm.{name}.model"
        if not os.path.exists(path):
            size = {"vocab_size": 8000, "hard_vocab_limit": False}
            sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_prefix=path[:-len(".model")],
                                                     minloglevel=2, character_coverage=0.9995, num_threads=2,
                                                     max_sentence_length=1 << 20, **size, **settings)
        yield path


def sentencepiece_scores(name):
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_file=f"{WORK}/spm.{name}.model")
    return [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size())]


def by_hugging_face(texts):
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    llama = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    llama.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    llama.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
                                       decoders.Strip(" ", 1, 0)])
    suffix = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    suffix.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()])
    suffix.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(True)])
    suffix.decoder = decoders.BPEDecoder()
    level = Tokenizer(models.WordLevel(unk_token="<unk>"))
    level.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Nmt()])
    level.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_previous"),
        pre_tokenizers.Split(Regex("[0-9]{2}"), "merged_with_next")])
    unigram = Tokenizer(models.Unigram(sentencepiece_scores("unigram"), unk_id=0, byte_fallback=True))
    unigram.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    unigram.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    unigram.decoder = decoders.Metaspace(prepend_scheme="first")
    unigram.add_special_tokens(["<s>", "</s>"])
    special = ["<unk>", "<s>", "</s>", "<pad>", "<mask>"]
    for name, tokenizer, trainer in (
            ("llama", llama, trainers.BpeTrainer(vocab_size=SIZE, special_tokens=special + [f"<0x{b:02X}>" for b in range(256)],
                                                 limit_alphabet=2000, max_token_length=16)),
            ("suffix", suffix, trainers.BpeTrainer(vocab_size=SIZE, special_tokens=special, end_of_word_suffix="</w>",
                                                   limit_alphabet=2000)),
            ("wordlevel", level, trainers.WordLevelTrainer(vocab_size=SIZE, special_tokens=special)),
            ("unigram", unigram, None)):
        path = f"{WORK}/hf.{name}.json"
        if not os.path.exists(path):
            if trainer is not None:
                tokenizer.train_from_iterator(texts, trainer)
            tokenizer.post_processor = processors.TemplateProcessing(
                single="<s> $A </s>", pair="<s> $A </s> </s>:1 $B:1 </s>:1", special_tokens=[("<s>", 1), ("</s>", 2)])
            tokenizer.save(path)
        yield path


def trained(quern, path):
    """Files of vocabularies. Those of other libraries are kept: not all of them learn the same twice."""
    with open(path, encoding="utf-8", newline="\n") as file:
        records = file.readlines()[:-RANDOM_TEXTS][:LEARNED_FROM]
    texts = [json.loads(record)["text"] for record in records]
    return [*by_quern(quern, records), *by_sentencepiece(texts), *by_hugging_face(texts)]
