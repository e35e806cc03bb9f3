"""The command: `python -m connectors.sdk.sandbox --state FILE --port N`. Prints one line of JSON when it is ready."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence

from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.sandbox.simulator import Simulator, discover
from connectors.sdk.sandbox.store import StateInUseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until a signal; 0 after a clean stop, 1 with one sentence when it can't start."""
    simulators = discover()
    options = _parser(simulators).parse_args(arguments)
    ports = {"control": options.port}
    ports.update({simulator.id: getattr(options, f"{simulator.flag}_port") for simulator in simulators})
    try:
        host = SandboxHost(options.state, ports, options.company).start()
    except StateInUseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The sandbox can't open a port it was given: {error}.\n")
        return 1
    sys.stdout.write(json.dumps(host.urls()) + "\n")
    sys.stdout.flush()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    host.stop()
    return 0


def _parser(simulators: Sequence[Simulator]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="connectors.sdk.sandbox", description="Simulators of the far systems."
    )
    parser.add_argument("--state", required=True, help="the state file; made when absent")
    parser.add_argument(
        "--port", type=int, default=0, help="port of the page and the control API; 0 = a free one"
    )
    for simulator in simulators:
        parser.add_argument(
            f"--{simulator.flag}-port", type=int, default=0, help=f"port of {simulator.title}"
        )
    parser.add_argument("--company", default="wholesale", help="the company to start with")
    return parser


if __name__ == "__main__":
    sys.exit(main())
