"""Secrets in links and cookies: made at random, stored as a hash."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret that fits in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256, in hex. With 256 random bits it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
