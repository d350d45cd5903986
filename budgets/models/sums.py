"""Sums of money made by the database, exact to the fen on every database: SQLite would add amounts up as floats."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Cast, Round


def fen_sum(field: str, **details) -> models.Sum:
    """The sum of an amount in yuan, in whole fen; read it with ``yuan_of``. ``details`` are those of ``Sum``."""
    fen = Round(models.F(field) * 100, output_field=models.DecimalField(max_digits=22, decimal_places=0))
    return models.Sum(Cast(fen, models.BigIntegerField()), **details)


def yuan_of(fen: int | None) -> Decimal:
    """Whole fen as yuan with two places; the sum of no rows is 0.00."""
    return Decimal(fen or 0).scaleb(-2).quantize(Decimal("0.01"))
