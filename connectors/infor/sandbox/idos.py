"""CSI's collections as the simulator knows them: table, key, properties, which are mandatory and which hold numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

__all__ = ["IDOS", "Ido", "item_id", "kept"]


@dataclass(frozen=True)
class Ido:
    """One IDO. `pad`: key property → width to which it is right-justified with blanks."""

    table: str
    key: tuple[str, ...]
    properties: tuple[str, ...]
    mandatory: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    pad: tuple[tuple[str, int], ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


IDOS: Mapping[str, Ido] = {
    "SLCustomers": Ido(
        "customer",
        ("CustNum", "CustSeq"),
        _names(
            "CustNum CustSeq Name Addr_1 Addr_2 Addr_3 Addr_4 City State Zip Country Contact_1 Phone_1 "
            "CustomerEmailAddr BillToEmail CurrCode TermsCode ShipCode Whse Slsman TaxCode1 CreditLimit CreditHold "
            "CustType CrmGuid Charfld1 Charfld2 Charfld3"
        ),
        ("Name",),
        frozenset({"CreditLimit"}),
        (("CustNum", 7),),
    ),
    "SLCos": Ido(
        "co",
        ("CoNum",),
        _names(
            "CoNum CustNum CustSeq OrderDate Stat Type CustPo Contact Phone Price Freight MiscCharges SalesTax Disc "
            "TermsCode ShipCode Whse Slsman TakenBy CreditHold ExternalConfirmationRef CurrCode"
        ),
        ("CustNum",),
        frozenset({"Price", "Freight", "MiscCharges", "SalesTax", "Disc"}),
        (("CustNum", 7), ("CoNum", 10)),
    ),
    "SLCoitems": Ido(
        "coitem",
        ("CoNum", "CoLine", "CoRelease"),
        _names(
            "CoNum CoLine CoRelease Item Description QtyOrderedConv UM PriceConv DueDate PromiseDate ShipDate Stat "
            "QtyShipped QtyInvoiced Disc Whse CustItem"
        ),
        ("CoNum", "CoLine", "Item", "QtyOrderedConv"),
        frozenset({"CoLine", "CoRelease", "QtyOrderedConv", "PriceConv", "Disc"}),
        (("CoNum", 10),),
    ),
    "SLItems": Ido(
        "item",
        ("Item",),
        _names("Item Description UM Stat ProductCode MatlType PMTCode CostMethod UnitCost DerQtyOnHand"),
        ("Item",),
    ),
    "SLItemprices": Ido("itemprice", ("Item", "CurrCode"), _names("Item EffectDate CurrCode UnitPrice1")),
    "SLItemwhses": Ido(
        "itemwhse", ("Item", "Whse"), _names("Item Whse QtyOnHand QtyAllocCo QtyOrdered QtyReorder")
    ),
    "SLInvHdrs": Ido(
        "inv_hdr", ("InvNum", "InvSeq"), _names("InvNum InvSeq CoNum CustNum CustPo InvDate Price Freight TermsCode")
    ),
    "SLArtrans": Ido(
        "artran",
        ("CustNum", "InvNum", "InvSeq", "CheckSeq"),
        _names(
            "CustNum InvNum InvSeq CheckSeq Type Amount SalesTax InvDate DueDate DiscAmt BankCode PayType CoNum"
        ),
    ),
    "SLArpmts": Ido(
        "arpmt",
        ("BankCode", "CustNum", "Type", "CheckNum"),
        _names("BankCode CustNum Type CheckNum RecptDate DomCheckAmt ForCheckAmt DepositDate Ref"),
    ),
    "SLVendors": Ido(
        "vendor",
        ("VendNum",),
        _names(
            "VendNum Name Contact Phone ExternalEmailAddr VadAddr_1 VadCity VadZip TermsCode CurrCode Stat"
        ),
        ("Name",),
        frozenset(),
        (("VendNum", 7),),
    ),
    "SLEmployees": Ido("employee", ("EmpNum",), _names("EmpNum Name Dept Stat UserName")),
    "SLCharts": Ido("chart", ("Acct",), _names("Acct Description Type")),
}  # fmt: skip


def item_id(ido: Ido, record: Record) -> str:
    """The optimistic lock: the row's table, record date and id."""
    return (
        f"PBT=[{ido.table}] {ido.table}.DT=[{record['RecordDate']}] {ido.table}.ID=[{record['RowPointer']}]"
    )


def kept(world: World, name: str, values: Record, pointer: str = "") -> Record:
    """Keep a row under its RowPointer, with the record date of now."""
    ido = IDOS[name]
    pointer = pointer or f"{world.records.next_number('row', 1):08d}-0000-4000-8000-000000000000"
    padded = {field: str(values.get(field) or "").strip().rjust(width) for field, width in ido.pad}
    moment = world.clock.now().strftime("%Y%m%d %H:%M:%S.%f")[:-3]
    row = {**dict.fromkeys(ido.properties), **values, **padded, "RowPointer": pointer, "RecordDate": moment}
    return world.records.put(f"csi_{name}", pointer, row)
