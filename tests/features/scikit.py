#!/usr/bin/env python3
"""Makes scikit.jsonl, numbers of scikit-learn to compare with: python3 scikit.py >scikit.jsonl

Needs scikit-learn 1.9. Texts are cut here at the Unicode property White_Space, as Python's own split has other ideas of
U+001C to U+001F."""
import json
import re

import numpy
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
TEXTS = ["the mill grinds the grain", "", " \u00a0\u3000 ", "北京 大学 北京大学　生\u2003活 北京", "a b c a b c a a a",
         "naïve\u2028café\u0085x\u1680y\u202fz\u205fw\x0bv\x0cu", "Ünïcödé 𝒳 🙂 🙂🙂", "the the the the",
         'quote " back \\ tab\t nl\n cr\r end', "x\u200by \x1c\x1f z", "a-b, c. d!"]


def analyzer(unit, least, most):
    def ngrams(text):
        units = list(text) if unit == "chars" else [word for word in SPACE.split(text) if word]
        joint = "" if unit == "chars" else " "
        return [joint.join(units[i:i + n]) for n in range(least, most + 1) for i in range(len(units) - n + 1)]
    return ngrams


def show(options, matrix, terms):
    matrix.eliminate_zeros()
    matrix.sort_indices()
    vectors = [[row.indices.tolist(), row.data.tolist()] for row in matrix]
    print(json.dumps({"options": options, "texts": TEXTS, "terms": terms, "vectors": vectors}, ensure_ascii=False))


for unit, least, most, tf, idf, norm, more in [
        ("space", 1, 1, "raw", "smooth", "l2", []), ("space", 1, 2, "log", "smooth", "l2", []),
        ("space", 1, 1, "raw", "plain", "l1", []), ("space", 2, 3, "binary", "none", "none", []),
        ("space", 1, 1, "raw", "smooth", "l2", ["--min-df", "2"]), ("chars", 1, 3, "raw", "smooth", "l2", []),
        ("chars", 2, 2, "log", "plain", "none", ["--max-df", "0.25"])]:
    tool = TfidfVectorizer(
        analyzer=analyzer(unit, least, most), sublinear_tf=tf == "log", binary=tf == "binary", use_idf=idf != "none",
        smooth_idf=idf == "smooth", norm=None if norm == "none" else norm,
        **{name[2:].replace("-", "_"): json.loads(value) for name, value in zip(more[::2], more[1::2])})
    matrix = tool.fit_transform(TEXTS)
    show(["--unit", unit, "--ngrams", f"{least}-{most}", "--tf", tf, "--idf", idf, "--norm", norm, *more], matrix,
         tool.get_feature_names_out().tolist())

for bits, signed, norm in [(3, True, "l2"), (3, False, "l1"), (20, True, "l2"), (20, False, "none"), (30, True, "none")]:
    tool = HashingVectorizer(analyzer=analyzer("space", 1, 2), n_features=1 << bits, alternate_sign=signed,
                             norm=None if norm == "none" else norm)
    show(["--hash", str(bits), "--unit", "space", "--ngrams", "1-2", "--norm", norm, *(["--signed"] if signed else [])],
         tool.transform(TEXTS), [])

# Of numbers that are 32-bit floats too. MaxAbsScaler gives a constant column 1 as well; StandardScaler(with_mean=False)
# leaves it as it is.
random = numpy.random.default_rng(1)
vectors = numpy.column_stack([random.normal(size=30), random.random(30) * 1e6, random.normal(1000, 30, 30),
                              random.integers(-3, 4, 30), random.normal(size=30) * (random.random(30) < 0.3),
                              numpy.full(30, 5)]).astype(numpy.float32).astype(float)
for options, tool, count in [(["--to", "minmax"], MinMaxScaler(), 6), (["--to", "standard"], StandardScaler(), 6),
                             (["--to", "maxabs"], MaxAbsScaler(), 6),
                             (["--to", "standard", "--no-center"], StandardScaler(with_mean=False), 5)]:
    print(json.dumps({"options": options, "in": vectors[:, :count].tolist(),
                      "vectors": tool.fit_transform(vectors[:, :count]).tolist()}))
