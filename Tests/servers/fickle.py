#!/usr/bin/env python3
"""Usage: fickle.py LOG HOW [--certificate PEM]

An HTTP server whose connections end at the worst moment. Prints ADDRESS:PORT once it listens, serves until it is
killed, and adds the path of each request that it answers with 200 to LOG, before it does so. HOW is one of these:

  dies      answers 100 requests; once 10 more are out it stops to listen, and then ends the connections, 5 ms apart
  drizzles  sends bodies of 40 kB in packets of 100 bytes
  says408   after one answer it says 408 and closes: after at most 20 ms, or when the next request is on its way
  random    keeps, closes or resets each connection after each answer: at once, a little later or at the next request
"""

import argparse
import asyncio
import random
import socket
import ssl
import struct

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody"
TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def reset(writer):
    """Closes with a TCP reset: lingering for 0 seconds does that."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Server:
    def __init__(self, options):
        self.how = getattr(self, options.how)
        self.log = open(options.log, "a", buffering=1)
        self.listener = None
        self.answered = 0
        self.held = []

    async def serve(self, reader, writer):
        try:
            await self.how(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client may go away at any moment
        writer.close()

    async def answer(self, reader, writer):
        await self.answer_to(await reader.readuntil(b"\r\n\r\n"), writer)

    async def answer_to(self, request, writer):
        self.log.write(request.split(b" ", 2)[1].decode() + "\n")
        writer.write(ANSWER)
        await writer.drain()

    async def dies(self, reader, writer):
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            if self.answered == 100:
                break
            self.answered += 1
            await self.answer_to(request, writer)
        self.held.append(writer)
        if len(self.held) < 10:
            await asyncio.Event().wait()
        self.listener.close()
        for other in self.held:
            other.close()
            await asyncio.sleep(0.005)

    async def says408(self, reader, writer):
        await self.answer(reader, writer)
        try:
            await asyncio.wait_for(reader.read(1), random.uniform(0, 0.02))
        except asyncio.TimeoutError:
            pass
        writer.write(TIMEOUT)

    async def drizzles(self, reader, writer):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 40000\r\n\r\n")
        for _ in range(400):
            writer.write(b"x" * 100)
            await asyncio.sleep(0.002)

    async def random(self, reader, writer):
        while True:
            await self.answer(reader, writer)
            if random.random() < 0.6:
                continue
            moment = random.randrange(3)
            if moment == 1:
                await asyncio.sleep(random.uniform(0, 0.003))
            elif moment == 2:
                await reader.readuntil(b"\r\n\r\n")
            if random.random() < 0.3:
                reset(writer)
            return


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("how", choices=["dies", "says408", "drizzles", "random"])
    parser.add_argument("--certificate")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    server = Server(options)
    server.listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context, backlog=4096)
    print("127.0.0.1:%d" % server.listener.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
