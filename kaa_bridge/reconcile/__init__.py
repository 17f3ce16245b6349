"""After the summer freeze: any two sources compared youth by youth."""
