"""Keys, key sets and tokens: genuine ones, each different, shaped like Authgear's (RS256, about 1.2 KB).

Signing RS256 costs 0.3 ms, so what was signed is kept in files and used again by later runs. A file holds one header
line for each request: `Authorization: Bearer <token>`.
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

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = "https://my-project.authgear.cloud"
CLAIM = "https://authgear.com/claims/user/"
LIFETIME = 30 * 86400
RENEW_BEFORE = 2 * 86400
CHUNK = 500
ALGORITHMS = ("RS256", "ES256", "EdDSA")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Keyring:
    """One private key for each algorithm, kept in a folder; beside them what servers need: two JWKS and a PEM file."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.keys = {algorithm: self._load_or_make(algorithm) for algorithm in ALGORITHMS}
        self.jwks = self.folder / "jwks.json"
        self.rsa_jwks = self.folder / "jwks-rsa.json"
        self.rsa_public = self.folder / "rs256-public.pem"

    def publish(self):
        """Writes the files for servers. Not while servers read them: what they see may be half of one."""
        self.jwks.write_text(json.dumps({"keys": [self.jwk(algorithm) for algorithm in ALGORITHMS]}))
        self.rsa_jwks.write_text(json.dumps({"keys": [self.jwk("RS256")]}))
        self.rsa_public.write_bytes(self.keys["RS256"].public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))

    def _load_or_make(self, algorithm):
        file = self.folder / f"{algorithm.lower()}.pem"
        if not file.exists():
            made = {
                "RS256": lambda: rsa.generate_private_key(65537, 2048),
                "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
                "EdDSA": ed25519.Ed25519PrivateKey.generate,
            }[algorithm]()
            file.write_bytes(made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return serialization.load_pem_private_key(file.read_bytes(), None)

    @staticmethod
    def kid(algorithm):
        return f"bench-{algorithm.lower()}"

    def jwk(self, algorithm):
        """The public key as a JWK (RFC 7517)."""
        public = self.keys[algorithm].public_key()
        key = {"kid": self.kid(algorithm), "use": "sig", "alg": algorithm}
        if algorithm == "RS256":
            numbers = public.public_numbers()
            return {**key, "kty": "RSA", "n": base64url(numbers.n.to_bytes(256, "big")),
                    "e": base64url(numbers.e.to_bytes(3, "big"))}
        if algorithm == "ES256":
            return {**key, **ec_point(public)}
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {**key, "kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}

    def sign(self, algorithm, data):
        key = self.keys[algorithm]
        if algorithm == "RS256":
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if algorithm == "ES256":
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return key.sign(data)


def ec_point(public):
    """A P-256 public key's members of a JWK."""
    numbers = public.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": base64url(numbers.x.to_bytes(32, "big")),
            "y": base64url(numbers.y.to_bytes(32, "big"))}


def fresh_ec_jwk(kid):
    """A P-256 key that nobody signs with, as a JWK."""
    return {"kid": kid, "use": "sig", "alg": "ES256", **ec_point(ec.generate_private_key(ec.SECP256R1()).public_key())}


def signing_input(algorithm, expires_at):
    """Header and payload of a token that no other has, as they are signed."""
    header = {"alg": algorithm, "kid": Keyring.kid(algorithm), "typ": "at+jwt"}
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
    folder, kind, expires_at, count = job
    make = (lambda: forge(expires_at)) if kind == "forged" else _minter(Keyring(folder), kind, expires_at)
    return "".join(f"Authorization: Bearer {make()}\n" for _ in range(count))


def _minter(keyring, algorithm, expires_at):
    return lambda: mint(keyring, algorithm, expires_at)


class TokenFiles:
    """Files of header lines with tokens, made once and made longer when a run needs more."""

    def __init__(self, folder):
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
