"""What the ledger reads with its own statements is what the ORM would read."""

from integrations.effects import statements
from integrations.effects.models import Effect
from tests.effects.conftest import World, operation


def test_an_effect_that_is_met_has_every_value_as_the_orm_reads_it(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    read = Effect.objects.get()

    (met,) = statements.met(read.account, read.record, ["box-1"])

    for field in Effect._meta.concrete_fields:
        found, expected = getattr(met, field.attname), getattr(read, field.attname)
        assert (type(found), found) == (type(expected), expected), field.attname
    assert met._state.adding is False
