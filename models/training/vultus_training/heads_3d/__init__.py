"""Heads in 3-D whose true motion is known: to measure the renderer, and to train its repair."""
