"""How much longer a page of the audit trail takes once there are a million lines, against itself with few."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Flask, request

from ccc import clock
from ccc.db import db, writing
from ccc.web.access import PUBLIC, access

# Few fill a page of every search but the last, which finds the same lines in both.
FEW, MANY = 5_000, 1_000_000
GOAL = 1.3
# As if the years to come had passed: a line in five minutes, by :who or anybody, on any family. Nobody verifies them.
LINES = """
INSERT INTO audit_line (created_at, actor, event, about, facts, hash)
WITH RECURSIVE line (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM line WHERE number < :more),
     newest (at, number) AS (SELECT max(created_at), max(id) FROM audit_line)
SELECT strftime('%Y-%m-%dT%H:%M:%S.000000Z', newest.at, (5 * line.number) || ' minutes'),
       coalesce(:who, 1 + abs(random()) % (SELECT max(id) FROM person)), 'contact-seen',
       'family:' || (1 + abs(random()) % (SELECT max(id) FROM family)), '{}',
       printf('%064x', newest.number + line.number)
  FROM line, newest
"""
MIDDLE = "SELECT hash FROM audit_line WHERE id = (SELECT max(id) / 2 FROM audit_line)"

Shares = Callable[[Mapping[str, str]], dict[str, float]]


def page(app: Flask) -> None:
    """A page that makes the trail longer, in the midst of the others."""

    @app.get("/bench/trail")
    @access(PUBLIC)
    def trail() -> str:
        """Say the mark of a line in the middle of what is there now."""
        with writing():
            db.execute_sql(LINES, {"more": int(request.args["more"]), "who": request.args.get("who")})
        return str(db.execute_sql(MIDDLE).fetchone()[0])


def report(ask: Callable[[str], str], shares_of: Shares) -> None:
    """One line for each way to ask; `shares_of` says what pages reach of the table of the comparison."""
    few, many = (shares_of(_ways(ask(f"/bench/trail?more={more}"))) for more in (FEW, MANY))
    print(f"the audit trail with {MANY} lines, times as long as with {FEW}; goal: at most {GOAL}")
    for way, share in few.items():
        print(f"  {way}: {share / many[way]:.2f}")
    print()


def _ways(middle: str) -> dict[str, str]:
    period = f"from={clock.today() + timedelta(days=1)}&to={clock.today() + timedelta(days=9)}"
    asked = {
        "first page": "",
        "a page in the middle": f"after={middle}",
        "of a person": "who=2",
        "of a record": "record=family:2",
        "of a period": period,
        "of all three": f"who=2&record=family:2&{period}",
    }
    return {way: f"/audit/?{query}" for way, query in asked.items()} | {"one's own lines": "/me/trail"}
