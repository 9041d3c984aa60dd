"""tf-idf by scikit-learn, of the texts of a JSONL file: tfidf_peer.py FILE.

Prints the CPU seconds of fit and of transform, with the texts in memory, then of the whole way from JSONL to JSONL with
both, and the peak memory in MiB. Words are what stands between white space, as in `quern fit tfidf --unit space`.
"""

import json
import resource
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer


def main():
    whole = time.process_time()
    with open(sys.argv[1], encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    texts = [record["text"] for record in records]
    tool = TfidfVectorizer(analyzer=str.split)
    start = time.process_time()
    tool.fit(texts)
    fitted = time.process_time()
    matrix = tool.transform(texts)
    transformed = time.process_time()
    with open("/dev/null", "w", encoding="utf-8") as out:
        for i, record in enumerate(records):
            begin, end = matrix.indptr[i], matrix.indptr[i + 1]
            record["sparse"] = {"indices": matrix.indices[begin:end].tolist(), "values": matrix.data[begin:end].tolist()}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    end = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{fitted - start:.3f} {transformed - fitted:.3f} {end - whole:.3f} {memory:.0f}")


main()
