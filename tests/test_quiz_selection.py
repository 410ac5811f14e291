"""A volunteer is asked what this centre's policy promises, and nothing else; marking is exact."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccc.provisions import PROVISIONS, Key
from ccc.quizzes.questions import Answer, Choices, Kind, Question, Quiz, load
from ccc.quizzes.selection import asked_under, choose, choose_again, is_right, passed, shuffled_answers

REPO = Path(__file__).parent.parent
POLICIES = REPO.parent / "shared" / "policies"
SHIPPED = load(REPO / "quizzes" / "confidentiality.toml", REPO / "quizzes")
needs_policies = pytest.mark.skipif(not POLICIES.is_dir(), reason=f"the real policies are not there: {POLICIES}")


def make_question(name: str = "tea", **changes: object) -> Question:
    facts: dict[str, object] = {
        "id": name,
        "provision": Key.NO_REPORTS,
        "when": {},
        "kind": Kind.ONE,
        "essential": False,
        "always": False,
        "text": "What now?",
        "answers": tuple(Answer(text, text == "Pass it on", "So it is.") for text in ("Chat", "Pass it on", "Hum")),
    }
    return Question(**(facts | changes))  # type: ignore[arg-type]  # A test names only the facts that it is about.


def dice(seed: int = 7) -> Random:
    return Random(seed)  # noqa: S311 (nothing here is secret, and a test is to fall the same way every time)


def make_answers(*, right: str, wrong: str) -> tuple[Answer, ...]:
    return tuple(Answer(text, text in right, "So it is.") for text in right + wrong)


def ids(questions: Sequence[Question]) -> set[str]:
    return {question.id for question in questions}


def promises_of(policy: str) -> dict[Key, list[Choices]]:
    """Gather what a careful person reads in one of the real policies."""
    read = json.loads(next(POLICIES.glob(f"{policy}*.expected.json")).read_text())
    promises: dict[Key, list[Choices]] = {}
    for tag in (tag for clause in read["tags"].values() for tag in clause):
        promises.setdefault(Key(tag["provision"]), []).append(tag["choices"])
    return promises


def ways_to_choose(key: Key) -> st.SearchStrategy[Choices]:
    values = {
        c.name: st.sampled_from(list(c.options)) if c.options else st.integers(1, 99) for c in PROVISIONS[key].choices
    }
    return st.fixed_dictionaries(values)


every_policy: st.SearchStrategy[Mapping[Key, Sequence[Choices]]] = st.fixed_dictionaries(
    {}, optional={key: st.lists(ways_to_choose(key), min_size=1, max_size=3) for key in Key}
)


class TestWhatAPolicyAsks:
    def test_a_question_fits_where_the_policy_made_its_choices(self) -> None:
        quiz = Quiz("Tea", (make_question(when={"about": "anything"}),))
        assert asked_under(quiz, {Key.NO_REPORTS: [{"about": "anything"}]}) == list(quiz.questions)
        assert asked_under(quiz, {Key.NO_REPORTS: [{"about": "family-proceedings"}]}) == []
        assert asked_under(quiz, {Key.ACCESS: [{"how": "open"}]}) == []

    def test_a_question_may_turn_on_some_of_the_choices_only(self) -> None:
        question = make_question(provision=Key.ASSESSMENTS, when={"agreed_by": "centre"})
        promised = {Key.ASSESSMENTS: [{"who": "anyone-agreed", "agreed_by": "centre"}]}
        assert asked_under(Quiz("Tea", (question,)), promised) == [question]

    def test_a_choice_on_which_two_clauses_differ_is_not_asked_about(self) -> None:
        open_to_all, plain = make_question("open", when={"about": "anything"}), make_question("plain")
        promised: dict[Key, list[Choices]] = {Key.NO_REPORTS: [{"about": "anything"}, {"about": "family-proceedings"}]}
        assert asked_under(Quiz("Tea", (open_to_all, plain)), promised) == [plain]

    def test_a_promise_that_no_clause_makes_is_not_asked_about(self) -> None:
        assert asked_under(Quiz("Tea", (make_question(),)), {Key.NO_REPORTS: []}) == []

    def test_some_questions_are_asked_whatever_is_promised(self) -> None:
        question = make_question(always=True, essential=True)
        assert asked_under(Quiz("Tea", (question,)), {}) == [question]

    @given(promises=every_policy)
    def test_nothing_is_asked_that_the_policy_does_not_promise(self, promises: Mapping[Key, Sequence[Choices]]) -> None:
        for question in asked_under(SHIPPED, promises):
            made = promises.get(question.provision, [])
            assert question.always or made
            assert all(choices[name] == value for choices in made for name, value in question.when.items())

    @given(promises=every_policy)
    def test_every_promise_that_must_be_known_is_asked_about(self, promises: Mapping[Key, Sequence[Choices]]) -> None:
        asked = Counter(q.provision for q in asked_under(SHIPPED, promises) if not q.always)
        assert all(asked[key] >= 2 for key in promises if PROVISIONS[key].must_know)


@needs_policies
class TestTheTwoRealPolicies:
    def test_the_quizzes_differ_where_the_policies_do(self) -> None:
        one, other = (asked_under(SHIPPED, promises_of(policy)) for policy in ("000", "003"))
        only_one = {(q.provision, *q.when.values()) for q in one if q not in other}
        only_other = {(q.provision, *q.when.values()) for q in other if q not in one}
        assert only_one == {
            (Key.NOT_DISCUSSED, "outside-centre"),
            (Key.NO_REPORTS, "family-proceedings"),
            (Key.PERSONAL_DETAILS, "clients"),
            (Key.OWN_BOUNDARIES,),
            (Key.SOMEBODY_KNOWN,),
            (Key.ASSESSMENTS, "cafcass-or-social-services"),
            (Key.ASSESSMENTS, "family-and-coordinator"),
            (Key.ACCESS, "open"),
            (Key.REVIEW, "regular"),
        }
        assert only_other == {
            (Key.NOT_DISCUSSED, "at-all"),
            (Key.NO_REPORTS, "anything"),
            (Key.PERSONAL_DETAILS, "parents"),
            (Key.ASSESSMENTS, "anyone-agreed"),
            (Key.ASSESSMENTS, "centre"),
            (Key.DBS,),
            (Key.DBS, "enhanced"),
            (Key.DBS, "safeguarding-officer-and-chair"),
            (Key.ACCESS, "on-request"),
            (Key.REVIEW, "annual"),
        }

    @pytest.mark.parametrize("policy", ["000", "003"])
    def test_fifteen_questions_reach_every_promise(self, policy: str) -> None:
        promises = promises_of(policy)
        drawn = choose(asked_under(SHIPPED, promises), 15, dice())
        assert len(drawn) == 15
        assert {question.provision for question in drawn} == promises.keys()


class TestChoosing:
    @given(promises=every_policy, count=st.integers(0, 100), rng=st.randoms(use_true_random=False))
    def test_the_draw_holds_the_essential_ones_and_as_many_as_asked_for(
        self, promises: Mapping[Key, Sequence[Choices]], count: int, rng: Random
    ) -> None:
        fitting = asked_under(SHIPPED, promises)
        essential = ids([question for question in fitting if question.essential])
        drawn = choose(fitting, count, rng)
        assert essential <= ids(drawn) <= ids(fitting)
        assert len(drawn) == len(ids(drawn)) == max(len(essential), min(count, len(fitting)))

    @given(promises=every_policy, count=st.integers(0, 100), rng=st.randoms(use_true_random=False))
    def test_the_draw_is_spread_evenly_over_the_promises(
        self, promises: Mapping[Key, Sequence[Choices]], count: int, rng: Random
    ) -> None:
        fitting = asked_under(SHIPPED, promises)
        drawn = choose(fitting, count, rng)
        asked = Counter(question.provision for question in drawn if not question.always)
        left_out = {question.provision for question in fitting if question not in drawn}
        free = {question.provision for question in drawn if not question.essential}
        assert all(asked[fuller] <= asked[key] + 1 for key in left_out for fuller in free)

    @given(promises=every_policy, rng=st.randoms(use_true_random=False))
    def test_fifteen_questions_are_enough_for_a_policy_that_promises_everything(
        self, promises: Mapping[Key, Sequence[Choices]], rng: Random
    ) -> None:
        drawn = choose(asked_under(SHIPPED, promises), 15, rng)
        assert {question.provision for question in drawn if not question.always} == promises.keys()

    def test_two_draws_are_seldom_alike(self) -> None:
        fitting = asked_under(SHIPPED, {key: [{}] for key in Key})
        draws = [choose(fitting, 15, dice(seed)) for seed in range(20)]
        assert len({tuple(question.id for question in drawn) for drawn in draws}) == 20
        assert len({frozenset(ids(drawn)) for drawn in draws}) == 20

    def test_an_essential_question_can_stand_anywhere(self) -> None:
        fitting = [make_question("a", essential=True), make_question("b"), make_question("c")]
        draws = [choose(fitting, 3, dice(seed)) for seed in range(50)]
        assert {drawn.index(fitting[0]) for drawn in draws} == {0, 1, 2}


class TestTryingAgain:
    def test_a_missed_question_brings_another_on_the_same_promise(self) -> None:
        fitting = [make_question(name) for name in "abc"] + [make_question("d", provision=Key.ACCESS)]
        again = choose_again(fitting, {"b"}, 15, dice())
        assert len(again) == 2
        assert "b" in ids(again) <= {"a", "b", "c"}

    def test_a_question_not_asked_before_comes_first(self) -> None:
        fitting = [make_question(name) for name in "abcdef"]
        retries = [choose_again(fitting, {"a"}, 15, dice(seed), asked=set("abcde")) for seed in range(20)]
        assert [ids(again) for again in retries] == [{"a", "f"}] * 20

    def test_no_two_retries_need_be_alike(self) -> None:
        fitting = [make_question(name) for name in "abc"]
        retries = [choose_again(fitting, {"a"}, 15, dice(seed)) for seed in range(50)]
        assert {"".join(question.id for question in again) for again in retries} == {"ab", "ba", "ac", "ca"}

    def test_a_missed_question_that_no_longer_fits_is_left_out(self) -> None:
        assert choose_again([make_question("a")], {"gone"}, 15, dice()) == []

    @given(promises=every_policy, data=st.data(), rng=st.randoms(use_true_random=False))
    def test_a_retry_holds_all_that_was_missed_and_no_other_promise(
        self, promises: Mapping[Key, Sequence[Choices]], data: st.DataObject, rng: Random
    ) -> None:
        fitting = asked_under(SHIPPED, promises)
        missed = data.draw(st.sets(st.sampled_from(sorted(ids(fitting)))))
        again = choose_again(fitting, missed, 200, rng)
        assert missed <= ids(again) <= ids(fitting)
        assert len(missed) <= len(again) == len(ids(again)) <= 2 * len(missed)
        assert {q.provision for q in again} == {q.provision for q in fitting if q.id in missed}

    @given(promises=every_policy, count=st.integers(0, 40), data=st.data(), rng=st.randoms(use_true_random=False))
    def test_a_retry_is_no_longer_than_a_quiz_and_leaves_out_nothing_essential(
        self, promises: Mapping[Key, Sequence[Choices]], count: int, data: st.DataObject, rng: Random
    ) -> None:
        fitting = asked_under(SHIPPED, promises)
        missed = data.draw(st.sets(st.sampled_from(sorted(ids(fitting)))))
        essential = {question.id for question in fitting if question.essential and question.id in missed}
        again = choose_again(fitting, missed, count, rng)
        assert essential <= ids(again)
        assert len(again) <= max(count, len(essential))
        assert len(again) == len(choose_again(fitting, missed, count, dice()))

    def test_where_there_is_little_room_every_missed_promise_comes_before_a_second_question_on_one(self) -> None:
        fitting = [make_question(name) for name in "abcd"] + [make_question(n, provision=Key.ACCESS) for n in "ef"]
        retries = [choose_again(fitting, set("abce"), 2, dice(seed)) for seed in range(20)]
        assert [{q.provision for q in again} for again in retries] == [{Key.NO_REPORTS, Key.ACCESS}] * 20
        assert all(ids(again) <= set("abce") for again in retries)

    def test_who_missed_everything_is_asked_as_many_as_before(self) -> None:
        fitting = [make_question(str(number)) for number in range(30)]
        again = choose_again(fitting, {str(number) for number in range(15)}, 15, dice())
        assert ids(again) == {str(number) for number in range(15)}


class TestTheOrderOfAnswers:
    @given(question=st.sampled_from(SHIPPED.questions), rng=st.randoms(use_true_random=False))
    def test_every_answer_is_shown_once(self, question: Question, rng: Random) -> None:
        assert sorted(shuffled_answers(question, rng)) == list(range(len(question.answers)))

    def test_the_order_changes_from_one_attempt_to_the_next(self) -> None:
        orders = {tuple(shuffled_answers(make_question(), dice(seed))) for seed in range(50)}
        assert len(orders) == 6

    def test_true_always_stands_before_false(self) -> None:
        question = next(question for question in SHIPPED.questions if question.kind is Kind.TRUE_FALSE)
        assert {tuple(shuffled_answers(question, dice(seed))) for seed in range(50)} == {(0, 1)}


class TestMarking:
    @given(question=st.sampled_from(SHIPPED.questions), chosen=st.sets(st.integers(-1, 5)))
    def test_exactly_the_right_answers_are_right(self, question: Question, chosen: set[int]) -> None:
        right = {position for position, answer in enumerate(question.answers) if answer.right}
        assert is_right(question, right)
        assert is_right(question, chosen) is (chosen == right)

    @pytest.mark.parametrize("chosen", [[], [0], [0, 1], [1, 2], [0, 1, 2], [3], [-2]])
    def test_anything_else_is_wrong(self, chosen: list[int]) -> None:
        assert not is_right(make_question(), chosen)

    def test_every_right_answer_of_several_has_to_be_chosen(self) -> None:
        question = make_question(kind=Kind.SEVERAL, answers=make_answers(right="AB", wrong="C"))
        assert [is_right(question, chosen) for chosen in ([1, 0], [0], [0, 1, 2])] == [True, False, False]

    @pytest.mark.parametrize(
        ("right", "total", "enough"), [(12, 15, True), (11, 15, False), (4, 5, True), (3, 4, False)]
    )
    def test_four_in_five_is_enough(self, right: int, total: int, *, enough: bool) -> None:
        assert passed([(make_question(), number < right) for number in range(total)], 80) is enough

    def test_an_essential_question_answered_wrongly_is_not_passed(self) -> None:
        results = [(make_question(), True)] * 99 + [(make_question(essential=True), False)]
        assert not passed(results, 80)

    def test_nothing_answered_is_not_passed(self) -> None:
        assert not passed([], 0)

    @given(marks=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1), pass_mark=st.integers(0, 100))
    def test_one_more_right_answer_never_does_harm(self, marks: list[tuple[bool, bool]], pass_mark: int) -> None:
        results = [(make_question(essential=essential), right) for essential, right in marks]
        better = [(results[0][0], True), *results[1:]]
        assert passed(results, pass_mark) <= passed(better, pass_mark)
        assert passed([(question, True) for question, _ in results], pass_mark)
