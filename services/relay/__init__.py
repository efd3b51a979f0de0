"""The relay: from the outbox to Kafka and to the live stream."""
