"""A sampler of imbalanced-learn on the rows that tests/bench/neighbors.c writes: balance_peer.py FILE DIMS SAMPLER.

Prints the CPU seconds of the fastest of two fits, and the peak memory in MiB. A twentieth of the rows, the first ones, are
of the smaller class.
"""

import resource
import sys
import time

import numpy
from imblearn import over_sampling, under_sampling

SAMPLERS = {
    "adasyn": lambda: over_sampling.ADASYN(random_state=0),
    "smote": lambda: over_sampling.SMOTE(random_state=0),
    "tomek": lambda: under_sampling.TomekLinks(n_jobs=1),
    "enn": lambda: under_sampling.EditedNearestNeighbours(n_jobs=1),
}


def main():
    path, dims, sampler = sys.argv[1:]
    rows = numpy.fromfile(path, dtype=numpy.float32).reshape(-1, int(dims))
    labels = numpy.zeros(len(rows), dtype=numpy.int64)
    labels[: len(rows) // 20] = 1
    seconds = []
    for _ in range(2):
        start = time.process_time()
        SAMPLERS[sampler]().fit_resample(rows, labels)
        seconds.append(time.process_time() - start)
    print(f"{min(seconds):.4f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f}")


main()
