"""Settings come from the environment; a bad one stops the start with a line that a person can act on."""

from pathlib import Path

import pytest

from ccc.config import EXAMPLES, ROOT, MailServer, MailTls, Settings, SettingsError

MAIL = {"CCC_SMTP_HOST": "mail.example", "CCC_MAIL_FROM": "office@centre.example"}


def read(**variables: str) -> Settings:
    return Settings.from_environment({f"CCC_{name}": value for name, value in variables.items()})


def test_without_any_variable_the_centre_runs_on_this_machine_only() -> None:
    settings = Settings.from_environment({"PATH": "/usr/bin"})
    assert settings == Settings(data=ROOT / "instance")
    assert settings.host == "127.0.0.1"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.trusted_hosts == ("127.0.0.1", "localhost")
    assert settings.mail is None
    assert settings.field_key is None
    assert (settings.quiz_questions, settings.quiz_pass_mark) == (15, 80)
    assert not settings.https
    assert not settings.proxy


def test_the_data_folder_is_relative_to_the_project_and_not_to_where_one_stands(tmp_path: Path) -> None:
    assert read(DATA="elsewhere").database == ROOT / "elsewhere" / "ccc.db"
    assert read(DATA=str(tmp_path)).data == tmp_path
    assert read(DATA="~/centre").data == Path.home() / "centre"


def test_every_example_that_an_error_gives_is_itself_a_good_setting() -> None:
    examples = EXAMPLES | {"CCC_FIELD_KEY": "ab" * 32}
    settings = Settings.from_environment(examples)
    assert settings.field_key == b"\xab" * 32
    assert settings.mail == MailServer(
        "mail.centre.example", "office@centre.example", user="office", password="a-long-password"
    )


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PORT", "0", "must be a whole number from 1 to 65535"),
        ("PORT", "65536", "must be a whole number from 1 to 65535"),
        ("PORT", "²", "must be a whole number"),
        ("PORT", "8_0", "must be a whole number"),
        ("PORT", "\uff18\uff10", "must be a whole number"),
        ("PORT", "", "is empty"),
        ("WORKERS", "-1", "must be a whole number from 1 to 32"),
        ("DATA", "  ", "is empty"),
        ("DATA", "a\nb", "cannot be printed"),
        ("HOST", "localhost:8000", "without a port"),
        ("HOST", "a hall", "must be the address or name"),
        ("TRUSTED_HOSTS", "centre.example,,hall.example", "with commas between them"),
        ("TRUSTED_HOSTS", "*", "with commas between them"),
        ("HTTPS", "maybe", "must be yes or no"),
        ("PROXY", "1", "must be yes or no"),
        ("BASE_URL", "centre.example", "must be http:// or https://"),
        ("BASE_URL", "ftp://centre.example", "must be http:// or https://"),
        ("BASE_URL", "https://centre.example/intranet", "with nothing behind it"),
        ("BASE_URL", "https://user@centre.example", "with nothing behind it"),
        ("FIELD_KEY", "ab" * 31, "must be 64 characters"),
        ("FIELD_KEY", "xy" * 32, "must be 64 characters"),
        ("QUIZ_QUESTIONS", "0", "must be a whole number from 1 to 100"),
        ("QUIZ_PASS_MARK", "101", "must be a whole number from 1 to 100"),
    ],
)
def test_a_bad_setting_is_refused_in_one_line_with_its_name_and_an_example(
    name: str, value: str, complaint: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(**{name: value})
    line = str(refusal.value)
    assert line.startswith(f"CCC_{name} ")
    assert complaint in line
    assert f"For example: CCC_{name}=" in line
    assert "\n" not in line


def test_a_slip_in_a_name_is_refused_and_the_closest_name_offered() -> None:
    with pytest.raises(SettingsError, match=r"^CCC_TRUSTED_HOST is no setting \(did you mean CCC_TRUSTED_HOSTS\?\)\.$"):
        read(TRUSTED_HOST="centre.example", HOST="0.0.0.0")
    with pytest.raises(SettingsError, match=r"^CCC_XYZZY is no setting\.$"):
        read(XYZZY="1")


def test_what_the_tests_themselves_read_does_not_stop_a_server_that_they_start() -> None:
    assert read(REQUIRE_BROWSER="1") == read()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_open_to_the_network_must_be_told_its_names(host: str) -> None:
    with pytest.raises(SettingsError, match=f"CCC_TRUSTED_HOSTS is needed where CCC_HOST is {host}"):
        read(HOST=host)
    assert read(HOST=host, TRUSTED_HOSTS="hall.example, 192.168.1.20").trusted_hosts == ("hall.example", "192.168.1.20")
    named = read(HOST=host, BASE_URL="https://hall.example")
    assert named.trusted_hosts == ("127.0.0.1", "localhost", "hall.example")


def test_the_address_in_links_is_the_one_that_the_server_listens_on() -> None:
    assert read(HOST="192.168.1.20", PORT="80").base_url == "http://192.168.1.20:80"
    assert read(HOST="::1").base_url == "http://localhost:8000"
    assert read(BASE_URL="https://hall.example/").base_url == "https://hall.example"


def test_the_address_and_https_say_each_other_but_may_not_contradict() -> None:
    assert read(BASE_URL="https://hall.example").https
    assert read(HTTPS="yes").base_url.startswith("https://")
    for https, url in {"yes": "http://hall.example", "no": "https://hall.example"}.items():
        with pytest.raises(SettingsError, match="CCC_HTTPS says otherwise"):
            read(HTTPS=https, BASE_URL=url)


def test_mail_is_off_until_there_is_a_server_and_an_address_to_send_from() -> None:
    with pytest.raises(SettingsError, match="CCC_MAIL_FROM must be the address"):
        read(SMTP_HOST="mail.example")
    with pytest.raises(SettingsError, match="CCC_SMTP_HOST is missing, so CCC_MAIL_FROM would do nothing"):
        read(MAIL_FROM="office@centre.example")
    assert Settings.from_environment(MAIL).mail == MailServer("mail.example", "office@centre.example")


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_of_the_mail_server_follows_from_how_it_is_kept_private(tls: str, port: int) -> None:
    mail = Settings.from_environment(MAIL | {"CCC_SMTP_TLS": tls}).mail
    assert mail == MailServer("mail.example", "office@centre.example", MailTls(tls), port)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"CCC_SMTP_TLS": "ssl"}, "CCC_SMTP_TLS must be one of starttls, tls, none"),
        ({"CCC_SMTP_USER": "office"}, "CCC_SMTP_PASSWORD is missing"),
        ({"CCC_SMTP_PASSWORD": "a-long-password"}, "CCC_SMTP_USER is missing"),
        ({"CCC_MAIL_FROM": "The office"}, "CCC_MAIL_FROM must be the address"),
        ({"CCC_MAIL_FROM": "a@b.example\r\nBcc: c@d.example"}, "CCC_MAIL_FROM is empty, or holds a character"),
    ],
)
def test_a_half_described_mail_server_is_refused(changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        Settings.from_environment(MAIL | changes)


def test_no_secret_shows_when_settings_are_printed_or_refused() -> None:
    secrets = {"CCC_FIELD_KEY": "ab" * 32, "CCC_SMTP_PASSWORD": "tell-nobody", "CCC_DEMO_PASSWORD": "tell-nobody"}
    settings = Settings.from_environment(MAIL | secrets | {"CCC_SMTP_USER": "office"})
    assert "tell-nobody" not in repr(settings)
    assert "abab" not in repr(settings)
    assert repr(b"\xab")[2:-1] not in repr(settings)
    with pytest.raises(SettingsError) as refusal:
        read(FIELD_KEY="tell-nobody")
    assert "tell-nobody" not in str(refusal.value)
