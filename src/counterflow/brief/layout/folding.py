"""A text as rules look at it, and a quote as people do: without marks, with plain quotes, dashes and blanks."""

from __future__ import annotations

import re

_PLAIN = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " "),
    **dict.fromkeys("\u2008\u2009\u200a", " "),
    **dict.fromkeys("\u202f\u205f\u3000\t\v\f\n\r\u0085\u2028\u2029", " "),
}

# Each alternative is blanked where it matches: citation numbers that are links (they are resolved), bare tags, link
# targets, link and image brackets, emphasis, and the backslash of an escape. Each begins with a letter that stands
# for itself, so that only places with such a letter are tried; and a run of marks is tried once, where it begins, so
# that a text of nothing but marks takes no longer than any other.
_TARGET = r"(?:[^()\s]|\([^()\s]*\))*"
_TITLE = r"(?:\s+\"[^\"\n]{0,300}\")?"
_MARKUP = re.compile(
    rf"\[\[?\^?\d{{1,3}}\]\]?\({_TARGET}\)"
    r"|</?[A-Za-z][^<>\n]{0,200}>"
    rf"|\((?<=\]\(){_TARGET}{_TITLE}\)"
    rf"|!\[(?=[^\[\]]{{0,300}}\]\()|\[(?=[^\[\]]{{0,300}}\]\()|\](?=\({_TARGET}{_TITLE}\))"
    r"|\*\**+|_(?<!\w_)_*+|_(?<=[^\W_]_)_*+(?!\w)|\\(?=[!-/:-@\[-`{-~])"
)
_RULED_LINE = re.compile(r"^[|: \t-]++$", re.MULTILINE)


# Longer than any word or address of a text: packed data, and what is made to take long.
_NO_WORD = re.compile(r"\w{500,}")


def fold(text: str) -> str:
    """A copy of `text` of the same length for rules to match: plain quotes, dashes and blanks, no markup."""
    bare = _RULED_LINE.sub(lambda line: _blank(line) if is_ruled(line.group()) else line.group(), text)
    plain = _without_comments(bare, " ")
    for character in sorted(_PLAIN.keys() & set(plain)):
        plain = plain.replace(character, _PLAIN[character])
    return _MARKUP.sub(_blank, _NO_WORD.sub(_blank, plain))


def is_ruled(line: str) -> bool:
    """Whether a line is the one under the header of a pipe table, such as `| --- | :---: |`."""
    return "-" in line and "|" in line and _RULED_LINE.fullmatch(line) is not None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _without_comments(text: str, filler: str) -> str:
    """The text with each character of a comment of HTML replaced by `filler`; an open comment is none."""
    parts, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts += [text[position:start], filler * (end + 3 - start)]
        position = end + 3
    return "".join([*parts, text[position:]]) if parts else text


_CUT_MARKUP = re.compile(r"\]\([^()\s]*\)?|!?\[(?=[^\[\]]*$)(?!\d{1,3}$)")


def plain(quote: str) -> str:
    """A quote as people read it: without Markdown or HTML marks and link targets, also where the quote begins or
    ends inside one, and with single blanks. For display only: a `Span` keeps the exact words.

    >>> plain("have [plummeted](https://example.org/a) to the\\n**lowest** level[7]")
    'have plummeted to the lowest level[7]'
    """
    return re.sub(r"\s+", " ", _CUT_MARKUP.sub("", _MARKUP.sub("", _without_comments(quote, ""))))
