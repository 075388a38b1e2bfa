"""What one connection remembers of the read models between two pages, so that it need not load the same rows again."""

from projections.read_model import Rows


class Memory:
    """Rows as this connection's last commit left them, by model; valid while nobody else wrote the model's table.

    Whoever writes a read model's table writes the model's row in `read_position` too, in the same transaction, and
    PostgreSQL marks a row with the transaction that wrote it (`xmin`). So one look at the mark tells whether another
    follower, a rebuild or a migration was there, or whether what was remembered was never committed.
    """

    def __init__(self) -> None:
        self.position = 0
        """Where the models probably stand: a good guess saves asking twice, a bad one costs nothing else."""
        self._rows: dict[str, tuple[str, Rows]] = {}

    def take(self, model: str, mark: str) -> Rows:
        """Rows of a model whose position is marked so. They are forgotten here until they are kept again."""
        kept_at, rows = self._rows.pop(model, ("", {}))
        return rows if kept_at == mark else {}

    def keep(self, model: str, mark: str, rows: Rows) -> None:
        """Remember rows that the transaction of this mark wrote, or found and left as they are."""
        self._rows[model] = mark, rows
