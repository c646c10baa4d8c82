# Facts about Python scripts, for imjoy lint: reads {"scripts": [text, ...]} from standard
# input and writes {"codes": [facts, ...]} to standard output, in order.
#
# Only the standard library, only ast: nothing that is read here is ever executed.
# Positions are byte offsets into the text as UTF-8.

import ast
import gc
import json
import sys
import warnings


def facts(source):
    text = Text(source)
    try:
        tree = ast.parse(source, "script")
    except SyntaxError as error:
        return {"faults": [fault(text, error)]}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"reason": "python3 cannot parse it: " + (str(error) or type(error).__name__)}
    try:
        reader = Reader(text, tree)
        return {"faults": [reader.loose_fault()]} if reader.loose is not None else reader.out
    except RecursionError:
        return {"reason": "it is nested too deeply"}


def main():
    warnings.simplefilter("ignore")
    gc.disable()  # trees have no cycles, and looking for some takes a tenth of the time
    job = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    answer = {"codes": [facts(source) for source in job["scripts"]]}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


main()
