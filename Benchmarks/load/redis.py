"""As much of a Redis client as a benchmark needs: commands in, replies out, many at once."""

import socket


class Redis:
    """A connection. Replies are bytes, int, None or a list of them; an error reply raises."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")

    def close(self):
        self.input.close()
        self.socket.close()

    def send(self, *commands):
        """Sends commands, each a tuple of words, in one write; returns their replies in order."""
        self.socket.sendall(b"".join(encode(command) for command in commands))
        return [self.reply() for _ in commands]

    def command(self, *words):
        return self.send(words)[0]

    def reply(self):
        line = self.input.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.input.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        raise ConnectionError(f"Redis answered {line!r}")


def encode(words):
    """A command in Redis's protocol (RESP2)."""
    encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)
