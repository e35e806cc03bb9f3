"""The .ionapi file, the token, the connection test, and the gateway's refusals."""

import json

import pytest

from connectors.infor.tests.conftest import Infor
from connectors.sdk import errors, registry
from connectors.sdk.ionapi import ionapi_tokens, read_ionapi
from connectors.sdk.session import identify

INFOR = registry.connector("infor")


def file_of(m3: Infor) -> dict[str, str]:
    found: dict[str, str] = json.loads(m3.account().secrets.reveal("ionapi"))
    return found


def test_every_missing_part_of_the_file_is_said_in_a_sentence(m3: Infor) -> None:
    file = {name: value for name, value in file_of(m3).items() if name not in ("iu", "saak", "sask")}
    with pytest.raises(errors.Config) as caught:
        read_ionapi(json.dumps(file))
    assert caught.value.sentence == (
        "The .ionapi file lacks the gateway's address (iu): download it again. "
        "The .ionapi file lacks the service account's access key (saak): download it again with “Create Service Account” switched on. "
        "The .ionapi file lacks the service account's secret key (sask): download it again with “Create Service Account” switched on."
    )


@pytest.mark.parametrize("text", ["", "no file", "[]"])
def test_what_is_no_file_is_said_so(text: str) -> None:
    with pytest.raises(errors.Config, match=r"no \.ionapi file"):
        read_ionapi(text)


def test_a_file_for_another_address_is_refused_before_anything_is_sent(m3: Infor) -> None:
    other = json.dumps({**file_of(m3), "ti": "OTHER_PRD"})
    with pytest.raises(errors.Config, match=r"/OTHER_PRD\. Set this connection's address"):
        ionapi_tokens(INFOR, m3.account(ionapi=other), m3.exchanges.append)
    assert m3.exchanges == []


def test_keys_that_are_not_accepted_ask_for_a_new_file_and_are_never_recorded(m3: Infor) -> None:
    wrong = json.dumps({**file_of(m3), "sask": "wrong-secret-key"})
    with pytest.raises(errors.Auth, match="Download a new file"):
        ionapi_tokens(INFOR, m3.account(ionapi=wrong), m3.exchanges.append)
    assert "wrong-secret-key" not in str(m3.exchanges)


def test_a_lost_answer_of_the_sign_in_did_nothing(m3: Infor) -> None:
    m3.fault("unavailable", path="/as/token")
    with pytest.raises(errors.Transient):
        ionapi_tokens(INFOR, m3.account(), m3.exchanges.append)
    assert ionapi_tokens(INFOR, m3.account(), m3.exchanges.append).expires_in == 7200


def test_the_account_is_the_company_and_a_reset_is_another_one(m3: Infor) -> None:
    m3.call()
    before = identify(INFOR, m3.account(**m3._secrets), m3.exchanges.append)
    m3.host.reset()
    after = identify(INFOR, m3.account(**m3._secrets), m3.exchanges.append)
    assert "/ACME_DEM/m3:100:A" in before.id
    assert before.id != after.id
    assert before.name.startswith("M3 company 100, division A")


def test_csi_is_known_by_its_configuration(csi: Infor) -> None:
    assert INFOR.client.identify(csi.call()).id == "csi:ACME_DEM_MAIN"
    csi.settings["configuration"] = "NOWHERE"
    with pytest.raises(errors.Config, match="Correct “Configuration”"):
        INFOR.client.identify(csi.call())


def test_an_expired_token_is_a_lost_sign_in(m3: Infor) -> None:
    call = m3.call()
    with m3.host.store.writing():
        m3.host.clock.advance(7201)
    with pytest.raises(errors.Auth):
        INFOR.client.identify(call)


def test_the_gateways_limit_waits_as_long_as_it_says(m3: Infor) -> None:
    m3.fault("rate_limit", millis=7000)
    with pytest.raises(errors.RateLimited, match="limit of Infor's gateway is used up") as caught:
        m3.read("get_customer", customer_id="C10001")
    assert caught.value.retry_after == 7


def test_a_company_one_may_not_use_is_a_setting_to_correct(m3: Infor) -> None:
    m3.settings["company"] = "999"
    with pytest.raises(errors.Config, match="Correct “Company”"):
        m3.read("get_customer", customer_id="C10001")


def test_a_read_that_times_out_is_tried_again(m3: Infor) -> None:
    m3.fault("gateway_timeout")
    with pytest.raises(errors.Transient):
        m3.read("get_customer", customer_id="C10001")
