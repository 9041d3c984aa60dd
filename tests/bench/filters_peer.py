"""filters_peer.py PEER WORK FILE - one piece of work on JSONL by DuckDB or Polars, in one thread, to /dev/null.

What each filter does is said here once for each of the two; tests/bench/filters measures it beside the filter. Writes
the seconds of the work, the start of Python left out, to the file that the environment variable SECONDS_FILE names.
"""
import os
import sys
import time

peer, work, path = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = "1"

DUCKDB = {
    "identity": "SELECT * FROM {0}",
    "select": "SELECT * FROM {0} WHERE id < 'bench:5'",
    "search": "SELECT * FROM {0} WHERE regexp_matches(text, 'econom[a-z]+')",
    "fields": "SELECT id AS doc, text FROM {0}",
    "dedup": "SELECT DISTINCT ON (text) * FROM {0}",
    "shuffle": "SELECT * FROM {0} ORDER BY hash(id)",
    "split": "SELECT *, CASE WHEN hash(id) % 10 < 8 THEN 'train' ELSE 'test' END AS split FROM {0}",
    "sample": "SELECT * FROM {0} WHERE hash(id) % 10 = 0",
}

POLARS = {
    "identity": lambda pl, frame: frame,
    "select": lambda pl, frame: frame.filter(pl.col("id") < "bench:5"),
    "search": lambda pl, frame: frame.filter(pl.col("text").str.contains("econom[a-z]+")),
    "fields": lambda pl, frame: frame.select(pl.col("id").alias("doc"), "text"),
    "dedup": lambda pl, frame: frame.unique(subset="text", keep="first", maintain_order=True),
    "shuffle": lambda pl, frame: frame.sort(pl.col("id").hash()),
    "split": lambda pl, frame: frame.with_columns(
        split=pl.when(pl.col("id").hash() % 10 < 8).then(pl.lit("train")).otherwise(pl.lit("test"))
    ),
    "sample": lambda pl, frame: frame.filter(pl.col("id").hash() % 10 == 0),
}


def prepare():
    if peer == "duckdb":
        import duckdb

        connection = duckdb.connect()
        connection.execute("SET threads = 1")
        query = DUCKDB[work].format(f"read_json('{path}', format = 'newline_delimited')")
        return lambda: connection.execute(f"COPY ({query}) TO '/dev/null' (FORMAT json)")
    import polars

    return lambda: POLARS[work](polars, polars.scan_ndjson(path)).sink_ndjson("/dev/null")


run = prepare()
start = time.perf_counter()
run()
seconds = time.perf_counter() - start
with open(os.environ["SECONDS_FILE"], "w") as out:
    print(f"{seconds:.4f}", file=out)
