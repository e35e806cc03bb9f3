"""A worker may open as many files as the system lets it: its threads have connections."""

import resource

from integrations.tasks.drain import allow_many_files


def test_the_limit_is_raised_and_never_lowered() -> None:
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
        allow_many_files()
        raised, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert raised > 256 or raised == hard
        allow_many_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == raised
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, hard))
