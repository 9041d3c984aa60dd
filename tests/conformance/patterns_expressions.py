"""tests/conformance/patterns_expressions.py - expressions for patterns_differ.py, and texts for them."""

import os

GENERAL = ("C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs "
           "Letter Cased_Letter Uppercase_Letter Mark Nonspacing_Mark Number Decimal_Number Punctuation Dash_Punctuation "
           "Symbol Math_Symbol Separator Control Format Unassigned Any Assigned ASCII")
BINARY = ("Alphabetic Uppercase Lowercase White_Space Emoji Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base "
          "Emoji_Component Extended_Pictographic Ideographic Unified_Ideograph Math Dash Hyphen Quotation_Mark Hex_Digit "
          "ASCII_Hex_Digit Join_Control Bidi_Control Default_Ignorable_Code_Point Deprecated Cased Radical Soft_Dotted "
          "Regional_Indicator Variation_Selector Pattern_Syntax Pattern_White_Space Noncharacter_Code_Point "
          "Logical_Order_Exception Case_Ignorable Grapheme_Extend ID_Start XID_Continue Terminal_Punctuation Diacritic")
SCRIPTS = ("Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bopomofo Braille Buginese Buhid "
           "Canadian_Aboriginal Carian Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari "
           "Egyptian_Hieroglyphs Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hebrew "
           "Hiragana Inherited Javanese Kannada Katakana Kawi Kayah_Li Khitan_Small_Script Khmer Lao Latin Lepcha Limbu "
           "Lisu Malayalam Mandaic Meetei_Mayek Miao Modi Mongolian Mro Myanmar Newa New_Tai_Lue Nko Ogham Ol_Chiki "
           "Old_Turkic Oriya Osage Osmanya Phags_Pa Runic Samaritan Saurashtra Sharada Sinhala Sundanese Syriac Tagalog "
           "Tai_Le Tai_Tham Tai_Viet Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh Toto Unknown Vai Vithkuqi Yi Garay "
           "Todhri Hani Hira Kana Latn Arab Zyyy Zinh Qaai")
BLOCKS = ("Basic_Latin Latin_1_Supplement Greek_and_Coptic Cyrillic Arabic Devanagari Thai Hangul_Jamo Hiragana Katakana "
          "CJK_Unified_Ideographs CJK_Symbols_and_Punctuation Halfwidth_and_Fullwidth_Forms Emoticons No_Block")
POSIX = "alnum alpha blank cntrl digit graph lower print punct space upper xdigit word ascii"


def names(quern):
    """\\p{…} by name."""
    plain = f"{GENERAL} {BINARY} {SCRIPTS} {POSIX}".split()
    return ([f"\\p{{{name}}}" for name in plain] + [f"\\p{{In_{name}}}" for name in BLOCKS.split()] +
            [f"[[:{name}:]]" for name in POSIX.split()] + [f"[[:^{name}:]]" for name in POSIX.split()])


def sets():
    """Whatever else stands for one character, or for the place between two."""
    escapes = "w W d D s S h H N O R b B A z Z G K t n r f v a e".split()
    return ([f"\\{e}" for e in escapes] + [f"[\\{e}]" for e in escapes] + [
        ".", "^", "$", "(?m:.)", r"\p{^L}", r"\P{^L}", r"\p{l e-t_ter}", r"[^\w]", r"[^\W\d]", r"\p{Word}", r"[\p{Word}]",
        r"[^\s\p{L}\p{N}]", r"[\p{L}&&[^\p{Han}]]", r"[^\p{L}&&[^\p{Han}]]", r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]",
        r"[^(\s|[.,!?…。，、।۔،])]", r"[a-z&&[^aeiou]]", r"[a-c&&b-x]", r"[^a&&b]", r"[a&&]", r"[&&a]", r"[a&b]", r"[a-z-9]",
        r"[-a]", r"[a-]", r"[--x]", r"[!--]", r"[]a]", r"[^]a]", r"[[a-c]x]", r"[a[^b]]", r"[\d-]", r"[:alpha:]",
        r"[[:alpha]]", r"[\u0000-\uffff]", r"[\ud800-\udfff]", r"\ud800", r"[\x{1f600}-\x{1f64f}]", r"[^\x00-\x7f]",
        r"\x41", r"\x{41}", r"\u0041", r"\x9", r"\0", r"\i", r"\Q", r"\-", r"\/", r"[\]\[\\]", r"(?i)k", r"(?i)s",
        r"(?i)ſ", r"(?i)[a-z]", r"(?i)[^a-z]", r"(?i)\p{Lu}", r"(?i)[\p{Lu}&&[a-z]]", r"(?i:[sdmt])", r"(?i)\x{a7dc}",
        r"(?i)ǆ", r"(?i)σ", r"(?i)å", r"(?i)я", r"(?i)[^ß]", r"(?<=a)", r"(?=\p{Han})", r"(?<!\p{L})",
    ])


def published(folder):
    """One expression a line, as JSON strings, so that line feeds and the like can be told apart."""
    import json
    with open(os.path.join(folder, "patterns_published.txt"), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip() and not line.startswith("#")]


# ---- texts ----

LETTERS = "aabbABc11 2  \n\r\t'sS_-.é一二\u0301\u3000SKſ\u212a{}ß"
TEXTS = ["", "\n", " ", "Hello, world! It's 2024's best don't DON'T I'LL  we've   1234567 ½ ²",
         "def f(x):\n\treturn x+1\n\n\n  # c\r\n\r\n end  ", "北京是中国的首都。ひらがなカタカナー漢字、ok",
         "Привет мир! ¿Qué tal? naïve café ﬁ ſ's 'ſ K", "안녕 세계 ភាសាខ្មែរ हिन्दी ไทย العربية عربی۔،",
         "🙂👩‍👩‍👧‍👦🇩🇪 e\u0301", "<|endoftext|>a<sentinel:12>IMGIMGABCZ", "CC(=O)Oc1ccccc1[C@H](Br)%12", "1234567 12 123456",
         "AaBbCC fooBarBaz HTTPServer x=1;y=2", "\u00a0nbsp\u3000ideographic\u2028line", "ǅ ᾳ ß ŉ İ ı"]
CHARACTERS = list("aabcABCstmdSTſ 12'’0 \t\n\r.,!?-_/é漢字かナーー。、한ไअ🙂\u0301\u200d½²_#<|>(CIMGZBr[]=@▁\u00a0\u3000\u2028\x85\x1c"
                  "\u200b\ufeffǅᾳßK\u212a一龥豈ﾞ۔،…")


def texts_for(rng, count=300):
    return TEXTS + ["".join(rng.choice(CHARACTERS) for _ in range(rng.randrange(1, 30))) for _ in range(count)]


# ---- random expressions ----

ATOMS = [
    "a", "b", "ab", "A", "1", "12", " ", r"\s", r"\S", r"\w", r"\W", r"\d", r"\D", r"\h", ".", r"\n", r"\r", r"\R", r"\N",
    r"\O", r"\p{L}", r"\p{N}", r"\p{Lu}", r"\p{Ll}", r"\P{L}", r"\p{Han}", r"\p{M}", r"[^\s\p{L}\p{N}]", "[a-c1]",
    "[^a-c]", r"[^\r\n\p{L}\p{N}]", r"[\p{L}&&[^\p{Han}]]", "[[:alpha:]_]", "[^[:space:]]", "'", "'s", r"\u4e00", r"\x{e9}",
    r"\t", r"[\w-]", "é", "一", "_", "-", r"\.", r"([ab1])\1", r"(\p{L}+)-?\1", r"(?i:[\p{L}_])",
]
ANCHORS = ["^", "$", r"\b", r"\B", r"\A", r"\z", r"\Z", r"\G", r"(?!\S)", r"(?=\s)", r"(?<!\s)", "(?<=a)", "(?=a|1)",
           "(?<!a|1)", r"(?<=\p{L}\d)", ""]
REPEATS = ["?", "*", "+", "??", "*?", "+?", "?+", "*+", "++", "{2}", "{1,2}", "{2,}", "{,2}", "{1,3}+", "{2}?", "{1,2}?",
           "{2,1}", "{3}+", "{0,1}", "{1}", "{0}", "{,1}?", "{,2}+", "{", "{,}", "{1"]


def random_atom(rng, depth):
    kind = rng.random()
    if depth == 0 or kind < 0.6:
        return rng.choice(ATOMS)
    if kind < 0.9:
        start = rng.choice(["(?:", "(", "(?>", "(?i:", "(?m:", f"(?<n{rng.randrange(1000)}>", "(?i-m:", "(?x: "])
        return start + random_alternatives(rng, depth - 1) + ")"
    if kind < 0.95:
        return rng.choice(["(?=", "(?!"]) + random_alternatives(rng, depth - 1) + ")"
    return rng.choice(ANCHORS)


def random_piece(rng, depth):
    if rng.random() < 0.12:
        return rng.choice(ANCHORS)
    piece = random_atom(rng, depth)
    while rng.random() < 0.4:
        piece += rng.choice(REPEATS)
        if rng.random() < 0.8:
            break
    return piece


def random_alternatives(rng, depth):
    return "|".join("".join(random_piece(rng, depth) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3, 3])))
                    for _ in range(rng.choice([1, 1, 1, 2, 2, 3])))


def random_expression(rng):
    expression = random_alternatives(rng, 3)
    if rng.random() < 0.1:
        return rng.choice(["(?i)", "(?m)", "(?x)"]) + expression
    return expression
