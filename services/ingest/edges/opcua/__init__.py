"""OPC UA: values of a server of a plant or a substation, read again and again."""
