"""A real MQTT broker for tests: Mosquitto with TLS and a user for each client, on a free loopback port."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiomqtt

from infra.embedded.ports import free_ports
from tests.certificates import certificate

CENTER, DEVICE = ("soc", "soc's secret"), ("gateway-7", "gateway's secret")
ACCESS = """
user soc
topic read city/#
pattern write city/%u/#
"""


class Broker:
    """A broker that can be ended and started again on the same port."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self.certificate, key = certificate(folder, "127.0.0.1")
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "access").write_text(ACCESS)
        for number, (user, password) in enumerate((CENTER, DEVICE)):
            made = ["mosquitto_passwd", *(["-c"] if number == 0 else []), "-b", str(folder / "users"), user, password]
            subprocess.run(made, check=True, capture_output=True)
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\ncertfile {self.certificate}\nkeyfile {key}\n"
            f"allow_anonymous false\npassword_file {folder / 'users'}\nacl_file {folder / 'access'}\nuser root\n"
            f"persistence true\npersistence_location {folder}/\nmax_queued_messages 100000\n"
        )

    def start(self) -> None:
        """Returns once it listens."""
        with (self._folder / "mosquitto.log").open("ab") as log:
            command = [self._program, "-c", str(self._folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, (self._folder / "mosquitto.log").read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        """It keeps sessions and what waits in them."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def client(self, user: tuple[str, str] = DEVICE) -> aiomqtt.Client:
        """A client as a gateway has one."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        return aiomqtt.Client("127.0.0.1", self.port, username=user[0], password=user[1], tls_context=context)


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker | None]:
    """Mosquitto, ended at the end; None where the machine has none."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin")
    if program is None:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    broker = Broker(program, folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
