"""The sandbox's clock: real time plus what a person has advanced it by."""

from datetime import UTC, datetime, timedelta

from connectors.sdk.sandbox.store import Records

__all__ = ["Clock"]


class Clock:
    """Reads the time; `advance` moves it forward for good (it is kept in the state file)."""

    def __init__(self, records: Records) -> None:
        self._records = records
        kept = records.get("clock", "offset")
        self._offset = timedelta(seconds=int(kept["seconds"])) if kept else timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def millis(self) -> int:
        """Epoch milliseconds."""
        return int(self.now().timestamp() * 1000)

    def advance(self, seconds: int) -> None:
        """Move the clock forward by `seconds`, inside a transaction."""
        self._offset += timedelta(seconds=seconds)
        self._records.put("clock", "offset", {"seconds": int(self._offset.total_seconds())})

    def real(self, moment_millis: int) -> float:
        """The real epoch seconds at which the sandbox's clock will show `moment_millis`."""
        return moment_millis / 1000 - self._offset.total_seconds()
