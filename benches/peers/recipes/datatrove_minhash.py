"""datatrove by its examples/minhash_deduplication.py: four stages, one worker, 16 buckets of 8.

    datatrove_minhash.py CORPUS FOLDER

Cluster ids are saved so that the document that stays can be named afterwards.
"""

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.typeshelper import Languages


def main() -> None:
    corpus = Path(sys.argv[1])
    folder = Path(sys.argv[2])
    config = MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)

    def reader() -> JsonlReader:
        return JsonlReader(str(corpus.parent), glob_pattern=corpus.name, compression=None)

    signatures, buckets, clusters = (str(folder / name) for name in ("signatures", "buckets", "clusters"))
    stages = {
        "signatures": [reader(), MinhashDedupSignature(signatures, config=config, language=Languages.english)],
        "buckets": [MinhashDedupBuckets(signatures, buckets, config=config)],
        "clusters": [MinhashDedupCluster(buckets, clusters, config=config, save_cluster_id=True)],
        "filter": [reader(), MinhashDedupFilter(clusters), JsonlWriter(str(folder / "kept"))],
    }
    for name, pipeline in stages.items():
        tasks = config.num_buckets if name == "buckets" else 1
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(folder / "logs" / name)).run()


if __name__ == "__main__":
    main()
