"""What Sage answers when it refuses: SDO's error codes, which class each belongs to, and a sentence for a person."""

from typing import Literal

Kind = Literal["transient", "config", "data", "unsupported"]

SENTENCES: dict[int, str] = {
    16: "The agent is not connected to Sage. It connects again by itself.",
    17: "Sage has no record with this key. Check the reference.",
    18: "Sage does not accept this value. Correct the field and try again.",
    21: "Sage refused the log-in. Check the agent's user in Sage and run enrol again.",
    22: "Sage refused the password. Set the agent's password again on the Sage computer.",
    23: "The agent's user name is in use in Sage. Give the agent a user of its own, or log that session off.",
    24: "Sage is in exclusive use, for example for a backup. The agent tries again by itself.",
    25: "The company's data folder cannot be found. Correct the path in the agent's configuration.",
    26: "Sage was upgraded and the agent speaks another version. Install the agent for the installed version.",
    28: "Sage does not delete a record that has transactions.",
    30: "All licensed seats of Sage are taken. Log somebody off or buy a seat; the agent tries again by itself.",
    31: "The agent is not registered with Sage. Enter the serial number and key on the Sage computer.",
    32: "The agent's user may only read. Give it rights to write in Sage.",
    33: "Foreign trading is switched off in this company. Switch it on in Sage before posting in another currency.",
    34: "The document's currency is not the customer's. Use the customer's currency.",
    48: "The accounts are busy. The agent tries again by itself.",
    49: "The date lies in a closed period. Choose a date after the lock date, or have a person move the lock date.",
    50: "A key is missing. Fill in the record's reference.",
    63: "The customer's account reference is missing or unknown. Create the customer first.",
    65: "The nominal code does not exist. Correct it, or add it to the chart of accounts in Sage.",
    66: "The bank account does not exist. Choose one of the company's bank accounts.",
    70: "The customer's account is on hold. Have a person release it in Sage.",
    71: "The record is marked inactive in Sage. Have a person make it active.",
    72: "The record was deleted in Sage.",
    73: "No terms are agreed for this account. Have a person agree them in Sage.",
    75: "There is no such transaction, or it cannot be used here. Check its number.",
    76: "A receipt takes only the tax code T9.",
    78: "The amount is zero. Enter an amount.",
    82: "An account reference may not hold spaces.",
    83: "A text is longer than Sage allows. Shorten it.",
    84: "This account reference exists already. Choose another.",
    86: "The account reference is longer than 8 characters or holds a character Sage does not allow.",
    87: "The date is not valid. Use YYYY-MM-DD.",
    88: "A control account takes no postings. Choose an ordinary nominal code.",
    89: "The total is negative. Make a credit note instead.",
    90: "The product is of the wrong kind, or does not exist. Check the product code.",
    91: "Sage ended the agent's session. The agent connects again by itself.",
    94: "The Sage data service cannot be reached. Start it on the Sage server; the agent tries again by itself.",
    95: "The currency of a customer with transactions cannot change.",
    110: "The Sage data service has too many requests. The agent tries again by itself.",
    120: "Remote data access is locked. Have a person unlock it in Sage.",
}
_TRANSIENT = {16, 23, 24, 30, 48, 91, 94, *range(101, 126)} - {120}
_CONFIG = {21, 22, 25, 26, 31, 32, 120}


class SageRefusal(Exception):  # noqa: N818 - named by what it is: Sage said no and did nothing
    """Sage certainly did nothing. `code` is SDO's number; `field` names the column at fault, when one is."""

    def __init__(self, code: int, detail: str = "", *, field: str = "") -> None:
        self.code = code
        self.field = field
        self.detail = detail
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        known = SENTENCES.get(self.code, "Sage's remote data access failed. The agent tries again by itself.")
        return f"{known} ({self.detail})" if self.detail else known

    @property
    def kind(self) -> Kind:
        """Whether waiting, a setting, or a change to this record helps."""
        if self.code in _TRANSIENT:
            return "transient"
        return "config" if self.code in _CONFIG else "data"


class Unsupported(Exception):  # noqa: N818 - an answer, not a fault
    """The agent cannot do what was asked, and says so rather than leaving it unanswered."""
