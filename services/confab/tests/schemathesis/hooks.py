"""How schemathesis signs in, and how it comes to ids that are there.

CONFAB_URL is the server, CONFAB_GROUP a group in it. "staying" asks for everything but the few requests
that end sessions; those are asked for by "leaving", who signs in before each of them.
"""

import os

import requests
import schemathesis

URL = os.environ["CONFAB_URL"]
GROUP = os.environ["CONFAB_GROUP"]
PASSWORD = "eight green foxes at noon"
ENDING = ["change_password", "end_session", "end_sessions", "sign_out"]


class SignedIn:
    username = "staying"

    def get(self, case, context):
        body = {"username": self.username, "password": PASSWORD}
        answer = requests.post(f"{URL}/api/sessions", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()["token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.auth(refresh_interval=3600).skip_for(operation_id=ENDING)
class Staying(SignedIn):
    pass


@schemathesis.auth(refresh_interval=None).apply_to(operation_id=ENDING)
class Leaving(SignedIn):
    username = "leaving"


@schemathesis.hook.apply_to(path_regex=r"/conversations/\{id\}")
def map_path_parameters(context, path_parameters):
    """Three of four ids that are well-formed become the group's: others only ever give 404."""
    known = (path_parameters or {}).get("id")
    if isinstance(known, str) and len(known) == 36 and not known.endswith(("0", "4", "8", "c")):
        path_parameters["id"] = GROUP
    return path_parameters
