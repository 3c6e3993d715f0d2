#!/usr/bin/env python3
"""A proxy in front of an S3 server, that makes it as slow, broken or odd as others are.

Requests go on as they came, Host included, so that their signatures hold. Faults strike each Nth request,
counted from the start over all connections. Serves on loopback until SIGTERM.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import struct
import time
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import sigv4

ERRORS = {
    400: "RequestTimeout", 403: "AccessDenied", 404: "NoSuchBucket", 429: "TooManyRequests",
    500: "InternalError", 502: "BadGateway", 503: "SlowDown", 504: "GatewayTimeout",
}  # fmt: skip
LISTING = {
    "list-type", "prefix", "delimiter", "start-after", "continuation-token", "marker", "max-keys", "encoding-type",
    "fetch-owner", "x-id",
}  # fmt: skip
ONLY_V2 = {"list-type", "start-after", "continuation-token", "fetch-owner"}
STARTS = {"start-after", "continuation-token", "marker", "key-marker"}
LIMIT = 1 << 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    option = parser.add_argument
    option("upstream", metavar="URL", help="the server, such as http://127.0.0.1:7480")
    option("--port", type=int, default=0, help="the port to serve on (a free one)")
    option("--port-file", metavar="FILE", help="write the port to FILE when ready")
    option("--log", metavar="FILE", help="append a line of JSON to FILE for each request")
    option("--delay-ms", type=float, default=0, metavar="MS", help="wait so long before each request goes on")
    option("--fault", type=fault, action="append", default=[], metavar="STATUS:N", help="answer each Nth with STATUS")
    option("--retry-after", metavar="SECONDS", help="name them in answers with 429 and 503")
    option("--unavailable-for", type=float, default=0, metavar="SECONDS",
           help="answer 503 SlowDown until so long after the first request")  # fmt: skip
    option("--cut-every", type=int, metavar="N", help="close each Nth connection in the middle of the body")
    option("--truncate-every", type=int, metavar="N", help="end each Nth body in its middle, as if that were all of it")
    option("--reset-every", type=int, metavar="N", help="reset each Nth connection instead of an answer")
    option("--hang-every", type=int, metavar="N", help="never answer each Nth")
    option("--deny-prefix", action="append", default=[], metavar="P", help="403 for listings of prefixes that begin with P")
    option("--deny-start-after", action="append", default=[], metavar="P",
           help="403 for pages of listings that start behind a key that begins with P")  # fmt: skip
    option("--unordered", action="store_true", help="shuffle the keys of each page")
    option("--redirect-region", metavar="REGION", help="refuse what is signed for another region, naming this one")
    option("--redirect-status", type=int, choices=(301, 307, 400), default=400, help="how it is refused (400)")
    option("--expire-after", type=int, metavar="N",
           help="400 ExpiredToken after N requests for the access key that came first")  # fmt: skip
    option("--ignore-start-after", action="store_true", help="list as a server that does not know start-after (*)")
    option("--v1-only", action="store_true", help="list as a server that does not know version 2 (*)")
    parser.epilog = "(*) These have to sign anew, for the user in S3_ACCESS_KEY and S3_SECRET_KEY."
    return parser.parse_args()


def fault(text):
    status, _, every = text.partition(":")
    return int(status), int(every)


class Request:
    """The head of a request, its body, and what a listing asks for."""

    def __init__(self, head, body):
        line, *fields = head.decode("latin-1").split("\r\n")[:-2]
        self.method, self.target, _ = line.split(" ", 2)
        self.path, _, self.query = self.target.partition("?")
        self.fields = [field.partition(":") for field in fields]
        self.headers = {name.lower(): value.strip() for name, _, value in self.fields}
        self.body = body
        self.parameters = [
            (unquote(name), unquote(value))
            for name, _, value in (part.partition("=") for part in self.query.split("&") if part)
        ]
        credential = re.search("Credential=([^,]*)", self.headers.get("authorization", ""))
        scope = credential[1].rsplit("/", 4) if credential else []
        self.access_key, self.region = (scope[0], scope[2]) if len(scope) == 5 else (None, None)

    @property
    def lists(self):
        return (
            self.method == "GET" and "/" not in self.path.strip("/") and all(name in LISTING for name, _ in self.parameters)
        )

    def forwarded(self):
        left_out = ("expect", "connection")
        fields = "".join(f"{name}:{value}\r\n" for name, _, value in self.fields if name.lower() not in left_out)
        return f"{self.method} {self.target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + self.body

    def signed_anew(self, signer, without):
        query = sigv4.encode_query([(name, value) for name, value in self.parameters if name not in without])
        fields = signer.headers("GET", self.headers["host"], self.path, query)
        fields = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"GET {self.path}?{query} HTTP/1.1\r\n{fields}\r\n".encode()


class Answer:
    def __init__(self, status, head, body, chunked=False):
        self.status, self.head, self.body, self.chunked = status, head, body, chunked

    @staticmethod
    def error(status, code, more="", **headers):
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>by the proxy</Message>{more}'
        body = (body + "<RequestId>PROXY</RequestId></Error>").encode()
        fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value)
        head = f"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\n{fields}"
        return Answer(status, head.encode(), body)


async def read_body(reader, head):
    """Returns the body that belongs to a head, and whether it came in chunks."""
    if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readline()
        while await reader.readline() != b"\r\n":
            pass  # trailers
        return b"".join(parts), True
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return (await reader.readexactly(int(length[1])) if length else b""), False


class Proxy:
    def __init__(self, options):
        self.options = options
        url = urlsplit(options.upstream)
        self.address = url.hostname, url.port or 80
        self.idle = []  # connections to the server
        self.requests = self.connections = self.in_flight = 0
        self.began = self.first_key = None
        self.random = random.Random(1)
        self.log = open(options.log, "a", buffering=1) if options.log else None
        self.without = set()
        if options.v1_only:
            self.without |= ONLY_V2
        if options.ignore_start_after:
            self.without.add("start-after")
        if self.without:
            self.signer = sigv4.Signer(os.environ["S3_ACCESS_KEY"], os.environ["S3_SECRET_KEY"])

    async def serve(self, reader, writer):
        """One connection of a client."""
        self.connections += 1
        connection = self.connections
        writer.transport.set_write_buffer_limits(high=LIMIT)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if re.search(rb"(?i)\r\nexpect: *100-continue", head):
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                request = Request(head, (await read_body(reader, head))[0])
                self.requests += 1
                self.in_flight += 1
                began, number, in_flight, status = time.time(), self.requests, self.in_flight, 0
                self.began = self.began or began
                try:
                    status, again = await self.handle(request, number, writer)
                finally:
                    self.in_flight -= 1
                    self.note(request, connection, began, in_flight, status)
                if not again:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client may go away at any moment
        except asyncio.CancelledError:
            pass  # the end
        finally:
            writer.close()

    async def handle(self, request, number, writer):
        """Returns the status (0 for none) and whether the connection lives on."""
        options = self.options

        def strikes(every):
            return every and number % every == 0

        if options.delay_ms:
            await asyncio.sleep(options.delay_ms / 1000)
        if strikes(options.reset_every):
            # Lingering for 0 seconds makes a close a reset.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return 0, False
        if strikes(options.hang_every):
            await asyncio.sleep(3600)
        answer = self.refusal(request, number) or await self.ask(request)
        body, again = answer.body, True
        if strikes(options.truncate_every):
            body = body[: len(body) // 2]
        length = len(body)
        if strikes(options.cut_every):
            body, again = body[: length // 2], False
        if answer.chunked:
            end = b"\r\n0\r\n\r\n" if again else b""
            writer.write(b"%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s%s" % (answer.head, length, body, end))
        elif request.method == "HEAD" or answer.status == 204:
            writer.write(answer.head + b"\r\n")
        else:
            writer.write(b"%sContent-Length: %d\r\n\r\n%s" % (answer.head, length, body))
        await writer.drain()
        return answer.status, again

    def refusal(self, request, number):
        """What the proxy answers by itself."""
        options = self.options
        if time.time() - self.began < options.unavailable_for:
            return Answer.error(503, "SlowDown", Retry_After=options.retry_after)
        for status, every in options.fault:
            if number % every == 0:
                retry_after = options.retry_after if status in (429, 503) else None
                return Answer.error(status, ERRORS.get(status, "InternalError"), Retry_After=retry_after)
        region = options.redirect_region
        if region and request.region != region:
            code = {301: "PermanentRedirect", 307: "TemporaryRedirect", 400: "AuthorizationHeaderMalformed"}
            more = f"<Region>{escape(region)}</Region><Endpoint>{escape(request.headers['host'])}</Endpoint>"
            return Answer.error(options.redirect_status, code[options.redirect_status], more, x_amz_bucket_region=region)
        if options.expire_after is not None:
            self.first_key = self.first_key or request.access_key
            if number > options.expire_after and request.access_key == self.first_key:
                return Answer.error(400, "ExpiredToken")
        if options.deny_prefix and request.lists:
            prefix = dict(request.parameters).get("prefix", "")
            if any(prefix.startswith(denied) for denied in options.deny_prefix):
                return Answer.error(403, "AccessDenied")
        if options.deny_start_after and request.lists:
            # Tokens and markers of version 1 are keys, too, at the servers that this is for.
            starts = [value for name, value in request.parameters if name in STARTS]
            if any(start.startswith(denied) for start in starts for denied in options.deny_start_after):
                return Answer.error(403, "AccessDenied")
        return None

    async def ask(self, request):
        """Asks the server."""
        if self.without and request.lists:
            text = request.signed_anew(self.signer, self.without)
        else:
            text = request.forwarded()
        while True:
            used = bool(self.idle)
            reader, writer = self.idle.pop() if used else await asyncio.open_connection(*self.address, limit=LIMIT)
            try:
                writer.write(text)
                head = await reader.readuntil(b"\r\n\r\n")
                body, chunked = (b"", False) if request.method == "HEAD" else await read_body(reader, head)
                break
            except (ConnectionError, asyncio.IncompleteReadError):
                writer.close()
                if not used:  # one that idled may have been closed meanwhile
                    return Answer.error(502, ERRORS[502])
        if re.search(rb"(?i)\r\nconnection: *close", head):
            writer.close()
        else:
            self.idle.append((reader, writer))
        if self.options.unordered and request.lists:
            body = self.shuffled(body)
        # The length is said anew, except to HEAD.
        dropped = rb"connection|transfer-encoding" + (b"" if request.method == "HEAD" else b"|content-length")
        return Answer(int(head[9:12]), re.sub(rb"(?i)\r\n(?:%s):[^\r]*" % dropped, b"", head[:-2]), body, chunked)

    def shuffled(self, page):
        entries = re.findall(rb"(?s)<Contents>.*?</Contents>", page)
        self.random.shuffle(entries)
        entries = iter(entries)
        return re.sub(rb"(?s)<Contents>.*?</Contents>", lambda _: next(entries), page)

    def note(self, request, connection, began, in_flight, status):
        if self.log:
            ms = round((time.time() - began) * 1000, 1)
            line = {"at": round(began, 3), "ms": ms, "status": status, "method": request.method, "path": request.path}
            line |= {"query": request.query, "prefix": dict(request.parameters).get("prefix"), "connection": connection}
            line |= {"in_flight": in_flight, "access_key": request.access_key, "region": request.region}
            line["headers"] = {name: value for name, value in request.headers.items() if name != "authorization"}
            self.log.write(json.dumps(line) + "\n")


async def main():
    options = parse_arguments()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    server = await asyncio.start_server(Proxy(options).serve, "127.0.0.1", options.port, limit=LIMIT, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    if options.port_file:
        # Whoever waits for the file finds all of it.
        with open(options.port_file + ".partial", "w") as file:
            print(port, file=file)
        os.rename(options.port_file + ".partial", options.port_file)
    else:
        print(port, flush=True)
    await ended.wait()
    server.close()


asyncio.run(main())
