"""What people type in about sessions: patterns, single ones, why one is cancelled, closed days and the day's rules."""

from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from ccc.contact_sessions import CODES, WEEKDAYS, WEEKS, Plan
from ccc.web.form import ClockTime, DayField, Form, Whole, options

WHEN, HOW_MANY = "Type in a time, like 10:30.", "Fill this in, in figures."


class TimesForm(Form):
    starts = ClockTime("It starts at", [InputRequired(WHEN)])
    ends = ClockTime("It ends at", [InputRequired(WHEN)])
    places = Whole("Places for families", [InputRequired(HOW_MANY)])

    def times(self) -> tuple[str, str, int]:
        return self.starts.data, self.ends.data, self.places.data


class SessionForm(TimesForm):
    day = DayField("Day", [InputRequired("Fill in the day.")])


class PatternForm(TimesForm):
    """A pattern. `agreed` is the mark of what the page showed when somebody pressed the button that carries it out."""

    weeks = SelectField("Which weeks", choices=options(WEEKS))
    weekday = SelectField("Weekday", choices=options({str(place): name for place, name in enumerate(WEEKDAYS)}))
    first_day = DayField("First day", [InputRequired("Fill in the first day.")])
    last_day = DayField("Last day", [InputRequired("Fill in the last day: every pattern has an end.")])
    agreed = HiddenField()

    def plan(self) -> Plan:
        first, last = self.first_day.data, self.last_day.data
        return Plan(int(self.weekday.data), self.weeks.data, *self.times(), first, last)


class CancelForm(Form):
    code = RadioField("Why", [InputRequired("Choose one of these.")], choices=options(CODES))


class ClosureForm(Form):
    """A closed day. `agreed` tells for which day the page said what goes with it."""

    day = DayField("Day", [InputRequired("Fill in the day.")])
    agreed = HiddenField()


class RulesForm(Form):
    visitor_before = Whole("Minutes that the visiting adult comes before the start", [InputRequired(HOW_MANY)])
    visitor_after = Whole("Minutes that the visiting adult leaves after the end", [InputRequired(HOW_MANY)])
    fewest_volunteers = Whole("Volunteers that a session needs at least", [InputRequired(HOW_MANY)])
