"""A process of its own that polls as a drain does, on the database of the test that starts it, until there is nothing to do."""

import os
import sys
from pathlib import Path


def main(database: str, vault_keys: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "integrations.settings"
    import django  # noqa: PLC0415 - the settings come first
    from django.conf import settings  # noqa: PLC0415

    settings.DATABASES["default"]["NAME"] = database
    settings.VAULT_KEYS = vault_keys
    django.setup()
    from connectors.sdk.registry import extra_root  # noqa: PLC0415
    from integrations.polling.errand import poll_due  # noqa: PLC0415

    with extra_root(Path(__file__).parent / "far"):
        while poll_due():
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
