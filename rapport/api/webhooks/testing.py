"""A receiver for the tests, as a process of its own: keeps each body as a line of a file."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 to everything and writes down what came."""

    def do_POST(self) -> None:
        """Keep the body and its signature before answering: what was answered was kept."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with open(sys.argv[2], "a") as kept:
            kept.write(json.dumps({"signature": self.headers["Rapport-Signature"], "body": body}) + "\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
