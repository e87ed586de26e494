"""An S3 server on this machine: SeaweedFS on loopback, with a folder and ports of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

KEY, SECRET = "loader", "loaders-secret"
"""The credentials of the one who may write."""
OPEN, CLOSED = "open", "closed"
"""Buckets: one that anybody may read, and one that needs credentials."""
_IDENTITIES = {
    "identities": [
        {
            "name": "loader",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        {"name": "anonymous", "actions": [f"Read:{OPEN}", f"List:{OPEN}"]},
    ]
}


class Seaweed:
    """A server that runs from `start` to `stop`, and that may be stopped and started in between.

    Attributes
    ----------
    endpoint : str
        Its address.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.ports = _free_ports(4)
        self.endpoint = f"http://127.0.0.1:{self.ports[0]}"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises
        ------
        RuntimeError
            With the end of its log, if it does not within a minute.
        """
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        identities = self.folder / "identities.json"
        identities.write_text(json.dumps(_IDENTITIES))
        s3, master, volume, filer = self.ports
        log = self.folder / "weed.log"
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [
                    *(Path(sys.executable).parent / "weed", "-logtostderr=true", "server"),
                    *(f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
                    *("-master.telemetry=false", "-volume.max=100"),
                    *("-master.volumeSizeLimitMB=256", f"-master.port={master}"),
                    *(f"-volume.port={volume}", "-filer", f"-filer.port={filer}"),
                    *("-s3", f"-s3.port={s3}", f"-s3.config={identities}"),
                    *("-s3.port.iceberg=0", "-s3.port.lance=0"),
                    f"-s3.localSocket={self.folder / 's3.sock'}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                # It leaves sockets in its folder for temporary files.
                env={**os.environ, "TMPDIR": str(self.folder)},
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"SeaweedFS did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self.endpoint, timeout=5)
        except urllib.error.HTTPError:
            return b"S3 API Server" in (self.folder / "weed.log").read_bytes()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """End the server and wait until it is gone; what it holds stays."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        # Sockets whose place cannot be chosen, by the numbers of its ports.
        for port in self.ports:
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-{port + 10000}.sock"):
                socket_file.unlink(missing_ok=True)

    def store(self, bucket: str) -> Any:
        """A bucket, for writing."""
        from obstore.store import S3Store

        return S3Store(
            bucket,
            endpoint=self.endpoint,
            region="us-east-1",
            access_key_id=KEY,
            secret_access_key=SECRET,
            virtual_hosted_style_request=False,
            client_options={"allow_http": True},
        )

    def make_bucket(self, bucket: str) -> None:
        """Make a bucket: in SeaweedFS, a folder of the filer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[3]}/buckets/{bucket}/", method="POST"
        )
        urllib.request.urlopen(request, timeout=10).close()

    def load(self, bucket: str, root: Path, prefix: str = "") -> None:
        """Put the files below a folder into a bucket."""
        import obstore

        store = self.store(bucket)
        for path in sorted(root.rglob("*")):
            if path.is_file():
                obstore.put(store, f"{prefix}{path.relative_to(root).as_posix()}", path)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody uses; each plus 10,000 is free too, where a server adds that for gRPC."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if port + 10000 > 65535 or port in found:
                continue
            try:
                other.bind(("127.0.0.1", port + 10000))
            except OSError:
                continue
            found.append(port)
    return found
