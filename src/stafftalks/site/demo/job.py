"""What the steps of the main job share: the stage, what has been made so far, and the moves that several steps make alike."""

from pathlib import Path

from stafftalks.accord.bodies import EntryRef
from stafftalks.site.demo.lines import Asked, Held, Made, Previewed, Verified
from stafftalks.site.demo.stage import Stage
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, VersionHash


class WrongError(StafftalksError):
    """A step found something else than it should."""


def need(holds: object, sentence: str) -> None:
    """Nothing where `holds`; raises WrongError with the sentence of what was found instead."""
    if not holds:
        raise WrongError(sentence)


def scenario(narrative: str, title: str = "Strait closed") -> dict[str, object]:
    """A small scenario, as a planner would begin one."""
    return {
        "kind": "scenario",
        "title": title,
        "narrative": narrative,
        "window": "C+3 to C+20",
        "branches": [{"id": "B1", "title": "Reopened by day under escort", "likelihood": "likely"}],
    }


def letter(party: str, partner: str) -> dict[str, object]:
    """What may be released to the partner: scenarios, exercises, what is needed, offered and planned for them and said of them, as either side marks them; and private checks."""
    ceilings = [
        {"policy": policy, "classification": "RESTRICTED", "categories": ["REL TO"]} for policy in (party, partner)
    ]
    return {
        "kind": "letter",
        "title": f"What {partner} may read",
        "partner": partner,
        "marking": {"policy": party, "classification": "RESTRICTED", "caveats": [f"{party} ONLY"]},
        "ceilings": ceilings,
        "realms": ["scenarios", "exercises"],
        "kinds": ["scenario", "exercise", "requirement", "option", "plan", "activity", "resource", "position", "check"],
        "contingencies": ["all"],
        "detail": {"positions": "exact", "counts": "exact", "times": "exact"},
        "methods": ["https", "file"],
        "deciders": ["officer"],
        "valid_until": "2035-12-31",
    }


class Job:
    """The main job as far as it has come: Meridia hosts, Torvia is the partner."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.host = stage.meridia
        self.partner = stage.torvia
        self.both = (stage.meridia, stage.torvia)
        self.folder = folder
        self.accord = AccordId("")
        self.question: EntryRef | None = None
        self.shown = Previewed("", VersionHash(""), "", 0)
        self.sent: EntryRef | None = None
        self._scenario: Made | None = None

    @property
    def scenario(self) -> Made:
        """The host's scenario at its present version; raises WrongError where no step has made it."""
        if self._scenario is None:
            raise WrongError("No step has made the scenario yet.")
        return self._scenario

    def add(self, content: dict[str, object]) -> Made:
        """A new element of the host, by its planner."""
        return self.host.call(Made, "add", "planner", content=content)

    def add_scenario(self, narrative: str) -> Made:
        """The scenario that the job goes on with."""
        self._scenario = self.add(scenario(narrative))
        return self._scenario

    def revise_scenario(self, narrative: str) -> Made:
        """The scenario with another narrative, at the host."""
        policy, classification, caveat = self.host.player.default_marking
        marking = {"policy": policy, "classification": classification, "caveats": [caveat]}
        content = {**scenario(narrative), "marking": marking}
        self._scenario = self.host.call(Made, "revise", "planner", element=self.scenario.element, content=content)
        return self._scenario

    def request(self, made: Made, realm: str, by: str = "planner") -> Asked:
        """A request of the host's to release it to the partner."""
        to = [self.partner.party]
        return self.host.call(Asked, "request", by, accord=self.accord, element=made.element, realm=realm, to=to)

    def send(self, made: Made, *, arrives: bool = True) -> EntryRef:
        """The entry by which it went: what the planner asked for, and the officer, who saw the preview, decided."""
        asked = self.request(made, "scenarios")
        self.shown = self.host.call(Previewed, "preview", "officer", request=asked.id)
        need(self.shown.version == made.version, "The preview shows another version than was asked for.")
        need(self.shown.sections, "The preview shows nothing.")
        entry = self.host.call(Asked, "release", "officer", request=asked.id).entry
        if entry is None:
            raise WrongError("The release did not become an entry of the record.")
        self.sent = entry
        if arrives:
            self.stage.settle(self.accord)
        return entry

    def held(self, made: Made) -> Held:
        """The host's element as the partner holds it."""
        return self.partner.call(Held, "read", accord=self.accord, party=self.host.party, element=made.element)

    def files_at_partner(self, text: str) -> tuple[str, ...]:
        """The files of the partner's headquarters that hold `text`."""
        return self.partner.files_holding(text)

    def converse(self) -> tuple[str, ...]:
        """One conversation from host to partner now; its errors."""
        return self.host.call(tuple[str, ...], "converse", to=[self.partner.party])

    def cosigned(self) -> int:
        """How many entries of the host's record the partner is known, at the host, to have cosigned."""
        reports = self.host.call(tuple[Verified, ...], "verify", accord=self.accord)
        return max((report.cosigned for report in reports if report.party == self.host.party), default=0)
