"""People that look photographed: MakeHuman's CC0 heads under ARKit's 52 shapes, path-traced with Blender."""
