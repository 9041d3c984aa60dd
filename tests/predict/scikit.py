#!/usr/bin/env python3
"""Makes scikit.jsonl, models of scikit-learn to compare with: python3 scikit.py >scikit.jsonl

Needs scikit-learn 1.9. A line for each model: options of fit linear, its records, classes, the minimum of the objective
and the probabilities. Targets are distributions: here each record is one row for each class, weighted by it. Of two
classes scikit-learn regularises one row of weights instead of two, so its C is twice as large."""
import json

import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

random = numpy.random.default_rng(14)


def objective(weights, bias, rows, targets, c):
    logits = rows @ weights.T + bias
    logits -= logits.max(axis=1, keepdims=True)
    logs = logits - numpy.log(numpy.exp(logits).sum(axis=1, keepdims=True))
    return (weights ** 2).sum() / 2 - c * (targets * logs).sum()


def model(c, rows, targets, weights=None, soft=False, sparse=False):
    count, classes = targets.shape
    options = ["--C", str(c)]
    names = [f"class {k}" for k in range(classes)]
    weights_of = numpy.ones(count) if weights is None else weights
    expanded = numpy.repeat(rows, classes, axis=0)
    labels = numpy.tile(numpy.arange(classes), count)
    share = (targets * weights_of[:, None]).ravel()
    tool = LogisticRegression(C=c * (2 if classes == 2 else 1), tol=1e-13, max_iter=10000, solver="newton-cholesky")
    tool.fit(expanded[share > 0], labels[share > 0], sample_weight=share[share > 0])
    found, bias = tool.coef_, tool.intercept_
    if classes == 2:
        found, bias = numpy.vstack([-found / 2, found / 2]), numpy.concatenate([-bias / 2, bias / 2])
    records = []
    for i in range(count):
        record = {"id": i}
        if sparse:
            row = csr_matrix(rows[i])
            record["sparse"] = {"indices": (row.indices * 1000).tolist(), "values": row.data.tolist()}
        else:
            record["features"] = rows[i].tolist()
        if soft:
            record["target"] = targets[i].tolist()
        else:
            record["label"] = names[targets[i].argmax()]
        if weights is not None:
            record["importance"] = weights[i]
        records.append(record)
    if weights is not None:
        options += ["--weight", "importance"]
    if soft:
        options += ["--classes", ",".join(names)]
    print(json.dumps({"options": options, "records": records, "classes": names,
                      "objective": objective(found, bias, rows, targets * weights_of[:, None], c),
                      "probs": tool.predict_proba(rows).round(9).tolist()}))


def one_hot(labels, classes):
    return numpy.eye(classes)[labels]


def data(count, columns, classes, noise):
    rows = random.normal(size=(count, columns)).round(3)
    labels = (rows @ random.normal(size=(columns, classes)) + noise * random.normal(size=(count, classes))).argmax(axis=1)
    labels[:classes] = range(classes)
    return rows, one_hot(labels, classes)


for c in 0.01, 1, 1000:
    model(c, *data(40, 4, 3, 1))
for c in 0.5, 20:
    model(c, *data(40, 3, 2, 1))
rows, targets = data(40, 4, 5, 1)
model(1, rows, targets, weights=(random.random(40) * 3).round(2) * (random.random(40) > 0.2))
soft = random.random((40, 3)) ** 3
model(2, rows, soft / soft.sum(axis=1, keepdims=True), soft=True)
soft = random.random((40, 2))
model(2, rows, soft / soft.sum(axis=1, keepdims=True), weights=random.random(40).round(2), soft=True)
rows, targets = data(60, 12, 4, 0.5)
model(1, rows * (random.random((60, 12)) < 0.3), targets, sparse=True)
model(1, rows * [1e3, 1e-3, 30, 1, 1, 1, 1, 1, 1, 0.1, 0.01, 0] + 2, targets)
