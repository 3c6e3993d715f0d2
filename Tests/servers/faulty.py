#!/usr/bin/env python3
"""A server with ten faults, each on a port of its own, to test clients with.

Prints a line `NAME PORT` for each fault and then `ready`; serves on loopback until it is killed.
"""

import asyncio
import socket
import struct

HEAD = b"HTTP/1.1 200 OK\r\n"
PROMISE = HEAD + b"Content-Length: 1000\r\n\r\n"


async def read_request(reader):
    try:
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=5)
    except (asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # answer all the same


async def answer(reader, writer, data):
    await read_request(reader)
    writer.write(data)
    await writer.drain()


def reset(writer):
    """Closes with a TCP reset: lingering for 0 seconds does that."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# The faults. Whoever does not close leaves that to the client.


async def reset_at_once(reader, writer):
    """Not before the request is there: a client could take that for a refused connection."""
    await read_request(reader)
    reset(writer)


async def reset_in_body(reader, writer):
    await answer(reader, writer, PROMISE + b"abc")
    await asyncio.sleep(0.1)  # let the client have these first
    reset(writer)


async def close_in_body(reader, writer):
    await answer(reader, writer, PROMISE + b"abc")
    writer.close()


async def garbage(reader, writer):
    await answer(reader, writer, bytes(range(256)) * 8)
    writer.close()


async def hang(reader, writer):
    await asyncio.sleep(3600)


async def drip(reader, writer):
    """One byte a second, 1000 of them."""
    await answer(reader, writer, PROMISE)
    for _ in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(1)


async def bad_chunk(reader, writer):
    await answer(reader, writer, HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n")
    writer.close()


async def huge_length(reader, writer):
    """A length that no 64-bit number holds."""
    await answer(reader, writer, HEAD + b"Content-Length: 99999999999999999999\r\n\r\n")
    writer.close()


async def huge_header(reader, writer):
    """2 MB of header fields without an end."""
    fields = b"".join(b"X-H%d: %s\r\n" % (i, b"v" * 100) for i in range(20000))
    await answer(reader, writer, HEAD + fields)
    writer.close()


async def half_close(reader, writer):
    """A body without a length, that ends with a half-closed connection."""
    await answer(reader, writer, HEAD + b"\r\nbody")
    writer.write_eof()
    await asyncio.sleep(3600)


FAULTS = [
    reset_at_once, reset_in_body, close_in_body, garbage, hang,
    drip, bad_chunk, huge_length, huge_header, half_close,
]


def harmless(fault):
    """The client may go away at any moment; that is no error here."""

    async def serve(reader, writer):
        try:
            await fault(reader, writer)
        except ConnectionError:
            pass

    return serve


async def main():
    for fault in FAULTS:
        server = await asyncio.start_server(harmless(fault), "127.0.0.1", 0)
        print(fault.__name__, server.sockets[0].getsockname()[1], flush=True)
    print("ready", flush=True)
    await asyncio.Event().wait()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
