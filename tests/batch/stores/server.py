"""A server that speaks S3, on loopback and in a process of its own; it says where, and ends when its input does."""

import os
import sys

from moto.server import ThreadedMotoServer

if __name__ == "__main__":
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # connections that are kept open would be waited for
