"""rensa by the path of its own benchmark: a digest matrix and one flag a document.

    rensa_flags.py CORPUS ANSWER

The flag says that some other document shares a band: every copy is flagged, the first one too, no
partner is named and no similarity is checked.
"""

import sys
from itertools import islice

from rensa import RMinHash, RMinHashLSH
from shingles import documents, shingles, write_answer

BATCH = 1_000

ids: list[str] = []
lsh = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)
matrices = []
rows = documents(sys.argv[1])
while batch := list(islice(rows, BATCH)):
    token_sets = [list(shingles(text)) for _, text in batch]
    matrix = RMinHash.digest_matrix_from_token_sets(token_sets, num_perm=128, seed=42)
    lsh.insert_matrix(matrix, start_key=len(ids))
    ids.extend(doc_id for doc_id, _ in batch)
    matrices.append(matrix)

flags = [flag for matrix in matrices for flag in lsh.query_duplicate_flags_matrix(matrix)]
write_answer(sys.argv[2], {doc_id: "" for doc_id, flag in zip(ids, flags) if flag})
