"""``python -m kaa_bridge``: the same as the command ``kaa-bridge``."""

from kaa_bridge.cli import main

if __name__ == "__main__":
    main()
