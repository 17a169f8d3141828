"""Archives that others have made: bounded, and unpacked only into their folder."""

from __future__ import annotations

import tarfile
import zipfile

import pytest

from jupyterlite_asgi.build import archives
from jupyterlite_asgi.build.bundle.pyodide import CORE, LOCK

from ..support.bundle_site import Site
from ..support.fake_index import PURE, put_npm, put_pyodide
from ..support.tampering import entry, files_below, read, tar

LIB = f"lib-1-{PURE}.whl"


class TestArchives:
    """Archives of Pyodide, as npm's registry has them."""

    @pytest.fixture(autouse=True)
    def _archive(self, site: Site) -> None:
        site.put("lib", "1")
        put_npm(site.index, put_pyodide(site.tmp / "core"), "314.0.7")
        self.archive = site.tmp / "pyodide.tgz"
        self.core = read(site.index / "pyodide" / "-" / "pyodide-314.0.7.tgz")

    @pytest.mark.parametrize(
        "evil",
        [
            entry("../evil"),
            entry("package/.."),
            entry("package/../evil"),
            entry("/evil"),
            entry("package/\\..\\evil"),
            entry("package/C:evil"),
            entry("package/evil", b"", type=tarfile.SYMTYPE, linkname="/"),
            entry("package/evil", b"", type=tarfile.LNKTYPE, linkname="../../lock.json"),
            entry("package/evil", b"", type=tarfile.FIFOTYPE),
            entry("package/evil", b"", type=tarfile.CHRTYPE),
            entry("package/evil\0more", pax_headers={"path": "package/e\0vil"}),
        ],
        ids=lambda evil: evil[0].name,
    )
    def test_only_regular_files_with_safe_names_are_unpacked(
        self, site: Site, evil: tuple[tarfile.TarInfo, bytes]
    ) -> None:
        self.archive.write_bytes(tar([evil, *self.core]))
        before = files_below(site.tmp)
        assert site.build("lib", pyodide=self.archive) == [LIB]
        assert files_below(site.tmp, "cache", "out", "lock.json") == before
        (unpacked,) = (site.tmp / "cache").glob("pyodide-*")
        assert {path.name for path in unpacked.iterdir()} == {*CORE, LOCK}

    def test_link_in_place_of_a_file_is_not_followed(self, site: Site) -> None:
        link = entry(f"package/{CORE[0]}", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
        rest = [each for each in self.core if each[0].name != link[0].name]
        self.archive.write_bytes(tar([link, *rest]))
        assert f"There is no {CORE[0]} in pyodide.tgz" in site.error("lib", pyodide=self.archive)

    @pytest.mark.parametrize("limit", [0, 1])
    def test_archive_is_unpacked_up_to_its_limits(
        self, site: Site, limit: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.archive.write_bytes(tar(self.core))
        monkeypatch.setattr(archives, "FILES", len(self.core) - limit)
        monkeypatch.setattr(archives, "SIZE", sum(len(data) for _, data in self.core))
        if not limit:
            assert site.build("lib", pyodide=self.archive) == [LIB]
            return
        sentence = f"pyodide.tgz unpacks to more than {archives.FILES} files or 0 GiB: "
        assert site.error("lib", pyodide=self.archive) == f"{sentence}use another release."
        assert not list((site.tmp / "cache").glob("pyodide-*"))

    @pytest.mark.parametrize(
        "bomb",
        [
            entry("package/zeros", bytes(64 << 20)),
            entry("package/hole", b"", size=1 << 60),
            entry("package/hole", b"", size=1 << 60, type=tarfile.GNUTYPE_SPARSE),
            entry("skipped/by/us", b"", size=1 << 60),
        ],
        ids=lambda bomb: bomb[0].name,
    )
    def test_bomb_is_not_unpacked(
        self, site: Site, bomb: tuple[tarfile.TarInfo, bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "SIZE", 32 << 20)
        self.archive.write_bytes(tar([bomb]))
        assert "pyodide.tgz" in site.error("lib", pyodide=self.archive)
        assert not list((site.tmp / "cache").glob("pyodide-*"))

    @pytest.mark.parametrize(
        "header",
        [
            entry("x", bytes(archives.HEADER + 1), type=tarfile.XHDTYPE),
            entry("x", b"", size=8**11 - 1, type=tarfile.GNUTYPE_LONGNAME),
        ],
    )
    def test_odd_header_is_reported(
        self, site: Site, header: tuple[tarfile.TarInfo, bytes]
    ) -> None:
        self.archive.write_bytes(tar([header, *self.core]))
        sentence = "pyodide.tgz is damaged or incomplete: download it again."
        assert site.error("lib", pyodide=self.archive) == sentence

    def test_endless_chain_of_headers_is_reported(self, site: Site) -> None:
        chain = [entry("x", b"6 a=b\n", type=tarfile.XHDTYPE)] * 5000
        self.archive.write_bytes(tar(chain))
        sentence = "pyodide.tgz is damaged or incomplete: download it again."
        assert site.error("lib", pyodide=self.archive) == sentence


@pytest.mark.parametrize("limit", [0, 1])
def test_wheel_is_read_up_to_its_limits(
    site: Site, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(site.put("lib", "1")) as archive:
        size = sum(info.file_size for info in archive.infolist())
    monkeypatch.setattr(archives, "SIZE", size - limit)
    if not limit:
        assert site.build("lib") == [LIB]
        return
    sentence = f"{LIB} unpacks to more than 100,000 files or 0 GiB: use another release."
    assert site.error("lib") == sentence
