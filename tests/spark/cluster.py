"""A standalone Spark on loopback: one master and its workers, each a process of the pyspark package's own Java classes."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
HOST = "127.0.0.1"


@contextmanager
def cluster(folder: Path, workers: int, memory: str) -> Iterator[str]:
    """The master's address, while it and `workers` of one core each run; what they write lies in `folder`."""
    address = f"spark://{HOST}:{free_port()}"
    with ExitStack() as running:
        port = address.rpartition(":")[2]
        running.enter_context(
            daemon(folder, "master", MASTER, ["--port", port, "--webui-port", "0"], "New state: ALIVE")
        )
        for number in range(1, workers + 1):
            arguments = ["--port", "0", "--webui-port", "0", "--cores", "1", "--memory", memory]
            arguments += ["--work-dir", str(folder / f"work-{number}"), address]
            running.enter_context(
                daemon(folder, f"worker-{number}", WORKER, arguments, "Successfully registered with master")
            )
        yield address


@contextmanager
def daemon(folder: Path, name: str, program: str, arguments: list[str], ready: str) -> Iterator[None]:
    """One process from when it says that it is ready until it is ended; its log is FOLDER/<name>.log."""
    import pyspark

    home = Path(pyspark.__file__).parent
    own = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "512m"}
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [str(home / "bin" / "spark-class"), program, "--host", HOST, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | own,
    ) as process, (folder / f"{name}.log").open("w") as log:  # fmt: skip
        assert process.stdout is not None
        try:
            wait_for(process.stdout, ready, log, name)
            drain = threading.Thread(target=copy, args=(process.stdout, log), daemon=True)
            drain.start()
            yield
        finally:
            process.terminate()
            process.wait()
        drain.join()


def wait_for(lines: IO[str], ready: str, log: IO[str], name: str) -> None:
    """Reads up to the line that holds `ready`. Raises RuntimeError where the process ends before."""
    for line in lines:
        log.write(line)
        if ready in line:
            return
    log.flush()
    raise RuntimeError(f"{name} ended before it was ready: {log.name}")


def copy(lines: IO[str], log: IO[str]) -> None:
    """Has a process that writes much not wait for a reader."""
    for line in lines:
        log.write(line)


def free_port() -> int:
    """A port that nobody listens to now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
