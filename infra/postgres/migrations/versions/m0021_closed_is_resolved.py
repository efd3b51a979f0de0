"""What a person closed without resolving it first was resolved then."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
        UPDATE incidents
        SET resolved_at = changes.at, body = jsonb_set(incidents.body, '{resolved_at}', changes.body -> 'at')
        FROM changes
        WHERE changes.incident_id = incidents.id AND changes.kind = 'closed'
          AND incidents.state = 'closed' AND incidents.resolved_at IS NULL
    """)
