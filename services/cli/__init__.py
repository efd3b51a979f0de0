"""The command line, soc."""
