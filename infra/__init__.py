"""The outside: one folder per technology, each adapter beside its configuration."""
