"""Signed webhooks out: attempts, retries, order per incident."""
