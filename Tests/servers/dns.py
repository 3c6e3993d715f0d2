#!/usr/bin/env python3
"""Usage: dns.py LOG [--silent SECONDS] [--failing SECONDS] [--http PEM] NAME=ADDRESS...

A DNS server on loopback for tests. Knows the names that it is given, each with one or more addresses, of IPv4 and of
IPv6; all others do not exist. For SECONDS from its first question on it says nothing, or that it failed (SERVFAIL).
With --http it speaks DNS over HTTPS (RFC 8484) instead of UDP and TCP, with the certificate and key of PEM.
Prints ADDRESS:PORT, adds a line `TYPE NAME` to LOG for each question, and serves until it is killed.
"""

import argparse
import base64
import http.server
import ipaddress
import socket
import socketserver
import ssl
import struct
import threading
import time
from urllib.parse import parse_qs, urlsplit

A, AAAA = 1, 28
NO_ERROR, FAILED, NO_SUCH_NAME = 0, 2, 3


class Zone:
    def __init__(self, options):
        self.options = options
        self.log = open(options.log, "a", buffering=1)
        self.first = None
        self.addresses = {}
        for pair in options.names:
            name, address = pair.split("=")
            self.addresses.setdefault(name.lower(), []).append(ipaddress.ip_address(address))

    def answer(self, question):
        """The answer to a message; None where nothing is to be said."""
        name, end = [], 12
        while question[end]:
            name.append(question[end + 1:end + 1 + question[end]].decode().lower())
            end += 1 + question[end]
        name, kind = ".".join(name), struct.unpack("!H", question[end + 1:end + 3])[0]
        self.log.write("%s %s\n" % ({A: "A", AAAA: "AAAA"}.get(kind, kind), name))
        self.first = self.first or time.time()
        age = time.time() - self.first
        if age < self.options.silent:
            return None
        records, code = [], NO_ERROR
        if age < self.options.failing:
            code = FAILED
        elif name not in self.addresses:
            code = NO_SUCH_NAME
        else:
            records = [a.packed for a in self.addresses[name] if a.version == {A: 4, AAAA: 6}.get(kind)]
        head = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        body = b"".join(struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(data)) + data for data in records)
        return head + question[12:end + 5] + body


def serve_udp(zone, port):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    while True:
        question, client = udp.recvfrom(4096)
        answer = zone.answer(question)
        if answer:
            udp.sendto(answer, client)


def serve_tcp(zone):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while length := self.rfile.read(2):
                answer = zone.answer(self.rfile.read(struct.unpack("!H", length)[0]))
                if not answer:
                    return
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    socketserver.ThreadingTCPServer.daemon_threads = True
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def serve_https(zone, pem):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.give(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self):
            text = parse_qs(urlsplit(self.path).query)["dns"][0]
            self.give(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))

        def give(self, question):
            answer = zone.answer(question)
            if not answer:
                time.sleep(3600)
            self.send_response(200)
            self.send_header("Content-Type", "application/dns-message")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("127.0.0.1:%d" % server.server_address[1], flush=True)
    server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--silent", type=float, default=0)
    parser.add_argument("--failing", type=float, default=0)
    parser.add_argument("--http")
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    zone = Zone(options)
    if options.http:
        serve_https(zone, options.http)
    port = serve_tcp(zone)
    print("127.0.0.1:%d" % port, flush=True)
    serve_udp(zone, port)


try:
    main()
except KeyboardInterrupt:
    pass
