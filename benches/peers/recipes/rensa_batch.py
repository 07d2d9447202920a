"""rensa by its batch API: sketches, index and queries of many documents in one call each.

rensa_batch.py CORPUS ANSWER
"""

import sys
from itertools import islice

from rensa import RMinHash, RMinHashLSH
from shingles import documents, shingles, write_answer

BATCH = 1_000

ids: list[str] = []
sketches: list[RMinHash] = []
rows = documents(sys.argv[1])
while batch := list(islice(rows, BATCH)):
    ids.extend(doc_id for doc_id, _ in batch)
    token_sets = [list(shingles(text)) for _, text in batch]
    sketches.extend(RMinHash.from_token_sets(token_sets, num_perm=128, seed=42))

lsh = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)
lsh.insert_pairs(enumerate(sketches))

kept_for: dict[int, int] = {}
for key, candidates in enumerate(lsh.query_all(sketches)):
    if key in kept_for:
        continue
    for candidate in candidates:
        if candidate == key or candidate in kept_for:
            continue
        if sketches[key].jaccard(sketches[candidate]) >= 0.7:
            kept_for[max(key, candidate)] = min(key, candidate)

write_answer(sys.argv[2], {ids[dropped]: ids[kept] for dropped, kept in kept_for.items()})
