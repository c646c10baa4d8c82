"""hypha-rpc passing what bench/engine passes: a small call and an array of 64 MiB, from
one client to another over a local Hypha server. See README.md."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time

import numpy as np
from hypha_rpc import connect_to_server

URL = "http://127.0.0.1:%d" % int(os.environ.get("PORT", "9527"))
SMALL = int(os.environ.get("CALLS", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))


logging.disable(logging.CRITICAL)


async def connected():
    for _ in range(600):  # it takes its time to start
        try:
            socket.create_connection(("127.0.0.1", int(URL.rsplit(":", 1)[1])), 1).close()
            return await connect_to_server({"server_url": URL})
        except OSError:
            await asyncio.sleep(0.2)
    raise SystemExit("the server does not answer")


async def serve():
    server = await connected()
    service = await server.register_service({"name": "echo", "id": "echo", "config": {"visibility": "public"}, "echo": lambda x: x})
    print(service["id"], flush=True)
    await server.serve()


async def call(service_id):
    server = await connected()
    service = await server.get_service(service_id)
    begin = time.perf_counter()
    for _ in range(SMALL):
        await service.echo(1)
    print("small call: %.0f us" % ((time.perf_counter() - begin) / SMALL * 1e6), flush=True)
    array, times = np.zeros((4096, 4096), np.float32), []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        back = await service.echo(array)
        times.append(time.perf_counter() - begin)
        assert back.shape == array.shape
    copy = min(_copy(array) for _ in range(5))
    print("64 MiB there and back: %.0f ms, %.0f memcpys" % (min(times) * 1e3, min(times) / copy), flush=True)


def _copy(array):
    target = np.empty_like(array)
    np.copyto(target, array)
    begin = time.perf_counter()
    np.copyto(target, array)
    return time.perf_counter() - begin


def main():
    if len(sys.argv) > 1:
        return asyncio.run(serve())
    server = subprocess.Popen([sys.executable, "-m", "hypha.server", "--host=127.0.0.1", "--port=%s" % URL.rsplit(":", 1)[1]], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    other = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        asyncio.run(call(other.stdout.readline().strip()))
    finally:
        other.kill()
        server.terminate()


main()
