"""datasketch by its documentation: MinHash, MinHashLSH of 16 bands of 8, signature >= 0.7.

datasketch_lsh.py CORPUS ANSWER
"""

import sys

from datasketch import MinHash, MinHashLSH
from shingles import documents, shingles, write_answer

lsh = MinHashLSH(num_perm=128, params=(16, 8))
kept: dict[str, MinHash] = {}
kept_for: dict[str, str] = {}
for doc_id, text in documents(sys.argv[1]):
    sketch = MinHash(num_perm=128)
    sketch.update_batch([shingle.encode("utf-8") for shingle in shingles(text)])
    copies = [key for key in lsh.query(sketch) if sketch.jaccard(kept[key]) >= 0.7]
    if copies:
        kept_for[doc_id] = min(copies)
    else:
        lsh.insert(doc_id, sketch)
        kept[doc_id] = sketch

write_answer(sys.argv[2], kept_for)
