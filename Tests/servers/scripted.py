#!/usr/bin/env python3
"""Usage: scripted.py LOG [--address ADDRESS] [--port N] [--slots N --service SECONDS] [--header 'NAME: VALUE']...
                   [--certificate PEM]

An HTTP server that answers as the query of each URL asks. Prints ADDRESS:PORT once it listens, serves until it is
killed, and adds a line of JSON to LOG for each request, before the last byte of its answer goes out.

What a query may say, each as NAME=VALUE, percent-encoded. VALUE may be a list parted by ~: the n-th request for that
URL by the same method gets the n-th one, all further ones get the last. METHOD.NAME=VALUE holds for that method alone.

  status=N       the status (200)
  bytes=N        the length of the body (5)
  length=N       the Content-Length that is said (that of the body); none: the end of the connection ends the body
  type=T         the Content-Type (by the extension of the path); none: no such field
  delay=S        seconds before the answer
  rate=N         bytes of body a second
  range=HOW      what a Range does: honour (the default), ignore, lie: 206 with another Content-Range
  chunked=1      Transfer-Encoding: chunked
  cut=N          the connection ends after so many bytes of what follows the head
  h.NAME=VALUE   a further field; an empty VALUE: none in this answer

With --slots, so many requests are answered at once, each in --service seconds; the others wait in a queue.
"""

import argparse
import asyncio
import collections
import json
import re
import ssl
import time
from urllib.parse import parse_qsl, urlsplit

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "mp4": "video/mp4", "mp3": "audio/mpeg",
         "json": "application/json", "html": "text/html"}
BLOCK = b"x" * (1 << 20)


class Wish:
    """What one request asks for."""

    def __init__(self, method, uri, number):
        query = dict(parse_qsl(urlsplit(uri).query, keep_blank_values=True))
        self.values = {}
        for name, value in query.items():
            steps = value.split("~")
            self.values[name] = steps[min(number, len(steps) - 1)]
        for name in list(self.values):
            if name.startswith(method + "."):
                self.values[name[len(method) + 1:]] = self.values[name]

    def get(self, name, default):
        return self.values.get(name, default)

    def fields(self):
        return [(name[2:], value) for name, value in self.values.items() if name.startswith("h.") and value]


def ranged(wish, asked, size):
    """The status, the first byte and the length of the body, and the Content-Range, where there is one."""
    status = int(wish.get("status", 200))
    bounds = re.fullmatch(r"bytes=(\d+)-(\d*)", asked or "")
    how = wish.get("range", "honour")
    if not bounds or status != 200 or how == "ignore":
        return status, size, None
    first, last = int(bounds[1]), min(int(bounds[2] or size), size - 1)
    if first >= size:
        return 416, 0, "bytes */%d" % size
    told = first + 1 if how == "lie" else first
    return 206, last - first + 1, "bytes %d-%d/%d" % (told, told + last - first, size + told - first)


class Server:
    def __init__(self, options):
        self.options = options
        self.log = open(options.log, "a", buffering=1)
        self.slots = asyncio.Semaphore(options.slots) if options.slots else None
        self.seen = collections.Counter()
        self.connections = self.requests = self.in_flight = 0

    async def serve(self, reader, writer):
        self.connections += 1
        connection = self.connections
        try:
            while await self.exchange(reader, writer, connection):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            pass  # the client may go away at any moment
        writer.close()

    async def exchange(self, reader, writer, connection):
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, uri, _ = lines[0].split(" ")
        if uri.startswith("http://"):  # as a proxy is asked
            uri = uri[uri.index("/", 7):]
        headers = {}
        for line in lines[1:-2]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        wish = Wish(method, uri, self.seen[method, uri])
        self.seen[method, uri] += 1
        self.requests += 1
        self.in_flight += 1
        note = {"n": self.requests, "t": time.time(), "method": method, "uri": uri, "host": headers.get("host", ""),
                "connection": connection, "in_flight": self.in_flight, "headers": headers}
        try:
            if self.slots:
                async with self.slots:
                    await asyncio.sleep(self.options.service)
            await asyncio.sleep(float(wish.get("delay", 0)))
            return await self.answer(writer, wish, note)
        finally:
            self.in_flight -= 1

    async def answer(self, writer, wish, note):
        method, size = note["method"], int(wish.get("bytes", 5))
        status, size, content_range = ranged(wish, note["headers"].get("range"), size)
        bodiless = method == "HEAD" or status in (204, 304)
        length, chunked = wish.get("length", str(size)), "chunked" in wish.values
        fields = [tuple(field.split(": ", 1)) for field in self.options.header] + wish.fields()
        extension = urlsplit(note["uri"]).path.rpartition(".")[2]
        content_type = wish.get("type", TYPES.get(extension, "text/plain"))
        if content_type != "none":
            fields.append(("Content-Type", content_type))
        if content_range:
            fields.append(("Content-Range", content_range))
        if chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        elif length != "none" and status != 204:
            fields.append(("Content-Length", length))
        head = "HTTP/1.1 %d Scripted\r\n" % status + "".join("%s: %s\r\n" % field for field in fields) + "\r\n"
        note["status"] = status
        body = [] if bodiless else list(self.blocks(size, int(wish.get("rate", 0))))
        if chunked and not bodiless:
            body = [b"%x\r\n%s\r\n" % (len(block), block) for block in body] + [b"0\r\n\r\n"]
        is_cut = "cut" in wish.values
        if is_cut:
            body = [b"".join(body)[:int(wish.get("cut", 0))]]
        pieces = [head.encode() + (body[0] if body else b"")] + body[1:]
        for index, piece in enumerate(pieces):
            if index == len(pieces) - 1:
                note["end"] = time.time()
                self.log.write(json.dumps(note) + "\n")
            writer.write(piece)
            await writer.drain()
            if wish.get("rate", 0) and index < len(pieces) - 1:
                await asyncio.sleep(0.1)
        return not is_cut and (bodiless or chunked or length == str(size))

    def blocks(self, size, rate):
        step = max(1, rate // 10) if rate else len(BLOCK)
        while size > 0:
            yield BLOCK[:min(step, size)]
            size -= min(step, size)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slots", type=int, default=0)
    parser.add_argument("--service", type=float, default=0)
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--certificate")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    listener = await asyncio.start_server(Server(options).serve, options.address, options.port, ssl=context, backlog=4096)
    host = "[%s]" % options.address if ":" in options.address else options.address
    print("%s:%d" % (host, listener.sockets[0].getsockname()[1]), flush=True)
    await asyncio.Event().wait()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
