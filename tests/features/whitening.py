#!/usr/bin/env python3
"""Makes whitening.jsonl, numbers of numpy and scikit-learn to compare with: python3 whitening.py >whitening.jsonl

Needs scikit-learn 1.9. scikit-learn divides a covariance by n - 1, and chooses signs by its own rules."""
import json

import numpy
from sklearn.decomposition import PCA

random = numpy.random.default_rng(3)
vectors = (random.normal(size=(40, 5)) @ random.normal(size=(5, 5)) * [1, 10, 0.1, 3, 1] + [0.5, 20, 0, -3, 1]).astype(numpy.float32)
vectors = vectors.astype(float)


def oriented(directions):
    largest = numpy.abs(directions).argmax(axis=1)
    return numpy.sign(directions[numpy.arange(len(directions)), largest])


def show(options, variances, made):
    print(json.dumps({"options": options, "in": vectors.tolist(), "variances": variances.tolist(), "vectors": made.tolist()}))


for options, count, whiten in [([], 5, True), (["--dims", "3"], 3, True), (["--strength", "0"], 5, False),
                               (["--strength", "0", "--dims", "2"], 2, False)]:
    tool = PCA(count, whiten=whiten, svd_solver="full").fit(vectors)
    ratio = (len(vectors) - 1) / len(vectors)
    made = tool.transform(vectors) * oriented(tool.components_)
    show(options, tool.explained_variance_ * ratio, made / ratio ** 0.5 if whiten else made)

# As BERT-whitening does it: u, s, vh = svd(cov(x.T)); (x - mean) u diag(1 / sqrt(s)).
for center, strength, count in [(1, 1, 5), (0.5, 0.75, 4), (0, 0.5, 5)]:
    u, s, _ = numpy.linalg.svd(numpy.cov(vectors.T, bias=True))
    made = (vectors - center * vectors.mean(axis=0)) @ (u * oriented(u.T))[:, :count] / s[:count] ** (strength / 2)
    show(["--center", str(center), "--strength", str(strength), "--dims", str(count)], s[:count], made)
