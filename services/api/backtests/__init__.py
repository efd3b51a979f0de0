"""`/v1/backtests`: the queue of this process, and the program that does one."""
