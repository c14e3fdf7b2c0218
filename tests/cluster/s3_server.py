"""moto's S3, with faults to order: `python s3_server.py PORT`. POST a list of faults to /_faults; GET tells their counts, and
how many conditional writes were refused since (412).

A fault is {"do": "500" | "503" | "slow" | "lost" | "unconditional", "method": …, "path": regular expression,
"every": n-th matching request, "times": at most}. `lost` does what was asked and answers 500, as if the answer had got
lost; `unconditional` is a store that does not know If-None-Match.
"""

import json
import re
import sys
import threading
import time

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>injected</Message></Error>"


class Faults:
    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()
        self.faults = []
        self.refused = 0

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/_faults":
            return self.order(environ, start_response)
        fault = self.next(method, path)
        if fault == "slow":
            time.sleep(0.3)
        elif fault == "unconditional":
            environ.pop("HTTP_IF_NONE_MATCH", None)
        elif fault == "lost":
            list(self.application(environ, lambda *_: None))
        if fault in ("500", "503", "lost"):
            # What was not read would be taken for the next request of the connection.
            if fault != "lost":
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            status, code = ("503 Slow Down", b"SlowDown") if fault == "503" else ("500 Internal", b"InternalError")
            body = ERROR % code
            start_response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [body]
        return self.application(environ, self.counting(start_response))

    def counting(self, start_response):
        def start(status, headers, *more):
            if status.startswith("412"):
                with self.lock:
                    self.refused += 1
            return start_response(status, headers, *more)

        return start

    def next(self, method, path):
        with self.lock:
            for fault in self.faults:
                if re.search(fault.get("path", ""), path) and fault.get("method", method) == method:
                    fault["seen"] = fault.get("seen", 0) + 1
                    due = fault["seen"] % fault.get("every", 1) == 0
                    if due and fault.get("done", 0) < fault.get("times", sys.maxsize):
                        fault["done"] = fault.get("done", 0) + 1
                        return fault["do"]
        return None

    def order(self, environ, start_response):
        with self.lock:
            if environ["REQUEST_METHOD"] == "POST":
                self.faults = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
                self.refused = 0
            body = json.dumps({"faults": self.faults, "refused": self.refused}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


if __name__ == "__main__":
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    WSGIRequestHandler.log = lambda *_: None
    moto = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", int(sys.argv[1]), Faults(moto), threaded=True)
