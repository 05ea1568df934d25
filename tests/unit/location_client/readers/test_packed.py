import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from location_client.readers.packed import FREE_BYTES
from location_client.readers.rows import Member, Reading
from tests.unit.location_client.readers.rows_read import NINE, fixes, read, reasons

CSV = "person_id,creation_time,latitude,longitude\n7,2026-03-02T09:00:00Z,52.52,13.405\n"
GPX = '<gpx><trk><trkseg><trkpt lat="52.52" lon="13.405"><time>2026-03-02T09:00:00Z</time></trkpt></trkseg></trk></gpx>'
JSON = json.dumps({"features": []}) + "\n"
A_FIX = (7, NINE, 52.52, 13.405, None)


# What is packed bears no time of packing: two workers that collect these tests are to see the same ones.


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zipped(**contents: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            member = zipfile.ZipInfo(name.replace("__", "/").replace("_", ".").replace("-", "_"))
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("day.csv.gz", gzipped(CSV.encode())),
        ("day.csv", gzipped(CSV.encode())),
        ("day.gz", gzipped(GPX.encode())),
        ("day.csv.gz", gzipped(CSV[:30].encode()) + gzipped(CSV[30:].encode())),
        ("day.CSV.GZ".lower(), CSV.encode()),
        ("day.zip", zipped(day_csv=CSV)),
        ("day.kmz", zipped(doc_gpx=GPX, files__picture_png="x")),
        ("day.gpx", zipped(day_gpx=GPX)),
        ("day.zip", zipped(day_csv_gz=gzipped(CSV.encode()))),
        ("day.zip", zipped(inner_zip=zipped(day_gpx=GPX))),
        ("day.json", GPX.encode()),
        ("day.csv", GPX.encode()),
    ],
)
def test_what_it_is_is_told_by_how_it_begins(name: str, content: bytes) -> None:
    rows, failure = read(content, name)
    assert (fixes(rows), reasons(rows), failure) == ([A_FIX], [], "")


def test_each_file_of_an_archive_counts_for_itself() -> None:
    reading = Reading(7)
    content = zipped(
        a__day_csv=CSV + "7,noon,1,2\n",
        b_csv="a,b\n1,2\n",
        c_gpx="<gpx>",
        d_json='{"settings": 1}',
        e_txt="x",
        f_gpx=GPX,
        __MACOSX___f_gpx="x",
    )
    rows, failure = read(content, "takeout.zip", reading=reading)
    assert (fixes(rows), failure) == ([A_FIX, A_FIX], "")
    assert [(row.place, row.field) for row in rows if len(row) == 3] == [
        (Member("a/day.csv", 3), "creation_time"),
        (Member("b.csv", 0), ""),
        (Member("c.gpx", 0), ""),
    ]
    assert len(reading.remarks) == 2
    assert any("d.json is no GeoJSON FeatureCollection" in remark for remark in reading.remarks)


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("day.csv"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzipped(CSV.encode() * 100)[:-20], "cannot be unpacked any further"),
        (gzipped(CSV.encode())[:-8] + b"\0" * 8, "cannot be unpacked any further"),
        (zipped(day_csv=CSV)[:-30], "is no whole .zip file"),
        (zipped(picture_png="x"), "holds no file that ends in .csv"),
        (zipped(**{"[Content-Types]_xml": "x", "xl__workbook_xml": "x"}), "save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "save the sheet as CSV"),
        (tar(), "is a tar archive"),
        (gzipped(tar()), "is a tar archive"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 100, "is a 7z archive"),
        (gzipped(gzipped(gzipped(CSV.encode()))), "is packed too often"),
    ],
)
def test_what_cannot_be_unpacked_is_told(content: bytes, reason: str) -> None:
    assert reason in read(content, "day.csv")[1]


def test_a_member_with_a_wrong_checksum_or_a_password_is_told() -> None:
    broken = bytearray(zipped(day_csv=CSV))
    broken[broken.index(b"PK\x01\x02") + 16] ^= 1
    broken[14] ^= 1
    secret = bytearray(zipped(day_csv=CSV))
    secret[secret.index(b"PK\x01\x02") + 8] |= 1
    secret[6] |= 1
    for content, reason in ((broken, "Bad CRC-32"), (secret, "encrypted")):
        rows, failure = read(bytes(content), "day.zip")
        assert failure == ""
        assert reason in reasons(rows)[-1][1]


@pytest.mark.parametrize("pack", [gzipped, lambda content: zipped(day_csv=content)])
def test_a_bomb_is_not_unpacked_to_its_end(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("location_client.readers.packed.FREE_BYTES", FREE_BYTES >> 8)
    rows, failure = read(pack(CSV.encode() + b"\n" * (FREE_BYTES >> 7)), "day.csv")
    assert len(fixes(rows)) <= 1
    assert "unpacks to more than 200 times its size" in failure


def test_an_archive_of_too_many_files_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("location_client.readers.packed.LONGEST_DIRECTORY", 500)
    rows, failure = read(zipped(**{f"day{number}_csv": CSV for number in range(20)}), "day.zip")
    assert (rows, failure) == ([], "holds too many files")
