"""Which change each citizen is, and who has waited longest, told without reading the documents."""

from collections.abc import Sequence

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = (("municipality", "id", "version", "updated_at"), ("municipality", "waiting_since", "id"))


def upgrade() -> None:
    for columns in INDEXES:
        op.create_index(op.f(f"ix_citizens_{'_'.join(columns)}"), "citizens", list(columns))


def downgrade() -> None:
    for columns in reversed(INDEXES):
        op.drop_index(op.f(f"ix_citizens_{'_'.join(columns)}"), table_name="citizens")
