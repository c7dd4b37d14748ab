"""Reads feeds with feedparser, as a reader's program does.

Reads a JSON list from its input: for each feed `headers`, those of the answer, and `body`, a text. Writes a JSON list
of what was understood.
"""

import json
import sys
import time

import feedparser


def instant(read):
    """An instant as the API writes it, to the second; nothing where there is none."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", read) if read else None


def links(element):
    return [{"rel": link.get("rel"), "href": link.get("href")} for link in element.get("links", [])]


def summary(one):
    """The summary; nothing where feedparser puts a text in the place of one that is missing."""
    said = one.get("summary")
    return None if said in [text.get("value") for text in one.get("content", [])] else said


def entry(one):
    return {
        "id": one.get("id"),
        "title": one.get("title"),
        "link": one.get("link"),
        "links": links(one),
        "published": instant(one.get("published_parsed")),
        "updated": instant(one.get("updated_parsed")),
        "authors": [author.get("name") for author in one.get("authors", [])],
        "tags": [tag.get("label") or tag.get("term") for tag in one.get("tags", [])],
        "summary": summary(one),
        # What is said of a picture comes as plain text.
        "content": [text.get("value") for text in one.get("content", []) if text.get("type") == "text/html"],
        "rights": one.get("rights"),
    }


def feed(asked):
    # As it came: what is compared with is not sanitized either.
    read = feedparser.parse(
        asked["body"].encode(),
        response_headers=asked["headers"],
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return {
        "bozo": bool(read.bozo),
        "fault": repr(read.get("bozo_exception")) if read.bozo else None,
        "version": read.version,
        "namespaces": read.namespaces,
        "title": read.feed.get("title"),
        "link": read.feed.get("link"),
        "updated": instant(read.feed.get("updated_parsed")),
        "links": links(read.feed),
        "entries": [entry(one) for one in read.entries],
    }


json.dump([feed(asked) for asked in json.load(sys.stdin)], sys.stdout)
