"""A proxy in front of an S3 server that counts requests and bytes."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


class CountingProxy:
    """Passes requests on to a server, for as long as the block lasts.

    Attributes
    ----------
    endpoint : str
        The proxy's own address.
    lists, reads, bytes : int
        How many folders and objects were asked for so far, and the bytes of all answers.
    """

    def __init__(self, server: str) -> None:
        self.lists = self.reads = self.bytes = 0
        address = urlsplit(server)
        counting = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                to = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
                to.request("GET", self.path, headers=dict(self.headers))
                answer = to.getresponse()
                body = answer.read()
                to.close()
                with counting:
                    proxy.lists += "list-type=2" in self.path
                    proxy.reads += "list-type=2" not in self.path
                    proxy.bytes += len(body)
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
