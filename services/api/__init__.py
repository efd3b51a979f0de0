"""The REST, SSE and WebSocket face of the center, and the console files."""
