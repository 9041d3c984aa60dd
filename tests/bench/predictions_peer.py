"""What quern suspect does, by Python's json and cleanlab: predictions_peer.py FILE, records to standard output."""

import json
import sys

import numpy
from cleanlab.filter import find_label_issues


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    labels = numpy.array([record["label"] for record in records])
    probs = numpy.array([record["probs"] for record in records])
    issues = find_label_issues(labels, probs, filter_by="confident_learning", n_jobs=1)
    for record, issue, score in zip(records, issues.tolist(), probs[numpy.arange(len(labels)), labels].tolist()):
        record["suspect"] = issue
        record["label_score"] = score
        print(json.dumps(record))


main()
