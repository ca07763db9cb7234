"""Bringing data: the choices about an uploaded file, and what becomes of it."""

from typing import Any

from core.data.own.prepared import Prepared
from pages.shared.bringing_pictures import pictures_from
from pages.shared.bringing_tables import table_from

ZIP = b"PK\x03\x04", b"PK\x05\x06"
"""How a zip begins; a table's first column may be called PK."""


def prepared_from(file: Any) -> Prepared:
    """Let a person choose what an uploaded file becomes, and show that. Raises DataError."""
    data: bytes = file.getvalue()
    if data.startswith(ZIP) or file.name.lower().endswith(".zip"):
        return pictures_from(file.file_id, file.name, data)
    return table_from(file.file_id, file.name, data)
