"""One connection to a resolver, asked request by request where answers matter and not their number."""

import socket

from .process import ServerFailed


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def ask(connection, session):
    """The head of the answer to a session's request, in lower case."""
    connection.sendall(f"GET /resolve HTTP/1.1\r\nHost: resolver\r\n{session.header_line}\r\n\r\n".encode())
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        part = connection.recv(65536)
        if not part:
            raise ServerFailed("the connection was closed")
        received += part
    return received.decode().lower()
