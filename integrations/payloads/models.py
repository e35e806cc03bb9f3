"""Payloads too large to stand in their own row, and the keys that seal them."""

from django.db import models
from django.db.models import Q

__all__ = ["DataKey", "Payload"]


class DataKey(models.Model):
    """A data key, itself sealed by a vault key. `subject` "" = the installation's; else destroying it erases that subject."""

    id = models.AutoField(primary_key=True)
    subject = models.CharField(max_length=64, blank=True, default="", db_index=True)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(destroyed_at=None), name="one_live_data_key_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"Data key {self.pk}"


class Payload(models.Model):
    """One coded value over the inline limit (32 KB), referenced from the row that owns it."""

    id = models.UUIDField(primary_key=True)
    klass = models.CharField(max_length=16)
    run_number = models.BigIntegerField(
        null=True, db_index=True, help_text="The run it is data of: it goes when that run's data goes."
    )
    blob = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)
