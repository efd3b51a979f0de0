"""PostgreSQL: tables, migrations, engine, and the reads and writes of the truth."""
