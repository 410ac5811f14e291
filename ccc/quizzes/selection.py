"""Which questions are asked, in which order, and how they are marked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from random import Random

from ccc.provisions import Key
from ccc.quizzes.questions import Choices, Kind, Question, Quiz


def asked_under(quiz: Quiz, promises: Mapping[Key, Sequence[Choices]]) -> list[Question]:
    """Give the questions that fit a policy: `promises` holds the choices of every clause that makes a promise."""
    return [question for question in quiz.questions if _fits(question, promises.get(question.provision, ()))]


def _fits(question: Question, promised: Sequence[Choices]) -> bool:
    # Where two clauses choose differently, a question that turns on that choice would have two right answers: it is
    # left out, and the questions on the same promise that hold under either choice are asked.
    agreed = bool(promised) and all(question.when.items() <= choices.items() for choices in promised)
    return question.always or agreed


def choose(fitting: Sequence[Question], count: int, rng: Random) -> list[Question]:
    """Draw `count` questions: every essential one (even if these are more), the rest spread over the promises."""
    chosen = [question for question in fitting if question.essential]
    rest = [question for question in fitting if not question.essential]
    rng.shuffle(rest)
    # What is asked under every policy says nothing about the promise that it is filed under.
    drawn = Counter(question.provision for question in chosen if not question.always)
    while rest and len(chosen) < count:
        question = min(rest, key=lambda candidate: drawn[candidate.provision])
        rest.remove(question)
        chosen.append(question)
        drawn[question.provision] += 1
    rng.shuffle(chosen)
    return chosen


def choose_again(
    fitting: Sequence[Question], missed: Collection[str], count: int, rng: Random, *, asked: Collection[str] = ()
) -> list[Question]:
    """Draw the questions of a retry: each missed one, and beside it another on the same promise, up to `count`.

    Where there is not room for all, what was missed comes first, chosen as for the whole quiz. Others that were not in
    `asked` come before those that were. Empty when none of the missed questions fits the policy any more.
    """
    again = choose([question for question in fitting if question.id in missed], count, rng)
    others = [question for question in fitting if question.id not in missed]
    rng.shuffle(others)
    others.sort(key=lambda question: question.id in asked)
    beside: list[Question] = []
    for provision, missed_here in Counter(question.provision for question in again).items():
        beside += [question for question in others if question.provision is provision][:missed_here]
    again += beside[: max(0, count - len(again))]
    rng.shuffle(again)
    return again


def shuffled_answers(question: Question, rng: Random) -> list[int]:
    """Give an order for the answers, as their positions; true comes before false as everybody expects."""
    order = list(range(len(question.answers)))
    if question.kind is not Kind.TRUE_FALSE:
        rng.shuffle(order)
    return order


def is_right(question: Question, chosen: Collection[int]) -> bool:
    """Tell whether exactly the right answers were chosen, given as their positions in the file."""
    return set(chosen) == {position for position, answer in enumerate(question.answers) if answer.right}


def needed(total: int, pass_mark: int) -> int:
    """Give the least number of right answers that makes `pass_mark` per cent of `total`."""
    return -(-total * pass_mark // 100)


def passed(results: Sequence[tuple[Question, bool]], pass_mark: int) -> bool:
    """Tell whether at least `pass_mark` per cent were right, and every essential question among them."""
    right = sum(was_right for _, was_right in results)
    essentials_right = all(was_right for question, was_right in results if question.essential)
    return bool(results) and essentials_right and right >= needed(len(results), pass_mark)
