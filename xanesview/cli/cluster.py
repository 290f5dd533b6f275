"""A running Dask cluster to work on: ``--scheduler ADDRESS`` of ``xanesview compute`` and ``predict``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from xanesview.errors import XanesviewError, in_plain_words, why_not_loaded

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE_S = 20
_START = "Start one with “dask scheduler” and workers with “dask worker ADDRESS”."


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Client]:
    """Open a cluster that has a worker; what still waits there when the caller leaves is cancelled.

    Raises
    ------
    XanesviewError
        Without the package dask.distributed, where nothing answers or no worker comes, and when workers die or the
        connection breaks while the caller waits for a result.
    """
    try:
        from distributed import Client
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError as missing:
        raise XanesviewError(
            f"--scheduler needs the package dask.distributed ({why_not_loaded(missing)}).",
            "Install xanesview with its extra “cluster”.",
        ) from missing
    try:
        client = Client(address, timeout=_PATIENCE_S)
    except ValueError as error:
        message = f"“{address}” is no address of a Dask scheduler."
        raise XanesviewError(message, "Write it as tcp://HOST:8786.") from error
    except OSError as error:  # dask's own words for it, such as a time that has run out, say no more
        raise XanesviewError(f"No Dask scheduler answers at {address}.", _START) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError as error:
            raise XanesviewError(f"The Dask scheduler at {address} has no worker.", _START) from error
        try:
            yield client
        except KilledWorker as error:
            raise XanesviewError(
                "Workers of the cluster died while they worked, perhaps for lack of memory.",
                "Look at their logs; give each worker fewer threads or more memory.",
            ) from error
        except ModuleNotFoundError as error:
            raise XanesviewError(
                f"A worker of the cluster lacks a package ({in_plain_words(error)}).",
                "Install the same xanesview with the same extras where the workers run.",
            ) from error
        except (CancelledError, CommClosedError) as error:
            raise XanesviewError(
                f"The connection to the Dask scheduler at {address} broke.", "What was done by then is written."
            ) from error
