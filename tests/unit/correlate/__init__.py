"""Correlate as a pure function of the set of signals."""
