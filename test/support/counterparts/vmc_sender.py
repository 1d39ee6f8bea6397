"""A face tracker: sends by VMC, with python-osc, what it is told by lines of JSON."""

import json
import sys

from pythonosc import osc_bundle_builder, osc_message_builder, udp_client

client = udp_client.SimpleUDPClient("127.0.0.1", int(sys.argv[1]))


def message(address, *values):
    builder = osc_message_builder.OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build()


for line in sys.stdin:
    told = json.loads(line)
    bundle = osc_bundle_builder.OscBundleBuilder(osc_bundle_builder.IMMEDIATELY)
    for name, value in told["shapes"].items():
        bundle.add_content(message("/VMC/Ext/Blend/Val", name, float(value)))
    for name, rotation in told.get("bones", {}).items():
        bundle.add_content(message("/VMC/Ext/Bone/Pos", name, 0.0, 0.0, 0.0, *map(float, rotation)))
    client.send(bundle.build())
    client.send(message("/VMC/Ext/OK", 1, 3, 0, int(told.get("tracked", 1))))
    client.send(message("/VMC/Ext/Blend/Apply"))
    print(json.dumps({"sent": told.get("id")}))
