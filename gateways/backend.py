"""A backend to try a gateway with: answers with the request as it arrived. Its one argument is the port, on 127.0.0.1."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Backend(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.requestline}\n{self.headers}".encode())


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Backend).serve_forever()
