"""The environment of templates: Jinja's sandbox, stricter. A template shows values; it runs no program. Pure.

Jinja's own sandbox (jinja.palletsprojects.com, "Sandbox") refuses names with an underscore, frames, code and the
methods that change a list or a mapping. This one also refuses to look into functions, methods and classes, by which a
template would reach what a filter was made of, and tells at once: Jinja would stay silent where such a value is tested
and not shown. Time and memory of a template have no bounds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import partial
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace

from site_gen.pages import template_filters, template_messages

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jinja2 import Template, nodes

    from site_gen.pages.language import Language

# Types of which a template may have no attribute.
_CLOSED = frozenset(
    {FunctionType, BuiltinFunctionType, MethodType, partial, ModuleType, CodeType, FrameType, TracebackType}
)
# Names that Jinja's sandbox has to be asked about, beside those with an underscore: of methods that read attributes by
# the words of a text, of those that change what they are of, and of what lies behind generators.
_ASKED_NAMES = {"format", "format_map"}.union(
    *(set(dir(kind)) - set(dir(plain)) for kind, plain in ((list, tuple), (set, frozenset), (dict, Mapping))),
    *map(dir, (deque, GeneratorType, CoroutineType, AsyncGeneratorType)),
) - set(dir(tuple))
_CLASSES = frozenset({dict, Cycler, Joiner, Namespace})  # that a template may call


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates run no programs; they escape with `template_filters.fast_escape`."""

    def __init__(self, language: Language, **options: Any) -> None:
        """Create an environment. language: what its templates speak. options: Jinja's."""
        super().__init__(**options)
        self.language = language
        template_messages.install(self, language)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Return the program of a template (a hook of Jinja's)."""
        return super()._generate(template_messages.MessageFolder(self.language).visit(source), *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute or an item. Raises SecurityError for one that leads out of what templates show."""
        # Most names are those of fields: they cost a build next to nothing, where Jinja's checks cost it a tenth.
        is_plain = attribute[:1] != "_" and attribute not in _ASKED_NAMES and type(obj) not in _CLOSED
        if is_plain and not isinstance(obj, type):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether a template may have an attribute."""
        is_closed = type(obj) in _CLOSED or isinstance(obj, type)
        return not is_closed and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        """Tell whether a template may call this: what it is given, and of classes a few."""
        return not isinstance(obj, type) or obj in _CLASSES

    def unsafe_undefined(self, obj: Any, attribute: str) -> NoReturn:
        """Raise SecurityError: a template asked for what it may not have."""
        raise SecurityError(f"`{attribute}` of a {type(obj).__name__} is not for templates: they run no programs")

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """Return a compiled template."""
        template = super().get_template(*args, **kwargs)
        template.root_render_func.__globals__["escape"] = template_filters.fast_escape
        return template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what all templates know, beside `d`."""
        # Jinja would lay an empty mapping over these, in Python, and ask that for every name at every page and import.
        return super().make_globals(d) if d else self.globals
