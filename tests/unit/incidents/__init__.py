"""The life of incidents, without a database."""
