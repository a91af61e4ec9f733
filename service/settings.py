"""Settings of the service, read from environment variables with the prefix ``MATCHER_``; no file is read silently."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from matcher.domain.geography import check_municipality
from matcher.domain.validation import check_id


class Role(StrEnum):
    """What a caller of the API may do."""

    JOB_CONSULTANT = "job_consultant"
    """A named person: sees suggestions and decides about proposals."""
    CASE_SYSTEM = "case_system"
    """The system that keeps citizens, companies and agreements up to date."""
    OPERATIONS = "operations"
    """Starts plans and reads figures; sees no citizen."""


class AccessToken(BaseModel):
    """A known caller. The token itself is kept nowhere, only its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str
    """What is written beside the caller's decisions, e.g. the person's initials or user name."""
    name: str = Field(min_length=1, max_length=64)
    municipality: str
    role: Role
    token_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: str) -> str:
        check_id("id", value)
        return value

    @field_validator("municipality")
    @classmethod
    def _check_municipality(cls, value: str) -> str:
        check_municipality("municipality", value)
        return value


class Settings(BaseSettings):
    """Everything that can be set; each field is the environment variable ``MATCHER_`` + its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="MATCHER_", extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: str = "sqlite:///matcher.db"
    """SQLAlchemy address of the database: SQLite by default, PostgreSQL in production."""
    municipality: str = "0760"
    """Code of the municipality that the command line works for."""
    host: str = "127.0.0.1"
    port: int = Field(default=8760, ge=1, le=65535)
    tokens: tuple[AccessToken, ...] = ()
    """Callers of API and pages: a JSON list of objects with `id`, `name`, `municipality`, `role`, `token_sha256`."""
    session_secret: SecretStr | None = None
    """Signs the cookies of the pages; None = a new one at each start, so that everybody signs in again."""
    secure_cookies: bool = False
    """Cookies over HTTPS only; set it wherever the service is reached over a network."""
    development_sign_in: bool = False
    """Sign in without a token, from the machine itself only; for trying the service on invented data."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    taxonomy: Path | None = None
    """File that `matcher taxonomy import` writes and that goals are read by; None = the built-in occupations."""
    today: date | None = None
    """The day that plans are made for; None = the calendar's. For tests and for looking back."""

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        try:
            make_url(value)
        except ArgumentError:
            raise ValueError("write an address such as sqlite:///matcher.db or postgresql+psycopg://…") from None
        return value

    @field_validator("municipality")
    @classmethod
    def _check_municipality(cls, value: str) -> str:
        check_municipality("municipality", value)
        return value
