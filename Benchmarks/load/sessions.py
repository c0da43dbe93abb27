"""Sessions, grants and their users' records, as Authgear writes them to Redis, and the credentials that belong to them."""

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
        return compact({
            "id": self.id, "app_id": APP, "created_at": ten_minutes_ago, "authenticated_at": ten_minutes_ago,
            "attrs": {"user_id": self.user, "claims": {"amr": ["pwd", "mfa"]}},
            "access_info": {
                "initial_access": {"time": ten_minutes_ago, "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (bench)"},
                "last_access": {"time": rfc3339(now), "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (bench)"}},
            "token_hash": hashlib.sha256(self.cookie.encode()).hexdigest(),
        })

    def user_record(self):
        return user_record(self.user)

    @property
    def records(self):
        return {self.key: self.record(), self.user_key: self.user_record()}


class Grant:
    """An offline grant with one refresh token, and what leads to it: an opaque access token, an app session, or a JWT."""

    def __init__(self, jti=None, user=None, session=None):
        self.id = str(uuid.uuid4())
        self.session = session
        self.user = user or (session.user if session else str(uuid.uuid4()))
        self.token = secrets.token_hex(16)
        self.hash = jti or hashlib.sha256(self.token.encode()).hexdigest()

    @property
    def records(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        began, ends = rfc3339(now - datetime.timedelta(minutes=10)), rfc3339(now + datetime.timedelta(hours=1))
        access = {"initial_access": {"time": began}, "last_access": {"time": rfc3339(now)}}
        refresh_token = hashlib.sha256(self.id.encode()).hexdigest()
        records = {
            f"app:{APP}:access-grant:{self.hash}": {
                "app_id": APP, "authz_id": "a", "session_id": self.id, "session_kind": "offline_grant",
                "created_at": began, "expire_at": ends, "scopes": ["openid"], "token_hash": self.hash,
                "refresh_token_hash": refresh_token},
            f"app:{APP}:app-session:{self.hash}": {
                "app_id": APP, "offline_grant_id": self.id, "created_at": began, "expire_at": ends,
                "token_hash": self.hash, "refresh_token_hash": refresh_token},
            f"app:{APP}:offline-grant:{self.id}": {
                "app_id": APP, "id": self.id, "client_id": "c", "created_at": began, "authenticated_at": began,
                "attrs": {"user_id": self.user, "claims": {"amr": ["pwd"]}}, "access_info": access,
                "device_info": {"ios": {"uname": {"machine": "iPhone13,1"}}},
                **({"idp_session_id": self.session.id, "sso_enabled": True} if self.session else {}),
                "refresh_tokens": [{
                    "token_hash": refresh_token, "client_id": "c", "created_at": began, "authz_id": "a",
                    "scopes": ["openid", "offline_access", "https://authgear.com/scopes/full-access"],
                    "access_info": access, "expire_at": None}],
                "authz_id": "", "scopes": None, "token_hash": ""},
        }
        return {
            **{key: compact(record) for key, record in records.items()},
            f"app:{APP}:userinfo:{self.user}:__greatest__": user_record(self.user),
            **({self.session.key: self.session.record()} if self.session else {}),
        }


def user_record(user, is_disabled=False):
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    return compact({
        "user": {"id": user, "is_anonymous": False, "is_verified": True, "can_reauthenticate": True,
                 "is_disabled": is_disabled, "standard_attributes": {"email": "user@example.com"}, "roles": ["x"]},
        "account_status_stale_from": rfc3339(tomorrow), "effective_role_keys": ["stock.view", "stock.edit"]})


def compact(record):
    """A record's JSON as Go writes it: nothing between its parts."""
    return json.dumps(record, separators=(",", ":"))


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def store_sessions(redis, count, file):
    """Makes sessions, writes them to Redis and their header lines to a file; returns them."""
    made = [Session() for _ in range(count)]
    store(redis, made, (session.header_line for session in made), file)
    return made


def store(redis, made, lines, file):
    """Writes the records of sessions or grants to Redis, and their header lines to a file."""
    commands = [("SET", key, record) for each in made for key, record in each.records.items()]
    for start in range(0, len(commands), BATCH):
        redis.send(*commands[start:start + BATCH])
    file.write_text("".join(line + "\n" for line in lines))
