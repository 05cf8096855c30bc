"""The tables. What leaves (`records`) and what stays (`holdings`) share no table, no sequence and no counter."""

from stafftalks.store.models.checks import BudgetLine, Check, CheckChunk
from stafftalks.store.models.conflicts import AcceptanceLine
from stafftalks.store.models.find import Catalogued, OwnListed, OwnPoint, ReleasedListed, ReleasedPoint, SavedView
from stafftalks.store.models.holdings import Element, Request, Version
from stafftalks.store.models.labels import BesideLine, PolicyLine
from stafftalks.store.models.logs import ExchangeLine, JournalLine, LogHead, LogSent
from stafftalks.store.models.notes import Mention, Note
from stafftalks.store.models.partners import Partner, PartnerCard
from stafftalks.store.models.people import User
from stafftalks.store.models.records import Accord, Change, DroppedPoints, Entry, Feed, Holding, Receipt, Slip
from stafftalks.store.models.runs import Run
from stafftalks.store.models.sweeps import SharedPart, SharedSweep
from stafftalks.store.models.tables import Table, TableMatching, TablePart
from stafftalks.store.models.writing import Digest, KeptForm, OpenForm, ReadMark, SeenMark
from stafftalks.store.models.written import WrittenLine

__all__ = [
    "AcceptanceLine",
    "Accord",
    "BesideLine",
    "BudgetLine",
    "Catalogued",
    "Change",
    "Check",
    "CheckChunk",
    "Digest",
    "DroppedPoints",
    "Element",
    "Entry",
    "ExchangeLine",
    "Feed",
    "Holding",
    "JournalLine",
    "KeptForm",
    "LogHead",
    "LogSent",
    "Mention",
    "Note",
    "OpenForm",
    "OwnListed",
    "OwnPoint",
    "Partner",
    "PartnerCard",
    "PolicyLine",
    "ReadMark",
    "Receipt",
    "ReleasedListed",
    "ReleasedPoint",
    "Request",
    "Run",
    "SavedView",
    "SeenMark",
    "SharedPart",
    "SharedSweep",
    "Slip",
    "Table",
    "TableMatching",
    "TablePart",
    "User",
    "Version",
    "WrittenLine",
]
