"""Publishes the outbox to Kafka and the live stream, once and in order."""
