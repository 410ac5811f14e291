"""Measures the running product: each page against two pages of the same server in the same run.

`make bench` prints the report. Absolute times mean nothing on a shared machine; the ratios do. The two reference
pages are a constant, and an anonymous table of 25 rows written in Jinja. Needs wrk, from Debian's packages.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import audit, backup, disposal

ROOT = Path(__file__).resolve().parent.parent
PORT = 8791
BASE = f"http://127.0.0.1:{PORT}"
SECONDS, CONNECTIONS = 4, 16
PEOPLE, MANY = 25, 500
FAMILIES, MANY_FAMILIES = 30, 4_000
ROUNDS = 3
# What a browser sends: its cookie, and the token of the form. Somebody who is signed in never sees the sign-in page.
Headers = dict[str, str]
NOBODY: Headers = {}
PAGES = {
    "constant": "/bench/constant",
    "25-row table": "/bench/table",
    "people list": "/people/",
    "onboarding": "/onboarding/",
    "policy": "/policies/confidentiality/",
    "reading": "/policies/confidentiality/read",
    "register": "/undertakings/confidentiality/register",
    "own account": "/me/",
    "first page": "/",
    "sign-in": "/sign-in",
    "families": "/families/",
}
CONFORMANCE, CONFORMANCE_GOAL, LOOKS = "/conformance/", 3, 60
# The co-ordinator of the demo, and how often contact details are looked at in a busy year.
COORDINATOR, LOOKED_AT = 2, 5_000
LOG = {"booking log": "/bookings/", "month": "/bookings/month"}


@dataclass(frozen=True)
class Measured:
    """What wrk says of one page."""

    per_second: float
    median: str
    p99: str


def main() -> None:
    with demo(PEOPLE, FAMILIES) as server:
        report(server)
        small = shares_of_log()
        officer = sign_in("safeguarding")
        audit.report(lambda path: ask(path, NOBODY), lambda pages: shares_of(pages, officer))
    with demo(MANY, FAMILIES):
        report_of_many()
    with demo(PEOPLE, MANY_FAMILIES):
        report_of_log(small, shares_of_log())
        report_of_conformance()
        backup.report(lambda: ask("/bench/backup", NOBODY), BASE + LOG["booking log"], sign_in())
    disposal.main()


@contextmanager
def demo(people: int, families: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the product with its two reference pages, on a demo of so many, and say how soon it answered."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "CCC_DATA": folder,
            "CCC_PORT": str(PORT),
            "CCC_DEMO_PASSWORD": "a bench to sit on",
        }
        fill = ["flask", "--app", "app", "demo", "--people", str(people), "--families", str(families)]
        _run([sys.executable, "-m", *fill], env=environment)
        begun = time.monotonic()
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.server"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            while not _answers():
                time.sleep(0.01)
            seconds, memory = time.monotonic() - begun, pss_of(server.pid)
            print(f"first answer after {seconds:.2f} s; {memory:.0f} MiB PSS at rest, all processes\n")
            yield server
        finally:
            server.terminate()
            server.wait()


def report(server: subprocess.Popen[bytes]) -> None:
    """One line a page; and how long it takes to write something durably."""
    visitor = sign_in()
    pages = PAGES | pages_of_log(visitor)
    reached = {name: measure(path, visitor_of(name, visitor)) for name, path in pages.items()}
    table, constant = reached["25-row table"].per_second, reached["constant"].per_second
    say("page", "median", "99 %", "queries", "of table", "of constant")
    for name, got in reached.items():
        of_both = f"{got.per_second / table:.0%}", f"{got.per_second / constant:.0%}"
        say(name, got.median, got.p99, queries(pages[name], visitor_of(name, visitor)), *of_both)
    saved = measure("/me/details", visitor, form="bench/post.lua")
    share = saved.per_second / reached["own account"].per_second
    print(f"\na durable POST: {share:.0%} of a signed-in GET (median {saved.median}, 99 % {saved.p99})")
    print(f"{pss_of(server.pid):.0f} MiB PSS after the run\n")


def report_of_many() -> None:
    """The two lists of a centre with many people, as the safeguarding officer opens them, one visitor at a time."""
    visitor = sign_in("safeguarding")
    listed, checks = (measure(path, visitor, connections=1).per_second for path in ("/people/", "/dbs/"))
    print(f"with {MANY} people: the people list {1_000 / listed:.1f} ms, the DBS list {1_000 / checks:.1f} ms,")
    print(f"which is {listed / checks:.1f} times the people list; goal: at most 6")
    print(f"one sealed record opened: {ask('/bench/sealed', visitor)} ms; goal: under 1 ms\n")


def report_of_log(small: dict[str, float], large: dict[str, float]) -> None:
    """How much longer the pages of the booking log take in a centre with thousands of families."""
    say(
        "booking log", f"{FAMILIES} families", f"{MANY_FAMILIES} families", "times as long; goal: at most 1.3".rjust(34)
    )
    for name, share in large.items():
        say(name, f"{small[name]:.0%}", f"{share:.0%}", f"{small[name] / share:.2f}")


def report_of_conformance() -> None:
    """How much longer than the people list it takes to show how each promise is kept, in such a busy centre."""
    visitor = sign_in()
    ask(f"/bench/trail?more={LOOKED_AT}&who={COORDINATOR}", visitor)
    for when, before in (("after a change", "/bench/changed"), ("unchanged", "/bench/constant")):
        listed, shown = milliseconds((PAGES["people list"], CONFORMANCE), before, visitor)
        print(f"conformance with {MANY_FAMILIES} families and {LOOKED_AT} looks, {when}: {shown:.1f} ms,")
        print(f"the people list {listed:.1f} ms: {shown / listed:.1f} times as long; goal: under {CONFORMANCE_GOAL}")
    print()


def milliseconds(paths: Iterable[str], before: str, visitor: Headers) -> list[float]:
    """How long one visitor waits for each of these pages right after another one: the median of some looks, in turn."""
    waits: dict[str, list[float]] = {path: [] for path in paths}
    for path in list(waits) * LOOKS:
        ask(before, visitor)
        begun = time.monotonic()
        ask(path, visitor)
        waits[path].append(time.monotonic() - begun)
    return [median(each) * 1_000 for each in waits.values()]


def shares_of_log() -> dict[str, float]:
    visitor = sign_in()
    return shares_of(pages_of_log(visitor), visitor)


def shares_of(pages: Mapping[str, str], visitor: Headers) -> dict[str, float]:
    """What pages reach of the table: the median of some rounds, since others load the machine."""
    rounds: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        table = measure(PAGES["25-row table"], visitor).per_second
        for name, path in pages.items():
            rounds[name].append(measure(path, visitor).per_second / table)
    return {name: median(shares) for name, shares in rounds.items()}


def pages_of_log(visitor: Headers) -> dict[str, str]:
    return LOG | {"register of day": f"/sessions/{ask('/bench/open-session', visitor)}/register"}


def visitor_of(page: str, visitor: Headers) -> Headers:
    return NOBODY if page == "sign-in" else visitor


def ask(path: str, visitor: Headers) -> str:
    """What a page of the bench answers."""
    with urllib.request.urlopen(urllib.request.Request(BASE + path, headers=visitor)) as answer:
        return str(answer.read().decode())


def say(name: str, *columns: str) -> None:
    print(name.ljust(16) + "".join(column.rjust(12) for column in columns))


def measure(path: str, visitor: Headers, form: str | None = None, connections: int = CONNECTIONS) -> Measured:
    """Load one page from some connections for some seconds, after a warm-up."""
    command = [
        "wrk",
        f"-t{min(2, connections)}",
        f"-c{connections}",
        "--latency",
        *(option for name, value in visitor.items() for option in ("-H", f"{name}: {value}")),
        *(["-s", form] if form else []),
    ]
    _run([*command, "-d1", BASE + path])
    said = _run([*command, f"-d{SECONDS}", BASE + path])
    if "Non-2xx" in said:
        raise SystemExit(f"{path} did not answer as it should:\n{said}")
    rate, median, p99 = (_after(mark, said) for mark in ("Requests/sec:", r"^\s+50%", r"^\s+99%"))
    return Measured(float(rate), median, p99)


def _run(command: list[str], env: dict[str, str] | None = None) -> str:
    """What a command says, run in the folder of the project."""
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def _after(mark: str, said: str) -> str:
    found = re.search(rf"{mark}\s+(\S+)", said, re.MULTILINE)
    return found[1] if found else "?"


def queries(path: str, visitor: Headers) -> str:
    """How many queries the server makes for this page, when it was not asked for since the last change."""
    with urllib.request.urlopen(f"{BASE}/bench/changed"):
        pass
    request = urllib.request.Request(BASE + path, headers=visitor)
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["X-Queries"])


def sign_in(who: str = "coordinator") -> Headers:
    """Sign somebody of the demo in; the bench's own page hands the cookie over, and the token of its forms."""
    with urllib.request.urlopen(f"{BASE}/bench/signed-in?who={who}@demo.example") as answer:
        cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
        return {"Cookie": cookie, "X-CSRFToken": answer.read().decode()}


def pss_of(parent: int) -> float:
    """The memory of a process and its children, shared pages counted once, in MiB."""
    children = subprocess.run(
        ["/usr/bin/pgrep", "-P", str(parent)], capture_output=True, text=True, check=False
    ).stdout.split()
    total = 0
    for process in [str(parent), *children]:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]  # the line is always there
    return total / 1024


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"{BASE}/healthz", timeout=1):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
