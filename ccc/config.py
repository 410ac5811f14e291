"""Settings from the environment; a bad or missing one stops the start with one clear line."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

# Every variable that counts, each with an example that would do.
EXAMPLES = {
    "CCC_DATA": "/srv/centre",
    "CCC_HOST": "127.0.0.1",
    "CCC_PORT": "8000",
    "CCC_WORKERS": "2",
    "CCC_TRUSTED_HOSTS": "centre.example,192.168.1.20",
    "CCC_HTTPS": "yes",
    "CCC_PROXY": "yes",
    "CCC_BASE_URL": "https://centre.example",
    "CCC_FIELD_KEY": "what `openssl rand -hex 32` prints",
    "CCC_SMTP_HOST": "mail.centre.example",
    "CCC_SMTP_PORT": "587",
    "CCC_SMTP_USER": "office",
    "CCC_SMTP_PASSWORD": "a-long-password",
    "CCC_SMTP_TLS": "starttls",
    "CCC_MAIL_FROM": "office@centre.example",
    "CCC_BACKUPS": "/media/stick/centre",
    "CCC_BACKUPS_KEPT": "14",
    "CCC_BACKUPS_DAYS": "90",
    "CCC_QUIZ_QUESTIONS": "15",
    "CCC_QUIZ_PASS_MARK": "80",
    "CCC_DEMO_PASSWORD": "a-long-password",
}
# Only the tests read this one, but a server that they start may find it in its environment.
_READ_ELSEWHERE = {"CCC_REQUIRE_BROWSER"}

_ALWAYS_TRUSTED = ("127.0.0.1", "localhost")
_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - named to ask for more, never to listen there unasked.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[a-z0-9.-]+", re.IGNORECASE)


class SettingsError(ValueError):
    """One line that names the variable, what is wrong with it, and an example that would do."""

    def __init__(self, name: str, wrong: str) -> None:
        example = f" For example: {name}={EXAMPLES[name]}" if name in EXAMPLES else ""
        super().__init__(f"{name} {wrong}.{example}")


class MailTls(StrEnum):
    """How the way to the mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"

    @property
    def usual_port(self) -> int:
        return {MailTls.STARTTLS: 587, MailTls.TLS: 465, MailTls.NONE: 25}[self]


@dataclass(frozen=True)
class MailServer:
    host: str
    sender: str
    tls: MailTls = MailTls.STARTTLS
    port: int = 587
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything that may differ from one installation to the next. Without a mail server, mail is off."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    trusted_hosts: tuple[str, ...] = _ALWAYS_TRUSTED
    https: bool = False
    proxy: bool = False
    base_url: str = "http://127.0.0.1:8000"
    field_key: bytes | None = field(default=None, repr=False)
    mail: MailServer | None = None
    backups: Path | None = None
    backups_kept: int = 14
    backups_days: int = 90
    quiz_questions: int = 15
    quiz_pass_mark: int = 80
    demo_password: str | None = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        return self.data / "ccc.db"

    @property
    def backup_folder(self) -> Path:
        return self.backups or self.data / "backups"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read all `CCC_` variables. Raises SettingsError at the first one that will not do."""
        read = _Reader(environ)
        base_url = read.base_url()
        return cls(
            data=ROOT / Path(read.text("CCC_DATA", "instance")).expanduser(),
            host=read.host(),
            port=read.number("CCC_PORT", 8000, most=65535),
            workers=read.number("CCC_WORKERS", 2, most=32),
            trusted_hosts=read.trusted_hosts(base_url),
            https=base_url.startswith("https:"),
            proxy=read.yes_or_no("CCC_PROXY"),
            base_url=base_url,
            field_key=read.field_key(),
            mail=read.mail_server(),
            backups=read.folder("CCC_BACKUPS"),
            backups_kept=read.number("CCC_BACKUPS_KEPT", 14, most=999),
            backups_days=read.number("CCC_BACKUPS_DAYS", 90, most=366),
            quiz_questions=read.number("CCC_QUIZ_QUESTIONS", 15, most=100),
            quiz_pass_mark=read.number("CCC_QUIZ_PASS_MARK", 80, most=100),
            demo_password=read.optional("CCC_DEMO_PASSWORD"),
        )


class _Reader:
    """Reads one variable at a time, and refuses at once what it does not know."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.given = {name: value.strip() for name, value in environ.items() if name.startswith("CCC_")}
        for name, value in sorted(self.given.items()):
            if name not in EXAMPLES.keys() | _READ_ELSEWHERE:
                raise SettingsError(name, f"is no setting{_closest(name)}")
            if not value or not value.isprintable():
                raise SettingsError(name, "is empty, or holds a character that cannot be printed")

    def optional(self, name: str) -> str | None:
        return self.given.get(name)

    def text(self, name: str, default: str) -> str:
        return self.given.get(name, default)

    def folder(self, name: str) -> Path | None:
        given = self.optional(name)
        return ROOT / Path(given).expanduser() if given else None

    def number(self, name: str, default: int, *, most: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch("[0-9]{1,5}", value) or not 1 <= int(value) <= most:
            raise SettingsError(name, f"must be a whole number from 1 to {most}")
        return int(value)

    def yes_or_no(self, name: str) -> bool:
        value = self.text(name, "no").lower()
        if value not in ("yes", "no"):
            raise SettingsError(name, "must be yes or no")
        return value == "yes"

    def host(self) -> str:
        value = self.text("CCC_HOST", "127.0.0.1")
        if not _HOST.fullmatch(value):
            raise SettingsError("CCC_HOST", "must be the address or name of this machine, without a port")
        return value

    def base_url(self) -> str:
        """Read the address that people use. Its https: and CCC_HTTPS each say the other, but may not contradict."""
        host, port = self.host(), self.number("CCC_PORT", 8000, most=65535)
        scheme = "https" if self.yes_or_no("CCC_HTTPS") else "http"
        shown = "localhost" if host in _EVERY_ADDRESS or ":" in host else host
        url = self.text("CCC_BASE_URL", f"{scheme}://{shown}:{port}").rstrip("/")
        given_scheme, _, rest = url.partition("://")
        if given_scheme not in ("http", "https") or not _HOST_AND_PORT.fullmatch(rest):
            raise SettingsError("CCC_BASE_URL", "must be http:// or https:// and a name, with nothing behind it")
        if "CCC_HTTPS" in self.given and given_scheme != scheme:
            raise SettingsError("CCC_BASE_URL", f"begins with {given_scheme}:, but CCC_HTTPS says otherwise")
        return url

    def trusted_hosts(self, base_url: str) -> tuple[str, ...]:
        """Read the names under which this server answers; a request for any other name is refused."""
        listed, host = self.optional("CCC_TRUSTED_HOSTS"), self.host()
        if listed is None:
            if host in _EVERY_ADDRESS and "CCC_BASE_URL" not in self.given:
                raise SettingsError("CCC_TRUSTED_HOSTS", f"is needed where CCC_HOST is {host}")
            own = (*_ALWAYS_TRUSTED, host, urlsplit(base_url).hostname or "")
            return tuple(dict.fromkeys(name for name in own if name not in _EVERY_ADDRESS))
        names = tuple(name.strip() for name in listed.split(","))
        if not all(_HOST_AND_PORT.fullmatch(name) for name in names):
            raise SettingsError("CCC_TRUSTED_HOSTS", "must be names or addresses with commas between them")
        return names

    def field_key(self) -> bytes | None:
        value = self.optional("CCC_FIELD_KEY")
        if value is None:
            return None
        if not re.fullmatch("[0-9a-fA-F]{64}", value):
            raise SettingsError("CCC_FIELD_KEY", "must be 64 characters, each one of 0-9 or a-f")
        return bytes.fromhex(value)

    def mail_server(self) -> MailServer | None:
        host = self.optional("CCC_SMTP_HOST")
        if host is None:
            self._refuse_mail_without_server()
            return None
        sender, tls = self.text("CCC_MAIL_FROM", ""), self._mail_tls()
        if not _MAIL_ADDRESS.fullmatch(sender):
            raise SettingsError("CCC_MAIL_FROM", "must be the address that mail comes from")
        user, password = self.optional("CCC_SMTP_USER"), self.optional("CCC_SMTP_PASSWORD")
        if (user is None) != (password is None):
            raise SettingsError("CCC_SMTP_USER" if user is None else "CCC_SMTP_PASSWORD", "is missing")
        return MailServer(host, sender, tls, self.number("CCC_SMTP_PORT", tls.usual_port, most=65535), user, password)

    def _mail_tls(self) -> MailTls:
        value = self.text("CCC_SMTP_TLS", MailTls.STARTTLS).lower()
        if value not in set(MailTls):
            raise SettingsError("CCC_SMTP_TLS", f"must be one of {', '.join(MailTls)}")
        return MailTls(value)

    def _refuse_mail_without_server(self) -> None:
        for name in sorted(self.given):
            if name.startswith(("CCC_SMTP_", "CCC_MAIL_")):
                raise SettingsError("CCC_SMTP_HOST", f"is missing, so {name} would do nothing")


def _closest(name: str) -> str:
    close = difflib.get_close_matches(name, EXAMPLES, n=1, cutoff=0.8)
    return f" (did you mean {close[0]}?)" if close else ""
