"""What is due: a municipality's routine as data, and the due actions it gives. Pure."""
