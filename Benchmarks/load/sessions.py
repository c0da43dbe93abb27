"""Sessions and their users' records, as Authgear writes them to Redis, and the cookies that belong to them."""

import datetime
import hashlib
import json
import secrets
import uuid

APP = "my-project"
BATCH = 500


class Session:
    """One session: its cookie and its two records."""

    def __init__(self):
        self.id = str(uuid.uuid4())
        self.user = str(uuid.uuid4())
        self.cookie = f"{self.id}.{secrets.token_urlsafe(24)}"
        self.key = f"app:{APP}:session:{self.id}"
        self.user_key = f"app:{APP}:userinfo:{self.user}:__greatest__"

    @property
    def header_line(self):
        return f"Cookie: session={self.cookie}"

    def record(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        ten_minutes_ago = rfc3339(now - datetime.timedelta(minutes=10))
        return json.dumps({
            "id": self.id, "app_id": APP, "created_at": ten_minutes_ago, "authenticated_at": ten_minutes_ago,
            "attrs": {"user_id": self.user, "claims": {"amr": ["pwd", "mfa"]}},
            "access_info": {
                "initial_access": {"time": ten_minutes_ago, "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (bench)"},
                "last_access": {"time": rfc3339(now), "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (bench)"}},
            "token_hash": hashlib.sha256(self.cookie.encode()).hexdigest(),
        })

    def user_record(self):
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        return json.dumps({
            "user": {"id": self.user, "is_anonymous": False, "is_verified": True, "can_reauthenticate": True,
                     "is_disabled": False, "standard_attributes": {"email": "user@example.com"}, "roles": ["x"]},
            "account_status_stale_from": rfc3339(tomorrow), "effective_role_keys": ["stock.view", "stock.edit"]})


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def store(redis, count, file):
    """Makes sessions, writes them to Redis and their header lines to a file; returns them."""
    made = [Session() for _ in range(count)]
    commands = []
    for session in made:
        commands.append(("SET", session.key, session.record()))
        commands.append(("SET", session.user_key, session.user_record()))
    for start in range(0, len(commands), BATCH):
        redis.send(*commands[start:start + BATCH])
    file.write_text("".join(session.header_line + "\n" for session in made))
    return made
