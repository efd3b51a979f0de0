"""Servers from package registries and the supervisor that runs them with the processes of the center."""
