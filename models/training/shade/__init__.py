"""Teaches how the shade of a face's skin changes with its expression; see README.md."""
