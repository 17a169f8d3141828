"""Requirements and wheels, as options and files name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlite_asgi.build.bundle.requirements import read, wheel_files
from jupyterlite_asgi.build.errors import BuildError

from ..support.fake_index import make


def test_requirements_are_read_from_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.txt").write_text("jinja2==3.1 # pinned\n\n-r ../last.txt\n")
    (tmp_path / "last.txt").write_text("# none\nhttpx[brotli]>=0.28; python_version>'3'\n")
    assert list(read(["fastapi", "--requirement=sub/more.txt"], tmp_path)) == [
        "fastapi",
        "jinja2==3.1",
        "httpx[brotli]>=0.28; python_version>'3'",
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a b", "`a b` is not a requirement (Expected semicolon"),
        ("lib @ https://a.org/lib.whl", "`lib @ https://a.org/lib.whl` is a URL: download that"),
        ("--hash=sha256:0", "`--hash=sha256:0` is an option of pip: use only requirements and"),
        ("-r none.txt", "{tmp}/none.txt cannot be read: use a text file of requirements."),
        ("-r self.txt", "self.txt includes itself: remove that `-r` from it."),
    ],
)
def test_invalid_requirement_is_reported(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "self.txt").write_text("-r self.txt")
    with pytest.raises(BuildError) as caught:
        list(read([line], tmp_path))
    assert str(caught.value).startswith(sentence.format(tmp=tmp_path))


def test_wheels_can_be_files_or_folders(tmp_path: Path) -> None:
    one, two = make(tmp_path, "one", "1"), make(tmp_path / "sub", "two", "1")
    assert wheel_files([one.name, "sub"], tmp_path) == [one, two]
    with pytest.raises(
        BuildError, match=r"There is no wheel at .*none: name a \.whl file or a folder"
    ):
        wheel_files(["none"], tmp_path)
