"""A table's own settings as a form: read from the post, checked all at once, saved in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.text import slugify

from connectors.sdk.wire import Json
from integrations.access.authorise import authorise, visible_environments
from integrations.mapping.columns import change_columns, check_columns, check_default
from integrations.mapping.models import MappingTable
from integrations.mapping.values import RowProblem, RowRefused, written
from integrations.releases.models import Environment

__all__ = ["ColumnLine", "TableForm"]

BLANK_COLUMNS = 3
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column as typed. `fixed` = it exists, so its key stays."""

    number: int
    key: str
    title: str
    type: str
    is_key: bool
    fixed: bool
    default: str = ""


class TableForm:
    """Settings of `table`, or of a table to be made. After `save` returned True, `table` is what was saved."""

    def __init__(self, request: HttpRequest, table: MappingTable | None) -> None:
        self.request = request
        self.problems: list[str] = []
        self.is_new = table is None
        self.table = table or MappingTable()
        self.environments = list(visible_environments(request, "table.edit")) if self.is_new else []
        posted = request.POST if request.method == "POST" else None
        self.name = posted.get("name", "") if posted else self.table.name
        self.description = posted.get("description", "") if posted else self.table.description
        self.klass = posted.get("klass", "") if posted else self.table.klass
        self.miss_policy = posted.get("miss_policy", "") if posted else self.table.miss_policy
        self.environment = posted.get("environment", "") if posted else ""
        self.lines = self._posted_lines(posted) if posted else self._stored_lines()
        self.classes = MappingTable.Class.choices
        self.policies = MappingTable.Miss.choices

    def save(self) -> bool:
        """Check and save. False = `problems` says why nothing was changed. Raises PermissionDenied."""
        environment = self._environment()
        columns = [_column(line) for line in self.lines if line.key or line.title]
        self.problems = self._wrong(environment, columns)
        default, default_problems = self._default(columns)
        self.problems += [one.sentence for one in default_problems]
        if self.problems or environment is None:
            return False
        authorise(self.request, "table.edit", environment, target=f"table {self.name}")
        try:
            with transaction.atomic():
                self._write(environment, columns, default)
        except RowRefused as refusal:
            self.problems = [one.sentence for one in refusal.problems[:20]]
        except IntegrityError:
            self.problems = ["There is a table of this name in this environment already."]
        return not self.problems

    def _write(self, environment: Environment, columns: Sequence[dict[str, Json]], default: Json) -> None:
        table = self.table
        table.name, table.description = self.name.strip(), self.description.strip()
        table.klass, table.miss_policy, table.default = self.klass, self.miss_policy, default
        if self.is_new:
            table.environment, table.columns = environment, list(columns)
            table.key = slugify(self.name).replace("-", "_")[:64]
            table.save()
        else:
            table.save(update_fields=["name", "description", "klass", "miss_policy", "default"])
        user = self.request.user
        change_columns(table, columns, by=user if user.is_authenticated else None)

    def _environment(self) -> Environment | None:
        if not self.is_new:
            return self.table.environment
        return next((one for one in self.environments if one.key == self.environment), None)

    def _wrong(self, environment: Environment | None, columns: Sequence[Mapping[str, Json]]) -> list[str]:
        found = [] if environment else ["Choose the environment."]
        if not slugify(self.name):
            found.append("Give the table a name.")
        if self.klass not in MappingTable.Class.values or self.miss_policy not in MappingTable.Miss.values:
            found.append("Choose a class and what a missing row means.")
        return found + [one.sentence for one in check_columns(columns)]

    def _default(self, columns: Sequence[Mapping[str, Json]]) -> tuple[Json, list[RowProblem]]:
        if self.miss_policy != MappingTable.Miss.DEFAULT:
            return self.table.default, []
        return check_default(columns, {line.key: line.default for line in self.lines})

    def _stored_lines(self) -> list[ColumnLine]:
        default = self.table.default or {}
        lines = [
            ColumnLine(
                number=number,
                key=str(column["key"]),
                title=str(column.get("title") or column["key"]),
                type=str(column.get("type", "text")),
                is_key=bool(column.get("is_key")),
                fixed=True,
                default=written(default.get(column["key"])),
            )
            for number, column in enumerate(self.table.columns)
        ]
        blanks = range(len(lines), len(lines) + BLANK_COLUMNS)
        return lines + [ColumnLine(number, "", "", "text", is_key=False, fixed=False) for number in blanks]

    def _posted_lines(self, posted: Any) -> list[ColumnLine]:
        known = {str(column["key"]) for column in self.table.columns}
        lines = []
        for number in range(MOST_COLUMNS):
            title = posted.get(f"c{number}-title")
            if title is None:
                break
            if f"c{number}-remove" in posted:
                continue
            key = posted.get(f"c{number}-key", "").strip() or slugify(title).replace("-", "_")[:40]
            lines.append(
                ColumnLine(
                    number=number,
                    key=key,
                    title=title.strip(),
                    type=posted.get(f"c{number}-type", "text"),
                    is_key=f"c{number}-is_key" in posted,
                    fixed=key in known,
                    default=posted.get(f"c{number}-default", ""),
                )
            )
        return lines


def _column(line: ColumnLine) -> dict[str, Json]:
    return {"key": line.key, "title": line.title, "type": line.type, "is_key": line.is_key}
