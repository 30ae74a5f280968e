import bz2, ctypes, curses, dbm.ndbm, decimal, hashlib, lzma, os, readline, sqlite3, ssl, sys, uuid, zlib, zoneinfo
from datetime import datetime, timezone
print("user", f"{os.getuid()}:{os.getgid()}")
print("sqlite", sqlite3.connect(":memory:").execute("select 6 * 7").fetchone()[0])
print("zone", datetime(2024, 7, 1, 12, tzinfo=timezone.utc).astimezone(zoneinfo.ZoneInfo("America/New_York")).strftime("%H:%M %z"))
print("roots", "many" if len(ssl.create_default_context().get_ca_certs()) > 100 else "few")
print("hash", hashlib.sha256(b"abc").hexdigest()[:16])
print("packed", all(len(c.decompress(c.compress(b"a" * 999))) == 999 for c in (bz2, lzma, zlib)))
try:
    open("/written", "w")
    print("root writable")
except OSError:
    print("root read-only")
try:
    import pip
    print("pip there")
except ImportError:
    print("pip none")
print("compiled", [m for m in sys.modules.values() if str(getattr(m, "__cached__", "")).startswith("/usr") and os.path.exists(m.__cached__)])
