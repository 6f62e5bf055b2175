"""The index in PostgreSQL with pgvector, for what has outgrown one machine. The only room that imports psycopg."""
