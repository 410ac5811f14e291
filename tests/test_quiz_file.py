"""A quiz file is read as it was written, or refused with every fault named."""

from pathlib import Path

import pytest

from ccc.provisions import Key
from ccc.quizzes.questions import Kind, QuizError, load

GOOD = """
title = "Tea and tact"

[[question]]
id = "a-solicitor-rings"
provision = "no-reports"
when = { about = "anything" }
kind = "one"
text = "A solicitor rings.\\nWhat now?"

[[question.answer]]
text = "Pass it on"
right = true
feedback = "Yes, pass it on."

[[question.answer]]
text = "Chat"
right = false
feedback = "Better not."
"""
AGAIN = GOOD.partition("\n\n")[2]
THIRD_ANSWER = '\n[[question.answer]]\ntext = "Hum"\nright = true\nfeedback = "Fine."\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "quizzes"
    made.mkdir()
    return made


def problems_of(folder: Path, content: str | bytes) -> tuple[str, ...]:
    path = folder / "tea.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(QuizError) as caught:
        load(path, folder)
    assert all(problem.startswith(str(path)) for problem in caught.value.problems)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def with_change(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_good_file_is_read_as_it_was_written(folder: Path) -> None:
    (folder / "tea.toml").write_text(GOOD)
    quiz = load(folder / "tea.toml", folder)
    question = quiz.by_id("a-solicitor-rings")
    assert quiz.title == "Tea and tact"
    assert (question.provision, dict(question.when), question.kind) == (Key.NO_REPORTS, {"about": "anything"}, Kind.ONE)
    assert (question.essential, question.always, question.text) == (False, False, "A solicitor rings. What now?")
    assert [(a.text, a.right, a.feedback) for a in question.answers] == [
        ("Pass it on", True, "Yes, pass it on."),
        ("Chat", False, "Better not."),
    ]


def test_a_file_saved_by_windows_notepad_is_read(folder: Path) -> None:
    (folder / "tea.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(folder / "tea.toml", folder).title == "Tea and tact"


def test_a_question_that_the_file_does_not_have_is_not_found(folder: Path) -> None:
    (folder / "tea.toml").write_text(GOOD)
    with pytest.raises(KeyError):
        load(folder / "tea.toml", folder).by_id("taken-out-long-ago")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('provision = "no-reports"', "", "has no provision"),
        ("no-reports", "no-rumours", "unknown provision “no-rumours”; it can be: not-discussed, no-reports"),
        ('provision = "no-reports"', 'provision = ["no-reports"]', "unknown provision"),
        ("about", "colour", "no-reports has no choice “colour”"),
        ("anything", "weather", "about cannot be “weather”; it can be: anything, family-proceedings"),
        ('"anything"', '["anything"]', "about cannot be"),
        ('"anything"', "1.5", "about cannot be “1.5”"),
        ('{ about = "anything" }', '"anything"', "when must be a table"),
        ('kind = "one"', "", "has no kind"),
        ('kind = "one"', 'kind = "two"', "unknown kind “two”; it can be: one, several, true-false"),
        ('kind = "one"', 'kind = "several"', "only one answer is right"),
        ('kind = "one"', 'kind = "one"\nessential = "yes"', "essential must be true or false"),
        ('kind = "one"', 'kind = "one"\nalways = true', "must be essential too"),
        ('kind = "one"', 'kind = "one"\nalways = true\nessential = true', "cannot depend on a choice"),
        ('kind = "one"', 'kind = "one"\nhint = "x"', "unknown key “hint”"),
        ("A solicitor rings.\\nWhat now?", " ", "has no text"),
        ("A solicitor rings.\\nWhat now?", "x" * 601, "text is longer than 600 characters"),
        ("right = true", "right = false", "no answer is right"),
        ("right = true", 'right = "true"', "answer 1: right must be true or false"),
        ("right = false", "right = true", "2 answers are right where only one can be"),
        ("right = false", "", "answer 2: right must be true or false"),
        ('feedback = "Better not."', "", "answer 2: has no feedback"),
        ("Better not.", "x" * 301, "answer 2: feedback is longer than 300 characters"),
        ('text = "Chat"', "", "answer 2: has no text"),
        ('text = "Chat"', 'text = "Pass  it on"', "two answers say the same"),
        ('text = "Chat"', 'text = "Chat"\nmarks = 3', "answer 2: unknown key “marks”"),
    ],
)
def test_a_fault_is_refused_by_the_name_of_file_and_question(folder: Path, old: str, new: str, fault: str) -> None:
    problems = problems_of(folder, with_change(old, new))
    assert any(fault in problem for problem in problems)
    assert all("question 1 “a-solicitor-rings”: " in problem for problem in problems)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", "question 1: has no id"),
        ("id = 7", "question 1: has no id"),
        ('id = " "', "question 1 “ ”: has no id"),
        ('id = "A solicitor!"', "question 1 “A solicitor!”: id must be small letters, digits and single hyphens"),
        (f'id = "{"x" * 61}"', "id is longer than 60 characters"),
    ],
)
def test_a_question_without_a_proper_id_is_refused_by_its_number(folder: Path, line: str, fault: str) -> None:
    problems = problems_of(folder, with_change('id = "a-solicitor-rings"', line))
    assert any(fault in problem for problem in problems)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "has no title"),
        (GOOD.replace("Tea and tact", " "), "has no title"),
        (GOOD.replace("Tea and tact", "x" * 121), "title is longer than 120 characters"),
        ('colour = "green"' + GOOD, "unknown key “colour”"),
        ('title = "Tea"', "has no [[question]]"),
        ('title = "Tea"\nquestion = "Why?"', "has no [[question]]"),
        ('title = "Tea"\nquestion = ["Why?"]', "question 1: is not a table"),
        (GOOD + AGAIN, "question 2 “a-solicitor-rings”: another question has the same id"),
        (GOOD.rpartition("\n[[question.answer]]")[0], "has 1 answers; it needs 2 to 6"),
        (GOOD.partition("\n[[question.answer]]")[0], "has 0 answers"),
        (GOOD.partition("\n[[question.answer]]")[0] + "answer = [1, 2]", "answers must be tables"),
        (GOOD + THIRD_ANSWER.replace("true", "false") * 5, "has 7 answers; it needs 2 to 6"),
        (GOOD.replace('"one"', '"true-false"') + THIRD_ANSWER, "true-false needs exactly two"),
        ("question = ", "not TOML"),
        ("dear volunteers, here are the questions", "not TOML"),
        ("title = " + "1" * 5000, "not TOML"),
        ("title = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ('title = "Caf\xe9"'.encode("cp1252"), "not UTF-8 text (byte 12)"),
        ("\ufefftitle".encode("utf-16"), "not UTF-8 text"),
        (b"# " + b"x" * 500_000, "longer than 500,000 bytes"),
    ],
)
def test_a_file_that_is_no_quiz_is_refused_by_name(folder: Path, content: str | bytes, fault: str) -> None:
    assert any(fault in problem for problem in problems_of(folder, content))


def test_all_faults_of_a_file_are_told_at_once(folder: Path) -> None:
    twice = GOOD.replace("no-reports", "no-rumours").replace('feedback = "Better not."', "") + AGAIN
    problems = problems_of(folder, twice)
    assert [
        fault in problem for fault, problem in zip(("no-rumours", "feedback", "same id"), problems, strict=True)
    ] == [
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("years", ["0", "100", "-3", "true", "3.0", '"3"'])
def test_years_are_a_whole_number_from_1_to_99(folder: Path, years: str) -> None:
    change = GOOD.replace("no-reports", "disposal").replace('about = "anything"', f"years = {years}")
    assert ["a whole number from 1 to 99" in problem for problem in problems_of(folder, change)] == [True]


@pytest.mark.parametrize("name", ["../tea.toml", "../../etc/passwd", "/etc/passwd", "a\0b", "link.toml"])
def test_a_file_outside_the_folder_is_refused_by_name(folder: Path, name: str) -> None:
    (folder.parent / "tea.toml").write_text(GOOD)
    (folder / "link.toml").symlink_to(folder.parent / "tea.toml")
    with pytest.raises(QuizError, match=r"must lie inside") as caught:
        load(folder / name, folder)
    assert str(folder / name) in str(caught.value)


@pytest.mark.parametrize("name", ["tee.toml", ".", "folder.toml"])
def test_a_file_that_is_not_there_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / "folder.toml").mkdir()
    with pytest.raises(QuizError, match=r"there is no such file"):
        load(folder / name, folder)
