#!/usr/bin/env python
"""Interlock's command line."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
