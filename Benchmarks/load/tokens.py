"""Tokens: genuine ones, each different, shaped like Authgear's (RS256, about 1.2 KB).

Signing RS256 costs 0.3 ms, so what was signed is kept in files and used again by later runs. A file holds one header
line for each request: `Authorization: Bearer <token>`. The keys are imported where something is signed: the list of cases
needs no package that Debian does not bring with Python.
"""

import base64
import json
import multiprocessing
import os
import pathlib
import secrets
import sys
import time
import uuid

ISSUER = "https://my-project.authgear.cloud"
CLAIM = "https://authgear.com/claims/user/"
LIFETIME = 30 * 86400
RENEW_BEFORE = 2 * 86400
CHUNK = 500
ALGORITHMS = ("RS256", "ES256", "EdDSA")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def kid_of(algorithm):
    return f"bench-{algorithm.lower()}"


def signing_input(algorithm, expires_at):
    """Header and payload of a token that no other has, as they are signed."""
    header = {"alg": algorithm, "kid": kid_of(algorithm), "typ": "at+jwt"}
    now = int(time.time())
    payload = {
        "iss": ISSUER, "aud": [ISSUER], "sub": str(uuid.uuid4()), "jti": secrets.token_hex(32),
        "client_id": "0123456789abcdef", "iat": now, "exp": expires_at, "auth_time": now - 600,
        "scope": "openid offline_access https://authgear.com/scopes/full-access", "amr": ["pwd", "mfa"],
        CLAIM + "is_anonymous": False, CLAIM + "is_verified": True, CLAIM + "can_reauthenticate": True,
        CLAIM + "roles": ["stock.view", "stock.edit"],
    }
    if algorithm != "RS256":
        payload["nonce"] = secrets.token_hex(96)  # as long as an RS256 token, whose signature is 192 bytes longer
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, payload))
    return ".".join(base64url(part) for part in parts)


def mint(keyring, algorithm, expires_at):
    """A valid token."""
    data = signing_input(algorithm, expires_at)
    return f"{data}.{base64url(keyring.sign(algorithm, data.encode()))}"


def forge(expires_at):
    """A token whose claims are right and whose RS256 signature is not."""
    return f"{signing_input('RS256', expires_at)}.{base64url(secrets.token_bytes(256))}"


def _mint_chunk(job):
    from .keyring import Keyring

    folder, kind, expires_at, count = job
    make = (lambda: forge(expires_at)) if kind == "forged" else _minter(Keyring(folder), kind, expires_at)
    return "".join(f"Authorization: Bearer {make()}\n" for _ in range(count))


def _minter(keyring, algorithm, expires_at):
    return lambda: mint(keyring, algorithm, expires_at)


class TokenFiles:
    """Files of header lines with tokens, made once and made longer when a run needs more."""

    def __init__(self, folder):
        from .keyring import Keyring

        self.folder = pathlib.Path(folder)
        self.keyring = Keyring(self.folder)
        self.keyring.publish()
        self.made = self.folder / "made.json"
        state = json.loads(self.made.read_text()) if self.made.exists() else {}
        if state.get("expires_at", 0) < time.time() + RENEW_BEFORE:
            state = {"expires_at": int(time.time()) + LIFETIME, "lines": {}}
        self.state = state

    def file(self, name, kind, count):
        """A file of at least `count` lines. `kind` is an algorithm, or `forged`."""
        file = self.folder / f"{name}.txt"
        have = self.state["lines"].get(name, 0) if file.exists() else 0
        if have == 0 and file.exists():
            file.unlink()
        missing = count - have
        if missing > 0:
            print(f"making {missing} tokens ({kind}) for {file.name}", file=sys.stderr, flush=True)
            self.append(file, kind, missing)
            self.state["lines"][name] = count
            self.made.write_text(json.dumps(self.state))
        return file

    def append(self, file, kind, count):
        """Adds tokens to a file, made by all cores."""
        sizes = [CHUNK] * (count // CHUNK) + ([count % CHUNK] if count % CHUNK else [])
        jobs = ((str(self.folder), kind, self.state["expires_at"], size) for size in sizes)
        with multiprocessing.Pool(len(os.sched_getaffinity(0))) as pool, open(file, "a") as output:
            for chunk in pool.imap_unordered(_mint_chunk, jobs):
                output.write(chunk)
