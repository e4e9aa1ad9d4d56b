"""Pages: one file each, listed in ``registry``."""
