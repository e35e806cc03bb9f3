"""read_rows and list_files: formats, pages, what cells mean, and what is said when they don't."""

import gc
import io
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import cast

import openpyxl
import pytest

from connectors.files.reading import PAGE
from connectors.files.tests.folders import READ, call_on, pages_of, put, rows_of
from connectors.sdk.errors import Config, Data, Failure, NotFound
from connectors.sdk.operation import Read
from connectors.sdk.registry import connector, operation
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json

LIST = cast(Read, operation("files.list_files"))
AMOUNTS = [{"name": "Amount", "type": "decimal"}]


def workbook(rows: list[list[object]], sheet: str = "Orders") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_csv_files_cells_are_text_by_its_header(folder: Path) -> None:
    put(folder, "in/a.csv", '\ufeffOrder,Customer\r\nSO-1,"Larch, ""Ida""\r\n& Co"\r\n\r\nSO-2\r\n')
    assert rows_of("in/a.csv") == [
        {"Order": "SO-1", "Customer": 'Larch, "Ida"\r\n& Co'},
        {"Order": "SO-2", "Customer": ""},
    ]


@pytest.mark.parametrize(
    ("more", "content"),
    [
        ({"delimiter": ";"}, "Name;Amount\nCafé;1\n".encode()),
        ({"encoding": "windows-1252"}, "Name,Amount\nCafé,1\n".encode("cp1252")),
        ({"delimiter": "tab"}, "Name\tAmount\nCafé\t1".encode()),
        (
            {"header": False, "columns": [{"name": "Name"}, {"name": "Amount", "type": "text"}]},
            "Café,1\n".encode(),
        ),
    ],
)
def test_delimiters_encodings_and_headers(folder: Path, more: dict[str, Json], content: bytes) -> None:
    put(folder, "a.csv", content)
    assert rows_of("a.csv", **more) == [{"Name": "Café", "Amount": "1"}]


CELLS: list[tuple[dict[str, Json], str, Json]] = [
    ({"type": "decimal"}, "1,234.50", "1234.50"),
    ({"type": "decimal", "decimal_comma": True}, "-1.234,50", "-1234.50"),
    ({"type": "decimal"}, "30.095", "30.095"),
    ({"type": "decimal"}, "", None),
    ({"type": "integer"}, " 007 ", 7),
    ({"type": "boolean"}, "Yes", True),
    ({"type": "date", "date_format": "DD/MM/YYYY"}, "03/04/2026", "2026-04-03"),
    ({"type": "timestamp"}, "2026-11-21T10:30:00+01:00", "2026-11-21T09:30:00Z"),
    ({"type": "text"}, "", ""),
]


@pytest.mark.parametrize(("column", "cell", "value"), CELLS)
def test_a_declared_column_holds_what_it_says(
    folder: Path, column: dict[str, Json], cell: str, value: Json
) -> None:
    put(folder, "a.csv", f'Order,Value\nSO-1,"{cell}"\n')
    assert rows_of("a.csv", columns=[{"name": "Value", **column}]) == [{"Order": "SO-1", "Value": value}]


WRONG: list[tuple[dict[str, Json], str, str]] = [
    ({"type": "decimal"}, "12 pounds", "Line 3, column “Value”: “12 pounds” is not a decimal number."),
    ({"type": "decimal"}, "1,2345", "Line 3, column “Value”: “1,2345” is not a decimal number."),
    ({"type": "integer"}, "1.5", "Line 3, column “Value”: “1.5” is not a whole number."),
    ({"type": "boolean"}, "maybe", "Line 3, column “Value”: “maybe” is neither yes nor no."),
    (
        {"type": "date"},
        "03/04/2026",
        "Line 3, column “Value”: “03/04/2026” is not a date written YYYY-MM-DD.",
    ),
    (
        {"type": "timestamp"},
        "2026-11-21T10:30",
        "Line 3, column “Value”: “2026-11-21T10:30” doesn't say its time zone.",
    ),
    ({"required": True}, " ", "Line 3, column “Value”: it must not be empty."),
]


@pytest.mark.parametrize(("column", "cell", "sentence"), WRONG)
def test_what_does_not_fit_is_named_with_its_line_and_column(
    folder: Path, column: dict[str, Json], cell: str, sentence: str
) -> None:
    put(folder, "a.csv", f'Order,Value\n"SO\n1","{cell}"\n')
    put(folder, "b.csv", f'Order,Value\nSO-0,\nSO-1,"{cell}"\n')
    declared = {"name": "Value", **column}
    with pytest.raises(Data) as caught:
        rows_of("a.csv", columns=[declared])
    assert caught.value.sentence == sentence.replace("Line 3", "Line 2")
    if not column.get("required"):
        with pytest.raises(Data) as caught:
            rows_of("b.csv", columns=[declared])
        assert caught.value.sentence == sentence
        assert caught.value.info == {"line": 3, "column": "Value"}


BROKEN: list[tuple[str, bytes, dict[str, Json], str]] = [
    ("a.csv", b"A,B\n1,2,3\n", {}, "Line 2 has 3 cells, and there are 2 columns."),
    ("a.csv", b"A,A\n1,2\n", {}, "The column “A” is there twice."),
    ("a.csv", b"A,\n1,2\n", {}, "A column has no name in the first row."),
    ("a.csv", b"A\n1\n", {"columns": AMOUNTS}, "The column “Amount” is missing; there are “A”."),
    ("a.csv", b"1,2\n", {"header": False}, "Without a first row of names, say which columns there are."),
    ("a.csv", b'A\n1\n"2\n', {}, "Line 3: unexpected end of data."),
    (
        "a.csv",
        b"A\nCaf\xe9\n",
        {},
        "Line 2, character 4 is not utf-8. Say which encoding the file has.",
    ),
    ("a.jsonl", b'{"A": 1}\n[1]\n', {}, "Line 2 is not an object."),
    ("a.xlsx", b"no archive", {}, "a.xlsx is not an Excel file."),
    ("a.dat", b"", {}, "Say which format the file has; its name doesn't."),
]


@pytest.mark.parametrize(("path", "content", "more", "sentence"), BROKEN)
def test_a_broken_file_says_where(
    folder: Path, path: str, content: bytes, more: dict[str, Json], sentence: str
) -> None:
    put(folder, path, content)
    with pytest.raises(Data) as caught:
        rows_of(path, **more)
    assert caught.value.sentence == sentence


def test_json_lines_keep_their_values_and_exact_numbers(folder: Path) -> None:
    put(folder, "a.jsonl", '{"id": 9007199254740993, "Amount": 30.095}\n\n{"id": 2, "Amount": "1"}\n')
    assert rows_of("a.jsonl", columns=AMOUNTS) == [
        {"id": "9007199254740993", "Amount": "30.095"},
        {"id": 2, "Amount": "1"},
    ]
    put(folder, "b.jsonl", '{"A": 1}\n{"A": }\n')
    with pytest.raises(Data, match="Line 2 is not JSON"):
        rows_of("b.jsonl")


def test_a_sheets_numbers_are_exact_texts(folder: Path) -> None:
    rows: list[list[object]] = [
        ["Order", "Amount", "Day", "Paid", None],
        ["SO-1", 30.095, datetime(2026, 11, 21), True],  # noqa: DTZ001 - Excel has no zones
        [None, None],
        [1001, 12, None, None],
    ]
    put(folder, "a.xlsx", workbook(rows))
    assert rows_of("a.xlsx", columns=[*AMOUNTS, {"name": "Day", "type": "date"}]) == [
        {"Order": "SO-1", "Amount": "30.095", "Day": "2026-11-21", "Paid": True},
        {"Order": "1001", "Amount": "12", "Day": None, "Paid": ""},
    ]
    assert len(rows_of("a.xlsx", sheet="Orders")) == 2
    with pytest.raises(Data, match="has no sheet “Invoices”; it has Orders"):
        rows_of("a.xlsx", sheet="Invoices")
    put(folder, "b.xlsx", workbook([["Amount"], [1], ["x"]]))
    with pytest.raises(Data, match="Line 3, column “Amount”"):
        rows_of("b.xlsx", columns=AMOUNTS)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_long_file_is_read_in_pages_that_go_on_after_a_crash(folder: Path, kind: str) -> None:
    count = 2 * PAGE + 5
    contents = {
        "csv": ("Number\n" + "".join(f"{number}\n" for number in range(count))).encode(),
        "jsonl": "".join(f'{{"Number": "{number}"}}\n' for number in range(count)).encode(),
        "xlsx": workbook([["Number"], *list[list[object]]([str(number)] for number in range(count))]),
    }
    put(folder, f"a.{kind}", contents[kind])
    pages = pages_of({"path": f"a.{kind}"})
    assert [len(page) for page in pages] == [PAGE, PAGE, 5]
    assert [row["Number"] for page in pages for row in page] == [str(number) for number in range(count)]
    assert READ.pages is not None
    second = READ.pages.read(call_on(), {"path": f"a.{kind}"}, None).following
    first_time, again = (READ.pages.read(call_on(), {"path": f"a.{kind}"}, second) for _ in range(2))
    assert first_time.items == again.items == pages[1]


def test_a_file_that_changes_while_it_is_read_is_read_anew(folder: Path) -> None:
    put(folder, "a.csv", "N\n" + "1\n" * (PAGE + 1))
    assert READ.pages is not None
    following = READ.pages.read(call_on(), {"path": "a.csv"}, None).following
    put(folder, "a.csv", "N\n" + "2\n" * (PAGE + 2))
    with pytest.raises(Data) as caught:
        READ.pages.read(call_on(), {"path": "a.csv"}, following)
    assert caught.value.code == "file_changed"


def test_memory_holds_one_page_however_long_the_file_is(folder: Path) -> None:
    """Ten times the rows take no more memory."""
    peaks = []
    for thousands in (5, 50):
        put(folder, "a.csv", "Order,Amount\n" + "SO-1001,451.43\n" * (thousands * 1000))
        assert READ.pages is not None
        at: Json = None
        count = 0
        gc.collect()
        tracemalloc.start()
        while True:
            portion = READ.pages.read(call_on(), {"path": "a.csv"}, at)
            count += len(portion.items)
            at = portion.following
            if at is None:
                break
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count == thousands * 1000
    assert peaks[1] < 2 * peaks[0]


PATHS = [
    "../secret.csv",
    "/etc/passwd",
    "in/../../secret.csv",
    ".hidden.csv",
    "in//a.csv",
    "link/secret.csv",
    "a\0.csv",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_the_folder(folder: Path, path: str) -> None:
    put(folder.parent, "secret.csv", "A\n1\n")
    (folder / "link").symlink_to(folder.parent)
    with pytest.raises(Data) as caught:
        rows_of(path)
    assert caught.value.code == "path"


def test_what_is_not_there_is_not_found(folder: Path) -> None:
    with pytest.raises(NotFound):
        rows_of("a.csv")
    (folder / "a.csv").mkdir()
    with pytest.raises(Data):
        rows_of("a.csv")


def test_list_files_gives_those_that_fit(folder: Path) -> None:
    for path in ("in/a.csv", "in/b.txt", "c.csv", ".hidden.csv"):
        put(folder, path, "x")
    (folder / "link.csv").symlink_to(folder / "c.csv")
    output = LIST.run(call_on(), {"pattern": "*.csv"})
    validator_for(LIST.output).check(output)
    assert [(one["path"], one["name"], one["size"]) for one in output["files"]] == [
        ("c.csv", "c.csv", 1),
        ("in/a.csv", "a.csv", 1),
    ]
    assert [one["path"] for one in LIST.run(call_on("in"), {})["files"]] == ["a.csv", "b.txt"]


def test_the_account_is_the_folder(folder: Path) -> None:
    (folder / "in").mkdir()
    identify = connector("files").client.identify
    assert [identify(call_on(name)).id for name in ("", "in", "in/../in")] == [".", "in", "in"]
    for elsewhere in ("..", "/etc", "none"):
        with pytest.raises(Config):
            identify(call_on(elsewhere))


def test_without_the_setting_there_are_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERLOCK_FILES_FOLDER")
    with pytest.raises(Failure) as caught:
        rows_of("a.csv")
    assert (type(caught.value), caught.value.code) == (Config, "no_folder")
