"""fail.py CAUSE N HOST FOLDER: fails for real, of the cause, with names and numbers of the variant N."""
import asyncio
import concurrent.futures
import json
import logging
import socket
import sqlite3
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

cause, n, host, folder = sys.argv[1], *(sys.argv[2:] or ["0", "", "."])
n, folder = int(n), Path(folder)
port = 20_000 + 13 * n


class ProvisionError(Exception):
    pass


def refused():
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/hosts/{host}", timeout=5)
    except OSError as error:
        raise ProvisionError(f"{host} did not register within {n} attempts") from error


def not_json():
    path = folder / f"{host}.json"
    path.write_text('{"name": "%s",\n' % host + " " * n + "size 3}")
    json.loads(path.read_text())


def child():
    subprocess.run(["ls", "--colour-by", str(n), host], check=True)


def a_folder():
    with open(folder) as file:
        file.read()


def no_answer():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/health?host={host}"
        urllib.request.urlopen(url, timeout=0.2)


def not_tls():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        with socket.create_connection(listening.getsockname()) as client, listening.accept()[0] as plain:
            plain.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * n)
            ssl.create_default_context().wrap_socket(client, server_hostname=host)


def no_table():
    database = sqlite3.connect(folder / f"{host}.sqlite")
    database.execute("SELECT address FROM leases WHERE host = ?", [host])


def no_column():
    database = sqlite3.connect(folder / f"{host}.sqlite")
    database.execute("CREATE TABLE IF NOT EXISTS hosts (name TEXT)")
    database.execute("SELECT address FROM hosts WHERE name = ?", [host])


def asserted():
    replicas = [f"{host}-{each}" for each in range(n % 3)]
    assert len(replicas) == 3, f"expected 3 replicas of {host}, got {len(replicas)}: {replicas}"


def encoding():
    path = folder / f"{host}.txt"
    path.write_bytes(b"a" * n * 7 + b"\xff\xfe")
    path.read_text("utf-8")


def in_a_pool():
    def attach(volume):
        raise RuntimeError(f"volume {volume} is in use by {host}")

    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(attach, [f"vol-{n:08x}"]))


def logged():
    logging.basicConfig(format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    try:
        {"flavor": n}["image"]
    except KeyError:
        logging.getLogger(f"boot.{host}").exception("could not boot %s", host)
        sys.exit(1)


def in_tasks():
    async def join(member):
        await asyncio.sleep(0.001 * n)
        raise ConnectionResetError(104, f"Connection reset by peer: {member}")

    asyncio.run(asyncio.wait_for(join(host), 5))


def waited():
    asyncio.run(asyncio.wait_for(asyncio.sleep(60), 0.01 * n))


causes = {
    each.__name__: each
    for each in [
        refused, not_json, child, a_folder, no_answer, not_tls, no_table, no_column, asserted, encoding, in_a_pool,
        logged, in_tasks, waited,
    ]
}
if cause == "causes":
    print(*causes)
else:
    causes[cause]()
