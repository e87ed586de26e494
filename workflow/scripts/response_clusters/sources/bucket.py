"""A bucket of an S3 server: what is in it, and the bytes of its objects.

Where AWS's variables give no credentials, none are sent: NSD's bucket can be read by anybody.
Every read names the version that was listed, so that no result is made of two.
"""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from response_clusters.errors import StudyError

if TYPE_CHECKING:
    from response_clusters.sources.ranged_file import RangedFile

SCHEME = "s3://"
REGION = "us-east-2"
"""Where NSD's bucket is."""
SOON, PATIENT = 10, 180
"""Seconds for which a server that does not answer is asked again: before a study begins, and by a
job, which has more to lose."""
_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_ROOT = re.compile(r"s3://[A-Za-z0-9][A-Za-z0-9._-]*(/[^/\x00-\x1f]+)*/?")
_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
_ENDPOINT = re.compile(rf"https?://({_HOST}|\[[0-9A-Fa-f:]+\])(:(?P<port>[0-9]{{1,5}}))?/?")
LAST_PORT = 65535
_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"status code: (\d+)")
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')

T = TypeVar("T")


def root_of(root: str) -> str:
    """A dataset's root in a bucket, without a slash at its end.

    Raises
    ------
    StudyError
        If it is no ``s3://bucket`` or ``s3://bucket/prefix``.
    """
    parts = root.rstrip("/").split("/")[3:]
    if not _ROOT.fullmatch(root) or {".", ".."} & set(parts):
        raise StudyError(
            f"Configuration: dataset.root is {root!r}; expected s3://bucket or s3://bucket/prefix: "
            "correct it."
        )
    return root.rstrip("/")


def _checked(endpoint: str | None, key: str) -> str | None:
    """An endpoint, if it is an address."""
    if not endpoint:
        return None
    match = _ENDPOINT.fullmatch(endpoint)
    if not match or int(match["port"] or 0) > LAST_PORT:
        raise StudyError(
            f"{key} is {endpoint!r}; expected an address such as https://s3.example.org or "
            "http://127.0.0.1:9000: correct it."
        )
    return endpoint.rstrip("/")


@dataclass(frozen=True)
class Stored:
    """One object as it was listed.

    Attributes
    ----------
    url : str
        Such as ``s3://natural-scenes-dataset/nsddata/…``.
    size : int
        In bytes.
    etag : str
        Names its version; empty where the server names none.
    """

    url: str
    size: int
    etag: str


class Bucket:
    """An S3 bucket, or what lies below a prefix in it.

    Parameters
    ----------
    root : str
        ``s3://bucket`` or ``s3://bucket/prefix``.
    endpoint : str, optional
        The server's address; AWS's own by default.
    patience : float
        Seconds for which a server that does not answer is asked again.

    Attributes
    ----------
    opened : list of RangedFile
        Every object that was read, with how many requests and bytes it took.
    """

    def __init__(self, root: str, endpoint: str | None, patience: float) -> None:
        from obstore.exceptions import BaseError
        from obstore.store import S3Store

        self.opened: list[RangedFile] = []
        self.name = root.removeprefix(SCHEME).partition("/")[0]
        self.endpoint = _checked(endpoint, "Configuration: dataset.endpoint") or _checked(
            os.environ.get("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL"
        )
        address: dict[str, Any] = {"endpoint": self.endpoint} if self.endpoint else {}
        anonymous = not any(os.environ.get(name) for name in _CREDENTIALS)
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION
        self._as = "without credentials" if anonymous else "with the credentials of AWS's variables"
        try:
            self._store = S3Store(
                self.name,
                region=region,
                skip_signature=anonymous,
                # Other servers know this form only, and a certificate names no bucket with dots.
                virtual_hosted_style_request=False,
                client_options={
                    "allow_http": bool(self.endpoint and self.endpoint.startswith("http://")),
                    "connect_timeout": timedelta(seconds=5),
                    "timeout": timedelta(seconds=60),
                },
                retry_config={
                    "max_retries": 1000,
                    "retry_timeout": timedelta(seconds=patience),
                    "backoff": {
                        "base": 2,
                        "init_backoff": timedelta(milliseconds=200),
                        "max_backoff": timedelta(seconds=5),
                    },
                },
                **address,
            )
        except BaseError as error:
            raise StudyError(
                f"AWS's variables do not fit together ({str(error).splitlines()[0]}); expected "
                "both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither: set or unset them."
            ) from None

    def key(self, url: str) -> str:
        """An object's name within the bucket."""
        return url.removeprefix(f"{SCHEME}{self.name}/")

    def listing(self, below: str, deep: bool = False) -> tuple[list[Stored], list[str]]:
        """What is in a folder.

        Parameters
        ----------
        below : str
            The folder's path within the bucket.
        deep : bool
            Whether what is in all folders below it is listed, too.

        Returns
        -------
        objects : list of Stored
        folders : list of str
            The names of the folders in it; none if `deep`.
        """
        rows, folders = self._ask(f"{SCHEME}{self.name}/{below}", self._list, below, deep)
        objects = [
            Stored(f"{SCHEME}{self.name}/{row['path']}", int(row["size"]), row["e_tag"] or "")
            for row in rows
        ]
        return objects, [path.rpartition("/")[2] for path in folders]

    def _list(self, below: str, deep: bool) -> tuple[list[Any], list[str]]:
        import obstore

        if deep:
            return [row for page in obstore.list(self._store, prefix=below) for row in page], []
        listed = obstore.list_with_delimiter(self._store, prefix=below)
        return list(listed["objects"]), list(listed["common_prefixes"])

    def open(self, stored: Stored) -> "RangedFile":
        """An object whose bytes are read by ranges."""
        import obstore
        from response_clusters.sources.ranged_file import RangedFile

        key = self.key(stored.url)

        def part(start: int, end: int) -> memoryview:
            # Some servers list no versions; an object is then known by its size alone.
            options: Any = {"range": (start, end)}
            if stored.etag:
                options["if_match"] = stored.etag
            return memoryview(obstore.get(self._store, key, options=options).bytes())

        def get(start: int, end: int) -> memoryview:
            got = self._ask(stored.url, part, start, end)
            if len(got) != end - start:
                raise StudyError(
                    f"{stored.url}: {len(got):,} bytes came where {end - start:,} were asked for, "
                    f"from byte {start:,} on; expected an object of {stored.size:,} bytes, as it "
                    "was listed: run again."
                )
            return got

        self.opened.append(RangedFile(stored.url, stored.size, get))
        return self.opened[-1]

    def fetch(self, stored: Stored, path: Path) -> None:
        """Write a whole object to a file, and hold it against its size and its MD5, if known.

        Raises
        ------
        StudyError
            If it cannot be had, or is another than was listed.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        # Under its own name a file is whole.
        draft = path.with_name(f"{path.name}.part")
        known = _MD5.fullmatch(stored.etag)
        came = self._save(stored, draft)
        # Encrypted by a key of the bucket's own, an object has a version that only looks like an
        # MD5: what comes twice alike is what is stored.
        if known and came != known[1] and self._save(stored, draft) not in (came, known[1]):
            raise StudyError(
                f"{stored.url}: other bytes came when it was fetched again; expected those of the "
                f"MD5 {known[1]}, as the server lists it: check the network, and run again."
            )
        draft.rename(path)

    def _save(self, stored: Stored, path: Path) -> str:
        """Write a whole object to a file; its MD5."""
        with self.open(stored) as source:
            source.save(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

    def _ask(self, url: str, question: Callable[..., T], *arguments: Any) -> T:
        """The answer to a question to the server; what it objects is told as one sentence."""
        from obstore.exceptions import BaseError

        try:
            return question(*arguments)
        except (BaseError, FileNotFoundError) as error:
            raise StudyError(f"{url}: {self._told(str(error))}") from None

    def _told(self, message: str) -> str:
        """What was found, what was expected and what to do, from an error of obstore."""
        code = next(iter(_CODE.findall(message)), "")
        status = next(iter(_STATUS.findall(message)), "")
        server = self.endpoint or "AWS"
        if code == "NoSuchBucket":
            return (
                f"{server} has no bucket {self.name}; expected that of the data: correct "
                "dataset.root or dataset.endpoint."
            )
        if status in ("401", "403"):
            return (
                f"{server} refuses to read it {self._as}{f' ({code})' if code else ''}; expected "
                "an object that may be read, in a bucket that is there: correct dataset.root, or "
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to credentials that may read it, "
                "or unset them for a bucket that is open to all."
            )
        if status == "404":
            return (
                "there is no such object any more; expected it, as it was listed: run again, so "
                "that the bucket is listed anew."
            )
        if status == "412":
            return (
                "the object was replaced since it was listed; expected one version throughout a "
                "run: run again, so that the bucket is listed anew."
            )
        if status:
            shown = f"{status} {code}".strip()
            return (
                f"{server} answers with an error ({shown}); expected the object: correct "
                "dataset.endpoint and AWS_REGION, or run again later."
            )
        if "redirect" in message:
            return (
                f"{server} has the bucket in another region; expected that of AWS_REGION or, where "
                f"it is not set, {REGION}: set it to the bucket's."
            )
        return (
            f"{server} does not answer; expected an S3 server: check the network, or correct "
            "dataset.endpoint."
        )
