"""The keys that sign the tokens, and what servers need of them: key sets and a PEM file."""

import datetime
import ipaddress
import json
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .tokens import ALGORITHMS, base64url, kid_of


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

    def jwk(self, algorithm):
        """The public key as a JWK (RFC 7517)."""
        public = self.keys[algorithm].public_key()
        key = {"kid": kid_of(algorithm), "use": "sig", "alg": algorithm}
        if algorithm == "RS256":
            numbers = public.public_numbers()
            return {**key, "kty": "RSA", "n": base64url(numbers.n.to_bytes(256, "big")),
                    "e": base64url(numbers.e.to_bytes(3, "big"))}
        if algorithm == "ES256":
            return {**key, **ec_point(public)}
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {**key, "kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}

    @staticmethod
    def certify(folder):
        """A certificate for 127.0.0.1 that vouches for itself, and its key: two PEM files."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "resolver")])
        now, life = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
        made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - life).not_valid_after(now + life)
                .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
                .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
        certificate, own = folder / "resolver.pem", folder / "resolver.key"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        own.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return certificate, own

    @staticmethod
    def fresh_ec_jwk(kid):
        """A P-256 key that nobody signs with, as a JWK."""
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        return {"kid": kid, "use": "sig", "alg": "ES256", **ec_point(public)}

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
