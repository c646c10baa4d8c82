# What both sides measure: `echo` is a function of another plugin, or of another client,
# that gives back what it gets. Part of peer.py, and of the plugin that compare.sh makes.
import asyncio
import time

import numpy as np


async def measure(echo, calls=10_000, within=300):
    result = {}
    await echo(0)

    async def timed(name, work, scale):
        begin = time.perf_counter()
        try:
            await asyncio.wait_for(work, within)
        except Exception as e:  # of the peer: it gives calls up
            result[name] = "%s after %.0f s: %s" % (type(e).__name__, time.perf_counter() - begin, str(e)[:100])
        else:
            result[name] = round((time.perf_counter() - begin) * scale, 1)

    few = max(calls // 10, 1)

    async def in_turn():
        for i in range(few):
            assert await echo(i) == i

    # All of them under way before the first answer is waited for.
    async def together():
        assert await asyncio.gather(*[echo(i) for i in range(calls)]) == list(range(calls))

    await timed("%d calls in turn, us each" % few, in_turn(), 1e6 / few)
    await timed("%d calls at once, ms" % calls, together(), 1e3)

    array, times, copies = np.random.rand(2048, 4096), [], []  # 64 MiB
    for _ in range(5):
        begin = time.perf_counter()
        back = await echo(array)
        times.append(time.perf_counter() - begin)
        assert back.shape == array.shape and back[-1, -1] == array[-1, -1]
    target = np.empty_like(array)
    for _ in range(5):
        begin = time.perf_counter()
        np.copyto(target, array)
        copies.append(time.perf_counter() - begin)
    result["64 MiB there and back, ms"] = round(min(times) * 1e3, 1)
    result["the same in copies of it"] = round(min(times) / min(copies), 1)
    return result
