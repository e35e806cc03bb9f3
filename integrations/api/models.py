"""Answers kept for `Idempotency-Key`: a repeated post gets the first one's answer instead of being done twice."""

from django.db import models

__all__ = ["KeptAnswer"]


class KeptAnswer(models.Model):
    """The answer to one post of one caller under one key; written in the transaction of what the post did."""

    actor = models.CharField(max_length=150)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(
        max_length=64, help_text="Of method, path and body: a key belongs to one request."
    )
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.actor}"
