"""filters_peer.py PEER WORK FILE - one piece of work on JSONL by DuckDB or Polars, in one thread, to /dev/null.

What a filter does is said here once for each of them; tests/bench/filters measures it beside the filter."""
import os
import sys

peer, work, path = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = "1"

DUCKDB = {
    "identity": "SELECT * FROM {0}",
    "select": "SELECT * FROM {0} WHERE id < 'bench:5'",
    "search": "SELECT * FROM {0} WHERE regexp_matches(text, 'econom[a-z]+')",
    "fields": "SELECT id AS doc, text FROM {0}",
}


def with_duckdb():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    source = f"read_json('{path}', format = 'newline_delimited')"
    connection.execute(f"COPY ({DUCKDB[work].format(source)}) TO '/dev/null' (FORMAT json)")


def with_polars():
    import polars as pl

    frame = pl.scan_ndjson(path)
    plans = {
        "identity": lambda: frame,
        "select": lambda: frame.filter(pl.col("id") < "bench:5"),
        "search": lambda: frame.filter(pl.col("text").str.contains("econom[a-z]+")),
        "fields": lambda: frame.select(pl.col("id").alias("doc"), "text"),
    }
    plans[work]().sink_ndjson("/dev/null")


{"duckdb": with_duckdb, "polars": with_polars}[peer]()
