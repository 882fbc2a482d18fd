"""A stand-in for the pager, on a port of this machine, and how far random tests look."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=10, derandomize=True, database=None)
settings.load_profile("quick")


class Pager:
    """What the pager shows, and how it answers."""

    def __init__(self):
        self.pages = {}
        self.answer = (200, {})


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        page = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers = self.server.pager.answer
        if status == 200:
            self.server.pager.pages.setdefault(page["id"], page)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.pager = Pager()
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def pager(server):
    return server.pager


@pytest.fixture
def url(server):
    return f"http://127.0.0.1:{server.server_address[1]}/pages"
