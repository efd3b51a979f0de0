"""Takes everything in: HTTP and the Kafka inbox; packs, ticks, dead letters."""
