"""The words: everything that crosses a process boundary."""
