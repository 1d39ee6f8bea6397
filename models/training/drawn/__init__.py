"""Drawn characters in many styles, by seed, with their points known, and the finder that learns from them."""
