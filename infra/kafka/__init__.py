"""Kafka: clients, administration, reference readers, dead letters."""
