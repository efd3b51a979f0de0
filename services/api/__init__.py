"""The public face: REST, live streams, the documents that describe them, and the console's files."""
