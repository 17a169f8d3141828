"""Notebooks as apps: the module that their cells become, and what their metadata declare."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlite_asgi.build.apps import cells, notebooks
from jupyterlite_asgi.build.apps.declaration import read, read_notebooks
from jupyterlite_asgi.build.apps.scripts import Module
from jupyterlite_asgi.build.errors import BuildError

from .support import notebook, write

EXAMPLES = sorted(Path("examples").glob("*.ipynb"))


def module_of(folder: Path, *sources: str) -> Module:
    return notebooks.read(notebook(folder / "shop.ipynb", *sources), "shop.ipynb")


def fault(folder: Path, *sources: str) -> str:
    with pytest.raises(BuildError) as caught:
        module_of(folder, *sources)
    return str(caught.value)


def test_cells_up_to_the_served_app_become_a_module(tmp_path: Path) -> None:
    module = module_of(
        tmp_path,
        "%pip install fastapi\nimport x",
        "app = 1  # it\n\n\n",
        "",
        'page = """\n%asgi_serve none\n"""\n%asgi_serve app --name my-shop --timeout 5 '
        "--open tab\nno",
        "!never",
    )
    assert module.code == (
        "# In [1]\n# %pip install fastapi\nimport x\n"
        "# In [2]\napp = 1  # it\n"
        "# In [3]\n"
        '# In [4]\npage = """\n%asgi_serve none\n"""\n'
    )
    assert (module.expression, module.name, module.options) == ("app", "my-shop", {"timeout": 5.0})
    assert module.requirements == ("fastapi",)


@pytest.mark.parametrize(
    ("line", "expression", "name", "options"),
    [
        ("%asgi_serve app", "app", "", {}),
        ("%asgi_serve   app  # here", "app", "", {}),
        ("server = %asgi_serve app;", "app", "", {}),
        ("%asgi_serve app \\\n  --name shop", "app", "shop", {}),
        ("%asgi_serve await make(1) --strip-prefix", "await make(1)", "", {"strip_prefix": True}),
        (
            "%asgi_serve app --no-inject --replace --port 80 --limit-body 1K",
            "app",
            "",
            {"inject": False, "limit_body": 1024},
        ),
        ("from jupyterlite_asgi import serve\nawait serve(app)", "app", "", {}),
        ("from jupyterlite_asgi import serve as s\nx = await s(app, 'shop')", "app", "shop", {}),
        (
            "import jupyterlite_asgi as j\nj.serve(app=make(), name='shop', timeout=5)",
            "make()",
            "shop",
            {"timeout": 5},
        ),
    ],
)
def test_what_is_served_is_read(
    tmp_path: Path, line: str, expression: str, name: str, options: dict[str, object]
) -> None:
    module = module_of(tmp_path, f"app = 1\n{line}\nnever")
    assert (module.expression, module.name, module.options) == (expression, name, options)
    assert "never" not in module.code
    assert "await" not in module.code


def test_serve_that_is_not_ours_is_no_end(tmp_path: Path) -> None:
    module = module_of(tmp_path, "def serve(app): ...\nserve(1)", "app = 1\n%asgi_serve app")
    assert module.code == "# In [1]\ndef serve(app): ...\nserve(1)\n# In [2]\napp = 1\n"


@pytest.mark.parametrize(
    ("source", "requirements"),
    [
        ("%pip install a b>=1", ("a", "b>=1")),
        ("%pip install 'a>=1' \"b[x]\"  # both", ("a>=1", "b[x]")),
        ("%pip install -q -U a\n%conda install -c conda-forge -y b", ("a", "b")),
        ("pip install a", ("a",)),
        ("%pip install \\\n  a \\\n  b", ("a", "b")),
        ("%pip install -r more.txt", ("c", "d")),
        ("%pip install --requirement=more.txt", ("c", "d")),
        ("if True:\n    %pip install a\nelse:\n    b = 1", ("a",)),
        ("import piplite; await piplite.install(['a', 'b'])", ("a", "b")),
        ("import micropip\nawait micropip.install('a', keep_going=True)", ("a",)),
        ("import micropip\nawait micropip.install(\n    ['a'],\n)\nx = 'é'; y = 1", ("a",)),
        ("é = 'é'; import micropip; await micropip.install('a'); z = 'é'", ("a",)),
        ("if True:\n    import micropip\n    await micropip.install('a')", ("a",)),
        ("%pip list", None),
        ("import micropip", None),
        ("%pip install", ()),
        ("%pip install a\nfrom IPython.display import HTML", ("a", "ipython")),
        ("%pip install IPython\nimport IPython.display", ("IPython",)),
        ("from IPython.display import HTML", None),
    ],
)
def test_installed_packages_are_required(
    tmp_path: Path, source: str, requirements: tuple[str, ...] | None
) -> None:
    write(tmp_path, {"more.txt": "c\nd\n"})
    module = module_of(tmp_path, source, "app = 1\n%asgi_serve app")
    assert module.requirements == requirements
    before, _, after = module.code.partition("# In [2]\n")
    assert after == "app = 1\n"
    assert before.count("\n") <= source.count("\n") + 2
    assert "install" not in ast.unparse(module.tree)
    assert ("é = 'é'; pass; pass; z = 'é'\n" in before) == ("z = 'é'" in source)


@pytest.mark.parametrize(
    "line",
    [
        "%load_ext jupyterlite_asgi",
        "%load_ext autoreload\n%autoreload 2",
        "%matplotlib inline",
        "%config InlineBackend.figure_format = 'retina'",
        "%asgi_list",
        "%asgi_stop app",
        "%asgi_serve --help",
        "%%time\nx = 1",
        "\n%%capture out\nx = 1",
    ],
)
def test_needless_commands_are_left_out(tmp_path: Path, line: str) -> None:
    module = module_of(tmp_path, line, "app = 1\n%asgi_serve app")
    assert module.code.count("\n") == line.count("\n") + 4
    assert ast.unparse(module.tree) in ("app = 1", "x = 1\napp = 1")


@pytest.mark.parametrize(
    "text",
    [
        "x = 7\ny = x \\\n% 4",
        "x = (7\n% 4)",
        "x = '''\n!ls\n'''",
        'x = f"""\n%{1}\n"""',
        "x = 'it''s' # it's (\nz = 1",
        "x = '\\\n!ls'",
        "x = 7 % 4; y = x != 3",
        "x = r'\\''; y = '\\''\nz = 1",
        "x = {'a': [1,\n%s\n]}".replace("%s", "2"),
        "class A:\n    x = 1\n\n    def f(self):\n        return 7",
        "pip = 1\npip",
    ],
)
def test_python_stays_as_it_is(tmp_path: Path, text: str) -> None:
    assert module_of(tmp_path, text, "%asgi_serve app").code == f"# In [1]\n{text}\n# In [2]\n"


@given(st.text(alphabet="ab%!?='\"#\\\n ([{)]} "))
def test_split_cells_are_the_cell(text: str) -> None:
    assert "".join(line for line, _ in cells.split(text)) == text


IPYTHON = "A published app has no IPython: remove this, or declare a .py file."


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1\n%timeit x", f"Line 2 of code cell 2 of shop.ipynb (`%timeit x`): {IPYTHON}"),
        ("!ls", f"Line 1 of code cell 2 of shop.ipynb (`!ls`): {IPYTHON}"),
        ("files = !ls", f"Line 1 of code cell 2 of shop.ipynb (`files = !ls`): {IPYTHON}"),
        ("y = %who_ls", f"Line 1 of code cell 2 of shop.ipynb (`y = %who_ls`): {IPYTHON}"),
        ("app?", f"Line 1 of code cell 2 of shop.ipynb (`app?`): {IPYTHON}"),
        ("?app", f"Line 1 of code cell 2 of shop.ipynb (`?app`): {IPYTHON}"),
        ("\n%%bash\nls", f"Line 2 of code cell 2 of shop.ipynb (`%%bash`): {IPYTHON}"),
        ("%load_ext sql", f"Line 1 of code cell 2 of shop.ipynb (`%load_ext sql`): {IPYTHON}"),
        (
            "%%writefile {name}\nx",
            f"Line 1 of code cell 2 of shop.ipynb (`%%writefile {{name}}`): {IPYTHON}",
        ),
        (
            "!python3 -m pip install x",
            (
                "Line 1 of code cell 2 of shop.ipynb (`!python3 -m pip install x`): A "
                "published app "
                "has no shell: write `%pip install` instead."
            ),
        ),
        (
            "%pip install --pre x",
            (
                "Line 1 of code cell 2 of shop.ipynb (`%pip install --pre x`): A build "
                "cannot obey the "
                "option --pre: remove it."
            ),
        ),
        (
            "%pip uninstall x",
            (
                "Line 1 of code cell 2 of shop.ipynb (`%pip uninstall x`): A build can "
                "only install "
                "packages: remove this line."
            ),
        ),
        (
            "%pip install 'x",
            (
                "Line 1 of code cell 2 of shop.ipynb (`%pip install 'x`): This is no command (No "
                "closing quotation): correct it."
            ),
        ),
        (
            "%pip install https://x/x.whl",
            (
                "Line 1 of code cell 2 of shop.ipynb (`%pip install https://x/x.whl`): "
                "`https://x/x.whl` is not a requirement (Expected semicolon (after name with no "
                "version specifier) or end): write NAME or NAME==1.0."
            ),
        ),
        (
            "%asgi_serve app --tiemout 5",
            (
                "Line 1 of code cell 2 of shop.ipynb (`%asgi_serve app --tiemout 5`): There is no "
                "option --tiemout: did you mean --timeout?"
            ),
        ),
        (
            "%asgi_serve app --name {name}",
            (
                "Line 1 of code cell 2 of shop.ipynb (`%asgi_serve app --name {name}`): "
                "`{name}` has a "
                "variable, which the build does not know: write it out."
            ),
        ),
        (
            "if x:\n    %asgi_serve app",
            (
                "Line 2 of code cell 2 of shop.ipynb (`%asgi_serve app`) is in a block, "
                "and may not "
                "run: serve the app at the top level of a cell."
            ),
        ),
        (
            "from jupyterlite_asgi import serve\nif x:\n    await serve(app)",
            (
                "Line 3 of code cell 2 of shop.ipynb calls `serve()` where the build "
                "cannot follow: "
                "write `%asgi_serve app` at the top level of a cell."
            ),
        ),
        (
            "import asyncio\nfrom jupyterlite_asgi import serve\nasyncio.create_task(serve(app))",
            (
                "Line 3 of code cell 2 of shop.ipynb calls `serve()` where the build "
                "cannot follow: "
                "write `%asgi_serve app` at the top level of a cell."
            ),
        ),
        (
            "from jupyterlite_asgi import serve\nawait serve()",
            (
                "Line 2 of code cell 2 of shop.ipynb calls `serve()` without an app: write `await "
                "serve(app)`."
            ),
        ),
        (
            "from jupyterlite_asgi import serve\nawait serve(app, name=name)",
            (
                "Line 2 of code cell 2 of shop.ipynb calls `serve()` with options that the build "
                "cannot use: write plain values."
            ),
        ),
        (
            "from jupyterlite_asgi import serve\nawait serve(app, timeout=-1)",
            (
                "Line 2 of code cell 2 of shop.ipynb calls `serve()` with options that the build "
                "cannot use: A timeout of -1 is invalid: use a number of seconds above 0."
            ),
        ),
        (
            "import micropip\nawait micropip.install(names)",
            (
                "Line 2 of code cell 2 of shop.ipynb uses micropip in a way that the build cannot "
                "read: write `%pip install NAME`."
            ),
        ),
        (
            "import micropip\nawait micropip.install('a', index_urls='x')",
            (
                "Line 2 of code cell 2 of shop.ipynb uses micropip in a way that the build cannot "
                "read: write `%pip install NAME`."
            ),
        ),
        (
            "x = 1\ndisplay(x)",
            (
                "`display` in line 2 of code cell 2 of shop.ipynb is there in notebooks "
                "only: remove "
                "it, or declare a .py file."
            ),
        ),
        (
            "get_ipython().run_line_magic('x', '')",
            (
                "`get_ipython` in line 1 of code cell 2 of shop.ipynb is there in notebooks only: "
                "remove it, or declare a .py file."
            ),
        ),
    ],
)
def test_fault_names_cell_and_line(tmp_path: Path, source: str, sentence: str) -> None:
    assert fault(tmp_path, "first = 1\nx = 2", source, "%asgi_serve app") == sentence


def test_cell_must_be_python(tmp_path: Path) -> None:
    assert fault(tmp_path, "x = 1", "x = 1\nx = = 2").startswith(
        "Line 2 of code cell 2 of shop.ipynb is not valid Python"
    )


def test_top_level_await_is_allowed(tmp_path: Path) -> None:
    module = module_of(tmp_path, "app = await make()\nasync with app: ...\n%asgi_serve app")
    assert module.code == "# In [1]\napp = await make()\nasync with app: ...\n"


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_newlines_may_be_those_of_other_systems(tmp_path: Path, newline: str) -> None:
    module = module_of(
        tmp_path, newline.join(["app = 1", "%asgi_list", "x = 2", "%asgi_serve app"])
    )
    assert module.code == "# In [1]\napp = 1\n# %asgi_list\nx = 2\n"


def test_future_imports_move_to_the_beginning(tmp_path: Path) -> None:
    module = module_of(
        tmp_path, "x = 1", "from __future__ import annotations\ny = 2", "%asgi_serve app"
    )
    assert module.code == (
        "from __future__ import annotations  # In [1]\nx = 1\n# In [2]\npass\ny = 2\n# In [3]\n"
    )


def test_written_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = module_of(
        tmp_path, "%%writefile birds.py\nx = 'é'\ny = 2", "import birds\n%asgi_serve birds"
    )
    assert module.code.split("\n")[2:] == ["# In [2]", "import birds", ""]
    assert "__import__('importlib').invalidate_caches()\n" in module.code
    monkeypatch.chdir(tmp_path)
    exec(module.code.partition("# In [2]")[0])
    assert (tmp_path / "birds.py").read_text(encoding="utf-8") == "x = 'é'\ny = 2\n"
    (app,) = read("shop.ipynb", tmp_path)
    assert app.requirements == ()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_can_be_published(path: Path) -> None:
    (app,) = read(path.name, path.parent)
    assert app.requirements
    assert app.files == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "shop.ipynb is no notebook: save it by JupyterLab."),
        ("[1]", "shop.ipynb is no notebook: save it by JupyterLab."),
        ("{}", "shop.ipynb has no cells, or an old format: save it by JupyterLab."),
        ('{"worksheets": []}', "shop.ipynb has no cells, or an old format: save it by JupyterLab."),
        (
            '{"cells": [{"cell_type": "code"}]}',
            "shop.ipynb has a cell without text: save it by JupyterLab.",
        ),
        (
            '{"cells": [], "metadata": {"language_info": {"name": "R"}}}',
            "shop.ipynb is written in 'R': declare a notebook of Python.",
        ),
        (
            '{"cells": []}',
            (
                "shop.ipynb serves no app: add a cell with `%asgi_serve app`, or name the "
                "app, as in "
                "shop.ipynb:app."
            ),
        ),
    ],
)
def test_notebook_must_be_one(tmp_path: Path, content: str, sentence: str) -> None:
    write(tmp_path, {"shop.ipynb": content})
    with pytest.raises(BuildError) as caught:
        read({"shop": "shop.ipynb"}, tmp_path)
    assert str(caught.value) == f"App shop: {sentence}"


def test_app_can_be_named_instead(tmp_path: Path) -> None:
    notebook(tmp_path / "shop.ipynb", "import flask\napi = 1", "app = 2")
    (app,) = read({"shop": "shop.ipynb:api"}, tmp_path)
    assert (app.expression, app.requirements) == ("api", ("flask",))
    with pytest.raises(BuildError, match=r"shop\.ipynb has no `web`"):
        read({"shop": "shop.ipynb:web"}, tmp_path)


def ours(app: Any) -> dict[str, Any]:
    return {"jupyterlite_asgi": {"app": app}}


@pytest.mark.parametrize(
    ("metadata", "declared"),
    [
        (ours(True), {}),
        (ours({"title": "The shop"}), {"title": "The shop"}),
        (ours(False), None),
        (ours(None), None),
        ({}, None),
        ({"jupyterlite_asgi": 3}, None),
        ([], None),
    ],
)
def test_metadata_declare_an_app(tmp_path: Path, metadata: Any, declared: Any) -> None:
    path = notebook(tmp_path / "shop.ipynb", metadata=metadata)
    assert notebooks.declared_in(path) == declared


def test_what_is_no_notebook_declares_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.ipynb": "x", "b.ipynb": "[]"})
    for name in ("a.ipynb", "b.ipynb", "none.ipynb", "."):
        assert notebooks.declared_in(tmp_path / name) is None


SERVED = "app = 1\n%asgi_serve app"


def test_notebooks_in_the_contents_are_found(tmp_path: Path) -> None:
    shop = {"title": "The shop", "files": ["../data"], "name": "my-shop"}
    notebook(tmp_path / "one/shops/shop.ipynb", SERVED, metadata=ours(shop))
    notebook(tmp_path / "one/none.ipynb", SERVED)
    notebook(tmp_path / "one/.ipynb_checkpoints/old.ipynb", SERVED, metadata=ours(True))
    notebook(tmp_path / "quiz.ipynb", SERVED, metadata=ours({"notebook": "lab.ipynb"}))
    write(tmp_path, {"one/data/x.csv": "", "one/broken.ipynb": "x", "one/read.md": ""})
    found = read_notebooks([tmp_path / "one", tmp_path / "quiz.ipynb"])
    assert [(name, app.title, app.notebook) for name, app in found.items()] == [
        ("quiz", "Quiz", "lab.ipynb"),
        ("my-shop", "The shop", "shops/shop.ipynb"),
    ]
    assert found["my-shop"].files == ((tmp_path / "one/data/x.csv", "data/x.csv"),)


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        (
            3,
            (
                'The metadata of shop.ipynb declare the app 3: write "jupyterlite_asgi": {"app": '
                "true}, or an object of fields in place of true."
            ),
        ),
        ({"name": 3}, '`name` takes a string, as in "shop", not 3.'),
        (
            {"app": "shop.ipynb"},
            (
                "The app is the notebook itself: remove `app` from these metadata, and "
                "serve the app "
                "by `%asgi_serve` in a cell."
            ),
        ),
        ({"titel": "x"}, "A declaration has no `titel`: did you mean `title`?"),
        ({"files": ["../x"]}, "../x is outside of BASE: copy it into that folder."),
    ],
)
def test_fault_in_metadata(tmp_path: Path, declared: Any, sentence: str) -> None:
    notebook(tmp_path / "shop.ipynb", SERVED, metadata=ours(declared))
    with pytest.raises(BuildError) as caught:
        read_notebooks([tmp_path])
    assert str(caught.value).replace(str(tmp_path), "BASE") == f"App shop: {sentence}"


def test_two_notebooks_need_two_names(tmp_path: Path) -> None:
    for name in ("a/shop.ipynb", "b/shop.ipynb"):
        notebook(tmp_path / name, SERVED, metadata=ours(True))
    with pytest.raises(BuildError) as caught:
        read_notebooks([tmp_path])
    assert str(caught.value) == (
        "App shop: shop.ipynb and shop.ipynb would have the same URL: choose a name that differs "
        "in more than its case."
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "code", "language_info"]),
            inner | st.just("code"),
        )
    ),
    max_leaves=12,
)


@given(JSON, st.text())
def test_nonsense_is_a_build_error(
    tmp_path_factory: pytest.TempPathFactory, content: object, source: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "nonsense.ipynb"
    cell = {"cell_type": "code", "source": source}
    for each in (content, {"cells": [cell]}):
        path.write_text(json.dumps(each), encoding="utf-8")
        with pytest.raises(BuildError):
            notebooks.read(path, "nonsense.ipynb")
