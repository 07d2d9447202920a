"""datasketch by its documentation: MinHash.generator, MinHashLSH of 16 bands of 8, signature >= 0.7.

datasketch_lsh.py CORPUS ANSWER
"""

import sys
from collections.abc import Iterator

from datasketch import MinHash, MinHashLSH
from shingles import documents, shingles, write_answer

ids: list[str] = []


def token_sets() -> Iterator[list[bytes]]:
    for doc_id, text in documents(sys.argv[1]):
        ids.append(doc_id)
        yield [shingle.encode("utf-8") for shingle in shingles(text)]


lsh = MinHashLSH(num_perm=128, params=(16, 8))
kept: dict[int, MinHash] = {}
kept_for: dict[int, int] = {}
# The generator makes the permutations once, where MinHash(…) makes them for each document.
for key, sketch in enumerate(MinHash.generator(token_sets(), num_perm=128)):
    copies = [other for other in lsh.query(sketch) if sketch.jaccard(kept[other]) >= 0.7]
    if copies:
        kept_for[key] = min(copies)
    else:
        lsh.insert(key, sketch)
        kept[key] = sketch

write_answer(sys.argv[2], {ids[dropped]: ids[stays] for dropped, stays in kept_for.items()})
