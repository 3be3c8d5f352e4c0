from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from fundtracker.simulator.forms import decode

names = st.text("abc_", min_size=1, max_size=5)
trees = st.dictionaries(
    names,
    st.recursive(
        st.text("abc ü&=[]1", max_size=5),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3),
            st.dictionaries(names, inner, min_size=1, max_size=3),
        ),
        max_leaves=6,
    ),
    max_size=4,
)


@given(trees)
def test_what_the_sdk_encodes_is_understood(tree: dict[str, object]) -> None:
    sent = urlencode(list(_api_encode(tree)))

    assert decode(parse_qsl(sent, keep_blank_values=True)) == tree


def test_a_list_may_be_written_without_numbers() -> None:
    assert decode([("expand[]", "a"), ("expand[]", "b")]) == {"expand": ["a", "b"]}
