"""Modbus TCP: registers of a controller or a data logger, read again and again."""
