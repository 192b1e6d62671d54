"""How the site is built (`make docs`), with warnings as errors. Nothing is fetched, neither then nor by its pages."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Counterflow"
author = "the Counterflow contributors"
release = version = version_of("counterflow")
copyright = "the Counterflow contributors, Apache License 2.0"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "site_pages",
]
exclude_patterns = ["build"]
language = "en"
smartquotes = False  # two dashes are the beginning of an option

# Markdown. Headings get the anchors that GitHub gives them, so that links between pages work there too.
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist", "attrs_block"]
myst_heading_anchors = 5

# The notebook runs at every build, from top to bottom; an error in it is an error of the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_in_temp = False
nb_merge_streams = True

# Signatures as they are written; modules that only annotations name are not imported.
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False
default_role = "literal"

html_theme = "furo"
html_title = f"Counterflow {version}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
pygments_style = "friendly"
