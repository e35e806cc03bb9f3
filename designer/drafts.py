"""The one draft of a flow: saved as often as one likes, never over somebody else's change."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.sdk.wire import Json
from designer.models import Draft, Flow

__all__ = ["Stale", "save_draft"]


class Stale(Exception):  # noqa: N818 - named by what happened
    """The draft was changed since it was read; `draft` is what it is now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("The draft was changed meanwhile.")
        self.draft = draft


def save_draft(flow: Flow, document: dict[str, Json], *, revision: int, by: str) -> Draft:
    """Replace the draft that has `revision` (0 = there is none yet). Raises `Stale` if it has another one."""
    with transaction.atomic():
        if revision == 0:
            draft, made = Draft.objects.get_or_create(
                flow=flow, defaults={"document": document, "updated_by": by}
            )
            if made:
                return draft
            raise Stale(draft)
        changed = Draft.objects.filter(flow=flow, revision=revision).update(
            document=document, revision=F("revision") + 1, updated_at=timezone.now(), updated_by=by
        )
        draft = Draft.objects.get(flow=flow)
        if not changed:
            raise Stale(draft)
    return draft
