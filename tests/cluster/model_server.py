"""An embedding server with OpenAI's wire: `python model_server.py PORT KEY`. GET /_calls tells what was sent to which model.

A vector counts words by their hash, so that texts with words in common are near each other. Another key is refused.
"""

import base64
import hashlib
import json
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS = 64
texts: dict[str, dict[str, int]] = {}
lock = threading.Lock()


def vector(text: str) -> bytes:
    values = [0.01] * DIMENSIONS
    for word in text.lower().replace("#", " ").split():
        values[int.from_bytes(hashlib.sha256(word.encode()).digest()[:2], "big") % DIMENSIONS] += 1.0
    return struct.pack(f"<{DIMENSIONS}f", *values)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with lock:
            self.answer(200, texts)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {sys.argv[2]}":
            self.answer(401, {"error": {"message": "wrong key", "code": "invalid_api_key"}})
            return
        inputs = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        with lock:
            sent = texts.setdefault(asked["model"], {})
            for text in inputs:
                sent[text] = sent.get(text, 0) + 1
        data = [
            {"object": "embedding", "index": i, "embedding": base64.b64encode(vector(text)).decode()}
            for i, text in enumerate(inputs)
        ]
        tokens = sum(len(text.split()) for text in inputs)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        self.answer(200, {"object": "list", "model": asked["model"], "data": data, "usage": usage})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
