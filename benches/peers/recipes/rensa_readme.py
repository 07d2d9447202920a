"""rensa by its README's "Deduplicating a dataset": one RMinHash a document, LSH, signature >= 0.7.

rensa_readme.py CORPUS ANSWER
"""

import sys

from rensa import RMinHash, RMinHashLSH
from shingles import documents, shingles, write_answer

ids: list[str] = []
sketches: list[RMinHash] = []
for doc_id, text in documents(sys.argv[1]):
    sketch = RMinHash(num_perm=128, seed=42)
    sketch.update(list(shingles(text)))
    ids.append(doc_id)
    sketches.append(sketch)

lsh = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)
for key, sketch in enumerate(sketches):
    lsh.insert(key, sketch)

kept_for: dict[int, int] = {}
for key, sketch in enumerate(sketches):
    if key in kept_for:
        continue
    for candidate in lsh.query(sketch):
        if candidate == key or candidate in kept_for:
            continue
        if sketch.jaccard(sketches[candidate]) >= 0.7:
            kept_for[max(key, candidate)] = min(key, candidate)

write_answer(sys.argv[2], {ids[dropped]: ids[kept] for dropped, kept in kept_for.items()})
