#!/usr/bin/env python
"""Interlock's command line."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence


def main() -> None:
    """Run the command named first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")
    if not run_lightly(sys.argv[1:]):
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - the light ones need no Django

        execute_from_command_line(sys.argv)


def run_lightly(words: Sequence[str]) -> bool:
    """`start` and a lasting `demo` only look after other processes, and do so without loading Django into their own.

    False = this is another command, or one with options that Django's own command line knows (`--help`, `--once`).
    """
    if words[:1] not in (["start"], ["demo"]):
        return False
    from integrations.demo import serve as demo  # noqa: PLC0415 - other commands need neither
    from integrations.supervisor import start  # noqa: PLC0415 - other commands need neither

    add_arguments, run = (
        (start.add_arguments, start.start) if words[0] == "start" else (demo.add_arguments, demo.demo)
    )
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    add_arguments(parser)
    options, others = parser.parse_known_args(words[1:])
    if others:
        return False
    try:
        run(options)
    except start.REFUSALS as problem:
        sys.exit(str(problem))
    return True


if __name__ == "__main__":
    main()
