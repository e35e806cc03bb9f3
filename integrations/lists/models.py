"""Pages of long lists. They belong to a step's output and go with it."""

from django.db import models

__all__ = ["ListPage"]


class ListPage(models.Model):
    """Some items of a list that a step gave. The list is known by its run, the step's path and its place in the output."""

    run = models.ForeignKey(
        "integrations.Run", on_delete=models.CASCADE, related_name="list_pages", db_index=False
    )
    path = models.CharField(max_length=300)
    part = models.CharField(max_length=200, blank=True, default="", help_text="A pointer into the output.")
    number = models.PositiveIntegerField(help_text="Place among the list's pages, from 0.")
    first = models.PositiveIntegerField(help_text="Place of its first item in the list.")
    count = models.PositiveIntegerField()
    blob = models.BinaryField(help_text="Coded {items, state, size}.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "path", "part", "number"], name="list_page_once"),
        ]

    def __str__(self) -> str:
        return f"Items {self.first} to {self.first + self.count} of {self.path}"
