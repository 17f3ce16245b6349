"""What the nämnd and the managers ask: how many, how fast found, reached, offered what, and how it ended."""
