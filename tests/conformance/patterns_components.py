"""tests/conformance/patterns_components.py - random tokenizers for patterns_differ.py: every normalizer, pre-tokenizer,
model and decoder that a tokenizer.json can have, with settings drawn at random."""


def byte_spellings():
    """How GPT-2 spells bytes, in their order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    spelled = {byte: chr(byte) for byte in plain} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [spelled[byte] for byte in range(256)]


ALPHABET = list(dict.fromkeys([*"abceilnorstT 12'_-.,▁éá漢字かナĠ", *byte_spellings()]))
PIECES = ["ab", "ti", "Ġa", "the", "on", "▁a", "12", "an"]
CHARACTERS = list("aabeiT12  '_-.,▁éá漢字かナĠ\n\t🙂\u0301ÀßŉAB ")
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def random_texts(rng):
    return [*("".join(rng.choice(CHARACTERS) for _ in range(rng.choice([0, 1, 2, 4, 8, 15, 30]))) for _ in range(80)),
            "the cat's 12 dogs", "ab ti  on", "漢字 かな ー。", "  a  "]


def flip(rng):
    return rng.random() < 0.5


# ---- components: each a function that draws one ----


def replace(rng, strings, expressions, contents):
    pattern = {"String": rng.choice(strings)} if flip(rng) else {"Regex": rng.choice(expressions)}
    return {"type": "Replace", "pattern": pattern, "content": rng.choice(contents)}


def normalizer(rng, depth=2):
    kind = rng.choice(["BertNormalizer", "Strip", "StripAccents", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Nmt",
                       "Replace", "Replace", "Prepend", "ByteLevel", "ByteLevel", "Sequence"])
    if kind == "Sequence" and depth > 0:
        return {"type": kind, "normalizers": [normalizer(rng, depth - 1) for _ in range(rng.randrange(4))]}
    if kind == "BertNormalizer":
        return {"type": kind, "clean_text": flip(rng), "handle_chinese_chars": flip(rng),
                "strip_accents": rng.choice([None, True, False]), "lowercase": flip(rng)}
    if kind == "Strip":
        return {"type": kind, "strip_left": flip(rng), "strip_right": flip(rng)}
    if kind in ("Replace", "Sequence"):
        return replace(rng, ["a", " ", "``", "é", "  "], ["\\s+", " {2,}", "[aeiou]", "\\p{Han}", "(?i)t", "b*", "^ | $", "\\bb"],
                       ["", " ", "▁", "-", "bb"])
    if kind == "Prepend":
        return {"type": kind, "prepend": rng.choice(["▁", " ", "x"])}
    return {"type": kind}


def pretokenizer(rng, depth=2):
    kind = rng.choice(["BertPreTokenizer", "ByteLevel", "ByteLevel", "CharDelimiterSplit", "Metaspace", "Whitespace",
                       "Split", "Split", "Punctuation", "WhitespaceSplit", "Digits", "UnicodeScripts", "FixedLength",
                       "Sequence", "Sequence"])
    if kind == "Sequence" and depth > 0:
        return {"type": kind, "pretokenizers": [pretokenizer(rng, depth - 1) for _ in range(rng.randrange(4))]}
    if kind == "ByteLevel":
        return {"type": kind, "add_prefix_space": flip(rng), "trim_offsets": True, "use_regex": flip(rng)}
    if kind == "CharDelimiterSplit":
        return {"type": kind, "delimiter": rng.choice([" ", "a", "é", "▁"])}
    if kind == "Metaspace":
        return {"type": kind, "replacement": rng.choice("▁_"), "prepend_scheme": rng.choice(["first", "always", "never"]),
                "split": flip(rng)}
    if kind in ("Split", "Sequence"):
        split = replace(rng, ["a", " ", "", "é", "Ġ"], ["\\p{N}", "\\s", "[0-9][0-9]", "'s|\\w+", "", "\\b", "(?=[A-Z])"], [""])
        return {"type": "Split", "pattern": split["pattern"], "behavior": rng.choice(BEHAVIORS), "invert": flip(rng)}
    if kind == "Punctuation":
        return {"type": kind, "behavior": rng.choice(BEHAVIORS)}
    if kind == "Digits":
        return {"type": kind, "individual_digits": flip(rng)}
    if kind == "FixedLength":
        return {"type": kind, "length": rng.randrange(1, 6)}
    return {"type": kind}


def decoder(rng, depth=1):
    kind = rng.choice(["ByteLevel", "WordPiece", "Metaspace", "BPEDecoder", "Strip", "Replace", "Replace", "CTC", "Fuse",
                       "ByteFallback", "Sequence"])
    if kind == "Sequence" and depth > 0:
        return {"type": kind, "decoders": [decoder(rng, 0) for _ in range(rng.randrange(4))]}
    if kind == "WordPiece":
        return {"type": kind, "prefix": "##", "cleanup": flip(rng)}
    if kind == "Metaspace":
        return {"type": kind, "replacement": "▁", "prepend_scheme": rng.choice(["first", "always", "never"]), "split": True}
    if kind == "BPEDecoder":
        return {"type": kind, "suffix": rng.choice(["a", "</w>"])}
    if kind == "Strip":
        return {"type": kind, "content": rng.choice(" aĠ"), "start": rng.randrange(3), "stop": rng.randrange(3)}
    if kind in ("Replace", "Sequence"):
        return replace(rng, ["▁", "a", "Ġ"], ["a+", "[^a]", "\\s", "^.", "b*", "(?i)A"], ["", " ", "xy"])
    if kind == "CTC":
        return {"type": kind, "pad_token": "a", "word_delimiter_token": "|", "cleanup": flip(rng)}
    return {"type": kind}


# ---- models ----


def bpe(rng):
    has_unk = flip(rng)
    tokens = ["<unk>"] * has_unk + [t for t in ALPHABET if flip(rng) or rng.random() < 0.8]
    known, merges = set(tokens), []
    pairs = [(rng.choice(tokens), rng.choice(tokens)) for _ in range(40)]
    for left, right in [*pairs, ("a", "b"), ("t", "i"), ("Ġ", "a"), ("1", "2")]:
        if "<unk>" in (left, right) or not {left, right} <= known or [left, right] in merges:
            continue
        if left + right not in known:
            known.add(left + right)
            tokens.append(left + right)
        merges.append([left, right])
    return {"type": "BPE", "vocab": {token: i for i, token in enumerate(tokens)}, "merges": merges,
            "unk_token": "<unk>" if has_unk else None, "fuse_unk": flip(rng), "byte_fallback": False,
            "ignore_merges": flip(rng), "dropout": None, "continuing_subword_prefix": None, "end_of_word_suffix": None}


def model(rng):
    kind = rng.choice(["BPE", "BPE", "WordLevel", "WordPiece", "Unigram"])
    if kind == "BPE":
        return bpe(rng)
    if kind == "Unigram":
        tokens = [*(t for t in ALPHABET if rng.random() < 0.9), *PIECES]
        return {"type": kind, "unk_id": 0, "byte_fallback": False,
                "vocab": [["<unk>", 0.0], *([token, -4.0 - 6 * rng.random()] for token in tokens)]}
    tokens = ["[UNK]", *ALPHABET, *(f"##{t}" for t in ALPHABET if kind == "WordPiece"), *PIECES]
    settings = {"type": kind, "vocab": {token: i for i, token in enumerate(tokens)}, "unk_token": "[UNK]"}
    if kind == "WordPiece":
        settings |= {"continuing_subword_prefix": "##", "max_input_chars_per_word": rng.choice([100, 6])}
    return settings


def random_tokenizer(rng):
    processor = {"type": "ByteLevel", "add_prefix_space": flip(rng), "trim_offsets": flip(rng), "use_regex": True}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
            "normalizer": normalizer(rng) if flip(rng) else None,
            "pre_tokenizer": pretokenizer(rng) if rng.random() < 0.8 else None,
            "post_processor": processor if flip(rng) else None,
            "decoder": decoder(rng) if rng.random() < 0.9 else None, "model": model(rng)}
