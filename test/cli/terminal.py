"""Runs a command in a terminal of its own and does something to it when a file is there.

terminal.py FILE interrupt|hangup COMMAND [ARGUMENT ..]: types Ctrl-C, or closes the terminal; the exit code of the
command is printed, and what the terminal received is written to FILE.screen.
"""

import os
import pty
import sys
import threading
import time

file, action, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
screen = b""


def read():
    global screen
    try:
        while data := os.read(terminal, 4096):
            screen += data
    except OSError:
        pass  # the other end is closed


reader = threading.Thread(target=read, daemon=True)
reader.start()
while not os.path.exists(file):
    time.sleep(0.02)
if action == "interrupt":
    os.write(terminal, b"\x03")
else:
    time.sleep(0.2)  # a bar is drawn
    os.kill(os.tcgetpgrp(terminal), 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
reader.join(1)
with open(file + ".screen", "wb") as out:
    out.write(screen)
