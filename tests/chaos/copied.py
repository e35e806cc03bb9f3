"""Installs a second flow beside the first: `manage.py shell -c` runs `install`.

It looks for won deals by itself instead of being called, so it finds what a webhook missed, and it comments on the deal. The
comment is looked up by its mark when an answer is lost (Streak repeats nothing natively); the invoice, the customer and the
written-back field it shares with the first flow.
"""

import copy
from dataclasses import replace

from django.contrib.auth import get_user_model

from designer.bundles.gallery import template
from designer.bundles.install import install_bundle
from designer.bundles.renamed import renamed
from integrations.demo.people import ADMIN, HOME
from integrations.releases.activate import activate
from integrations.releases.models import Environment

__all__ = ["COPY", "install"]

TEMPLATE = "closed-won-to-invoice"
COPY = "won-and-told"


def install() -> None:
    """Install the copy in the demo's environment and let it listen. Repeating it changes nothing."""
    environment = Environment.objects.get(key=HOME)
    person = get_user_model().objects.get(username=ADMIN.username)
    bundle = renamed(template(TEMPLATE), COPY)
    graph = copy.deepcopy(dict(bundle.flows[COPY]))
    graph["nodes"]["won"]["config"] |= {
        "kind": "poll",
        "trigger": "streak.box_changed",
        "settings": {"pipeline": "Sales", "stage": "Closed Won"},
        "every": {"n": 10, "unit": "seconds"},
    }
    graph["nodes"]["told"] = {
        "type": "call",
        "version": 1,
        "name": "Tell of it",
        "slot": "crm",
        "config": {
            "operation": "streak.create_comment",
            "once_per": "$steps.deal.key",
            "input": {"box_key": {"$expr": "$steps.deal.key"}, "message": "This deal is invoiced."},
        },
    }
    graph["edges"]["write_back-told"] = {"from": ["write_back", "main"], "to": ["told", "main"]}
    made = install_bundle(replace(bundle, flows={COPY: graph}), environment, {}, person)
    activate(made.release, person)
