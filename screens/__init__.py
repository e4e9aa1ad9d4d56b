"""What staff see: words, buttons and pages, and the calls that bring them into each staff chat.

Owns every text a staff member reads and how it looks. Decides nothing: rows of the staff lane say what is to be shown,
views of ``sales`` say what is so at that moment, and this room puts it into a post.
"""
