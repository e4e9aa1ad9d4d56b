"""Settings: every problem at once, each in words, and no secret on show."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, load_settings, read_settings

KEY = "k" * 32
TOKEN = "123456:AAFakeTokenForTests_0123456789abcdefgh"


def test_everything_has_a_default() -> None:
    settings = read_settings({})
    assert settings.database_url == "sqlite:///data/dibs.db"
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.media_dir == Path("data/media")
    assert settings.public_url is None


def test_an_empty_line_of_a_template_counts_as_absent() -> None:
    assert read_settings({"STAFF_BOT_TOKEN": " ", "HTTP_PORT": ""}) == read_settings({})


def test_all_problems_are_named_at_once() -> None:
    wrong = {
        "STAFF_BOT_TOKEN": "hello",
        "SECRET_KEY": "short",
        "ADMIN_IDS": "12,ann",
        "HTTP_PORT": "eighty",
        "DATABASE_URL": "mysql://x/y",
        "PUBLIC_URL": "example.com",
        "LOG_LEVEL": "loud",
    }
    with pytest.raises(SettingsError) as caught:
        read_settings(wrong)
    assert {problem.variable for problem in caught.value.problems} == set(wrong)
    assert "hello" not in str(caught.value)
    assert "short" not in str(caught.value)


def test_admin_ids_may_be_separated_as_people_separate_them() -> None:
    assert read_settings({"ADMIN_IDS": "12, 34;56 12"}).admin_ids == (12, 34, 56)


def test_media_lie_beside_the_database() -> None:
    assert read_settings({"DATABASE_URL": "sqlite:////var/lib/dibs/dibs.db"}).media_dir == Path("/var/lib/dibs/media")


def test_secrets_stay_out_of_repr() -> None:
    url = "postgresql://dibs:wonderland@db/dibs"
    settings = read_settings({"STAFF_BOT_TOKEN": TOKEN, "SECRET_KEY": KEY, "DATABASE_URL": url})
    assert settings.secrets == (TOKEN, KEY, "wonderland")
    assert not any(secret in repr(settings) for secret in settings.secrets)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("HTTP_PORT=1111\nLANGUAGE=ru\nSECRET_KEY='${NOT_EXPANDED}-and-quite-long-enough-by-now'\n")
    monkeypatch.setenv("HTTP_PORT", "2222")
    for name in ("LANGUAGE", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings(file)
    assert (settings.http_port, settings.language) == (2222, "ru")
    assert settings.secret_key == "${NOT_EXPANDED}-and-quite-long-enough-by-now"
