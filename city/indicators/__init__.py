"""Figures worked out from what happened: pure."""
