"""Messages of templates: `_("…")`, `ngettext` and Jinja's `{% trans %}`, in the language of the pages. Pure.

An environment knows one language, so a message becomes part of the compiled template, as if its author had written it
in that language: it costs a page nothing. Plural forms alone are chosen while drawing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jinja2

    from site_gen.pages.language import Language

_FUNCTIONS = frozenset({"_", "gettext"})
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


def install(env: jinja2.Environment, language: Language) -> None:
    """Let the templates of an environment speak a language: with autoescape, values are escaped, messages are not."""

    def gettext(message: str, **values: Any) -> Markup:
        return Markup(language.gettext(message)) % values  # noqa: S704  our words; the values are escaped

    def ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
        message = Markup(language.messages.ngettext(singular, plural, num))  # noqa: S704  likewise
        return message % {**values, "num": language.number(num)}

    env.add_extension("jinja2.ext.i18n")
    env.globals |= {"gettext": gettext, "_": gettext, "ngettext": ngettext}
    env.extend(newstyle_gettext=True)  # values of a message are arguments of its call


class MessageFolder(NodeTransformer):
    """Puts the messages of a template in place of the calls that would look them up each time."""

    def __init__(self, language: Language) -> None:
        """Create one for a language."""
        self._language = language

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802  the visitor's name for it
        """Put a message with its values among what is written: text, value, text."""
        node.nodes = [part for child in node.nodes for part in self._parts(child)]
        self.generic_visit(node)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        """Put a message without values in place of its call."""
        self.generic_visit(node)
        message = _message(node)
        if message is None or node.kwargs:
            return node
        return nodes.Const(Markup(self._language.gettext(message) % {}), lineno=node.lineno)  # noqa: S704  our words

    def _parts(self, node: nodes.Expr) -> Iterator[nodes.Expr]:
        message = _message(node)
        if message is None or not isinstance(node, nodes.Call):
            yield node
            return
        values = {pair.key: pair.value for pair in node.kwargs}
        text, at = self._language.gettext(message), 0
        for match in _PLACEHOLDER.finditer(text):
            yield nodes.TemplateData(text[at : match.start()], lineno=node.lineno)
            at = match.end()
            name = match[1]
            yield values[name] if name in values else nodes.TemplateData(match[0][:1], lineno=node.lineno)
        yield nodes.TemplateData(text[at:], lineno=node.lineno)


def _message(node: nodes.Node) -> str | None:
    """Return the message that a call looks up; None for any other node."""
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name) or node.node.name not in _FUNCTIONS:
        return None
    first = node.args[0] if len(node.args) == 1 else None
    return first.value if isinstance(first, nodes.Const) and isinstance(first.value, str) else None
