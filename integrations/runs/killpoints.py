"""Where a rehearsal may kill this process: named boundaries of a step, armed only by the environment.

`INTERLOCK_KILL_AT=<step>[:before|intended|sent]` and `INTERLOCK_KILL_MARKER=<file>`: the process sends itself SIGKILL
the first time it passes that boundary (the marker file, made exclusively, says that it happened).

`INTERLOCK_KILL_AT=*:any@1/200` and `INTERLOCK_KILL_MARKER=<folder>`: again and again, with that chance at every boundary of
every step (`*` and `any` may each be named as above instead; several such places are separated by commas, and the first that
fits counts). Every second kill from "intended" comes a moment later, in the middle of the call. Each kill leaves a file in
the folder; nothing is killed while there is no such folder.

The chaos test and `manage.py demo --kill-worker-at` use it; without the two variables `passing` is a no-op.
"""

import os
import random
import signal
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Aim", "Boundary", "aimed", "passing"]

Boundary = Literal["before", "intended", "sent"]
LATER = 0.025  # seconds at most until a kill in the middle of a call


@dataclass(frozen=True, slots=True)
class Aim:
    """What to kill at. `share` 0 = once, with `marker` as the file; else that chance, with `marker` as a folder."""

    step: str
    boundary: str
    share: float
    marker: Path

    def meets(self, path: str, boundary: Boundary) -> bool:
        return self.step in {"*", path} and self.boundary in {"any", boundary}


def aimed(text: str, marker: str) -> tuple[Aim, ...]:
    """Read the two settings; empty when they ask for nothing."""
    return tuple(_aim(place.strip(), Path(marker)) for place in text.split(",") if place.strip() and marker)


def _aim(place: str, marker: Path) -> Aim:
    where, _, chance = place.partition("@")
    step, _, boundary = where.partition(":")
    one, _, of = chance.partition("/")
    share = float(one) / float(of or "1") if chance else 0.0
    return Aim(step, boundary or "before", share, marker)


AIMS = aimed(os.environ.get("INTERLOCK_KILL_AT", ""), os.environ.get("INTERLOCK_KILL_MARKER", ""))


def passing(path: str, boundary: Boundary) -> None:
    """This process passes `boundary` of the step at `path`."""
    aim = next((one for one in AIMS if one.meets(path, boundary)), None)
    if aim is None:
        return
    if aim.share == 0:
        _kill(aim.marker, f"{path}:{boundary}")
    elif random.random() < aim.share:  # noqa: S311 - decides when a rehearsal dies
        _kill_by_chance(aim.marker, path, boundary)


def _kill_by_chance(folder: Path, path: str, boundary: Boundary) -> None:
    marker = folder / uuid.uuid4().hex
    if boundary == "intended" and random.random() < 1 / 2:  # noqa: S311 - as above
        wait = random.random() * LATER  # noqa: S311 - as above
        threading.Timer(wait, _kill, (marker, f"{path}:during")).start()
    else:
        _kill(marker, f"{path}:{boundary}")


def _kill(marker: Path, where: str) -> None:
    try:
        with marker.open("x") as file:
            file.write(f"{os.getpid()} at {where}\n")
            file.flush()
            os.fsync(file.fileno())
    except (FileExistsError, FileNotFoundError):
        return
    os.kill(os.getpid(), signal.SIGKILL)
