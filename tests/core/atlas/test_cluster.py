"""An atlas by Dask workers, one of which is killed: real processes."""

import logging
import os
import signal

import pytest

from cnn_core.atlas import make_atlas
from cnn_core.atlas.cluster import NoCluster, dask_workers

distributed = pytest.importorskip("distributed")


@pytest.mark.filterwarnings("default")  # what Dask says when a worker is lost
def test_three_workers_one_of_them_killed_make_the_atlas_of_one(small_model, photos, atlas, tmp_path):
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as cluster:
        lost = []

        def kill_one(progress):
            if progress.workers and not lost:
                with distributed.Client(cluster) as client:
                    address, pid = sorted(client.run(os.getpid).items())[0]
                os.kill(pid, signal.SIGKILL)
                lost.append(address)

        with dask_workers(scheduler=cluster.scheduler_address) as (make, _):
            made = make_atlas(small_model, photos, tmp_path, make, kill_one)
    assert lost
    assert made.id == atlas.id  # the name is the digest of every file: not a bit differs


def test_where_no_scheduler_answers_says_so(monkeypatch):
    from cnn_core.atlas import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with (
        pytest.raises(NoCluster, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        dask_workers(scheduler="tcp://127.0.0.1:9"),
    ):
        pass
