"""A contact with a company in which nothing was asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = ("yes", "no", "later", "not_reached")


def upgrade() -> None:
    _allow(*_BEFORE, "not_asked")


def downgrade() -> None:
    contacts = sa.table("contacts", sa.column("answer"))
    op.execute(contacts.delete().where(contacts.c.answer.not_in(_BEFORE)))
    _allow(*_BEFORE)


def _allow(*answers: str) -> None:
    with op.batch_alter_table("contacts") as table:
        table.drop_constraint(op.f("ck_contacts_answer"), type_="check")
        table.create_check_constraint(op.f("ck_contacts_answer"), f"answer IN ({', '.join(map(repr, answers))})")
