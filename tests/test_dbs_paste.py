"""Day one with DBS checks: a centre's own list pasted and taken all together, and a list cleared for now."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import request
from werkzeug.test import TestResponse

from ccc import clock, db, dbs, people, undertakings
from ccc.audit import AuditLine, Event
from ccc.config import Settings
from ccc.dbs import Check, Clearance, Decision, Level, Position, Workforce, pasted
from ccc.dbs.pasted_columns import CHECKS
from ccc.drafts import Draft
from ccc.officers_vault import Opened
from ccc.onboarding.dates import RECORDED, record_dates
from ccc.people import Person, RefusedError
from ccc.roles import Role
from ccc.spreadsheet import UnreadableError, read
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD
from tests.samples import published
from tests.undertaken import read_and_passed
from tests.vaulted import opened_by_both

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
Both = dict[Role, Opened]
PASTE, SERVING = "/dbs/paste", "/dbs/serving"
VERA = "Vera Volunteer (invented)"
HEAD = "Name\tDBS number\tDate of issue\tOriginal seen\tDecision\tDecision date"
ROW = f"{VERA}\t001234567890\t4/3/2025\t5/3/2025\tclear\t6/3/2025"
CANARY = "zzcanaryzz"


@pytest.fixture
def opened(cast: Cast) -> Both:
    return opened_by_both(cast)


@pytest.fixture
def chair(opened: Both, as_role: Browser) -> CheckingClient:
    return as_role(Role.CHAIR)


def look(client: CheckingClient, text: str) -> str:
    """Paste a list, and read the page that shows what would be taken."""
    return unescape(client.send(PASTE, checks=text).text)


def taking(client: CheckingClient, text: str, **more: str) -> TestResponse:
    return client.send(PASTE, checks=text, take="yes", **more)


def column(heading: str, cell: str) -> str:
    """A list of one row with the column in question beside the name."""
    return f"Name\t{heading}\n{VERA}\t{cell}\n"


def in_vault(opened: Both, person: Person) -> Check:
    check = dbs.look_into(person, opened[Role.CHAIR])
    assert check
    return check


def add(name: str) -> Person:
    return people.add(f"{name} (invented)", None, None, None)


class TestReading:
    @pytest.mark.parametrize(
        ("heading", "cell", "kept"),
        [
            ("Role", "Team Leader", Check(position=Position.LEADER)),
            ("Position", "co-ordinator", Check(position=Position.COORDINATOR)),
            ("DBS type", "Enhanced", Check(level=Level.ENHANCED)),
            ("Level of check", "enhanced with the children's barred list", Check(level=Level.BARRED)),
            ("Workforce", "Child Workforce", Check(workforce=Workforce.CHILD)),
            ("Date applied", "4 March 2025", Check(applied_on=date(2025, 3, 4))),
            ("Certificate No.", "0012 3456 7890", Check(number="001234567890")),
            ("DBS ref", "'001234567890", Check(number="001234567890")),
            ("Issued on", "4.3.25", Check(issued_on=date(2025, 3, 4))),
            ("Seen", "2025-03-04", Check(seen_on=date(2025, 3, 4))),
            ("Update Service", "4/3/2025", Check(consent_on=date(2025, 3, 4))),
            ("Update Service consent", "4/3/2025", Check(consent_on=date(2025, 3, 4))),
        ],
    )
    def test_a_column_is_known_by_usual_headings_and_words(
        self, opened: Both, heading: str, cell: str, kept: Check
    ) -> None:
        [row] = pasted.check_rows(read(column(heading, cell), CHECKS), opened[Role.CHAIR])
        assert (row.faults, row.check) == ([], kept)

    @pytest.mark.parametrize("word", ["clear", "OK", "Yes", "may start", "may serve"])
    def test_words_for_may_serve_clear_the_person(self, chair: CheckingClient, cast: Cast, word: str) -> None:
        assert taking(chair, f"{HEAD}\n{ROW.replace('clear', word)}").status_code == 303
        assert dbs.is_cleared(cast[Role.VOLUNTEER])

    def test_case_and_blanks_of_a_name_do_not_count(self, chair: CheckingClient, cast: Cast) -> None:
        assert taking(chair, f"{HEAD}\n{ROW.replace(VERA, '  VERA   volunteer (Invented) ')}").status_code == 303
        assert dbs.is_cleared(cast[Role.VOLUNTEER])

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "There is nothing here yet."),
            (ROW, "There is no column of names here."),
            (f"{HEAD}\tCertificate number\n{ROW}\t1", "“DBS number” and “Certificate number”. Leave one of them out."),
            (f"{HEAD}\n", "nobody below them"),
            (f"{HEAD}\n{ROW}\0", "This holds a character that cannot be shown."),
            ("Name\n" + "x" * 200_001, "This is too long."),
        ],
    )
    def test_what_is_no_list_is_refused_and_does_not_come_back(
        self, chair: CheckingClient, text: str, why: str
    ) -> None:
        answer = chair.send(PASTE, checks=text)
        assert (answer.status_code, why in unescape(answer.text)) == (422, True)
        assert "001234567890" not in answer.text

    def test_a_row_of_somebodys_data_is_never_taken_for_headings(self) -> None:
        with pytest.raises(UnreadableError, match="no column of names"):
            read(f"{VERA}\tVolunteer\t001234567890\nAnn Able\tVolunteer\t001234567891\n", CHECKS)


class TestLooking:
    @pytest.mark.parametrize(
        "heading",
        ["Content", "Convictions", "Date of birth", "DOB", "Address", "Notes", "Comments", "Scan of certificate",
         "Copy", "Disclosed information", "Offences", "Barred list", "Risk assessment", "Postcode"],
    )  # fmt: skip
    def test_what_must_not_be_kept_is_named_and_has_left_the_page(self, chair: CheckingClient, heading: str) -> None:
        page = look(chair, f"{HEAD}\t{heading}\n{ROW}\t{CANARY}\n")
        assert f"Must not be kept, and is dropped: {heading}." in page
        assert CANARY not in page
        assert "Take this check" in page

    def test_a_column_that_nobody_knows_is_named_and_has_left_the_page(self, chair: CheckingClient) -> None:
        page = look(chair, f"{HEAD}\tBadge\n{ROW}\t{CANARY}\n")
        assert "Dropped, because we do not know what it holds: Badge." in page
        assert CANARY not in page

    def test_a_wrong_row_leaves_nothing_dropped_on_the_page_either(self, chair: CheckingClient) -> None:
        page = look(chair, f"{HEAD}\tNotes\n{ROW.replace('4/3/2025', 'soon')}\t{CANARY}\n")
        assert "Issue date: “soon” is not a date that we understand." in page
        assert CANARY not in page

    @pytest.mark.parametrize(
        "said", ["no convictions", "caution zzcanaryzz 1998", "clear, but zzcanaryzz", "trace", "blank", "no"]
    )
    def test_a_decision_that_tells_of_content_is_refused_and_gone(self, chair: CheckingClient, said: str) -> None:
        answer = taking(chair, f"{HEAD}\n{ROW.replace('clear', said)}")
        assert answer.status_code == 422
        assert "Decision: Write “may serve”, “may not serve” or “not yet”." in answer.text
        assert f"\t{said}" not in unescape(answer.text)
        assert CANARY not in answer.text

    @pytest.mark.parametrize(
        ("heading", "cell", "why"),
        [
            ("DBS number", "1.23E+11", "Certificate number: The spreadsheet has turned this number into another form"),
            ("DBS number", "123456789012.0", "set its format to Text"),
            ("DBS number", "123,456,789,012", "set its format to Text"),
            ("DBS number", "1234567890123", "Certificate number: A certificate's number has 12 figures"),
            ("DBS number", "C12345678901", "Certificate number: A certificate's number has 12 figures"),
            ("DBS number", '="001234567890"', "Certificate number: This is a formula."),
            ("Issued", "=TODAY()", "Issue date: This is a formula."),
            ("Level", "@SUM(A1)", "Level: This is a formula."),
            ("Issued", "+A1", "Issue date: This is a formula."),
            ("Issued", "-A1", "Issue date: This is a formula."),
            ("Issued", "45355", "Issue date: “45355” is not a date"),
            ("Issued", "22/11/2026", "Issue date: This day has not come yet."),
            ("Seen", "22/11/2026", "Original seen on: This day has not come yet."),
            ("Applied", "28/2/2002", "Application date: There were no such checks before March 2002."),
            ("Recheck due", "1/1/1999", "Recheck due: There were no such checks before March 2002."),
            ("Update Service", "C0123456789", "Update Service: “C0123456789” is not a date"),
            ("Level", "enhanced with adults' barred list", "Level: “enhanced with adults' barred list” is not one"),
            ("Position", "wizard", "Position: “wizard” is not one that we know."),
            ("Issued\tSeen", "5/3/2025\t4/3/2025", "The original cannot have been seen before it was issued."),
            ("Seen\tDecided", "5/3/2025\t4/3/2025", "The decision cannot lie before the day on which the original"),
            ("Issued\tRecheck", "5/3/2025\t5/3/2025", "The recheck cannot be due before the certificate was issued."),
            ("Decided\tRecheck", "5/3/2025\t5/3/2025", "The recheck cannot be due before the decision."),
            ("Decision", "may not serve", "Decision date: Write the day of this decision."),
            ("Decision", "referred", "Decision date: Write the day of this decision."),
        ],
    )
    def test_what_is_wrong_with_a_cell_is_named(self, chair: CheckingClient, heading: str, cell: str, why: str) -> None:
        answer = taking(chair, column(heading, cell))
        assert answer.status_code == 422
        assert why in unescape(answer.text)
        assert "Look at row 2. Nothing is taken until everything is right." in answer.text
        assert not AuditLine.select().where(AuditLine.event == Event.DBS_CHANGED).exists()

    def test_who_is_meant_must_be_plain(self, chair: CheckingClient, cast: Cast) -> None:
        for _ in range(2):
            add("Tom Twin")
        people.leave(add("Lena Left"), cast[Role.CHAIR])
        add("Ann Able")
        rows = [
            "Nora Nobody (invented)",
            "Tom Twin (invented)",
            "Lena Left (invented)",
            "",
            "=A1",
            "ANN able (invented)",
        ]
        page = look(chair, "Name\tIssued\n" + "".join(f"{name}\t4/3/2025\n" for name in [*rows, "Ann Able (invented)"]))
        for why in (
            "Nobody of this name is here.",
            "There are several people of this name here.",
            "This person has left.",
            "In cells that were merged only the first has it",
            "Name: This is a formula.",
        ):
            assert page.count(f'<p class="error">{why}') == 1 or why.startswith("In cells")
            assert why in page
        assert page.count("This name stands in the list twice.") == 2
        assert "Look at row 2, 3, 4, 5, 6, 7, 8." in page

    def test_a_number_that_stands_twice_is_named_in_both_rows(self, chair: CheckingClient) -> None:
        add("Ann Able")
        page = look(chair, f"Name\tNumber\n{VERA}\t001234567890\nAnn Able (invented)\t1234567890\n")
        assert page.count("Certificate number: This number stands in the list twice.") == 2

    def test_ones_own_row_is_left_to_the_other_officer(self, chair: CheckingClient, cast: Cast, opened: Both) -> None:
        own = ROW.replace(VERA, "Charlie Chair (invented)").replace("001234567890", "009876543210")
        page = look(chair, f"{HEAD}\n{ROW}\n{own}\n")
        assert "Nobody handles their own check. The other officer does that." in page
        assert "009876543210" not in page
        assert taking(chair, f"{HEAD}\n{ROW}\n{own}\n").status_code == 303
        other = dbs.look_into(cast[Role.CHAIR], opened[Role.SAFEGUARDING])
        assert other == Check()
        assert not dbs.is_cleared(cast[Role.CHAIR])

    def test_a_list_of_oneself_alone_cannot_be_taken(self, chair: CheckingClient) -> None:
        answer = taking(chair, f"{HEAD}\n{ROW.replace(VERA, 'Charlie Chair (invented)')}\n")
        assert answer.status_code == 422
        assert "There is nothing in these rows that can be taken." in answer.text

    @pytest.mark.parametrize(("place", "what"), [(1, "certificate number"), (2, "issue date"), (3, "original seen on"),
                                                 (5, "decision date")])  # fmt: skip
    def test_may_serve_with_something_missing_is_taken_without_the_decision_and_said_so(
        self, chair: CheckingClient, cast: Cast, opened: Both, place: int, what: str
    ) -> None:
        cells = ROW.split("\t")
        cells[place] = ""
        text = f"{HEAD}\n" + "\t".join(cells)
        assert f"Taken without the decision: {what} is missing." in look(chair, text)
        assert taking(chair, text).status_code == 303
        assert in_vault(opened, cast[Role.VOLUNTEER]).decision is None
        assert not dbs.is_cleared(cast[Role.VOLUNTEER])

    def test_pending_is_no_decision(self, chair: CheckingClient, cast: Cast, opened: Both) -> None:
        assert taking(chair, f"{HEAD}\n{ROW.replace('clear', 'pending')}").status_code == 303
        assert in_vault(opened, cast[Role.VOLUNTEER]).decision is None

    @pytest.mark.parametrize(
        ("seen_by", "role"),
        [("Charlie Chair (invented)", Role.CHAIR), ("SUNITA Safeguarding (invented)", Role.SAFEGUARDING),
         ("Colin Coordinator (invented)", None), ("cc", None), ("", None)],
    )  # fmt: skip
    def test_who_saw_the_original_is_one_of_the_two_officers_or_left_open(
        self, chair: CheckingClient, cast: Cast, opened: Both, seen_by: str, role: Role | None
    ) -> None:
        text = f"{HEAD}\tSeen by\n{ROW}\t{seen_by}\n"
        assert ("Who saw the original is left open" in look(chair, text)) == (role is None)
        taking(chair, text)
        assert in_vault(opened, cast[Role.VOLUNTEER]).seen_by == (cast[role].id if role else None)

    @pytest.mark.parametrize(("cell", "times"), [("yes", 1), ("no", 0)])
    def test_a_mere_yes_to_the_update_service_has_no_day_and_none_is_made_up(
        self, chair: CheckingClient, cast: Cast, opened: Both, cell: str, times: int
    ) -> None:
        text = f"{HEAD}\tUpdate Service\n{ROW}\t{cell}\n"
        assert look(chair, text).count("Update Service: left out, as the day on which they agreed is missing.") == times
        taking(chair, text)
        assert in_vault(opened, cast[Role.VOLUNTEER]).consent_on is None

    def test_the_recheck_is_due_as_written_or_as_the_centre_has_it(self, chair: CheckingClient) -> None:
        assert '<td data-label="Recheck due">6 March 2028</td>' in look(chair, f"{HEAD}\n{ROW}")
        assert '<td data-label="Recheck due">1 May 2027</td>' in look(chair, f"{HEAD}\tRecheck\n{ROW}\t1/5/2027")
        page = look(chair, f"{HEAD}\tRecheck\n{ROW}\t1/5/2035")
        assert '<td data-label="Recheck due">6 March 2028</td>' in page
        assert "the centre rechecks after 36 months at the latest" in page

    def test_looking_keeps_nothing(self, chair: CheckingClient, cast: Cast, opened: Both) -> None:
        before = AuditLine.select().count()
        look(chair, f"{HEAD}\n{ROW}")
        assert AuditLine.select().count() == before
        assert in_vault(opened, cast[Role.VOLUNTEER]) == Check()


class TestNoughts:
    TEXT = f"{HEAD}\n{ROW.replace('001234567890', '1234567890')}"

    def test_a_number_that_lost_its_noughts_is_offered_with_them_and_asked_about(
        self, chair: CheckingClient, cast: Cast, opened: Both
    ) -> None:
        page = look(chair, self.TEXT)
        assert "A number has 12 figures, and this one has 10. Yes, the certificate says 001234567890." in page
        refused = taking(chair, self.TEXT)
        assert refused.status_code == 422
        assert "Tick the number with its noughts in row 2." in refused.text
        assert in_vault(opened, cast[Role.VOLUNTEER]) == Check()
        assert taking(chair, self.TEXT, agreed="1234567890").status_code == 303
        assert in_vault(opened, cast[Role.VOLUNTEER]).number == "001234567890"

    def test_the_tick_for_one_number_is_none_for_another(self, chair: CheckingClient) -> None:
        assert taking(chair, self.TEXT, agreed="1234567891").status_code == 422


class TestTaking:
    def test_an_officer_looks_first_and_then_takes_all(self, chair: CheckingClient, cast: Cast, opened: Both) -> None:
        ann = add("Ann Able")
        page = look(chair, f"{HEAD}\tRole\tLevel\tWorkforce\n{ROW}\tvolunteer\tenhanced\tchild\nAnn Able (invented)\t"
                           "009876543210\t1/2/2026\n")  # fmt: skip
        assert "Take these 2 checks" in page
        kept = re.search(r'name="checks" value="([^"]+)"', page)
        assert kept
        answer = taking(chair, kept[1])
        assert (answer.status_code, answer.location) == (303, "/dbs/")
        check = in_vault(opened, cast[Role.VOLUNTEER])
        assert (check.number, check.issued_on, check.seen_on) == ("001234567890", date(2025, 3, 4), date(2025, 3, 5))
        assert (check.position, check.level, check.workforce) == (
            Position.VOLUNTEER, Level.ENHANCED, Workforce.CHILD)  # fmt: skip
        assert (check.decision, check.recheck_due) == (Decision.MAY, date(2028, 3, 6))
        assert [line.what for line in check.history] == ["taken from the centre's list"]
        assert in_vault(opened, ann).number == "009876543210"
        assert dbs.is_cleared(cast[Role.VOLUNTEER])
        assert not dbs.is_cleared(ann)

    def test_the_trail_tells_how_many_and_whose_and_nothing_else(self, chair: CheckingClient, cast: Cast) -> None:
        taking(chair, f"{HEAD}\n{ROW}")
        line = AuditLine.get(AuditLine.event == Event.DBS_PASTED)
        assert (line.actor, line.facts) == (cast[Role.CHAIR].id, '{"count": 1}')
        assert not any("2025" in line.facts for line in AuditLine.select())

    def test_one_wrong_row_and_nothing_is_taken(self, chair: CheckingClient, cast: Cast, opened: Both) -> None:
        assert taking(chair, f"{HEAD}\n{ROW}\nNora Nobody (invented)\n").status_code == 422
        with pytest.raises(RefusedError, match="Nothing was taken"):
            pasted.take(read(f"{HEAD}\n{ROW}\nNora Nobody (invented)\t\n", CHECKS), opened[Role.CHAIR], ())
        assert in_vault(opened, cast[Role.VOLUNTEER]) == Check()
        assert not Clearance.select().exists()

    def test_what_fails_half_way_takes_nothing(self, cast: Cast, opened: Both, monkeypatch: pytest.MonkeyPatch) -> None:
        add("Ann Able")
        real, calls = dbs.put_in, []

        def fail_at_the_second(person: Person, vault: Opened, check: Check) -> None:
            calls.append(person)
            if len(calls) > 1:
                raise OSError("the disk is full")
            real(person, vault, check)

        monkeypatch.setattr(pasted, "put_in", fail_at_the_second)
        with pytest.raises(OSError, match="the disk is full"):
            pasted.take(read(f"{HEAD}\n{ROW}\nAnn Able (invented)\t009876543210\n", CHECKS), opened[Role.CHAIR], ())
        assert len(calls) == 2
        assert in_vault(opened, cast[Role.VOLUNTEER]) == Check()
        assert not AuditLine.select().where(AuditLine.event == Event.DBS_PASTED).exists()

    def test_whoever_has_something_recorded_is_named(self, chair: CheckingClient) -> None:
        assert taking(chair, f"{HEAD}\n{ROW}").status_code == 303
        again = taking(chair, f"{HEAD}\n{ROW.replace('0012', '0099')}")
        assert again.status_code == 422
        assert "Something is recorded for this person already. Take the row out." in again.text

    def test_of_two_officers_who_paste_at_once_one_wins_and_the_other_is_told(
        self, chair: CheckingClient, cast: Cast, opened: Both, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, text = pasted.take, f"{HEAD}\n{ROW}"

        def after_the_other(*asked: object) -> int:
            real(read(text.replace("0012", "0099"), CHECKS), opened[Role.SAFEGUARDING], ())
            return real(*asked)  # type: ignore[arg-type]  # as it was asked

        monkeypatch.setattr(pasted, "take", after_the_other)
        answer = taking(chair, text)
        assert answer.status_code == 422
        assert "Something is recorded for this person already." in answer.text
        assert in_vault(opened, cast[Role.VOLUNTEER]).number == "009934567890"
        assert AuditLine.select().where(AuditLine.event == Event.DBS_PASTED).count() == 1

    def test_a_refusal_ends_what_was_cleared_for_now(self, chair: CheckingClient, cast: Cast, opened: Both) -> None:
        vera = cast[Role.VOLUNTEER]
        dbs.clear_for_now([vera], clock.today(), opened[Role.CHAIR])
        assert dbs.is_cleared(vera)
        assert taking(chair, f"{HEAD}\n{ROW.replace('clear', 'may not serve')}").status_code == 303
        assert not dbs.is_cleared(vera)
        assert in_vault(opened, vera).decision == Decision.MAY_NOT

    def test_a_recheck_long_overdue_clears_nobody(self, chair: CheckingClient, cast: Cast) -> None:
        text = f"{HEAD}\n{ROW.replace('2025', '2019')}"
        assert "The recheck is overdue." in look(chair, text)
        assert taking(chair, text).status_code == 303
        assert not dbs.is_cleared(cast[Role.VOLUNTEER])


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_a_csv_file_is_read_as_spreadsheets_save_it(self, chair: CheckingClient, encoding: str) -> None:
        add("Zoë Zoom")
        data = f"{HEAD}\r\n{ROW.replace(VERA, 'Zoë Zoom (invented)')}\r\n".replace("\t", ",").encode(encoding)
        page = chair.send(PASTE, upload=(io.BytesIO(data), "checks.csv"))
        assert page.status_code == 200
        assert "Zoë Zoom (invented)" in page.text
        assert "Take this check" in page.text

    @pytest.mark.parametrize(
        "data", [b"PK\x03\x04 an .xlsx file", b"", b"%PDF-1.7", b"Name\x00\x01", b"Name\n" + b"x" * 100_001]
    )
    def test_what_is_no_csv_file_is_refused_in_words(self, chair: CheckingClient, data: bytes) -> None:
        answer = chair.send(PASTE, upload=(io.BytesIO(data), "checks.csv"))
        assert answer.status_code == 422
        assert "This is no CSV file, or one larger than 100 kB." in answer.text

    def test_rows_and_a_file_at_once_are_refused(self, chair: CheckingClient) -> None:
        answer = chair.send(PASTE, checks=f"{HEAD}\n{ROW}", upload=(io.BytesIO(b"Name\nAnn"), "checks.csv"))
        assert answer.status_code == 422
        assert "Send one of the two." in answer.text


class TestNothingStays:
    TEXT = f"{HEAD}\tNotes\n{ROW.replace('001234567890', '998877665544')}\t{CANARY}\n"

    @staticmethod
    def everything(settings: Settings) -> bytes:
        db.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())

    def assert_nowhere(self, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
        found = self.everything(settings) + caplog.text.encode()
        assert b"Millbrook" in found
        assert [word for word in (CANARY, "998877665544", "2025-03-04", "4/3/2025") if word.encode() in found] == []

    @pytest.mark.parametrize("after", [20, 60], ids=["the proof is old", "the sign-in ended"])
    def test_a_paste_that_comes_too_late_waits_nowhere(
        self, chair: CheckingClient, settings: Settings, caplog: pytest.LogCaptureFixture, after: int
    ) -> None:
        token = chair.token()
        clock.advance(timedelta(minutes=after))
        sent = {"csrf_token": token, "checks": self.TEXT, "take": "yes", "agreed": "998877665544"}
        answer = chair.post(PASTE, data=sent)
        assert (answer.status_code, answer.location.split("?")[0]) == (
            303, "/sign-in/again" if after == 20 else "/sign-in")  # fmt: skip
        assert not Draft.select().exists()
        self.assert_nowhere(settings, caplog)
        if after == 20:
            chair.send(answer.location, password=PASSWORD)
            assert "not sent yet" not in chair.get(PASTE).text

    def test_a_paste_whose_token_is_over_waits_nowhere(
        self, chair: CheckingClient, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert chair.post(PASTE, data={"csrf_token": "old", "checks": self.TEXT}).status_code == 303
        assert not Draft.select().exists()
        self.assert_nowhere(settings, caplog)

    def test_what_was_looked_at_taken_and_refused_lies_nowhere_in_the_open(
        self, chair: CheckingClient, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        look(chair, self.TEXT)
        taking(chair, f"{self.TEXT}Nora Nobody (invented)\t\n")
        chair.send(PASTE, upload=(io.BytesIO(self.TEXT.encode()), "checks.csv"))
        assert taking(chair, self.TEXT).status_code == 303
        with chair.session_transaction() as cookie:
            assert not any(CANARY in str(value) or "998877665544" in str(value) for value in cookie.values())
        self.assert_nowhere(settings, caplog)

    def test_a_file_is_never_laid_on_the_disk_while_it_arrives(self, app: App) -> None:
        sent = {"upload": (io.BytesIO(b"Name"), "checks.csv")}
        with app.test_request_context(PASTE, method="POST", data=sent):
            assert isinstance(request.files["upload"].stream, io.BytesIO)

    def test_no_page_of_it_is_kept_by_a_browser(self, chair: CheckingClient) -> None:
        answers = [chair.get(PASTE), chair.get(SERVING), chair.send(PASTE, checks=self.TEXT)]
        assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


class TestWho:
    @pytest.mark.parametrize("address", [PASTE, SERVING])
    @pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
    def test_nobody_but_the_officers(self, as_role: Browser, address: str, role: Role) -> None:
        client = as_role(role)
        assert client.get(address).status_code == 403
        assert client.send(address, checks=f"{HEAD}\n{ROW}", take="yes").status_code == 403

    @pytest.mark.parametrize("address", [PASTE, SERVING])
    def test_not_without_a_fresh_proof(self, chair: CheckingClient, address: str) -> None:
        clock.advance(timedelta(minutes=16))
        assert chair.get(address).location == f"/sign-in/again?next={address}"

    @pytest.mark.parametrize("address", [PASTE, SERVING])
    def test_an_officer_without_access_to_the_vault_is_told(self, as_role: Browser, address: str) -> None:
        as_role(Role.CHAIR)
        answer = as_role(Role.SAFEGUARDING).send(address, checks=f"{HEAD}\n{ROW}", take="yes")
        assert answer.status_code == 409
        assert "You have no access to the officers' vault." in unescape(answer.text)


class TestServing:
    def clear(self, client: CheckingClient, *people: Person, until: str = "21/2/2027", **more: str) -> TestResponse:
        ticked = {"people": [str(person.id) for person in people], "confirmed": "y"} | more
        return client.send(SERVING, until=until, **ticked)

    def test_those_ticked_are_cleared_to_the_last_day_and_not_after(self, chair: CheckingClient, cast: Cast) -> None:
        page = chair.get(SERVING).text
        assert 'value="2027-02-21"' in page
        assert "Charlie Chair" not in page
        answer = self.clear(chair, cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
        assert (answer.status_code, answer.location) == (303, "/dbs/")
        assert dbs.is_cleared(cast[Role.VOLUNTEER])
        assert not dbs.is_cleared(cast[Role.SAFEGUARDING])
        with clock.at(datetime(2027, 2, 21, 23, 50, tzinfo=UTC)):
            assert dbs.is_cleared(cast[Role.VOLUNTEER])
            clock.advance(timedelta(minutes=20))
            assert not dbs.is_cleared(cast[Role.VOLUNTEER])

    def test_the_others_see_yes_and_after_the_last_day_not_yet(
        self, chair: CheckingClient, cast: Cast, as_role: Browser
    ) -> None:
        vera, version = cast[Role.VOLUNTEER], published(cast[Role.CHAIR])
        record_dates(vera, dict.fromkeys(RECORDED, clock.today()), cast[Role.COORDINATOR])
        read_and_passed(vera, version)
        undertakings.record_on_paper(vera, version, clock.today(), cast[Role.CHAIR], cast[Role.COORDINATOR])

        def seen() -> tuple[bool, bool]:
            yes = '<span class="tag good">Yes</span>' in as_role(Role.COORDINATOR).get("/people/").text
            return yes, "you may be on the rota" in as_role(Role.VOLUNTEER).get("/onboarding/").text

        assert seen() == (False, False)
        self.clear(chair, vera)
        assert seen() == (True, True)
        with clock.at(date(2027, 2, 22)):
            assert seen() == (False, False)

    @pytest.mark.parametrize("until", ["22/2/2027", "20/11/2026"])
    def test_three_months_at_most_and_not_into_the_past(self, chair: CheckingClient, cast: Cast, until: str) -> None:
        answer = self.clear(chair, cast[Role.VOLUNTEER], until=until)
        assert answer.status_code == 422
        assert "not into the past" in answer.text
        assert f'value="{cast[Role.VOLUNTEER].id}" checked' in answer.text
        assert not Clearance.select().exists()

    @pytest.mark.parametrize(
        ("sent", "why"),
        [
            ({"people": []}, "Tick at least one person."),
            ({"people": ["99"]}, "The list may have changed meanwhile"),
            ({"people": ["x"]}, "The list may have changed meanwhile"),
            ({"confirmed": ""}, "Tick this if it is so."),
            ({"until": "soon"}, "We do not understand this date."),
            ({"until": ""}, "Write the last day."),
        ],
    )
    def test_what_is_missing_or_wrong_is_named(
        self, chair: CheckingClient, cast: Cast, sent: dict[str, str], why: str
    ) -> None:
        answer = self.clear(chair, cast[Role.VOLUNTEER], **sent)
        assert answer.status_code == 422
        assert why in answer.text
        assert not Clearance.select().exists()

    def test_only_once_and_never_oneself(self, chair: CheckingClient, cast: Cast) -> None:
        vera = cast[Role.VOLUNTEER]
        assert self.clear(chair, vera, until="22/11/2026").status_code == 303
        clock.advance(timedelta(days=5))
        with clock.at(clock.now() - timedelta(days=5)):
            for nobody in (vera, cast[Role.CHAIR]):
                assert "The list may have changed meanwhile" in self.clear(chair, nobody).text
        assert Clearance.select().count() == 1

    def test_nobody_is_cleared_past_a_decision(self, chair: CheckingClient, cast: Cast) -> None:
        taking(chair, f"{HEAD}\n{ROW.replace('clear', 'may not serve')}")
        answer = self.clear(chair, cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
        assert answer.status_code == 422
        assert f"A decision on {VERA} is recorded already." in answer.text
        assert not Clearance.select().exists()

    def test_when_everybody_was_cleared_once_the_page_says_so(self, chair: CheckingClient, cast: Cast) -> None:
        self.clear(chair, *(person for role, person in cast.items() if role != Role.CHAIR))
        assert "There is nobody who was never cleared." in chair.get(SERVING).text

    def test_their_checks_can_be_pasted_afterwards(self, chair: CheckingClient, cast: Cast) -> None:
        self.clear(chair, cast[Role.VOLUNTEER])
        assert taking(chair, f"{HEAD}\n{ROW}").status_code == 303
        with clock.at(date(2027, 6, 1)):
            assert dbs.is_cleared(cast[Role.VOLUNTEER])
