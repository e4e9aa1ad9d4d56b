"""One file per command of `dibs`. They parse, call one use case, and print; what they need is imported when it runs."""
