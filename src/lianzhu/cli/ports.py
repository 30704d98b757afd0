"""Free ports on this machine."""

import socket

from lianzhu.library.problem import BadInput, Problem, marked


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 at `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def first_free(start: int) -> int:
    """The first free port from `start` on."""
    return next(port for port in range(start, 65536) if is_free(port))


def refuse_taken(port: int) -> None:
    """Raise BadInput when `port` cannot be used."""
    if not 1 <= port <= 65535 or not is_free(port):
        raise BadInput(
            Problem(
                marked("Port {port} cannot be used here."),
                {"port": port},
                mend=marked("Stop what listens there, or name another one with --port."),
            )
        )
