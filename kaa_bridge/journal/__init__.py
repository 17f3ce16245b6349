"""Case notes: compose from templates, outbox, send protocol, recovery."""
