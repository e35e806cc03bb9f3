"""CRS610MI customers and CRS620MI suppliers, with what belongs to them; the plain registers CRS530MI and CRS630MI."""

from collections.abc import Sequence

from connectors.infor.sandbox.fields import stamped
from connectors.infor.sandbox.refusals import NokError
from connectors.infor.sandbox.transactions import Fields, known, positioned, since, transaction
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

_ADDED = {
    "CUA2": "", "CUA3": "", "CUA4": "", "TOWN": "", "PONO": "", "ECAR": "", "CSCD": "", "PHNO": "", "MAIL": "",
    "YREF": "", "ALCU": "", "STAT": "20", "CUTP": "0", "CUCD": "GBP", "TEPY": "30D", "MODL": "TRK", "BLCD": "0",
    "CRLM": "0", "CFC1": "", "CFC6": "", "CESA": "",
}  # fmt: skip
_CONTEXT = frozenset({"CONO", "DIVI", "CUTM", "CHNO", "LMTS", "LMDT"})


def _own(record: Fields) -> dict[str, str]:
    return {name: value for name, value in record.items() if name not in _CONTEXT}


@transaction("CRS610MI", "Add", "CUTM", "CUNM", "CUA1")
def add_customer(world: World, record: Fields) -> Sequence[Record]:
    """Make a customer; a blank number is taken from the series."""
    number = record.get("CUNO", "").strip() or f"C{world.records.next_number('CUNO', 20001)}"
    if world.records.get("customer", number):
        raise NokError(f"Customer number {number} already exists", "WCUNO04", "CUNO")  # invented id
    made = {**_ADDED, **_own(record), "CUNO": number, "RGDT": world.clock.now().strftime("%Y%m%d")}
    world.records.put("customer", number, stamped(made, world.clock.now()))
    return [{"CUNO": number, "ERRM": ""}]


@transaction("CRS610MI", "GetBasicData", "CUNO")
@transaction("CRS610MI", "GetOrderInfo", "CUNO")
@transaction("CRS610MI", "GetFinancial", "CUNO")
def get_customer(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "customer", record["CUNO"], "CUNO", "Customer number")]


@transaction("CRS610MI", "ChgBasicData", "CUNO")
@transaction("CRS610MI", "ChgOrderInfo", "CUNO")
@transaction("CRS610MI", "ChgFinancial", "CUNO")
def change_customer(world: World, record: Fields) -> Sequence[Record]:
    """Write the fields given; a change number that isn't the record's is refused."""
    now = known(world, "customer", record["CUNO"], "CUNO", "Customer number")
    if record.get("CHNO", "").strip() and record["CHNO"] != now["CHNO"]:
        raise NokError("The record has been changed by another user", "XDB0003", "CHNO")  # invented id
    world.records.put("customer", now["CUNO"], stamped({**now, **_own(record)}, world.clock.now(), now))
    return [{"CUNO": now["CUNO"]}]


@transaction("CRS610MI", "LstByNumber")
def list_by_number(world: World, record: Fields) -> Sequence[Record]:
    found = since(world.records.all("customer"), record.get("LMTS", ""))
    return positioned(found, "CUNO", record.get("CUNO", ""))


@transaction("CRS610MI", "LstByName")
def list_by_name(world: World, record: Fields) -> Sequence[Record]:
    """From a name on: it positions, it doesn't filter."""
    found = since(world.records.all("customer"), record.get("LMTS", ""))
    return positioned(found, "CUNM", record.get("CUNM", ""))


@transaction("CRS610MI", "LstBySearchKey")
def list_by_search_key(world: World, record: Fields) -> Sequence[Record]:
    return positioned(world.records.all("customer"), "ALCU", record.get("ALCU", ""))


@transaction("CRS610MI", "SearchCustomer", "SQRY")
def search_customer(world: World, record: Fields) -> Sequence[Record]:
    """The search engine: `FIELD:value`, or words to be found anywhere."""
    field, found, value = record["SQRY"].partition(":")
    wanted = (value if found else field).strip(' "').lower()
    return [
        one
        for one in world.records.all("customer")
        if wanted in (str(one.get(field, "")) if found else " ".join(map(str, one.values()))).lower()
    ]


@transaction("CRS620MI", "LstSuppliers")
def list_suppliers(world: World, record: Fields) -> Sequence[Record]:
    found = since(world.records.all("supplier"), record.get("LMTS", ""))
    return positioned(found, "SUNO", record.get("FRSU", ""))


@transaction("CRS620MI", "GetBasicData", "SUNO")
def get_supplier(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "supplier", record["SUNO"], "SUNO", "Supplier number")]


@transaction("CRS530MI", "LstEmployee", "FCOM", "TCOM")
def list_employees(world: World, _record: Fields) -> Sequence[Record]:
    return positioned(world.records.all("employee"), "EMNO", "")


@transaction("CRS530MI", "GetEmployee", "EMNO")
def get_employee(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "employee", record["EMNO"], "EMNO", "Employee number")]


@transaction("CRS630MI", "LstAccountID", "AITP")
def list_accounts(world: World, record: Fields) -> Sequence[Record]:
    return positioned(world.records.all("account_id"), "AITM", record.get("AITM", ""))


@transaction("CRS630MI", "GetAccountID", "AITP", "AITM")
def get_account(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "account_id", record["AITM"], "AITM", "Account")]
