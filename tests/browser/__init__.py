"""The product as people meet it: a real server, a real database file, a real browser."""
