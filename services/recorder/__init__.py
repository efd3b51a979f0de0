"""The recorder: applies links to the truth, exactly once."""
