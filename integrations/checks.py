"""System checks: what must hold before anything is served."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning as CheckWarning, register

__all__ = ["vault_key_is_set"]


@register()
def vault_key_is_set(**_kwargs: object) -> list[CheckMessage]:
    """Without a vault key nothing can be sealed; without a secret key sessions can be forged."""
    found: list[CheckMessage] = []
    if not settings.VAULT_KEYS:
        found.append(
            CheckWarning(
                "INTERLOCK_VAULT_KEYS is not set.", hint="manage.py demo makes one.", id="interlock.W001"
            )
        )
    if settings.QUEUE not in {"embedded", "celery"}:
        found.append(Error("INTERLOCK_QUEUE is neither embedded nor celery.", id="interlock.E001"))
    return found
