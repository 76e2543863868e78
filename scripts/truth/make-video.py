"""Writes test/truth/video.json: 30 small frames in each format, as ffmpeg's encoders make them, and the colours that ffmpeg decodes.

Each frame has four areas of one colour, a white square that moves, and its number as five black or white blocks along the top, the
highest bit first. A group has 10 frames, and none needs one that is shown later. Run: python3 scripts/truth/make-video.py
(needs ffmpeg with libx264, libx265, libvpx-vp9 and libaom).
"""

import base64
import json
import pathlib
import re
import subprocess
import tempfile

WIDTH, HEIGHT, COUNT, GROUP, BLOCK = 160, 120, 30, 10, 16
AREAS = [(200, 40, 40), (40, 170, 60), (50, 70, 200), (210, 190, 50)]
# In the middle of each area, where the square never is; then in the middle of each block of the number.
POINTS = [(40, 28), (120, 28), (40, 108), (120, 108)] + [(BLOCK * (k + 2) + 8, 8) for k in range(5)]
MATRIX = "bt709"
TAGS = ["-pix_fmt", "yuv420p", "-color_primaries", MATRIX, "-color_trc", MATRIX, "-colorspace", MATRIX, "-color_range", "tv"]
QUIET = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y"]
ENCODERS = {
    "h264": ("h264", ["-c:v", "libx264", "-preset", "medium", "-bf", "0", "-crf", "24", "-bsf:v", "filter_units=remove_types=6"]),
    "h265": ("hevc", ["-c:v", "libx265", "-preset", "medium", "-crf", "24", "-x265-params", f"keyint={GROUP}:min-keyint={GROUP}:bframes=0:repeat-headers=1:info=0:open-gop=0:log-level=none"]),
    "vp9": ("ivf", ["-c:v", "libvpx-vp9", "-lag-in-frames", "0", "-auto-alt-ref", "0", "-crf", "34", "-b:v", "0"]),
    "av1": ("ivf", ["-c:v", "libaom-av1", "-lag-in-frames", "0", "-cpu-used", "6", "-crf", "34", "-b:v", "0"]),
}


def picture(number):
    out = bytearray()
    left = 8 + 4 * number
    for y in range(HEIGHT):
        for x in range(WIDTH):
            k = x // BLOCK - 2
            if y < BLOCK and 0 <= k < 5:
                color = (235, 235, 235) if number >> (4 - k) & 1 else (20, 20, 20)
            elif 52 <= y < 68 and left <= x < left + 16:
                color = (235, 235, 235)
            else:
                color = AREAS[(x >= WIDTH // 2) + 2 * (y >= HEIGHT // 2)]
            out += bytes(color)
    return bytes(out)


def packets(path, name):
    data = path.read_bytes()
    if name == "ivf":
        found, at = [], 32
        while at < len(data):
            size = int.from_bytes(data[at : at + 4], "little")
            found.append(data[at + 12 : at + 12 + size])
            at += 12 + size
        return found
    probe = ["ffprobe", "-loglevel", "error", "-show_entries", "packet=pos,size", "-of", "json", str(path)]
    told = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)["packets"]
    return [data[int(p["pos"]) : int(p["pos"]) + int(p["size"])] for p in told]


def colors(path):
    decode = [*QUIET, "-i", str(path), "-vf", f"scale=in_color_matrix={MATRIX}:in_range=tv:out_range=pc", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    raw = subprocess.run(decode, check=True, capture_output=True).stdout
    assert len(raw) == COUNT * WIDTH * HEIGHT * 3, len(raw)
    at = lambda n, x, y: 3 * ((n * HEIGHT + y) * WIDTH + x)
    return [[list(raw[at(n, x, y) : at(n, x, y) + 3]) for x, y in POINTS] for n in range(COUNT)]


def main():
    version = subprocess.run(["ffmpeg", "-version"], check=True, capture_output=True, text=True).stdout
    truth = {
        "by": re.match(r"ffmpeg version \S+", version)[0],
        "width": WIDTH,
        "height": HEIGHT,
        "group": GROUP,
        "points": POINTS,
        "streams": {},
    }
    raw = b"".join(picture(n) for n in range(COUNT))
    with tempfile.TemporaryDirectory() as folder:
        for format, (name, options) in ENCODERS.items():
            path = pathlib.Path(folder) / f"{format}.{name}"
            source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", "10", "-i", "-"]
            group = ["-g", str(GROUP), "-keyint_min", str(GROUP), "-sc_threshold", "0"]
            convert = ["-vf", f"scale=out_color_matrix={MATRIX}:out_range=tv"]
            subprocess.run([*QUIET, *source, *convert, *TAGS, *group, *options, "-f", name, str(path)], input=raw, check=True)
            frames = packets(path, name)
            assert len(frames) == COUNT, (format, len(frames))
            truth["streams"][format] = {
                "frames": [base64.b64encode(frame).decode() for frame in frames],
                "colors": colors(path),
            }
            print(format, sum(map(len, frames)), "bytes", [len(frame) for frame in frames[:12]])
    target = pathlib.Path(__file__).parents[2] / "test" / "truth" / "video.json"
    target.write_text(json.dumps(truth, separators=(",", ":")) + "\n")


main()
