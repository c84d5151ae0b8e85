"""Listens as systemd does, on a Unix datagram socket, which Node has none of: prints each message, a line for each assignment."""
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print("listening", flush=True)
while True:
    # What comes with a message, such as the descriptor of a barrier, is let go of, which is what its sender waits for.
    print(listener.recv(4096).decode(), flush=True)
