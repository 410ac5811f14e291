"""Taking the quiz as somebody does who knows the quiz file by heart, and makes a mistake only on purpose."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from playwright.sync_api import expect

from ccc.provisions import Key
from ccc.quizzes.questions import Choices, Question, load
from tests.browser.server import REPO
from tests.browser.visitor import Visitor, words

QUIZ = load(REPO / "quizzes" / "confidentiality.toml", REPO / "quizzes")
HEADING = re.compile(r"Question \d+ of \d+")


@dataclass(frozen=True)
class Taker:
    """Somebody who takes the quiz on one policy. A question of another policy is unknown to them, and they stop."""

    visitor: Visitor
    promises: Mapping[Key, Sequence[Choices]]

    def begin(self) -> None:
        self.visitor.go("/quizzes/confidentiality/")
        self.visitor.press("Begin the quiz")

    def take(self, *, mistakes: int = 0) -> list[Question]:
        """Answer from the question on the page to the last one. The first ones that are not essential, wrong."""
        asked = []
        for question in self._questions():
            right = question.essential or mistakes == 0
            mistakes -= not right
            asked.append(question)
            self.answer(question, right=right)
        self.visitor.follow("See how it went")
        return asked

    def question(self) -> Question:
        """Know the question that stands on the page."""
        expect(self.visitor.page.locator("h2").first).to_have_text(HEADING)
        text = words(self.visitor.page.locator("#chosen legend"))
        known = [known for known in QUIZ.questions if known.text == text and self._fits(known)]
        assert len(known) == 1, f"not a question on this policy: {text}"
        return known[0]

    def answer(self, question: Question, *, right: bool) -> None:
        """Answer the question on the page, and hear what is said about it."""
        wrong = [answer for answer in question.answers if not answer.right]
        chosen = [answer for answer in question.answers if answer.right] if right else wrong[:1]
        for one in chosen:
            self.visitor.page.get_by_label(one.text, exact=True).check()
        self.visitor.page.get_by_role("button", name="This is my answer").click()
        expect(self.visitor.page.locator("h2").first).to_have_text("That is right" if right else "Not quite")
        self.visitor.look()
        for one in chosen:
            self.visitor.sees(one.feedback)

    def _fits(self, question: Question) -> bool:
        """Tell whether a question may be asked: the policy makes its promise, with its choices in every clause."""
        made = self.promises.get(question.provision, [])
        return question.always or (bool(made) and all(question.when.items() <= choices.items() for choices in made))

    def _questions(self) -> Iterator[Question]:
        """Every question from the one on the page on, each after the one before was answered."""
        yield self.question()
        onward = self.visitor.page.get_by_role("link", name="Next question")
        while onward.count():
            onward.click()
            yield self.question()
