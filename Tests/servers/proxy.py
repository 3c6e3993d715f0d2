#!/usr/bin/env python3
"""Usage: proxy.py LOG [--certificate PEM]

A proxy on loopback for tests: forwards http, tunnels by CONNECT, and speaks SOCKS 5 without authentication, all on one
port; with --certificate that port speaks TLS. Any name is taken for 127.0.0.1. Prints ADDRESS:PORT, adds a line
`forward|connect|socks5 HOST:PORT` to LOG for each request for one, and serves until it is killed.
"""

import argparse
import asyncio
import ipaddress
import ssl
from urllib.parse import urlsplit


def address_of(host):
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return "127.0.0.1"


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


class Proxy:
    def __init__(self, options):
        self.log = open(options.log, "a", buffering=1)

    async def open(self, kind, host, port):
        self.log.write("%s %s:%d\n" % (kind, host, port))
        return await asyncio.open_connection(address_of(host), port)

    async def serve(self, reader, writer):
        try:
            first = await reader.readexactly(1)
            await (self.socks(reader, writer) if first == b"\x05" else self.http(first, reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async def socks(self, reader, writer):
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        name = "socks5h" if kind == 3 else "socks5"
        try:
            other = await self.open(name, host, port)
        except OSError:
            writer.write(b"\x05\x05\x00\x01" + bytes(6))
            return
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await asyncio.gather(copy(reader, other[1]), copy(other[0], writer))

    async def http(self, first, reader, writer):
        head = first + await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        kind = "connect" if method == "CONNECT" else "forward"
        place = urlsplit("//" + target if method == "CONNECT" else target)
        try:
            other = await self.open(kind, place.hostname, place.port or 80)
        except OSError:
            writer.write(b"HTTP/1.1 502 Nobody there\r\nContent-Length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Go on\r\n\r\n")
        else:  # the server reads the whole URL
            other[1].write(head)
        await asyncio.gather(copy(reader, other[1]), copy(other[0], writer))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--certificate")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    listener = await asyncio.start_server(Proxy(options).serve, "127.0.0.1", 0, ssl=context)
    print("127.0.0.1:%d" % listener.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
