"""Files by which the operating system starts the nights: a hardened systemd unit, a Windows scheduled task.

Everything here makes text from the configuration; the command ``service install`` writes it.
"""
