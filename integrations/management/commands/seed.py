"""`manage.py seed`: what a demo starts with. Run by `manage.py demo` once the sandbox is up; repeating it changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from integrations.demo.people import ADMIN, HOME
from integrations.demo.play import FLOW
from integrations.demo.seed import connect_sandbox, seed_environments, seed_people

__all__ = ["Command"]


class Command(BaseCommand):
    """Environments, people, connections to the sandbox, the template flow, its webhook."""

    help = "Fill this installation for the demo; needs a running sandbox (INTERLOCK_SANDBOX_URL)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.SANDBOX_URL:
            raise CommandError(
                "There is no sandbox: start with manage.py demo, or set INTERLOCK_SANDBOX_URL."
            )
        environment = seed_environments()
        admin = seed_people()
        connect_sandbox(environment, settings.SANDBOX_URL, admin)
        call_command("installtemplate", FLOW, environment=HOME, by=ADMIN.username, listen=True)
