"""NGSI-LD: what a context broker posts."""
