"""Does what a service manager does for a test: holds a listening socket over all restarts, starts programs
with it as descriptor 3, and hears what they tell by sd_notify(3). Reads commands from standard input and
answers with one JSON object a line."""

import array
import json
import os
import socket
import sys
import threading

listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
folder = sys.argv[1]
notify_path = os.path.join(folder, "notify")
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(notify_path)
lock = threading.Lock()


def say(**facts):
    with lock:
        print(json.dumps(facts), flush=True)


def hear():
    while True:
        octets, ancillary, _, _ = notify.recvmsg(4096, 4096)
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                # BARRIER=1: whoever sent it waits until these are closed.
                descriptors = array.array("i")
                descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
                for descriptor in descriptors:
                    os.close(descriptor)
        text = octets.decode()
        if text != "BARRIER=1":
            say(event="told", assignments=text.splitlines())


def start(argv, env, log):
    pid = os.fork()
    if pid == 0:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        held = os.dup(listener.fileno())
        os.dup2(held, 3)
        os.set_inheritable(3, True)
        given = {
            "LISTEN_PID": str(os.getpid()),
            "LISTEN_FDS": "1",
            "LISTEN_FDNAMES": "pop3",
            "NOTIFY_SOCKET": notify_path,
            "WATCHDOG_PID": str(os.getpid()),
        }
        os.execve(argv[0], argv, {**os.environ, **given, **env})
    say(event="started", pid=pid)
    threading.Thread(target=wait, args=(pid,), daemon=True).start()


def wait(pid):
    _, status = os.waitpid(pid, 0)
    say(event="ended", pid=pid, code=os.waitstatus_to_exitcode(status))


threading.Thread(target=hear, daemon=True).start()
say(event="listening", port=listener.getsockname()[1])
for line in sys.stdin:
    order = json.loads(line)
    start(order["argv"], order["env"], order["log"])
