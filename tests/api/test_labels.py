"""Names of classes in the forms in which people have them."""

import json

import pytest

from app.services.labels import fitted, read_labels
from cnn_core.errors import BadInput

TREES = ("érable", "hêtre", "frêne")

WRITTEN = {
    "lines": "érable\nhêtre\nfrêne\n\n".encode(),
    "lines with a mark in front": "érable\nhêtre\nfrêne".encode("utf-8-sig"),
    "Latin-1": "érable\r\nhêtre\r\nfrêne".encode("latin-1"),
    "UTF-16": "érable\nhêtre\nfrêne".encode("utf-16"),
    "a JSON list": json.dumps(TREES).encode(),
    "ImageNet's class index": json.dumps({i: [f"n0{i}", name] for i, name in enumerate(TREES)}).encode(),
    "Keras's class indices": json.dumps({name: i for i, name in enumerate(TREES)}).encode(),
    "a Python dictionary": b"{0: '\xc3\xa9rable',\n 1: 'h\xc3\xaatre', 2: 'fr\xc3\xaane'}",
    "a Python list": str(list(TREES)).encode(),
    "a table with a head": "index,synset,name\n2,n02,frêne\n0,n00,érable\n1,n01,hêtre\n".encode(),
    "a table that counts from 1": "1,érable\n2,hêtre\n3,frêne\n".encode(),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_names_are_read(how):
    assert read_labels(WRITTEN[how]) == TREES


def test_commas_within_names_make_no_table():
    assert read_labels(b"tench, Tinca tinca\ngoldfish, Carassius auratus") == (
        "tench, Tinca tinca",
        "goldfish, Carassius auratus",
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "has none"),
        (b"\x00\x01\x02", "wanted a text file"),
        (b"{0: 'a', 2: 'b'}", "all from 0 on"),
        (b'{"a": 0, "b": 0}', "all from 0 on"),
        (b'{"a": "b"}', "all from 0 on"),
        (b"{0: 'a', 1: __import__('os')}", "cannot be read"),
        (b"[1.5]", "must be a name"),
    ],
)
def test_what_is_no_list_of_names_is_refused(data, said):
    with pytest.raises(BadInput, match=said):
        read_labels(data)


def test_background_is_taken_off_or_put_in_front():
    names = tuple(map(str, range(1000)))
    assert fitted(("background", "a", "b"), 2) == ("a", "b")
    assert fitted(names, 1001) == ("background", *names)
    assert fitted(("x", "a", "b"), 2) == ("x", "a", "b")
