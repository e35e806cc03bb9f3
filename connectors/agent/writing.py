"""Writes that happen once: the journal before the call, and a look-up by marker whenever nobody knows.

| operation                             | strategy                                                               |
|---------------------------------------|------------------------------------------------------------------------|
| create_customer                       | marker in ANALYSIS_3                                                   |
| create_sales_order, create_invoice    | marker in TAKEN_BY                                                     |
| post_receipt                          | marker in EXTRA_REF of its split                                       |
| allocate_receipt                      | marker in REFERENCE of its usage                                       |
| update_customer, update_sales_order   | none needed: setting the same fields again leaves the same record      |
| update_ledgers                        | none needed: an invoice that is posted stays as it is                  |
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.agent.driver import Session
from connectors.agent.journal import Entry, Journal, digest_of, marker_of
from connectors.agent.refusals import SageRefusal
from connectors.agent.work import Job

_KINDS = {
    "create_customer": "customer",
    "create_sales_order": "sales_order",
    "create_invoice": "invoice",
    "post_receipt": "receipt",
    "allocate_receipt": "allocation",
}
"""Operations that make something, and what."""


class Refused(Exception):  # noqa: N818 - the agent says no, Sage was not asked
    """The agent refuses a write. `code` is stable; the text is a sentence for a person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class LeaseLost(Exception):  # noqa: N818 - a state, not a fault
    """The job's lease ran out before Sage was asked: somebody else may have it now."""


@dataclass(frozen=True)
class OnceWriter:
    """Carries writes to one session of Sage. `boundary` is called between the steps: where a test ends the process."""

    journal: Journal
    session: Session
    boundary: Callable[[str], None] = lambda _: None

    def write(self, job: Job, may_send: Callable[[], bool]) -> dict[str, Any]:
        """The result, `{"reference": …}`, of this attempt or of the one that did it.

        Raises `SageRefusal` (nothing happened), `Refused`, `LeaseLost`, and anything else when nobody can know.
        """
        if not job.idempotency_key:
            raise Refused("no_key", "A write needs an idempotency key, so that it happens once.")
        digest = digest_of(job.op, job.params)
        entry = self.journal.entry(job.idempotency_key)
        if entry and entry.digest != digest:
            raise Refused("key_reused", "This idempotency key was used for another request. Use a new key.")
        if entry and entry.state == "done":
            return entry.result
        reference = self._reference(job, entry, digest, may_send)
        if job.op == "create_invoice" and job.params.get("update_ledgers"):
            self.session.update_ledgers(reference)
        result = {"reference": reference}
        self.boundary("before the journal says done")
        self.journal.done(job.idempotency_key, reference, result)
        self.boundary("after the journal says done")
        return result

    def _reference(self, job: Job, entry: Entry | None, digest: str, may_send: Callable[[], bool]) -> str:
        found = self._found(job) if entry else []
        if len(found) > 1:
            raise Refused(
                "several_found",
                f"Several records in Sage bear this request's marker ({', '.join(found)}). Have a person look.",
            )
        if found:
            return found[0]
        if not may_send():
            raise LeaseLost(job.job_id)
        self.boundary("before the journal says sent")
        self.journal.sent(job.idempotency_key, digest)
        self.boundary("after the journal says sent")
        try:
            return self._send(job)
        except SageRefusal:
            self.journal.refused(job.idempotency_key)
            raise

    def _found(self, job: Job) -> list[str]:
        kind = _KINDS.get(job.op)
        return self.session.find(kind, marker_of(job.idempotency_key)) if kind else []

    def _send(self, job: Job) -> str:
        fields, marker = _fields(job.params), marker_of(job.idempotency_key)
        makes = {
            "create_customer": self.session.create_customer,
            "create_sales_order": self.session.create_sales_order,
            "create_invoice": self.session.create_invoice,
            "post_receipt": self.session.post_receipt,
            "allocate_receipt": self.session.allocate_receipt,
        }
        if job.op in makes:
            return makes[job.op](fields, marker)
        reference = str(job.params.get("reference") or "")
        if not reference:
            raise SageRefusal(50, field="reference")
        if job.op == "update_ledgers":
            self.session.update_ledgers(reference)
        elif job.op == "update_customer":
            self.session.update_customer(reference, fields)
        else:
            self.session.update_sales_order(reference, fields)
        return reference


def _fields(params: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = params.get("fields") or {}
    if not isinstance(fields, dict):
        raise Refused("bad_params", "The fields of a write are an object.")
    return fields
