"""Names of people have letters and marks in one, so that they can sign in with any keyboard."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("DELETE FROM sessions WHERE user_name IS NOT NFC NORMALIZED")
    op.execute("""
        UPDATE users SET name = normalize(name, NFC) WHERE name IS NOT NFC NORMALIZED
        AND NOT EXISTS (SELECT FROM users other WHERE other.name = normalize(users.name, NFC))
    """)
