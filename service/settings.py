"""Settings of the service, read from environment variables with the prefix ``MATCHER_``; no file is read silently."""

import hashlib
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from matcher.domain.geography import check_municipality
from matcher.domain.validation import check_id
from service.crypto import key_bytes
from service.problems import UnsafeSettings

DEVELOPMENT_ISSUER = "/udvikling/issuer"
"""Path of the issuer that the service itself holds for development."""
SHORTEST_SECRET = 32
"""Characters that a secret in production has at least."""
_ONE_WORD = r"^[!#-\[\]-~]+$"
"""Signs that a value in a list with spaces between may have (RFC 6749, appendix A.4)."""
KNOWN_SECRETS = ("foo", "bar", "secret", "token", "password", "changeme", "test")
"""Access tokens of examples; in production nobody signs in with one."""


class Role(StrEnum):
    """What a caller is; `service/identity/access.py` says what each may do."""

    JOB_CONSULTANT = "job_consultant"
    """Jobkonsulent: sees suggestions and decides about proposals."""
    CASEWORKER = "caseworker"
    """Koordinerende sagsbehandler: refers the citizen; sees suggestions and proposals, decides about none."""
    TEAM_LEAD = "team_lead"
    """Leads job consultants: may what they may, and reads the figures of the municipality."""
    CASE_SYSTEM = "case_system"
    """The system that keeps citizens, companies and agreements up to date."""
    OPERATIONS = "operations"
    """Starts plans and reads figures; sees no citizen."""
    AUDITOR = "auditor"
    """Reads what was planned, shown and decided; changes nothing."""


class Right(StrEnum):
    """What no role brings with it: it is given to each caller by name."""

    NEEDS = "needs"
    """Sees and writes health-related needs: accommodations, needs of the group, support problems."""
    BREAK_GLASS = "break_glass"
    """May open a citizen outside the caller's teams and target groups, with a reason that is written down."""


class AccessToken(BaseModel):
    """A known caller. The token itself is kept nowhere, only its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str
    """What is written beside the caller's decisions, e.g. the person's initials or user name."""
    name: str = Field(min_length=1, max_length=64)
    municipality: str
    role: Role
    token_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rights: tuple[Right, ...] = ()
    teams: tuple[str, ...] | None = None
    """Sees citizens whose consultant is of one of these teams; None = of all."""
    target_groups: tuple[str, ...] | None = None
    """Sees citizens of these target groups; None = of all."""

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

    environment: Literal["development", "production"] = "development"
    """`production` refuses to start with whatever is for development only."""
    database_url: str = "sqlite:///matcher.db"
    """SQLAlchemy address of the database: SQLite by default, PostgreSQL in production."""
    report_database_url: str | None = None
    """Address that the fairness report alone reads with, as a user who may see protected traits; None = the same."""
    municipality: str = "0760"
    """Code of the municipality that the command line works for."""
    host: str = "127.0.0.1"
    port: int = Field(default=8760, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer the API; with more than one, the pages have a process of their own beside them."""
    tokens: tuple[AccessToken, ...] = ()
    """Callers of API and pages: a JSON list of objects with `id`, `name`, `municipality`, `role`, `token_sha256`; also
    `rights`, `teams` and `target_groups`."""
    oidc_issuer: str | None = None
    """Address of the issuer whose bearer tokens are believed (OpenID Connect); None = access tokens only."""
    oidc_audience: str = Field(default="matcher", min_length=1)
    """What a bearer token for the API must name as its audience."""
    oidc_client_id: str | None = None
    """What the pages are called at the issuer; None = nobody signs in to the pages through it."""
    oidc_client_secret: SecretStr | None = None
    """The pages' secret at the issuer, where it gives them one; PKCE is used with and without."""
    oidc_municipalities: tuple[str, ...] = ()
    """Municipalities whose people the issuer may vouch for; empty = `municipality` alone."""
    oidc_acr_values: tuple[Annotated[str, Field(pattern=_ONE_WORD)], ...] = ()
    """Classes of sign-in at the issuer, one of which a person's token must name (`acr`); empty = any."""
    oidc_amr_values: tuple[Annotated[str, Field(pattern=_ONE_WORD)], ...] = ()
    """Methods that a person's sign-in at the issuer must have used, such as `mfa` (`amr`); empty = any."""
    oidc_max_age_minutes: int | None = Field(default=None, ge=1, le=1440)
    """Minutes since a person last proved to the issuer who they are (`auth_time`), at most; None = any."""
    public_url: str | None = None
    """Where browsers reach the pages, e.g. https://matcher.example.dk; None = as the request says."""
    session_secret: SecretStr | None = None
    """Signs the cookies of the pages; None = a new one at each start, so that everybody signs in again."""
    secure_cookies: bool = False
    """Cookies over HTTPS only; set it wherever the service is reached over a network."""
    development_sign_in: bool = False
    """Sign in without a token, and an issuer of the service's own, from the machine itself only; for invented data."""
    session_hours: float = Field(default=8.0, gt=0, le=24)
    """Hours after which a person signs in to the pages again, whatever happens."""
    session_idle_minutes: float = Field(default=60.0, gt=0, le=480)
    """Minutes without a request after which a person signs in again."""
    accessibility_email: str | None = Field(default=None, min_length=3, max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")
    """Where people write to whose browser or aid the pages do not work with: stands in the accessibility statement."""
    accessibility_phone: str | None = Field(default=None, max_length=40, pattern=r"^\+?[0-9 ]{8,}$")
    """The phone number for the same; the law asks for both."""
    accessibility_statement: str | None = None
    """Address of the municipality's own statement at was.digst.dk; None = the footer leads to the pages' own."""
    cpr_keys: tuple[SecretStr, ...] = ()
    """Keys that CPR numbers are sealed with: a JSON list, newest first, as `matcher personal new-key` makes them; empty
    = none are taken in."""
    cpr_search_keys: tuple[SecretStr, ...] = ()
    """Keys of the hash that a citizen is found by, from the CPR number; a JSON list, newest first."""
    webhook_keys: tuple[SecretStr, ...] = ()
    """Keys that the secrets of webhooks are sealed with: a JSON list, newest first, as `matcher webhooks new-key` makes
    them; empty = there are no webhooks."""
    webhook_networks: tuple[str, ...] = ()
    """Networks that are not public and that webhooks may go to all the same, e.g. ["10.20.0.0/16"]."""
    webhooks_in_serve: bool = False
    """`matcher serve` sends webhooks too, so that no `matcher webhooks send` has to run beside it."""
    requests_per_second: float = Field(default=200.0, gt=0, le=100_000)
    """Requests a second that each caller of the API may send in the long run, to all `workers` together."""
    requests_at_once: int = Field(default=400, ge=1, le=1_000_000)
    """Requests that a caller may send at once after a pause."""
    failed_sign_ins_per_minute: float = Field(default=6.0, gt=0, le=6_000)
    """Sign-ins with what nobody knows that an address may try a minute in the long run, on the pages and the API each,
    to all processes together."""
    failed_sign_ins_at_once: int = Field(default=20, ge=1, le=100_000)
    """Such sign-ins that an address may try at once after a pause."""
    query_seconds: float = Field(default=30.0, ge=0.001, le=600)
    """Seconds that one query of a request may take in the database."""
    traces_to: str | None = None
    """Address of a collector that traces go to (OTLP over HTTP), e.g. http://127.0.0.1:4318/v1/traces; None = none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    taxonomy: Path | None = None
    """File that `matcher taxonomy import` writes and that goals are read by; None = the built-in occupations."""
    today: date | None = None
    """The day that plans are made for; None = the calendar's. For tests and for looking back."""

    @field_validator("database_url", "report_database_url")
    @classmethod
    def _check_database_url(cls, value: str | None) -> str | None:
        try:
            make_url(value or "sqlite://")
        except ArgumentError:
            raise ValueError("write an address such as sqlite:///matcher.db or postgresql+psycopg://…") from None
        return value

    @field_validator("municipality")
    @classmethod
    def _check_municipality(cls, value: str) -> str:
        check_municipality("municipality", value)
        return value

    @field_validator("oidc_municipalities")
    @classmethod
    def _check_municipalities(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            check_municipality("oidc_municipalities", value)
        return values

    @field_validator("oidc_issuer", "public_url", "accessibility_statement", "traces_to")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("https", "http") or not urlsplit(value).hostname):
            raise ValueError("write an address such as https://login.example.dk")
        return value and value.rstrip("/")

    @field_validator("webhook_networks")
    @classmethod
    def _check_networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            ip_network(value)
        return values

    @field_validator("cpr_keys", "cpr_search_keys", "webhook_keys")
    @classmethod
    def _check_keys(cls, values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for value in values:
            key_bytes(value.get_secret_value())
        return values

    @model_validator(mode="after")
    def _check_cpr_keys(self) -> "Settings":
        seal, search = ({one.get_secret_value() for one in keys} for keys in (self.cpr_keys, self.cpr_search_keys))
        if bool(seal) != bool(search):
            raise UnsafeSettings("MATCHER_CPR_KEYS and MATCHER_CPR_SEARCH_KEYS: set both or neither")
        if seal & search:
            raise UnsafeSettings("MATCHER_CPR_SEARCH_KEYS: a key that seals must not be one to search with")
        return self

    @model_validator(mode="after")
    def _check_production(self) -> "Settings":
        problems = list(self._unsafe()) if self.environment == "production" else []
        if problems:
            raise UnsafeSettings("; ".join(problems))
        return self

    def _unsafe(self) -> Iterator[str]:
        """What must not be in production: each names the setting and the fix, and shows no value."""
        if self.development_sign_in:
            yield "MATCHER_DEVELOPMENT_SIGN_IN: leave it out in production"
        if not self.secure_cookies:
            yield "MATCHER_SECURE_COOKIES: set it to true in production"
        secret = self.session_secret.get_secret_value() if self.session_secret else ""
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4:
            yield f"MATCHER_SESSION_SECRET: write at least {SHORTEST_SECRET} random characters"
        for name, address in (("MATCHER_OIDC_ISSUER", self.oidc_issuer), ("MATCHER_PUBLIC_URL", self.public_url)):
            if address and urlsplit(address).scheme != "https":
                yield f"{name}: write an https address in production"
        if self.oidc_issuer and urlsplit(self.oidc_issuer).path.endswith(DEVELOPMENT_ISSUER):
            yield "MATCHER_OIDC_ISSUER: this issuer is for development; write the municipality's own"
        if self.oidc_client_id and not self.public_url:
            yield "MATCHER_PUBLIC_URL: write where browsers reach the pages, so that the issuer sends people back there"
        known = {hashlib.sha256(text.encode()).hexdigest() for text in KNOWN_SECRETS}
        if any(token.token_sha256 in known for token in self.tokens):
            yield "MATCHER_TOKENS: one of the tokens is an example; make a random one"
