"""What can be done: one file per use case or small family. Each is a plain function on a unit of work."""
