"""Talking to Infor: the `.ionapi` sign-in, the headers of M3 and CSI, the connection test, and what its settings are."""

from collections.abc import Mapping

from connectors.infor.csi_order import CSI_ORDER, place_csi_order
from connectors.infor.m3_order import M3_ORDER, place_m3_order
from connectors.infor.refusals import classify
from connectors.infor.settings import SETTINGS, erp_of
from connectors.sdk.account import Account, AccountIdentity
from connectors.sdk.client import Client
from connectors.sdk.errors import Config
from connectors.sdk.ionapi import ionapi, ionapi_tokens
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json

__all__ = ["CLIENT", "identify"]


def identify(call: Call) -> AccountIdentity:
    """Whose account this is: the company the service user works in (M3), or the configuration (CSI)."""
    if erp_of(call.settings) == "csi":
        return _csi_account(call)
    answer = call.get(
        "/M3/m3api-rest/v2/execute/GENERAL/GetUserInfo", {**_company(call.settings), "maxrecs": 1}
    )
    records = answer["results"][0]["records"] if isinstance(answer, dict) and answer.get("results") else []
    if not records:
        raise Config(
            "M3 did not say who the service account is. Bind an M3 user to it and give that user a role.",
            code="no_user",
        )
    user = records[0]
    company = str(call.settings.get("company") or user.get("ZDCONO") or "").strip()
    division = str(call.settings.get("division") or user.get("ZDDIVI") or "").strip()
    name = f"M3 company {company}" + (f", division {division}" if division else "")
    return AccountIdentity(f"m3:{company}:{division}", name)


def _csi_account(call: Call) -> AccountIdentity:
    configuration = str(call.settings.get("configuration") or "")
    if not configuration:
        raise Config(
            "CSI needs the name of its configuration, such as ACME_PRD_MAIN.",
            code="configuration_needed",
            pointer="/configuration",
        )
    call.get("/CSI/IDORequestService/ido/load/SLCustomers", {"properties": "CustNum", "recordcap": 1})
    return AccountIdentity(f"csi:{configuration}", f"CSI {configuration}")


def _company(settings: Mapping[str, Json]) -> dict[str, Json]:
    given = {"cono": settings.get("company"), "divi": settings.get("division")}
    return {name: value for name, value in given.items() if value}


def _headers(account: Account) -> Mapping[str, str]:
    configuration = str(account.settings.get("configuration") or "")
    named = {"X-Infor-MongooseConfig": configuration} if configuration else {}
    return {"x-infor-ionapi-source": "interlock", **named}


CLIENT = Client(
    auth=(ionapi(),),
    identify=identify,
    classify=classify,
    headers=_headers,
    settings=SETTINGS,
    tokens=ionapi_tokens,
    sequences={M3_ORDER: place_m3_order, CSI_ORDER: place_csi_order},
)
