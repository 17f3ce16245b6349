"""The only room that opens a socket or a foreign file, all of it hardened."""
