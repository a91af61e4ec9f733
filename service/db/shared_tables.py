"""What the processes of the service share beside data: sessions of the pages, and requests that may still be sent."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, Code, Key, MunicipalityCode, Ref


class PageSessionRow(Base):
    """A session of the pages that goes on; by the SHA-256 of its id. A cookie is good as long as its row is there.

    `issued`: the person is known from the issuer, else from the settings, whose ids are others'. `way`: how the person
    signed in; `device`: browser and system, as far as they are known by name.
    """

    __tablename__ = "page_sessions"
    __table_args__ = (Index(None, "municipality", "person"), Index(None, "until"))

    municipality: Mapped[MunicipalityCode]
    id_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[Ref]
    issued: Mapped[bool]
    way: Mapped[Code]
    device: Mapped[Code]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    until: Mapped[datetime]


class RateRow(Base):
    """What a bucket of requests held, and when: of a caller, or, without a municipality, of an address."""

    __tablename__ = "request_rates"

    municipality: Mapped[MunicipalityCode]
    caller: Mapped[Key]
    held: Mapped[float]
    at: Mapped[datetime]
