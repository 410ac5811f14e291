"""Signing in: passwords and key pairs, the second factor, sign-ins on the server, throttling, one-time links."""
