"""What is pushed: one reader of Redis per process, frames serialised once, SSE and WebSocket alike."""
