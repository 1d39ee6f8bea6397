"""A small network that corrects mouth and eyes of a drawn picture, trained on heads in 3-D."""
