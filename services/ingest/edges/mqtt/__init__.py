"""MQTT: a subscription with QoS 1 whose messages are acknowledged once Kafka has them."""
