"""Table of marks: one a municipality and kind of data that matching reads, another one after every write."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, MunicipalityCode


class DataMarkRow(Base):
    """The mark of one kind of data of a municipality; a kind without a row has not been written since there are marks.

    `kind` is the name of the table that the data is in. Marks are drawn, not counted: a database that is put back to an
    earlier moment never has an old mark with other data.
    """

    __tablename__ = "data_marks"

    municipality: Mapped[MunicipalityCode]
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))
