"""tests/conformance/tokenizers_references.py - the libraries that the tokenizers are compared with.

Each reference has
    encode(texts)      for each text what `quern tokenize --no-special` has to find: ids, tokens, offsets (code points),
                       word_ids, as far as the library knows them
    decode(ids, skip)  the text of some ids, special tokens left out where `skip`
    known_ids          the ids that stand for something
    normal_form(text)  what decoding the ids of the text has to give, None where nothing is promised"""

import base64
import json
import os
from itertools import accumulate


def reference(model):
    if model.endswith(".model"):
        return SentencePiece(model)
    return Tiktoken(model) if model.endswith(".tiktoken") else HuggingFace(model)


def reference_of_kind(model, kind):
    """By the format that `quern inspect` tells, for files of any name; "folder" for a folder with a tokenizer.json."""
    if kind == "sentencepiece":
        return SentencePiece(model)
    if kind == "tekken.json":
        return Tekken(model)
    if kind == "tiktoken":
        return RankFile(model)
    return HuggingFace(model, kind)


class HuggingFace:
    """tokenizers 0.22.2, which knows all of it: pairs, special tokens, windows, padding."""

    kinds = ("ids", "tokens", "offsets", "word_ids")
    byte_level = False

    def __init__(self, model, kind=None):
        import tokenizers
        self.padding = {}
        config = {}
        if kind in ("vocab.txt", "vocab.json", "merges.txt", "folder"):
            self.tokenizer = by_transformers(model, kind)
        elif kind is None and model.endswith("vocab.txt"):
            with open(os.path.join(os.path.dirname(model), "tokenizer_config.json"), encoding="utf-8") as file:
                lower = json.load(file).get("do_lower_case", True)
            self.tokenizer = tokenizers.BertWordPieceTokenizer(model, lowercase=lower)._tokenizer
        else:
            if kind is None and model.endswith("vocab.json"):
                model = os.path.join(os.path.dirname(model), "tokenizer.json")
            self.tokenizer = tokenizers.Tokenizer.from_file(model)
            with open(model, encoding="utf-8-sig") as file:
                config = json.load(file)
            self.padding = config.get("padding") or {}
            self.byte_level = (config.get("decoder") or {}).get("type") == "ByteLevel"
        self.reset()
        vocabulary = self.tokenizer.get_vocab(with_added_tokens=True)
        self.known_ids = sorted(vocabulary.values())
        self.added = [token.content for token in self.tokenizer.get_added_tokens_decoder().values()]
        names = [self.padding.get("pad_token"), "[PAD]", "<pad>", *self.added]
        self.pad_token = next((name for name in names if name in vocabulary), None)
        if self.pad_token != self.padding.get("pad_token"):
            self.padding = {}

    def reset(self):
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def encode(self, texts):
        return [self.found(e) for e in self.tokenizer.encode_batch(texts, add_special_tokens=False)]

    @staticmethod
    def found(e):
        return {"ids": e.ids, "tokens": e.tokens, "offsets": [list(o) for o in e.offsets],
                "word_ids": [-1 if w is None else w for w in e.word_ids]}

    def windows(self, texts, special, truncation=None, padding=None, overflow=False):
        """Of one or two texts: a list of windows, or None where the library refuses, or aborts."""
        if truncation:
            self.tokenizer.enable_truncation(**truncation)
        if padding:
            self.tokenizer.enable_padding(pad_id=self.tokenizer.token_to_id(self.pad_token), pad_token=self.pad_token,
                                          pad_type_id=self.padding.get("pad_type_id", 0), **padding)
        try:
            e = self.tokenizer.encode(*texts, add_special_tokens=special)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException:  # a panic of Rust is no Exception
            return None
        finally:
            self.reset()
        return [{**self.found(w), "special": w.special_tokens_mask, "attention": w.attention_mask, "types": w.type_ids}
                for w in [e, *(e.overflowing if overflow else [])]]

    def decode(self, ids, skip):
        return self.tokenizer.decode(ids, skip_special_tokens=skip)

    def normal_form(self, text):
        if not self.byte_level or any(token in text for token in self.added):
            return None
        normalizer = self.tokenizer.normalizer
        if normalizer is not None:
            text = normalizer.normalize_str(text)
        prefix = getattr(self.tokenizer.pre_tokenizer, "add_prefix_space", False)
        return " " + text if prefix and text and not text.startswith(" ") else text


def by_transformers(model, kind):
    """What transformers makes of the files: for a folder of its tokenizer.json, without the pipelines of its classes."""
    import transformers
    if kind == "folder":
        return transformers.PreTrainedTokenizerFast.from_pretrained(model, local_files_only=True).backend_tokenizer
    folder = os.path.dirname(model) or "."
    path = os.path.join(folder, "tokenizer_config.json")
    config = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8-sig") as file:
            config = json.load(file)
    if kind == "vocab.txt":
        with open(model, encoding="utf-8-sig") as file:
            vocab = {line.rstrip(): number for number, line in enumerate(file)}
        lower = config.get("do_lower_case", not any(has_capital(token) for token in vocab))
        names = {name: token if isinstance(token, str) else token["content"] for name, token in config.items()
                 if name in ("unk_token", "cls_token", "sep_token", "pad_token", "mask_token") and token}
        return transformers.BertTokenizer(vocab=vocab, do_lower_case=lower, strip_accents=config.get("strip_accents"),
                                          tokenize_chinese_chars=config.get("tokenize_chinese_chars", True),
                                          **names).backend_tokenizer
    name = config.get("tokenizer_class", "").removesuffix("Fast")
    if not name:
        with open(model if kind == "vocab.json" else os.path.join(folder, "vocab.json"), encoding="utf-8-sig") as file:
            vocab = json.load(file)
        name = "RobertaTokenizer" if "<s>" in vocab and "</s>" in vocab else "GPT2Tokenizer"
    maker = getattr(transformers, name)
    return maker.from_pretrained(folder, tokenizer_file=None, local_files_only=True).backend_tokenizer


def has_capital(token):
    return not (token.startswith("[") and token.endswith("]")) and token != token.lower()


class SentencePiece:
    kinds = ("ids", "tokens", "offsets")

    def __init__(self, model):
        import sentencepiece
        self.processor = sentencepiece.SentencePieceProcessor(model_file=model)
        self.known_ids = list(range(self.processor.get_piece_size()))

    def encode(self, texts):
        return [{"ids": [p.id for p in proto.pieces], "tokens": [p.piece for p in proto.pieces],
                 "offsets": [[p.begin, p.end] for p in proto.pieces]}
                for proto in self.processor.encode(texts, out_type="immutable_proto", num_threads=1)]

    def decode(self, ids, skip):
        return self.processor.decode(ids)

    def normal_form(self, text):
        return None


class Tiktoken:
    """With the patterns and special tokens of tiktoken's own tables and the ranks of the file."""

    kinds = ("ids", "offsets")

    def __init__(self, model):
        import tiktoken
        import tiktoken_ext.openai_public as public
        import tiktoken.load
        name = os.path.basename(model).split(".")[0]
        public.load_tiktoken_bpe = lambda url, expected_hash=None: tiktoken.load.load_tiktoken_bpe(model)
        self.encoding = tiktoken.Encoding(**getattr(public, name)())
        specials = [self.encoding.encode_single_token(token) for token in self.encoding.special_tokens_set]
        self.known_ids = sorted(set(range(len(self.encoding.token_byte_values()))) | set(specials))

    def encode(self, texts):
        return [self.found(text) for text in texts]

    def found(self, text):
        """A token that is a part of a character has the place of that character."""
        ids = self.encoding.encode(text, allowed_special="all")
        data = text.encode("utf-8")
        ends = list(accumulate(len(token) for token in self.encoding.decode_tokens_bytes(ids)))
        if len(data) == len(text):
            return {"ids": ids, "offsets": [list(o) for o in zip([0, *ends], ends)]}
        begun = [0, *accumulate((byte & 0xC0) != 0x80 for byte in data), len(text) + 1]
        return {"ids": ids, "offsets": [[begun[start + 1] - 1, begun[end]] for start, end in zip([0, *ends], ends)]}

    def decode(self, ids, skip):
        return self.encoding.decode(ids)

    def normal_form(self, text):
        return text


def byte_offsets(text, offsets):
    """Code points to bytes."""
    if text.isascii():
        return offsets
    at = [0, *accumulate(len(character.encode("utf-8")) for character in text)]
    return [[at[start], at[end]] for start, end in offsets]


class RankFile(Tiktoken):
    """Any rank file, with the patterns and special tokens of the packages that it comes with."""

    PATTERNS = {50257: (r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", {}),
                128000: (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
                         r"\s*[\r\n]+|\s+(?!\S)|\s+", {"<|begin_of_text|>": 128000, "<|end_of_text|>": 128001}),
                151643: (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
                         r"\s*[\r\n]+|\s+(?!\S)|\s+",
                         {"<|endoftext|>": 151643, "<|im_start|>": 151644, "<|im_end|>": 151645})}
    NAMES = {50256: "r50k_base", 50280: "p50k_base", 100256: "cl100k_base", 199998: "o200k_base"}

    def __init__(self, model):
        import tiktoken
        import tiktoken_ext.openai_public as public
        ranks = {}
        with open(model, "rb") as file:
            for line in file.read().removeprefix(b"\xef\xbb\xbf").splitlines():
                token, rank = line.split()
                ranks[base64.b64decode(token)] = int(rank)
        self.nfc = len(ranks) == 151643
        if len(ranks) in self.NAMES:
            public.load_tiktoken_bpe = lambda url, expected_hash=None: ranks
            self.encoding = tiktoken.Encoding(**getattr(public, self.NAMES[len(ranks)])())
        else:
            pattern, special = self.PATTERNS[len(ranks)]
            self.encoding = tiktoken.Encoding(name="file", pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)
        self.known_ids = sorted(set(ranks.values()) | set(self.encoding._special_tokens.values()))

    def encode(self, texts):
        import unicodedata
        return [self.found(unicodedata.normalize("NFC", text) if self.nfc else text) for text in texts]

    @property
    def kinds(self):
        return ("ids",) if self.nfc else ("ids", "offsets")


class Tekken:
    """Mistral's own encoder. Special tokens in a text are ordinary text."""

    kinds = ("ids",)

    def __init__(self, model):
        from mistral_common.tokens.tokenizers.base import SpecialTokenPolicy
        from mistral_common.tokens.tokenizers.tekken import Tekkenizer
        self.policy = SpecialTokenPolicy
        self.tekken = Tekkenizer.from_file(model)
        self.known_ids = list(range(self.tekken.n_words))

    def encode(self, texts):
        return [{"ids": self.tekken.encode(text, bos=False, eos=False)} for text in texts]

    def decode(self, ids, skip):
        return self.tekken.decode(ids, special_token_policy=self.policy.IGNORE if skip else self.policy.KEEP)

    def normal_form(self, text):
        return text
