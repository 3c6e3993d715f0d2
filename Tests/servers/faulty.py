#!/usr/bin/env python3
"""A server with faults, each on a port of its own, to test clients with.

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


async def extra_bytes(reader, writer):
    """Three more bytes than promised, and the connection stays open."""
    await answer(reader, writer, HEAD + b"Content-Length: 4\r\n\r\nbodyABC")
    await asyncio.sleep(3600)


async def two_lengths(reader, writer):
    await answer(reader, writer, HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!")
    writer.close()


async def length_and_chunks(reader, writer):
    """RFC 9112, 6.3: Transfer-Encoding overrides the length, and such an answer ought to be handled as an error."""
    await answer(reader, writer, HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
    writer.close()


async def folded_field(reader, writer):
    """RFC 9112, 5.2: a field on two lines, which a client has to take for one."""
    await answer(reader, writer, HEAD + b"X-Folded: one\r\n two\r\nContent-Length: 4\r\n\r\nbody")
    writer.close()


async def flood_of_continues(reader, writer):
    """Answers of 100 without an end."""
    await read_request(reader)
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
        await writer.drain()
        await asyncio.sleep(0.01)


async def few_continues(reader, writer):
    """Two answers before the answer, which is proper."""
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    await answer(reader, writer, early + HEAD + b"Content-Length: 4\r\n\r\nbody")
    writer.close()


async def long_chunk_extension(reader, writer):
    """1 MB behind the size of a chunk."""
    await answer(reader, writer, HEAD + b"Transfer-Encoding: chunked\r\n\r\n4;" + b"x" * 1000000 + b"\r\nbody\r\n0\r\n\r\n")
    writer.close()


async def flood_of_trailers(reader, writer):
    """Fields behind the last chunk, without an end."""
    await answer(reader, writer, HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n")
    while True:
        writer.write(b"X-Trailer: value\r\n" * 1000)
        await writer.drain()
        await asyncio.sleep(0.01)


async def unsaid_close(reader, writer):
    """A proper answer, and the connection ends without having said so."""
    await answer(reader, writer, HEAD + b"Content-Length: 4\r\n\r\nbody")
    writer.close()


async def byte_by_byte(reader, writer):
    """A proper answer, each byte in a packet of its own."""
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await read_request(reader)
    for byte in HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n":
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.002)
    writer.close()


async def no_answer(reader, writer):
    """An end instead of an answer."""
    await read_request(reader)
    writer.close()


async def end_in_head(reader, writer):
    await answer(reader, writer, HEAD + b"Content-Length: 4\r\n")
    writer.close()


async def negative_length(reader, writer):
    await answer(reader, writer, HEAD + b"Content-Length: -4\r\n\r\nbody")
    writer.close()


async def huge_chunk(reader, writer):
    """A size that no 64-bit number holds."""
    await answer(reader, writer, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 20 + b"\r\nbody\r\n0\r\n\r\n")
    writer.close()


async def end_in_chunks(reader, writer):
    await answer(reader, writer, HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n")
    writer.close()


async def odd_status(reader, writer):
    await answer(reader, writer, b"HTTP/1.1 999 Odd\r\nContent-Length: 4\r\n\r\nbody")
    writer.close()


async def old_version(reader, writer):
    await answer(reader, writer, b"HTTP/1.0 200 OK\r\n\r\nbody")
    writer.close()


async def bare_newlines(reader, writer):
    await answer(reader, writer, b"HTTP/1.1 200 OK\nContent-Length: 4\n\nbody")
    writer.close()


FAULTS = [
    reset_at_once, reset_in_body, close_in_body, garbage, hang,
    drip, bad_chunk, huge_length, huge_header, half_close,
    extra_bytes, two_lengths, length_and_chunks, folded_field, flood_of_continues,
    few_continues, long_chunk_extension, flood_of_trailers, unsaid_close, byte_by_byte,
    no_answer, end_in_head, negative_length, huge_chunk, end_in_chunks,
    odd_status, old_version, bare_newlines,
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
