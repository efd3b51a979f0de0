"""Applies explanations to PostgreSQL, the truth about incidents, exactly once."""
