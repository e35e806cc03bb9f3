"""How many runs this process works on: few compute at once, many may wait for far systems.

Computing threads share one interpreter, so more of them make each slower; a thread that waits costs nothing. So a process claims
another run whenever fewer than `computing` compute, up to `held` in all. Which runs compute is also written to a small file that
outlives the process: after a crash it names the runs that may have caused it.
"""

import contextlib
import hashlib
import mmap
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from integrations.database import give_back
from integrations.tasks.doorbell import runtime_folder

__all__ = ["Recorder", "Slots", "suspects_of"]

PLACES = 256  # runs a recorder file can name
_RUN = struct.Struct("<q")


class Recorder:
    """Names the runs being worked on in a file that survives SIGKILL of this process (not the machine's power)."""

    def __init__(self, owner: str) -> None:
        self._path = _file_of(owner)
        self._path.write_bytes(bytes(PLACES * _RUN.size))
        with self._path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), PLACES * _RUN.size)
        self._free = list(range(PLACES))

    def note(self, run_id: int) -> int | None:
        """Write the run down; the place it stands at, or None when there is no room."""
        if not self._free:
            return None
        place = self._free.pop()
        _RUN.pack_into(self._map, place * _RUN.size, run_id)
        return place

    def strike(self, place: int | None) -> None:
        """The run isn't being worked on any more."""
        if place is not None:
            _RUN.pack_into(self._map, place * _RUN.size, 0)
            self._free.append(place)

    def close(self) -> None:
        self._map.close()
        self._path.unlink(missing_ok=True)


def suspects_of(owner: str) -> set[int] | None:
    """The runs a dead process was computing when it died; None when nobody knows (another machine, or no file)."""
    path = _file_of(owner)
    try:
        noted = path.read_bytes()
    except OSError:
        return None
    path.unlink(missing_ok=True)
    return {run_id for (run_id,) in _RUN.iter_unpack(noted[: PLACES * _RUN.size]) if run_id}


def _file_of(owner: str) -> Path:
    return runtime_folder() / f"{hashlib.sha256(owner.encode()).hexdigest()[:16]}.runs"


class Slots:
    """Counts who computes and who waits. Every method is safe from any thread."""

    def __init__(self, *, computing: int, held: int, recorder: Recorder) -> None:
        self._most_computing = computing
        self._most_held = held
        self._computing = 0
        self._held = 0
        self._lock = threading.Lock()
        self._wanted = 0
        self._room = threading.Event()
        self._recorder = recorder
        self._places: dict[int, int | None] = {}

    def take(self) -> None:
        """A run is about to be worked on: it counts from now, so that no more are claimed than there is room for."""
        with self._lock:
            self._held += 1
            self._computing += 1

    def begin(self, run_id: int) -> None:
        """The calling thread works on this run now."""
        with self._lock:
            self._places[threading.get_ident()] = self._recorder.note(run_id)

    def end(self) -> None:
        """The calling thread is done with its run."""
        with self._lock:
            self._held -= 1
            self._leave()

    @contextlib.contextmanager
    def helping(self, run_id: int) -> Iterator[None]:
        """The calling thread computes for a run that another thread holds."""
        with self._lock:
            self._enter(run_id)
        try:
            yield
        finally:
            with self._lock:
                self._leave()

    @contextlib.contextmanager
    def waiting(self, run_id: int) -> Iterator[None]:
        """The calling thread waits for somebody else: a far system, or the commit of what it handed over."""
        give_back()
        with self._lock:
            self._leave()
        try:
            yield
        finally:
            with self._lock:
                self._enter(run_id)

    def free(self) -> int:
        """How many more runs may be taken now."""
        with self._lock:
            return self._free()

    def wait_for_room(self, least: int, seconds: float) -> int:
        """Wait until `least` runs may be taken, at most so long; how many may. One thread waits at a time."""
        with self._lock:
            if self._free() >= least:
                return self._free()
            self._wanted = least
            self._room.clear()
        self._room.wait(seconds)
        with self._lock:
            self._wanted = 0
            return self._free()

    def _enter(self, run_id: int) -> None:
        self._computing += 1
        self._places[threading.get_ident()] = self._recorder.note(run_id)

    def _leave(self) -> None:
        self._recorder.strike(self._places.pop(threading.get_ident(), None))
        self._computing -= 1
        if self._wanted and self._free() >= self._wanted:
            self._room.set()

    def _free(self) -> int:
        return max(min(self._most_computing - self._computing, self._most_held - self._held), 0)
