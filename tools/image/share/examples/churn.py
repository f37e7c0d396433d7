# Makes, reads, renames and removes files for a while, and checks each step: run it, and move the file servers meanwhile
# (place vfs worker; place vfs inline).
import os, sys

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
for i in range(rounds):
    name = f"/tmp/churn-{os.getpid() if hasattr(os, 'getpid') else 0}-{i}"
    text = "x" * (i % 5000)
    with open(name, "w") as file:
        file.write(text)
    with open(name) as file:
        assert file.read() == text, name
    os.rename(name, name + ".moved")
    assert os.stat(name + ".moved").st_size == len(text)
    os.unlink(name + ".moved")
    if i % 250 == 249:
        print(f"{i + 1} of {rounds} files, all as they should be", flush=True)
