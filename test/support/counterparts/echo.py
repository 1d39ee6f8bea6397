"""Tells back what it is told, until that is "end"."""

import json
import sys

print("not JSON")
print(json.dumps({"args": sys.argv[1:]}))
for line in sys.stdin:
    if json.loads(line) == "end":
        break
    print(line, end="")
