"""The services' ports over the database of this process, ready for `site` to wire into a headquarters."""

from contextlib import AbstractContextManager

import msgspec

from stafftalks.services import ports
from stafftalks.services.check_ports import Checks
from stafftalks.services.run_ports import Runs
from stafftalks.services.written_rows import Written
from stafftalks.store.acceptances import DjangoAcceptances
from stafftalks.store.checks import DjangoChecks
from stafftalks.store.desk import DjangoDesk
from stafftalks.store.edge import writing
from stafftalks.store.find import DjangoCatalogue
from stafftalks.store.holdings import DjangoHoldings
from stafftalks.store.labels import DjangoLabels
from stafftalks.store.logs import DjangoExchangeLog, DjangoJournal
from stafftalks.store.partners import DjangoPartners
from stafftalks.store.readers import DjangoReaders
from stafftalks.store.records import DjangoRecords
from stafftalks.store.runs import DjangoRuns
from stafftalks.store.written import DjangoWritten


class DjangoTransactions:
    """Atomicity over every port of this store."""

    def atomic(self) -> AbstractContextManager[object]:
        """A write transaction: all or nothing, durable at exit; nests."""
        return writing()


class StorePorts(msgspec.Struct, frozen=True):
    """The ports that this store implements, named as in `Headquarters`."""

    transactions: ports.Transactions
    records: ports.Records
    holdings: ports.Holdings
    desk: ports.Desk
    partners: ports.Partners
    log: ports.ExchangeLog
    journal: ports.Journal
    catalogue: ports.Catalogue
    labels: ports.Labels
    readers: ports.Readers
    acceptances: ports.Acceptances
    checks: Checks
    runs: Runs
    written: Written


def django_ports() -> StorePorts:
    """The ports over Django's default database. They hold no state of their own, so threads may share them."""
    return StorePorts(
        transactions=DjangoTransactions(),
        records=DjangoRecords(),
        holdings=DjangoHoldings(),
        desk=DjangoDesk(),
        partners=DjangoPartners(),
        log=DjangoExchangeLog(),
        journal=DjangoJournal(),
        catalogue=DjangoCatalogue(),
        labels=DjangoLabels(),
        readers=DjangoReaders(),
        acceptances=DjangoAcceptances(),
        checks=DjangoChecks(),
        runs=DjangoRuns(),
        written=DjangoWritten(),
    )
