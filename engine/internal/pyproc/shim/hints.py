"""What lifts a refusal of the fence around this process. The system only says
"Permission denied", where a person without the fence would have been let through."""

import os
import sys

MAX_CHAIN = 10
NETWORK = "plugins use the network with --allow-net"
PROGRAMS = {"execv", "execve", "execvp", "execvpe", "posix_spawn", "posix_spawnp", "_fork_exec", "fork_exec"}
SOCKETS = {"socket", "connect", "connect_ex", "sendto", "sendmsg", "bind", "sock_connect"}


def hint(error):
    """A part of a sentence for an error that the fence made, or has among its causes;
    else ""."""
    for _ in range(MAX_CHAIN):
        if error is None or not sys.platform.startswith("linux"):
            return ""
        try:
            text = _refused(error) if isinstance(error, PermissionError) else _unresolved(error)
        except Exception:  # an error that is odd is shown as it is
            return ""
        if text:
            return text
        reason = getattr(error, "reason", None)  # of urllib
        if not isinstance(reason, BaseException):
            reason = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        error = reason
    return ""


def _refused(error):
    names = _names(error)
    if names & PROGRAMS:
        name = os.path.basename(os.fsdecode(error.filename)) if error.filename else ""
        return "plugins start other programs with --allow-run" + ("=" + name if name else "")
    if error.filename is None:
        return NETWORK if names & SOCKETS and _no_network() else ""
    if isinstance(error.filename, int):
        return ""
    path = os.path.abspath(os.fsdecode(error.filename))
    if not os.path.lexists(path):
        path = os.path.dirname(path)
        return "plugins write into this folder with --allow-write=" + path if os.access(path, os.W_OK) else ""
    if not os.access(path, os.R_OK):
        return ""  # of the system, for everybody like this person
    if _readable(path):
        return "plugins write there with --allow-write=" + path if os.access(path, os.W_OK) else ""
    return "plugins read there with --allow-read=%s, and write with --allow-write=%s" % (path, path)


def _readable(path):
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def _unresolved(error):
    """A name that could not be looked up, where nothing can be."""
    return NETWORK if type(error).__name__ == "gaierror" and _no_network() else ""


def _no_network():
    import socket

    try:
        socket.socket().close()
        return all(name == "lo" for _, name in socket.if_nameindex())
    except PermissionError:
        return True


def _names(error):
    """What the innermost function uses."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return set(at.tb_frame.f_code.co_names) if at is not None else set()
