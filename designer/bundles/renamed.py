"""The same flow a second time: a bundle whose one flow goes by another key. Its effects stay those of the first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from designer.bundles.bundle import Bundle, BundleRefused, Issue

__all__ = ["renamed"]


def renamed(bundle: Bundle, key: str) -> Bundle:
    """The bundle with its flow under `key`. Raises `BundleRefused` for a bundle of several flows."""
    if len(bundle.flows) != 1:
        raise BundleRefused(
            [Issue("manifest.json", "", "several_flows", "Only a bundle with one flow can be renamed.")]
        )
    ((former, graph),) = bundle.flows.items()
    copy = {**graph, "key": key, "name": f"{graph['name']} ({key})"}
    layouts = {key: bundle.layouts[former]} if former in bundle.layouts else {}
    questions = tuple(_asking(question, key) for question in bundle.questions)
    return replace(bundle, flows={key: copy}, layouts=layouts, questions=questions)


def _asking(question: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The same question, its answer written into the renamed flow."""
    writes = question["writes"]
    return {**question, "writes": {**writes, "flow": key}} if writes["to"] == "flow" else question
