"""Who can sign in to a demo, one person for each role."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ADMIN", "ENVIRONMENTS", "HOME", "PEOPLE", "Person"]

HOME = "dev"
"""The environment that is connected to the sandbox and runs the template flow."""

ENVIRONMENTS = (("dev", "Development"), ("qa", "Quality assurance"), ("prod", "Production"))
"""Keys and names in their promotion order."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the demo, with one role in every environment."""

    username: str
    first_name: str
    last_name: str
    role: str


ADMIN = Person("admin", "Ada", "Archer", "administrator")
PEOPLE: Sequence[Person] = (
    ADMIN,
    Person("operator", "Oli", "Okafor", "operator"),
    Person("steward", "Sam", "Svensson", "steward"),
    Person("builder", "Bea", "Brandt", "builder"),
    Person("releaser", "Rui", "Rocha", "releaser"),
    Person("viewer", "Vic", "Varga", "viewer"),
)
