"""GTFS-Realtime: service notices and vehicles of public transport."""
