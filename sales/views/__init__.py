"""What screens and the command line read, each in one read transaction: plain functions that change nothing."""
