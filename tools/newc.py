# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives in cpio's "newc" format (the kernel's
Documentation/driver-api/early-userspace/buffer-format), made the same from the
same contents: no times, no owners, inode numbers in order.
"""
import gzip
import stat


def _header(number, mode, links, size, device, name):
    major, minor = device
    fields = (number, mode, 0, 0, links, 0, size, 0, 0, major, minor,
              len(name) + 1, 0)
    return b"070701" + b"".join(b"%08X" % field for field in fields)


def _pad(data):
    return data + bytes(-len(data) % 4)


class Archive:
    """Add what it shall hold, then take its bytes."""

    def __init__(self):
        self._parts = []
        self._folders = set()

    def _add(self, path, mode, data=b"", device=(0, 0)):
        name = path.strip("/").encode()
        number = 0 if mode == 0 else len(self._parts) + 1
        links = 2 if stat.S_ISDIR(mode) else 1
        head = _header(number, mode, links, len(data), device, name)
        self._parts.append(_pad(head + name + b"\0") + _pad(data))

    def folder(self, path):
        """The folder and those that it lies in, once each."""
        path = path.strip("/")
        if path and path not in self._folders:
            self.folder(path.rpartition("/")[0])
            self._folders.add(path)
            self._add(path, stat.S_IFDIR | 0o755)

    def file(self, path, data, executable=False):
        self.folder(path.strip("/").rpartition("/")[0])
        mode = 0o755 if executable else 0o644
        self._add(path, stat.S_IFREG | mode, data)

    def link(self, path, target):
        self.folder(path.strip("/").rpartition("/")[0])
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, path, major, minor):
        self.folder(path.strip("/").rpartition("/")[0])
        self._add(path, stat.S_IFCHR | 0o600, device=(major, minor))

    def bytes(self):
        end = Archive()
        end._add("TRAILER!!!", 0)
        whole = b"".join(self._parts + end._parts)
        return whole + bytes(-len(whole) % 512)

    def gzip(self):
        return gzip.compress(self.bytes(), 6, mtime=0)
