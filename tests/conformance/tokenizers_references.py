"""tests/conformance/tokenizers_references.py - the libraries that the tokenizers are compared with.

Each reference has
    encode(texts)      for each text what `quern tokenize --no-special` has to find: ids, tokens, offsets (code points),
                       word_ids, as far as the library knows them
    decode(ids, skip)  the text of some ids, special tokens left out where `skip`
    known_ids          the ids that stand for something
    normal_form(text)  what decoding the ids of the text has to give, None where nothing is promised"""

import json
import os
from itertools import accumulate


def reference(model):
    if model.endswith(".model"):
        return SentencePiece(model)
    return Tiktoken(model) if model.endswith(".tiktoken") else HuggingFace(model)


class HuggingFace:
    """tokenizers 0.22.2, which knows all of it: pairs, special tokens, windows, padding."""

    kinds = ("ids", "tokens", "offsets", "word_ids")
    byte_level = False

    def __init__(self, model):
        import tokenizers
        self.padding = {}
        if model.endswith("vocab.txt"):
            with open(os.path.join(os.path.dirname(model), "tokenizer_config.json"), encoding="utf-8") as file:
                lower = json.load(file).get("do_lower_case", True)
            self.tokenizer = tokenizers.BertWordPieceTokenizer(model, lowercase=lower)._tokenizer
        else:
            if model.endswith("vocab.json"):
                model = os.path.join(os.path.dirname(model), "tokenizer.json")
            self.tokenizer = tokenizers.Tokenizer.from_file(model)
            with open(model, encoding="utf-8") as file:
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
