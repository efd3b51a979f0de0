"""The flow: Kafka in, Kafka out, on Faust; the only place where Faust lives."""
