"""What schemathesis may not touch: the neighbour's session, whose end would be no fault of the server's."""

import os

import schemathesis

SPARED = os.environ["VULTUS_SPARED_SESSION"]


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    if SPARED and SPARED in str(case.path_parameters.get("id", "")):
        case.path_parameters["id"] = "nobody"
