"""Run as a program against a test's database: makes due runs, or claims them as one of several worker processes does."""

import json
import sys
import time

import django

__all__: list[str] = []


def make(count: int) -> None:
    """So many runs, all due."""
    from django.utils import timezone  # noqa: PLC0415 - after django.setup()

    from integrations.ingress.models import Event  # noqa: PLC0415
    from integrations.releases.models import Environment, Release  # noqa: PLC0415
    from integrations.runs.models import Run  # noqa: PLC0415

    now = timezone.now()
    environment, _ = Environment.objects.get_or_create(key="claims", defaults={"name": "Claims"})
    release = Release.objects.create(
        environment=environment,
        flow_key="claims",
        flow_name="Claims",
        number=1,
        digest="d",
        plan={},
        graph={},
    )
    for number in range(count):
        event = Event.objects.create(
            environment=environment, flow_key="claims", node="n", key=str(number), data=b"", received_at=now
        )
        Run.objects.create(
            environment=environment,
            release=release,
            flow_key="claims",
            event=event,
            due_at=now,
            queued_at=now,
        )


def claim_all(owner: str) -> None:
    """Claim until nothing is due any more, and print the ids and fences that were had."""
    from integrations.runs.claim import claim  # noqa: PLC0415 - after django.setup()
    from integrations.runs.writer import Writer  # noqa: PLC0415

    writer, had, empty = Writer(), [], 0
    print("ready", flush=True)  # noqa: T201 - what the test waits for
    sys.stdin.readline()
    while empty < 20:
        claimed = writer.write(lambda: claim(owner, 7))
        had += [(run.pk, run.fence) for run in claimed]
        empty = 0 if claimed else empty + 1
        if not claimed:
            time.sleep(0.02)
    writer.close()
    print(json.dumps(had))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "make":
        make(int(sys.argv[2]))
    else:
        claim_all(sys.argv[2])
