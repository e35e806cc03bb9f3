"""write_rows: the formats, that a file is whole and never written over unasked, and how it is found again."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.files.tests.folders import WRITE, call_on, put, rows_of, written
from connectors.sdk.errors import Config, Conflict, Data, NotFound
from connectors.sdk.testing import MARK
from connectors.sdk.wire import Json

ROWS: list[Json] = [{"Order": "SO-1", "Amount": "30.095"}, {"Order": "=1+1", "Amount": "-2", "Note": "Café"}]
AMOUNTS = [{"name": "Order"}, {"name": "Amount", "type": "decimal"}]


def test_write_rows_makes_a_csv_file(folder: Path) -> None:
    output = written("a.csv", ROWS)
    content = (folder / "a.csv").read_bytes()
    assert content.decode() == "Order,Amount,Note\r\nSO-1,30.095,\r\n=1+1,-2,Café\r\n"
    assert (output["path"], output["rows"], output["bytes"]) == ("a.csv", 2, len(content))
    assert WRITE.far_id(output) == "a.csv"
    assert [one.name for one in folder.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("more", "content"),
    [
        ({"delimiter": ";", "encoding": "windows-1252"}, "A;B\r\nCafé;true\r\n".encode("cp1252")),
        ({"header": False}, "Café,true\r\n".encode()),
        ({"columns": [{"name": "B"}]}, b"B\r\nTrue\r\n"),
        ({"format": "jsonl"}, '{"A": "Café", "B": true}\n'.encode()),
    ],
)
def test_files_are_laid_out_as_asked(folder: Path, more: dict[str, Json], content: bytes) -> None:
    written("a.csv", [{"A": "Café", "B": True}], **more)
    assert (folder / "a.csv").read_bytes() == content


def test_an_excel_file_holds_numbers_as_numbers_and_formulas_as_text(folder: Path) -> None:
    written("a.xlsx", ROWS, columns=AMOUNTS, sheet="Orders")
    book: Any = openpyxl.load_workbook(io.BytesIO((folder / "a.xlsx").read_bytes()))
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book["Orders"].iter_rows()]
    assert cells[1:] == [[("SO-1", "s"), (30.095, "n")], [("=1+1", "s"), (-2, "n")]]
    assert rows_of("a.xlsx", columns=AMOUNTS) == [
        {"Order": "SO-1", "Amount": "30.095"},
        {"Order": "=1+1", "Amount": "-2"},
    ]


def test_what_does_not_fit_is_said_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(Data, match="Line 1, column “Amount”"):
        written("a.csv", [{"Amount": "much"}], columns=[{"name": "Amount", "type": "decimal"}])
    with pytest.raises(Data, match="can't be written as iso-8859-1"):
        written("a.csv", [{"A": "€"}], encoding="iso-8859-1")
    for text in ("\x01", "x" * 32_768):
        with pytest.raises(Data, match="Excel can't hold"):
            written("a.xlsx", [{"A": text}])
    assert list(folder.iterdir()) == []


def test_another_file_is_only_replaced_when_asked(folder: Path) -> None:
    put(folder, "a.csv", "theirs")
    with pytest.raises(Conflict):
        written("a.csv", ROWS)
    assert (folder / "a.csv").read_text() == "theirs"
    written("a.csv", ROWS, if_exists="replace")
    assert (folder / "a.csv").read_text().startswith("Order")
    assert [one.name for one in folder.iterdir()] == ["a.csv"]


def test_a_folder_that_is_not_there_or_a_way_out_is_refused() -> None:
    with pytest.raises(NotFound):
        written("out/a.csv", ROWS)
    with pytest.raises(Data):
        written("../a.csv", ROWS)


def test_a_full_disk_is_a_matter_of_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("connectors.files.writing.os.fsync", full)
    with pytest.raises(Config, match="No space left on device"):
        written("a.csv", ROWS)
    assert "a.csv" not in [one.name for one in folder.iterdir()]


@pytest.mark.parametrize("path", ["a.csv", "a.xlsx", "a.jsonl"])
def test_an_unknown_outcome_is_found_by_the_files_content(folder: Path, path: str) -> None:
    data = {"path": path, "rows": ROWS}
    request = WRITE.prepare(call_on(), data, MARK)
    assert WRITE.find is not None
    assert WRITE.standing is not None
    assert WRITE.find(call_on(), request, MARK) == []
    assert WRITE.standing(call_on(), path) == "gone"
    output = WRITE.result(data, call_on().send(request))
    (match,) = WRITE.find(call_on(), request, MARK)
    assert (match.far_id, match.output) == (path, output)
    assert WRITE.standing(call_on(), path) == "stands"
    assert WRITE.result(data, call_on().send(request)) == output  # once more: the same file stays
    put(folder, path, "theirs")
    assert WRITE.find(call_on(), request, MARK) == []
    assert WRITE.idempotency.authoritative is False
    assert WRITE.unmarked(request) == WRITE.unmarked(WRITE.prepare(call_on(), data, MARK))
