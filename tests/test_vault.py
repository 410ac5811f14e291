"""The vault without its pages: sealing, grants, new keys, what the recovery sheet opens, begun anew."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import pytest

from ccc import audit, clock, db, dbs, officers_vault, people, recovery_sheet, vault
from ccc.officers_vault import LockedError, Opened
from ccc.officers_vault.records import Grant, RecoverySheet, VaultKey
from ccc.people import Appointment, Person, RefusedError
from ccc.roles import Role
from ccc.signin import accounts
from tests.conftest import PASSWORD
from tests.vaulted import check_of, fill_in, opened_by_both, signed_in

Cast = dict[Role, Person]


@pytest.fixture
def opened(cast: Cast) -> dict[Role, Opened]:
    return opened_by_both(cast)


def private_key(person: Person) -> bytes:
    return vault.open_lock(accounts.Account.get(accounts.Account.person == person).lock, PASSWORD) or b""


def new_keys(person: Person) -> None:
    account = accounts.of(person)
    assert account
    accounts.replace_keys(account, accounts.keys_for("four geese in the garden"))


def end_office(person: Person) -> None:
    """As when the last day passed: nobody pressed a button."""
    yesterday = clock.today() - timedelta(days=1)
    Appointment.update(ends=yesterday).where(Appointment.person == person).execute()


def test_what_is_sealed_to_a_key_pair_opens_with_it_and_with_no_other() -> None:
    own, other = vault.new_private_key(), vault.new_private_key()
    sealed = vault.seal_to(vault.public_of(own), "a certificate's number")
    assert vault.open_with(own, sealed) == "a certificate's number"
    assert vault.open_with(other, sealed) is None
    assert b"certificate" not in sealed


def test_the_same_text_never_looks_the_same_twice() -> None:
    public = vault.public_of(vault.new_private_key())
    assert vault.seal_to(public, "may serve") != vault.seal_to(public, "may serve")


def test_one_changed_bit_is_noticed() -> None:
    own = vault.new_private_key()
    sealed = vault.seal_to(vault.public_of(own), "may serve")
    assert vault.open_with(own, sealed[:-1] + bytes([sealed[-1] ^ 1])) is None


def test_a_key_that_is_given_to_one_opens_for_them_alone() -> None:
    officer, other, given = (vault.new_private_key() for _ in range(3))
    grant = vault.seal_key(vault.public_of(officer), given)
    assert vault.open_key(officer, grant) == given
    assert vault.open_key(other, grant) is None


def test_only_officers_are_given_access_to_the_vault(cast: Cast, opened: dict[Role, Opened]) -> None:
    for role in (Role.VOLUNTEER, Role.COORDINATOR):
        with pytest.raises(RefusedError, match="Only the safeguarding officer and the chair"):
            officers_vault.give_access(cast[role], opened[Role.CHAIR])
        with pytest.raises(LockedError):
            officers_vault.open_for(signed_in(cast[role]))


def test_no_officer_is_given_access_before_they_joined(cast: Cast, opened: dict[Role, Opened]) -> None:
    end_office(cast[Role.SAFEGUARDING])
    newcomer = people.add("Nora New (invented)", None, None, None)
    people.appoint(newcomer, Role.SAFEGUARDING, clock.today(), None, cast[Role.CHAIR])
    with pytest.raises(RefusedError, match="has not joined yet"):
        officers_vault.give_access(newcomer, opened[Role.CHAIR])


def test_a_grant_goes_when_the_last_day_of_the_office_has_passed(cast: Cast, opened: dict[Role, Opened]) -> None:
    assert opened.keys() == {officer.role for officer in officers_vault.officers() if officer.has_access}
    last_day = clock.today() + timedelta(days=10)
    Appointment.update(ends=last_day).where(Appointment.person == cast[Role.SAFEGUARDING]).execute()
    with clock.at(clock.now() + timedelta(days=10)):
        assert officers_vault.take_ended_access() == 0
    with clock.at(clock.now() + timedelta(days=11)):
        with pytest.raises(LockedError):
            officers_vault.open_for(signed_in(cast[Role.SAFEGUARDING]))
        assert officers_vault.take_ended_access() == 1
        assert officers_vault.take_ended_access() == 0
    assert officers_vault.current().to_replace
    assert Grant.select().count() == 1


def test_what_an_officer_of_bygone_days_copied_opens_nothing_after_a_new_key(
    cast: Cast, opened: dict[Role, Opened]
) -> None:
    gone, volunteer = cast[Role.SAFEGUARDING], cast[Role.VOLUNTEER]
    fill_in(volunteer, opened[Role.CHAIR], dbs.Decision.MAY)
    copied = [bytes(held.sealed) for held in Grant.select()]
    end_office(gone)
    assert officers_vault.change_key(opened[Role.CHAIR]) == 0
    old = [key for grant in copied if (key := vault.open_key(private_key(gone), grant))]
    new = [vault.open_key(private_key(gone), held.sealed) for held in Grant.select()]
    assert old == [opened[Role.SAFEGUARDING].private]
    assert new == [None]
    assert [vault.open_with(key, row.sealed) for key in old for row in dbs.DbsCheck.select()] == [None] * 4


def test_a_forgotten_password_is_mended_by_the_other_officer(cast: Cast, opened: dict[Role, Opened]) -> None:
    who = cast[Role.SAFEGUARDING]
    new_keys(who)
    assert [officer.has_access for officer in officers_vault.officers()] == [False, True]
    officers_vault.give_access(who, opened[Role.CHAIR])
    assert [officer.has_access for officer in officers_vault.officers()] == [True, True]


def test_with_a_new_key_all_is_sealed_again_and_each_officer_keeps_access(
    cast: Cast, opened: dict[Role, Opened]
) -> None:
    fill_in(cast[Role.VOLUNTEER], opened[Role.CHAIR], dbs.Decision.MAY)
    before = [bytes(row.sealed) for row in dbs.DbsCheck.select()]
    officers_vault.change_key(opened[Role.CHAIR])
    after = [bytes(row.sealed) for row in dbs.DbsCheck.select()]
    assert not set(before) & set(after)
    assert {len(sealed) for sealed in before + after} == {len(before[0])}
    for role in opened:
        check = check_of(cast[Role.VOLUNTEER], officers_vault.open_for(signed_in(cast[role])))
        assert check.decision == dbs.Decision.MAY


def test_a_new_key_gives_nobody_access_whose_password_is_new(cast: Cast, opened: dict[Role, Opened]) -> None:
    new_keys(cast[Role.SAFEGUARDING])
    officers_vault.change_key(opened[Role.CHAIR])
    assert [officer.has_access for officer in officers_vault.officers()] == [False, True]


def test_of_two_officers_who_change_the_key_at_once_the_second_is_told(cast: Cast, opened: dict[Role, Opened]) -> None:
    officers_vault.change_key(opened[Role.CHAIR])
    volunteer = cast[Role.VOLUNTEER]
    for act in (
        officers_vault.change_key,
        officers_vault.new_sheet,
        lambda stale: officers_vault.give_access(cast[Role.CHAIR], stale),
        lambda stale: dbs.note_consent(volunteer, stale, dbs.Check().mark, None),
    ):
        with pytest.raises(LockedError, match="changed meanwhile"):
            act(opened[Role.SAFEGUARDING])
    assert VaultKey.select().count() == 2


def test_an_officer_who_lost_the_office_meanwhile_changes_no_key(cast: Cast, opened: dict[Role, Opened]) -> None:
    end_office(cast[Role.SAFEGUARDING])
    with pytest.raises(LockedError, match="Your office has ended"):
        officers_vault.change_key(opened[Role.SAFEGUARDING])


def test_officers_seal_nothing_to_a_public_key_that_was_put_in_by_hand(cast: Cast, opened: dict[Role, Opened]) -> None:
    volunteer, chair = cast[Role.VOLUNTEER], opened[Role.CHAIR]
    mark = check_of(volunteer, chair).mark
    before = everything()
    VaultKey.update(public=vault.public_of(vault.new_private_key())).execute()
    for act in (
        lambda: dbs.note_consent(volunteer, chair, mark, clock.today()),
        lambda: officers_vault.give_access(cast[Role.SAFEGUARDING], chair),
        lambda: officers_vault.new_sheet(chair),
        lambda: officers_vault.change_key(chair),
    ):
        with pytest.raises(LockedError, match="public key was tampered with or damaged"):
            act()
    assert everything() == before


def everything() -> list[list[bytes]]:
    """Whatever lies sealed, and to whom the vault's key was given."""
    return [[bytes(row.sealed) for row in table.select()] for table in (dbs.DbsCheck, Grant)]


def test_the_group_that_is_asked_back_tells_nothing_about_the_secret(
    opened: dict[Role, Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = recovery_sheet.fresh()
    monkeypatch.setattr(recovery_sheet, "fresh", lambda: secret)
    for _ in range(40):
        officers_vault.new_sheet(opened[Role.CHAIR])
    asked = {sheet.asked_group for sheet in RecoverySheet.select()}
    assert len(asked) > 1
    assert asked <= set(range(1, 8))


def test_a_row_that_was_begun_before_a_new_key_is_sealed_to_the_new_one(cast: Cast, opened: dict[Role, Opened]) -> None:
    """One connection has sealed and not yet stored; the new key has to wait for it, and takes its row along."""
    sealed, may_store = Event(), Event()

    def write() -> None:
        with db.writing():
            row = officers_vault.seal("x")
            sealed.set()
            may_store.wait(5)
            dbs.DbsCheck.update(sealed=row).where(dbs.DbsCheck.person == cast[Role.VOLUNTEER]).execute()
        db.db.close()

    writer = Thread(target=write)
    writer.start()
    assert sealed.wait(5)
    rekeying = in_thread(lambda: officers_vault.change_key(opened[Role.CHAIR]))
    may_store.set()
    writer.join(5)
    rekeying.join(5)
    row = dbs.DbsCheck.get(dbs.DbsCheck.person == cast[Role.VOLUNTEER])
    assert officers_vault.open_for(signed_in(cast[Role.CHAIR])).read(row.sealed) == "x"
    assert opened[Role.CHAIR].read(row.sealed) is None


def test_nothing_is_sealed_outside_the_transaction_that_stores_it(cast: Cast) -> None:
    signed_in(cast[Role.CHAIR])
    with pytest.raises(RuntimeError, match="outside a transaction"):
        officers_vault.seal("x")


def test_rows_that_a_new_key_cannot_take_along_are_counted_and_left_alone(
    cast: Cast, opened: dict[Role, Opened]
) -> None:
    lost = vault.seal_to(vault.public_of(vault.new_private_key()), "x")
    dbs.DbsCheck.update(sealed=lost).where(dbs.DbsCheck.person == cast[Role.VOLUNTEER]).execute()
    assert officers_vault.change_key(opened[Role.CHAIR]) == 1
    now = officers_vault.open_for(signed_in(cast[Role.CHAIR]))
    assert dbs.look_into(cast[Role.VOLUNTEER], now) is None


def in_thread(act: Callable[[], object]) -> Thread:
    def run() -> None:
        act()
        db.db.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_the_sheet_opens_the_vault_after_any_number_of_new_keys(cast: Cast, opened: dict[Role, Opened]) -> None:
    fill_in(cast[Role.VOLUNTEER], opened[Role.CHAIR], dbs.Decision.MAY_NOT)
    secret = officers_vault.new_sheet(opened[Role.CHAIR]).vault
    for _ in range(2):
        officers_vault.change_key(officers_vault.open_for(signed_in(cast[Role.CHAIR])))
    key = officers_vault.check_secret(secret)
    row = dbs.DbsCheck.get(dbs.DbsCheck.person == cast[Role.VOLUNTEER])
    assert "may not" in (vault.open_with(key, row.sealed) or "")


def test_nothing_on_the_sheet_is_kept_by_the_server(opened: dict[Role, Opened]) -> None:
    secrets = officers_vault.new_sheet(opened[Role.CHAIR])
    dump = "\n".join(db.db.connection().iterdump())
    # A group of A to F and figures alone may well stand in a key as it is dumped.
    groups = [group for secret in secrets for group in secret.split() if not set(group) <= set("ABCDEF23456789")]
    assert [group for group in groups if group in dump] == []
    assert not any(recovery_sheet.key_of(secret).hex().upper() in dump for secret in secrets)


def test_the_lower_secret_does_not_open_the_vault_nor_does_an_older_sheet(opened: dict[Role, Opened]) -> None:
    older = officers_vault.new_sheet(opened[Role.CHAIR])
    newer = officers_vault.new_sheet(opened[Role.CHAIR])
    for secret in (older.vault, older.backup, newer.backup):
        with pytest.raises(RefusedError, match="Perhaps the sheet is an older one"):
            officers_vault.check_secret(secret)
    assert officers_vault.check_secret(newer.vault) == opened[Role.CHAIR].private


def test_the_sheet_opens_the_vault_for_officers_alone(cast: Cast, opened: dict[Role, Opened]) -> None:
    secret = officers_vault.new_sheet(opened[Role.CHAIR]).vault
    with pytest.raises(LockedError):
        officers_vault.open_with_sheet(secret, cast[Role.COORDINATOR])


def test_a_lost_sheet_goes_on_opening_until_the_key_is_new(opened: dict[Role, Opened]) -> None:
    secret = officers_vault.new_sheet(opened[Role.CHAIR]).vault
    officers_vault.sheet_is_lost()
    assert officers_vault.sheet() is None
    assert officers_vault.check_secret(secret)
    officers_vault.change_key(opened[Role.CHAIR])
    with pytest.raises(RefusedError):
        officers_vault.check_secret(secret)


def test_no_vault_is_begun_anew_while_an_officer_or_a_sheet_can_open_it(cast: Cast, opened: dict[Role, Opened]) -> None:
    chair = accounts.Account.get(accounts.Account.person == cast[Role.CHAIR])
    with pytest.raises(RefusedError, match="can still be opened"):
        officers_vault.begin_anew(chair)
    officers_vault.new_sheet(opened[Role.CHAIR])
    new_keys(cast[Role.CHAIR])
    new_keys(cast[Role.SAFEGUARDING])
    with pytest.raises(RefusedError, match="can still be opened"):
        officers_vault.begin_anew(chair)


def test_a_vault_begun_anew_has_no_sheet_and_access_for_one(cast: Cast, opened: dict[Role, Opened]) -> None:
    officers_vault.new_sheet(opened[Role.CHAIR])
    new_keys(cast[Role.CHAIR])
    new_keys(cast[Role.SAFEGUARDING])
    officers_vault.sheet_is_lost()
    officers_vault.begin_anew(accounts.Account.get(accounts.Account.person == cast[Role.CHAIR]))
    assert officers_vault.sheet() is None
    assert [officer.has_access for officer in officers_vault.officers()] == [False, True]
    told = {line.event for line in audit.AuditLine.select()}
    assert {"vault-sheet-lost", "vault-made"} <= told
    assert audit.verify().fault is None
