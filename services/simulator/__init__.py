"""Plays the demo city: causes that unfold, readings that follow."""
