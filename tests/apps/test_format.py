from __future__ import annotations

import gzip
from pathlib import Path

from jupyterlite_asgi.build.apps.dylink import needed
from jupyterlite_asgi.build.apps.format import Pool, bundle, gzipped, is_intact
from jupyterlite_asgi.build.apps.wheels import ordered

from ..support.publishing import unbundled


def test_bundle_has_an_index_and_then_the_files() -> None:
    data = bundle({"/app/é.py": b"one", "/app/empty": b""})
    index = '[["/app/é.py",3],["/app/empty",0]]'.encode()
    assert data == len(index).to_bytes(4, "little") + index + b"one"
    assert unbundled(data) == {"/app/é.py": b"one", "/app/empty": b""}


def test_gzipped_data_has_no_time_in_it() -> None:
    data = b"text " * 100
    packed = gzipped(data)
    assert gzip.decompress(packed) == data
    assert packed[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"


def test_file_is_named_after_its_contents(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    one, same, other = (pool.put("a.js", data) for data in (b"one", b"one", b"other"))
    assert one == same == {"url": "static/asgi/files/7692c3ad3540bb80/a.js", "size": 3}
    assert other["url"] != one["url"]
    assert (tmp_path / one["url"]).read_bytes() == b"one"


def test_packed_file_says_so_in_its_name(tmp_path: Path) -> None:
    data = b"text " * 100
    file = Pool(tmp_path).put("a.wasm", data, packed=True)
    assert file["url"].endswith("/a.wasm.gz.bin")
    assert file["size"] < len(data)
    assert gzip.decompress((tmp_path / file["url"]).read_bytes()) == data


def test_changed_and_missing_files_are_not_intact(tmp_path: Path) -> None:
    path = tmp_path / Pool(tmp_path).put("a.js", b"one")["url"]
    assert is_intact(path)
    path.write_bytes(b"two")
    assert not is_intact(path)
    path.unlink()
    assert not is_intact(path)


def library(*names: str) -> bytes:
    """Return the start of a WebAssembly library that is linked to others."""
    listed = bytes([len(names)]) + b"".join(bytes([len(name)]) + name.encode() for name in names)
    memory = bytes([1, 4, 0, 0, 0, 0])
    section = b"\x08dylink.0" + memory + bytes([2, len(listed)]) + listed
    return b"\0asm\x01\0\0\0\0" + bytes([len(section)]) + section


def test_libraries_come_after_those_that_they_are_linked_to() -> None:
    given = {"/a/a.so": library("c.so"), "/b/b.so": library(), "/c/c.so": library("libc.so")}
    assert [path for path, _ in ordered(given)] == ["/c/c.so", "/a/a.so", "/b/b.so"]


def test_libraries_that_are_linked_to_each_other_are_kept() -> None:
    given = {"/a.so": library("b.so"), "/b.so": library("a.so")}
    assert dict(ordered(given)) == given


def test_what_is_no_library_is_linked_to_nothing() -> None:
    assert needed(b"") == needed(b"\0asm\x01\0\0\0\0\x7f") == needed(b"text" * 9) == []
