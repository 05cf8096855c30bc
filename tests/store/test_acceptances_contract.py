"""What the port of accepted conflicts promises, held against fake and database alike."""

from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import AcceptanceRow


def accepted(subject: str, reason: str, at: int = 1) -> AcceptanceRow:
    return AcceptanceRow(subject * 26, ("XMR/a/b", "XTV/c/d"), reason, "pia", at)


def test_the_newest_word_on_each_conflict_counts(store: Headquarters) -> None:
    assert store.acceptances.standing() == {}
    store.acceptances.put(accepted("a", "Agreed by voice."))
    store.acceptances.put(accepted("b", "Known."))
    store.acceptances.put(accepted("a", "Agreed in writing.", at=2))
    assert store.acceptances.standing() == {
        "a" * 26: accepted("a", "Agreed in writing.", at=2),
        "b" * 26: accepted("b", "Known."),
    }
    store.acceptances.put(accepted("b", "", at=3))
    assert set(store.acceptances.standing()) == {"a" * 26}
