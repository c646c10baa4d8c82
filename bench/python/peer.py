"""measure.py from one client of hypha-rpc to another, over a local Hypha server: what a
Python plugin of today does. See README.md."""

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import time

from hypha_rpc import connect_to_server
from measure import measure

URL = "http://127.0.0.1:%d" % int(os.environ.get("PORT", "9527"))
CALLS = int(os.environ.get("CALLS", "10000"))

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
    print(json.dumps(await measure(service.echo, CALLS)), flush=True)


def main():
    if len(sys.argv) > 1:
        return asyncio.run(serve())
    port = URL.rsplit(":", 1)[1]
    server = subprocess.Popen([sys.executable, "-m", "hypha.server", "--host=127.0.0.1", "--port=" + port], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    other = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        asyncio.run(call(other.stdout.readline().strip()))
    finally:
        other.kill()
        server.terminate()


main()
