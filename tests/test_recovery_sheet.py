"""The secrets of the recovery sheet: typed in however they are set apart, and every slip named by its group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccc import recovery_sheet
from ccc.recovery_sheet import SIGNS

places = st.integers(0, recovery_sheet.GROUPS - 1)


def test_a_secret_is_read_back_however_it_is_set_apart() -> None:
    secret = recovery_sheet.fresh()
    marks = ("", "-", " - ", ".", ", ", "\n", "\u2013")
    for typed in (secret, secret.lower(), f"  {secret}\n", f"- {secret} -", *map(secret.replace, " " * 7, marks)):
        assert recovery_sheet.read(typed) == secret


def test_two_secrets_of_a_sheet_are_never_alike() -> None:
    secrets = [recovery_sheet.fresh() for _ in range(50)]
    assert len(set(secrets)) == len({recovery_sheet.key_of(secret) for secret in secrets}) == 50
    assert all(len(group) == 5 and set(group) <= set(SIGNS) for secret in secrets for group in secret.split())


@given(places, st.integers(0, 4), st.sampled_from(SIGNS))
def test_one_wrong_sign_in_a_secret_is_named(place: int, at: int, sign: str) -> None:
    groups = recovery_sheet.fresh().split()
    slip = groups[place][:at] + sign + groups[place][at + 1 :]
    assert_named(groups, {place: slip})


@given(places, st.integers(0, 3))
def test_two_neighbouring_signs_that_changed_places_are_named(place: int, at: int) -> None:
    groups = recovery_sheet.fresh().split()
    group = groups[place]
    assert_named(groups, {place: group[:at] + group[at + 1] + group[at] + group[at + 2 :]})


@given(places, places)
def test_two_groups_that_changed_places_are_both_named(one: int, other: int) -> None:
    groups = recovery_sheet.fresh().split()
    assert_named(groups, {one: groups[other], other: groups[one]} if one != other else {})


@given(places, st.integers(0, 4), st.sampled_from([" ", "-", " - ", ".", "\n"]))
def test_a_sign_left_out_is_named_in_its_own_group_alone(place: int, at: int, mark: str) -> None:
    groups = recovery_sheet.fresh().split()
    assert_named(groups, {place: groups[place][:at] + groups[place][at + 1 :]}, mark)


@given(st.text(max_size=60))
def test_anything_but_a_secret_is_refused_in_words(typed: str) -> None:
    with pytest.raises(recovery_sheet.WrongGroupError):
        recovery_sheet.read(typed)


@pytest.mark.parametrize("mark", ["", " ", "-"])
def test_too_few_or_too_many_groups_are_counted_before_slips_are_looked_for(mark: str) -> None:
    groups = ["22222", *recovery_sheet.fresh().split()[1:]]
    for typed in (groups[:6], [*groups, "ABCDE"]):
        with pytest.raises(recovery_sheet.WrongGroupError) as refusal:
            recovery_sheet.read(mark.join(typed))
        assert str(refusal.value) == f"The sheet has 7 groups of 5 signs. You typed {len(typed)}."


def assert_named(groups: list[str], slips: dict[int, str], mark: str = " ") -> None:
    """Each group that holds a slip is named, and no other; what is right by chance is no slip."""
    typed = [slips.get(place, group) for place, group in enumerate(groups)]
    wrong = [str(place + 1) for place, group in enumerate(groups) if typed[place] != group]
    if not wrong:
        assert recovery_sheet.read(mark.join(typed)) == " ".join(groups)
        return
    with pytest.raises(recovery_sheet.WrongGroupError) as refusal:
        recovery_sheet.read(mark.join(typed))
    assert str(refusal.value).startswith(f"Look at group {', '.join(wrong)} again")
