"""Load one CSV into PostgreSQL with dlt at its fastest: DuckDB reads it, Arrow carries it, COPY writes it.

Runs in an environment of its own: `python dlt_load.py FILE URL`.
"""

import os
import sys
import tempfile
from pathlib import Path


def main(file: Path, url: str) -> None:
    folder = tempfile.mkdtemp()
    os.environ |= {"DLT_DATA_DIR": folder, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    import dlt  # type: ignore[import-not-found]
    from dlt.sources.filesystem import filesystem, read_csv_duckdb  # type: ignore[import-not-found]

    rows = filesystem(bucket_url=file.parent.as_uri(), file_glob=file.name) | read_csv_duckdb(use_pyarrow=True)
    pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(url), dataset_name="bench", dev_mode=True)
    pipeline.run(rows.with_name("campaigns"), loader_file_format="csv").raise_on_failed_jobs()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
