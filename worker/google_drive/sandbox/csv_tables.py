"""CSV files as people have them: some encoding, some separator. One cell can be changed and nothing else moves."""

import csv
import io

ENCODINGS = ("utf-8-sig", "utf-16", "cp1252", "latin-1")


def read_rows(data: bytes) -> list[list[str]]:
    text, _ = decode(data)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))


def decode(data: bytes) -> tuple[str, str]:
    for encoding in ENCODINGS[:-1]:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode(ENCODINGS[-1]), ENCODINGS[-1]


def delimiter_of(text: str) -> str:
    """Guess by counting: the separator that stands most often in the busiest of the first lines."""
    lines = text.splitlines()[:20]
    return max(",;\t|", key=lambda mark: max((line.count(mark) for line in lines), default=0))


def with_cell(data: bytes, row: int, column: int, value: str) -> bytes:
    """Rewrite the lines of one record; every other byte of the file stays as it is."""
    text, encoding = decode(data)
    mark = data[:3] if encoding == "utf-8-sig" and data.startswith(b"\xef\xbb\xbf") else b""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter_of(text))
    begin, record = 0, next(reader, None)
    for _ in range(row):
        begin, record = reader.line_num, next(reader, None)
    if record is None:
        raise ValueError(f"The file has no row {row + 1}.")
    cells = record + [""] * (column + 1 - len(record))
    cells[column] = value
    end = reader.line_num
    ending = lines[end - 1][len(lines[end - 1].rstrip("\r\n")) :]
    rewritten = io.StringIO()
    csv.writer(rewritten, delimiter=delimiter_of(text), lineterminator="\r\n").writerow(cells)
    changed = "".join([*lines[:begin], rewritten.getvalue().removesuffix("\r\n"), ending, *lines[end:]])
    return mark + changed.encode("utf-8" if encoding == "utf-8-sig" else encoding)
