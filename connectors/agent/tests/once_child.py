"""A process that does one write and kills itself at the n-th boundary: `python -m … COMPANY JOURNAL JOB N`."""

import json
import os
import signal
import sys
from pathlib import Path

from connectors.agent.journal import Journal
from connectors.agent.sandbox.driver import SandboxDriver
from connectors.agent.tests.company import job
from connectors.agent.writing import OnceWriter


def main() -> None:
    company, journal, wanted, deadly = sys.argv[1:]
    op, params = json.loads(wanted)
    passed: list[str] = []

    def boundary(name: str) -> None:
        passed.append(name)
        if len(passed) == int(deadly):
            os.kill(os.getpid(), signal.SIGKILL)

    with SandboxDriver(Path(company), boundary=boundary).session() as session:
        writer = OnceWriter(Journal(Path(journal)), session, boundary)
        result = writer.write(job(op, params, key="deal-1"), lambda: True)
    sys.stdout.write(json.dumps({"result": result, "passed": passed}))


if __name__ == "__main__":
    main()
