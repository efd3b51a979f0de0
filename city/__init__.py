"""The thinking: pure functions and data; no I/O, no clock, no framework."""
