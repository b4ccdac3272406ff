"""The environment of templates: Jinja's sandbox, stricter. A template shows values; it runs no program. Pure.

Jinja's own sandbox (jinja.palletsprojects.com, "Sandbox") refuses names with an underscore, frames, code and the
methods that change a list or a mapping. This one also refuses to look into functions, methods and classes, by which a
template would reach what a filter was made of, and tells at once: Jinja would stay silent where such a value is tested
and not shown. Time and memory of a template have no bounds.
"""

from __future__ import annotations

from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace

from site_gen.pages import template_filters

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jinja2 import Template

_FORMAT_METHODS = frozenset({"format", "format_map"})  # they read attributes, by the words of a text
_CLOSED = frozenset({FunctionType, BuiltinFunctionType, MethodType, partial, ModuleType})
_CLASSES = frozenset({dict, Cycler, Joiner, Namespace})  # that a template may call


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates run no programs; they escape with `template_filters.fast_escape`."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute or an item. Raises SecurityError for one that leads out of what templates show."""
        # Most names are those of fields: asked for in this order, they cost a build no more than without a sandbox.
        if attribute[:1] == "_" or attribute in _FORMAT_METHODS:
            return super().getattr(obj, attribute)
        try:
            value = getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)
        return value if self.is_safe_attribute(obj, attribute, value) else self.unsafe_undefined(obj, attribute)

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
