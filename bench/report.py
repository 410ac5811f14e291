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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8791
BASE = f"http://127.0.0.1:{PORT}"
SECONDS, CONNECTIONS = 4, 16
MANY, MANY_FAMILIES = 500, 4_000
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
    "booking log": "/bookings/",
    "month": "/bookings/month",
    "families": "/families/",
}


@dataclass(frozen=True)
class Measured:
    """What wrk says of one page."""

    per_second: float
    median: str
    p99: str


def main() -> None:
    for people, families, part in ((25, 30, report), (MANY, 30, report_of_many), (25, MANY_FAMILIES, report_of_log)):
        with tempfile.TemporaryDirectory() as folder:
            server = start(Path(folder), people, families)
            try:
                part(server)
            finally:
                server.terminate()
                server.wait()


def start(folder: Path, people: int, families: int) -> subprocess.Popen[bytes]:
    """Start the product with its two reference pages, on a demo of so many, and say how soon it answered."""
    environment = os.environ | {
        "CCC_DATA": str(folder),
        "CCC_PORT": str(PORT),
        "CCC_DEMO_PASSWORD": "a bench to sit on",
    }
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "demo", "--people", str(people), "--families", str(families)],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    begun = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.server"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    while not _answers():
        time.sleep(0.01)
    seconds, memory = time.monotonic() - begun, pss_of(server.pid)
    print(f"first answer after {seconds:.2f} s; {memory:.0f} MiB PSS at rest, all processes\n")
    return server


def report(server: subprocess.Popen[bytes]) -> None:
    cookie = sign_in()
    pages = PAGES | {"register of the day": f"/sessions/{ask('/bench/open-session', cookie)}/register"}
    reached = {name: measure(path, cookie) for name, path in pages.items()}
    table, constant = reached["25-row table"].per_second, reached["constant"].per_second
    say("page", "median", "99 %", "queries", "of table", "of constant")
    for name, got in reached.items():
        of_both = f"{got.per_second / table:.0%}", f"{got.per_second / constant:.0%}"
        say(name, got.median, got.p99, queries(pages[name], cookie), *of_both)
    saved = measure("/me/details", cookie, form="bench/post.lua")
    share = saved.per_second / reached["own account"].per_second
    print(f"\na durable POST: {share:.0%} of a signed-in GET (median {saved.median}, 99 % {saved.p99})")
    print(f"{pss_of(server.pid):.0f} MiB PSS after the run")


def report_of_many(_server: subprocess.Popen[bytes]) -> None:
    """The two lists of a centre with many people, as the safeguarding officer opens them, one visitor at a time."""
    cookie = sign_in("safeguarding")
    listed, checks = (measure(path, cookie, connections=1).per_second for path in ("/people/", "/dbs/"))
    print(f"with {MANY} people: the people list {1_000 / listed:.1f} ms, the DBS list {1_000 / checks:.1f} ms,")
    print(f"which is {listed / checks:.1f} times the people list; goal: at most 6")
    print(f"one sealed record opened: {ask('/bench/sealed', cookie)} ms; goal: under 1 ms")


def report_of_log(_server: subprocess.Popen[bytes]) -> None:
    """The pages of the booking log in a centre with thousands of families; the share of the table is what compares."""
    cookie = sign_in()
    session = ask("/bench/open-session", cookie)
    paths = {
        "booking log": "/bookings/",
        "month": "/bookings/month",
        "register of the day": f"/sessions/{session}/register",
    }
    table = measure("/bench/table", cookie).per_second
    print(f"\nwith {MANY_FAMILIES} families")
    for name, path in paths.items():
        got = measure(path, cookie)
        say(name, got.median, got.p99, queries(path, cookie), f"{got.per_second / table:.0%}")


def ask(path: str, cookie: str) -> str:
    """What a page of the bench answers."""
    with urllib.request.urlopen(urllib.request.Request(BASE + path, headers={"Cookie": cookie})) as answer:
        return str(answer.read().decode())


def say(name: str, *columns: str) -> None:
    print(name.ljust(16) + "".join(column.rjust(12) for column in columns))


def measure(path: str, cookie: str, form: str | None = None, connections: int = CONNECTIONS) -> Measured:
    """Load one page from some connections for some seconds, after a warm-up."""
    command = [
        "wrk",
        f"-t{min(2, connections)}",
        f"-c{connections}",
        "--latency",
        "-H",
        f"Cookie: {cookie}",
        *(["-s", form] if form else []),
    ]
    subprocess.run([*command, "-d1", BASE + path], cwd=ROOT, check=True, capture_output=True)
    said = subprocess.run(
        [*command, f"-d{SECONDS}", BASE + path], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in said and not form:
        raise SystemExit(f"{path} did not answer as it should:\n{said}")
    rate, median, p99 = (_after(mark, said) for mark in ("Requests/sec:", r"^\s+50%", r"^\s+99%"))
    return Measured(float(rate), median, p99)


def _after(mark: str, said: str) -> str:
    found = re.search(rf"{mark}\s+(\S+)", said, re.MULTILINE)
    return found[1] if found else "?"


def queries(path: str, cookie: str) -> str:
    """How many queries the server makes for this page, when it was not asked for since the last change."""
    with urllib.request.urlopen(f"{BASE}/bench/changed"):
        pass
    request = urllib.request.Request(BASE + path, headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["X-Queries"])


def sign_in(who: str = "coordinator") -> str:
    """Sign somebody of the demo in and return the cookie; the bench's own page hands the token over."""
    with urllib.request.urlopen(f"{BASE}/bench/signed-in?who={who}@demo.example") as answer:
        return str(answer.headers["Set-Cookie"]).partition(";")[0]


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
