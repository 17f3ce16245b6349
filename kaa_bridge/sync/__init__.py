"""One night: pull, guard, merge, decide, plan, apply; and resync."""
