"""The tables. What leaves (`records`) and what stays (`holdings`) share no table, no sequence and no counter."""

from stafftalks.store.models.holdings import Element, Request, Version
from stafftalks.store.models.logs import ExchangeLine, JournalLine
from stafftalks.store.models.partners import Partner, PartnerCard
from stafftalks.store.models.people import User
from stafftalks.store.models.records import Accord, Change, Entry, Feed, Holding, Receipt, Slip

__all__ = [
    "Accord",
    "Change",
    "Element",
    "Entry",
    "ExchangeLine",
    "Feed",
    "Holding",
    "JournalLine",
    "Partner",
    "PartnerCard",
    "Receipt",
    "Request",
    "Slip",
    "User",
    "Version",
]
