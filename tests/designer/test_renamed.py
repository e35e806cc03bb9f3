"""A template can be installed a second time under another key, and the person is told what both flows share."""

import pytest

from designer.bundles.bundle import BundleRefused
from designer.bundles.gallery import template
from designer.bundles.renamed import renamed


def test_everything_of_the_copy_goes_by_its_own_key() -> None:
    copy = renamed(template("closed-won-to-invoice"), "second")

    assert set(copy.flows) == set(copy.layouts) == {"second"}
    assert copy.flows["second"]["key"] == "second"
    assert {one["writes"]["flow"] for one in copy.questions if one["writes"]["to"] == "flow"} == {"second"}
    assert (
        copy.flows["second"]["nodes"]
        == template("closed-won-to-invoice").flows["closed-won-to-invoice"]["nodes"]
    )


def test_a_bundle_of_several_flows_is_not_renamed() -> None:
    bundle = template("closed-won-to-invoice")
    both = {**bundle.flows, "other": {}}
    with pytest.raises(BundleRefused):
        renamed(
            type(bundle)(**{**{name: getattr(bundle, name) for name in bundle.__slots__}, "flows": both}), "x"
        )
