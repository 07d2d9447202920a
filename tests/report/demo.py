"""A dump to look at: stories of a made-up valley as a dozen made-up papers print, copy, cut and repeat them."""

import json
import random
from pathlib import Path

PLACES = ["Marlow Bridge", "Varde", "Skell", "Harrow", "Upper Tarn", "Old Ferry", "Linden", "Castle Moor", "Saltby", "Ennis Weir", "Thornwick", "Brae"]
PEOPLE = ["Ingrid Vale", "Tomas Hale", "Ruth Okoro", "Piet Janssen", "Amal Haddad", "Clara Moss", "Owen Reed", "Lucia Ferrer", "Sven Dahl", "Mary Quill"]
THINGS = ["the old lock", "the market hall", "a second ferry", "the river path", "the grain store", "the night bus", "the school roof", "the tide gauge", "the public baths", "the orchard fund", "the harbour light", "the parish archive"]
VERBS = ["repair", "close", "widen", "sell", "rebuild", "keep", "paint", "move", "insure", "light"]
FIRST = ["{place} – The council voted on {day} to {verb} {thing}, {number} years after it was first promised.", "{place} – A plan to {verb} {thing} was put off again on {day}, for want of {number} thousand.",
         "{place} – Nobody who came to the meeting on {day} wished to {verb} {thing}; {number} people had come.", "{place} – {person} will {verb} {thing} alone if need be, the paper was told on {day}."]
MORE = ["“We have had letters from {number} ministries,” said {person}, who keeps the books, “and not one of them enclosed a stamp.”", "The vote was {number} to {small}, with one member asleep.",
        "{person}, who has lived beside {thing} for {number} years, said that the water had never come so high.", "A report of {number} pages had advised against it in the spring.", "The work is to begin before the frost and to end, the engineer hopes, before the money does.",
        "In {other} the same was tried {small} years ago, and is spoken of to this day.", "“In the end we simply sent a carpenter,” said {person}.", "What it will cost was not said; a figure of {number} thousand was heard on the stairs.",
        "The mayor of {other} sent her regards and {small} barrels of tar.", "Children from the school at {other} had drawn what {thing} might look like, and the drawings were kept.", "The ferry ran {number} minutes late on that day, as on every other.",
        "Opponents gathered {number} signatures, of which {small} were found to be the same hand.", "The minister could not be reached, and the bridge could be reached only by boat.", "A second reading is set for the first week of the month, if the hall is heated.",
        "{person} asked for the minutes to say that she had warned of it in good time.", "The river rose by {small} inches in the night and fell again by noon.", "An account of {number} crowns is held for the purpose at the savings bank in {other}."]
GERMAN = ["Der Rat von {place} hat am {day} beschlossen, die alte Schleuse nach {number} Jahren endlich zu erneuern.", "„Wir haben lange genug gewartet“, sagte {person}, die seit {number} Jahren am Fluss wohnt.", "Was das kosten soll, wurde nicht gesagt, doch war von {number} Tausend die Rede.", "In {other} hatte man es vor {small} Jahren schon einmal versucht und dann vergessen.", "Die Arbeiten sollen noch vor dem Frost beginnen."]
SPANISH = ["El consejo de {place} decidió el {day} reparar la vieja esclusa, {number} años después de haberlo prometido.", "«Hemos esperado bastante», dijo {person}, que vive junto al río desde hace {number} años.", "Nadie quiso decir cuánto costaría, aunque se habló de {number} mil.", "En {other} ya lo intentaron hace {small} años y todavía se recuerda.", "Las obras deben empezar antes de las heladas."]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
PAPERS = ["riverwatch.example", "vardepost.example", "skellherald.example", "northvalley.example", "harbourtimes.example", "linden-news.example", "thetarnpaper.example", "saltbyecho.example", "moorgazette.example", "weirweekly.example", "talblatt.example", "elrio.example"]
FOOT = {paper: f"{paper.split('.')[0].capitalize()} comes out every morning but Sunday; write to the editor at the old customs house." for paper in PAPERS}
PLEA = "SIGN UP FOR OUR FREE NEWSLETTER AND NEVER MISS A STORY! PLEASE DONATE TODAY AT WWW.{paper}/GIVE"


def dump(folder: Path, stories: int = 2_400) -> None:
    chance = random.Random(11)

    def say(line: str, place: str, thing: str, day: str, verb: str) -> str:
        other = chance.choice([p for p in PLACES if p != place])
        return line.format(place=place, thing=thing, day=day, verb=verb, other=other, person=chance.choice(PEOPLE), number=chance.randint(6, 990), small=chance.randint(2, 9))

    rows, told = [], []
    for n in range(stories):
        paper = chance.choices(PAPERS, weights=[30, 22, 18, 14, 10, 8, 7, 6, 5, 4, 6, 5])[0]
        lines = {"talblatt.example": GERMAN, "elrio.example": SPANISH}.get(paper)
        place, thing, day, verb = chance.choice(PLACES), chance.choice(THINGS), chance.choice(DAYS), chance.choice(VERBS)
        title = f"{place} votes to {verb} {thing} {chance.choice(['at last', 'again', 'after all', 'for now', 'in spring'])}"
        date = f"2025-{min(12, int(chance.triangular(1, 13, 10))):02}-{chance.randint(1, 28):02}"
        chosen = [chance.choice(FIRST), *chance.sample(MORE, min(len(MORE), int(chance.lognormvariate(1.9, 0.5)) + 2))] if lines is None else lines * chance.randint(1, 2)
        if told and chance.random() < 0.19:
            # Somebody else's story: as it is, with a word changed, or cut.
            title, body, date = chance.choice(told[: max(1, len(told) // chance.choice([1, 1, 8, 60]))])
            how = chance.random()
            if how < 0.35:
                words = body.split(" ")
                for _ in range(max(1, len(words) // chance.choice([14, 20, 40, 90]))):
                    words[chance.randrange(len(words))] = chance.choice(["perhaps", "later", "the town", "some", "again"])
                body = " ".join(words)
            elif how < 0.5:
                body += "\n\n" + say(chance.choice(MORE), place, thing, day, verb)
        else:
            said = [say(line, place, thing, day, verb) for line in chosen]
            body = "\n\n".join(" ".join(said[at : at + 3]) for at in range(0, len(said), 3))
            told.append((title, body, date))
        if chance.random() < 0.08:
            body = f"{body}\n\n{body}"
        if chance.random() < 0.5:
            body = f"{body}\n\n{FOOT[paper]}"
        if chance.random() < 0.12:
            body = f"{body}\n\n{PLEA.format(paper=paper.upper())}"
        row = {"id": f"v{n:05}", "title": title, "text": body, "url": f"https://www.{paper}/{date[:4]}/{n}", "publisher": paper.split(".")[0].capitalize()}
        if chance.random() < 0.8:
            row["date"] = date
        if chance.random() < 0.4:
            row["author"] = chance.choice(PEOPLE)
        rows.append(json.dumps(row, ensure_ascii=False))
        if n % 400 == 7:
            rows.append(["no json at all", json.dumps({"id": f"e{n}", "body": "elsewhere"})][n // 400 % 2])
    half = len(rows) * 2 // 3
    (folder / "valley-2025.jsonl").write_text("\n".join(rows[:half]) + "\n")
    (folder / "late.ndjson").write_text("\n".join(rows[half:]) + "\n")
    for n in range(40):
        (folder / f"note-{n}.txt").write_text("\n\n".join(say(line, PLACES[n % 12], THINGS[n % 7], "Monday", "keep") for line in chance.sample(MORE, 6)) + "\n")
    (folder / "picture.txt").write_bytes(bytes(range(256)) * 20)
