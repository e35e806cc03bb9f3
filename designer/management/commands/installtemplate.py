"""`manage.py installtemplate`: a flow of the gallery, set up in an environment."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from designer.bundles.bundle import Bundle, BundleRefused
from designer.bundles.gallery import template, templates
from designer.bundles.install import install_bundle
from designer.bundles.renamed import renamed
from integrations.ingress.registration import register_endpoints
from integrations.releases.activate import activate
from integrations.releases.models import Environment, Release
from integrations.releases.overlap import shared_effects

__all__ = ["Command"]


class Command(BaseCommand):
    """Installs and, when no release of the flow runs there yet, activates. Repeating it makes nothing twice."""

    help = "Install a template of the gallery in an environment and let it run there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("template", help="the template's key, e.g. closed-won-to-invoice")
        parser.add_argument("--environment", required=True, help="the environment's key")
        parser.add_argument(
            "--by", required=True, metavar="USER", help="who does this; needs the rights for it"
        )
        parser.add_argument(
            "--as", dest="key", metavar="KEY", help="install the flow under another key, beside the first"
        )
        parser.add_argument(
            "--listen", action="store_true", help="have the far systems call its webhooks from now on"
        )
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="QUESTION=VALUE",
            help="a set-up answer; what isn't answered keeps what is set, or the default",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        environment = Environment.objects.filter(key=options["environment"]).first()
        person = get_user_model().objects.filter(username=options["by"]).first()
        if environment is None or person is None:
            raise CommandError("There is no such environment or user.")
        answers = dict(answer.split("=", 1) for answer in options["answer"])
        bundle = _template(options["template"])
        try:
            bundle = renamed(bundle, options["key"]) if options["key"] else bundle
            installed = install_bundle(bundle, environment, answers, person)
        except BundleRefused as refused:
            raise CommandError("\n".join(issue.message for issue in refused.issues)) from None
        for release in installed.releases:
            if not Release.objects.filter(
                environment=environment, flow_key=release.flow_key, active=True
            ).exists():
                activate(release, person)
            self.stdout.write(f"{release} is installed.")
            if options["listen"]:
                register_endpoints(environment, release.flow_key)
            for sentence in shared_effects(release):
                self.stdout.write(f"Note: {sentence}")


def _template(key: str) -> Bundle:
    try:
        return template(key)
    except KeyError:
        known = ", ".join(bundle.key for bundle in templates())
        raise CommandError(f"The gallery has no template “{key}”; it has {known}.") from None
